"""The errors of the command line."""

import pathlib


class TransferError(Exception):
    """A file can't be written or imported. The message says why."""


class NoDatabaseError(TransferError):
    """There is no database to read."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(f"There is no database at {path}. Check storage.path.")
