"""Durable writes, and sizes of files."""

import os
import pathlib
import stat
from collections.abc import Iterable

from storage import private_files


def sync(path: pathlib.Path) -> None:
    """Make a file, or a folder's list of files, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move_to_new(made: pathlib.Path, path: pathlib.Path) -> None:
    """Move a finished file to a new name in the same folder, durably; no other file is overwritten.

    Raises:
        FileExistsError: there is one of that name.
        OSError: the disk is in the way.
    """
    private_files.create(path).close()  # a link would do, but not on every disk
    made.replace(path)
    sync(path.parent)


def size_of(files: Iterable[pathlib.Path]) -> int:
    """Return the bytes of those of the files that are there."""
    return sum(map(_size, files))


def require_file(path: pathlib.Path) -> None:
    """Refuse all but regular files: a pipe may block forever.

    Raises:
        OSError: there is nothing at this path, or something that is not a file.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is not a file", str(path))


def _size(file: pathlib.Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
