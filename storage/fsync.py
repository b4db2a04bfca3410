"""What a disk must be told, and what it tells."""

import os
import pathlib
import stat
from collections.abc import Iterable

from storage import private_files


def sync(path: pathlib.Path) -> None:
    """Let the disk have a file, or a folder's list of files, for good."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def name_new(made: pathlib.Path, path: pathlib.Path) -> None:
    """Give a finished file its name, for good, which is in the same folder and never another file's.

    Raises:
        FileExistsError: there is one of that name.
        OSError: the disk is in the way.
    """
    private_files.create(path).close()  # a link would do, but not on every disk
    made.replace(path)
    sync(path.parent)


def size_of(files: Iterable[pathlib.Path]) -> int:
    """Bytes of those of the files that are there."""
    return sum(map(_size, files))


def refuse_no_file(path: pathlib.Path) -> None:
    """Refuse what is there and can't be read from its beginning to its end: a pipe nobody may ever write to.

    Raises:
        OSError: it is no file, or there is nothing.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is not a file", str(path))


def _size(file: pathlib.Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
