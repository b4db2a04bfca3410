"""Budget for the parts of a file, so that reading and decoding it does not take long."""

from bot.domain.image_problems import MAX_FRAMES, MAX_PARTS, MAX_SCANS, ImageProblem
from bot.service.pictures.formats.errors import ImageError


class Budget:
    """Counts the parts of one file. Each method raises an `ImageError` for one too many."""

    def __init__(self) -> None:
        self._frames = self._scans = self._parts = 0

    def part(self) -> None:
        """Count a part of any kind."""
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise ImageError(ImageProblem.TOO_MANY_PARTS)

    def frame(self) -> None:
        """Count a frame."""
        self._frames += 1
        if self._frames > MAX_FRAMES:
            raise ImageError(ImageProblem.TOO_MANY_FRAMES)

    def scan(self) -> None:
        """Count a scan."""
        self._scans += 1
        if self._scans > MAX_SCANS:
            raise ImageError(ImageProblem.TOO_MANY_SCANS)
