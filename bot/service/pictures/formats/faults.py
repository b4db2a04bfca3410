"""Reasons why a file is not taken as a picture."""

import enum


class Fault(enum.StrEnum):
    """Why a file is not taken as a picture."""

    NOT_A_PICTURE = "not_a_picture"
    HEIC = "heic"
    AVIF = "avif"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_FRAMES = "too_many_frames"
    TOO_MANY_SCANS = "too_many_scans"
    TOO_MANY_PARTS = "too_many_parts"
    EMPTY = "empty"
    TOO_SLOW = "too_slow"
    NO_MEMORY = "no_memory"
    """There was too little memory to decode it."""
    KILLED = "killed"
    """The process that was to decode it ended before it was done."""


UNCHECKED = {Fault.NO_MEMORY, Fault.KILLED}
"""Faults of the process or the machine: they say nothing of the picture."""


class PictureError(Exception):
    """A file that is not taken as a picture, with its fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
