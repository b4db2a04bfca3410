"""Limits on what a file may be made of: reading and decoding it must not take long."""

from bot.service.pictures.formats.faults import Fault, PictureError

MAX_FRAMES = 2_000
"""Of an animation: 10 MiB of a recorded screen have some hundreds; 330,000 of one pixel would take 20 s to decode."""
MAX_SCANS = 64
"""Of a JPEG: a progressive one has about ten, and each goes over all the pixels, in 40 ms."""
MAX_PARTS = 65_536
"""Of a file: a GIF of 10 MiB has 41,000 blocks, a PNG 1,300 chunks. 500,000 chunks would take 8 s."""


class Budget:
    """Counts the parts of one file. Each method raises a `PictureError` for one too many."""

    def __init__(self) -> None:
        self._frames = self._scans = self._parts = 0

    def part(self) -> None:
        """Count a part of any kind."""
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise PictureError(Fault.TOO_MANY_PARTS)

    def frame(self) -> None:
        """Count a frame."""
        self._frames += 1
        if self._frames > MAX_FRAMES:
            raise PictureError(Fault.TOO_MANY_FRAMES)

    def scan(self) -> None:
        """Count a scan."""
        self._scans += 1
        if self._scans > MAX_SCANS:
            raise PictureError(Fault.TOO_MANY_SCANS)
