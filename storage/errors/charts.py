"""Errors of the pictures and their folder."""

import pathlib

from storage.errors import StorageError


class ChartsUnreadableError(StorageError):
    """The folder of the charts can't be opened or made."""

    def __init__(self, folder: pathlib.Path, why: str) -> None:
        super().__init__(f"The charts' folder {folder} can't be used: {why}.")


class ChartUnwritableError(StorageError):
    """A picture can't be written to the disk. Nothing of it was stored."""

    def __init__(self, folder: pathlib.Path, why: str) -> None:
        super().__init__(f"A picture could not be saved in {folder}: {why}.")


class ChartUnreadableError(StorageError):
    """A picture can't be read from the disk now. It may be there, and whole."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"The picture {path} can't be read now: {why}.")
        self.why = why


class ChartLostError(StorageError):
    """A picture that was stored is lost, unless somebody puts it back."""


class ChartMissingError(ChartLostError):
    """The folder of the pictures can be read, and has no such file."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(f"The picture {path} is missing.")


class ChartAlteredError(ChartLostError):
    """The file in the picture's place has other bytes than were stored."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(f"The picture {path} was altered.")


class DiskReserveError(ChartUnwritableError):
    """The disk has little room left, which is held back for what is no picture."""

    def __init__(self, folder: pathlib.Path, reserve: int) -> None:
        super().__init__(folder, f"its disk would have less than {reserve // 2**20:,} MiB left")
