"""The identity of files: those that are open may be moved, replaced or deleted without notice."""

import dataclasses
import os
import pathlib
from typing import Self

from storage.errors.database import UnreadableError

Identity = tuple[int, int]
"""Of a file: its disk and its number there."""
Footprint = tuple[int, int, int, int]
"""Of a file: what changes as soon as it is written or replaced."""


@dataclasses.dataclass(frozen=True, slots=True)
class FileSet:
    """The files of a database, each None where there is none."""

    database: Identity | None
    log: Identity | None
    """The write-ahead log: what is in it may not be in the database's file yet."""
    index: Identity | None
    """The state of the log that the connections know."""

    @classmethod
    def of(cls, path: pathlib.Path) -> Self:
        """Return the files that are at `path` now.

        Raises:
            UnreadableError: that can't be found out.
        """
        try:
            return cls(identity(path), identity(f"{path}-wal"), identity(f"{path}-shm"))
        except OSError as error:
            raise UnreadableError(path, error.strerror or str(error)) from error


def footprint(path: pathlib.Path) -> Footprint | None:
    """Return the footprint of the file that is there now; None: there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def identity(path: pathlib.Path | str) -> Identity | None:
    """Return the identity of a file or folder, which it has by any name; None: there is none.

    Raises:
        OSError: that can't be found out.
    """
    try:
        status = os.stat(path)  # noqa: PTH116 - for each read: a Path takes twice as long
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_dev, status.st_ino
