"""Problems for which an image file is rejected, and the limits on its parts."""

import enum
from typing import Final

MAX_FRAMES: Final = 2_000
"""Frames of an animation: a 10 MiB screen recording has some hundreds; 330,000 of one pixel take 20 s to decode."""
MAX_SCANS: Final = 64
"""Scans of a JPEG: a progressive one has about ten, and each goes over all the pixels, in 40 ms."""
MAX_PARTS: Final = 65_536
"""Parts of a file: a 10 MiB GIF has 41,000 blocks, a PNG 1,300 chunks; 500,000 chunks take 8 s."""


class ImageProblem(enum.StrEnum):
    """A problem for which an image file is rejected."""

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
    """Out of memory while decoding."""
    KILLED = "killed"
    """The decoding process died."""


UNCHECKED: Final = frozenset({ImageProblem.NO_MEMORY, ImageProblem.KILLED})
"""Problems of the process or the machine: the image itself may be good."""
