"""Queued lines and pictures in a folder that an earlier version, or a bot in another environment, has used."""

import datetime
import os
import pathlib
from collections.abc import Callable

from storage import private_files
from storage.spool import SpoolFile


def queued_lines(folder: pathlib.Path) -> list[bytes]:
    """Return the lines in the folder, oldest first; the folder stays as it is.

    Raises:
        UnsafeFolderError: others may have written them.
        OSError: it can't be read.
    """
    try:
        private_files.refuse_unsafe(folder)
        return SpoolFile(folder).read()
    except FileNotFoundError:
        return []


def move_queue(former: pathlib.Path, spool: SpoolFile, clock: Callable[[], datetime.datetime]) -> int:
    """Move the queued lines of the former folder, with their pictures, into the spool, and return their number.

    After an interruption the rest is moved the next time. A line that is moved twice is carried out once.

    Raises:
        UnsafeFolderError: others may have written it. It was not touched.
        SpoolLockedError: another bot uses the one or the other.
        ChartUnwritableError, OSError: it can't be read or written.
    """
    if former == spool.folder or not os.path.lexists(former):
        return 0
    private_files.refuse_unsafe(former)
    source = SpoolFile(former)
    source.prepare()
    try:
        lines = source.read()
        pictures, source_pictures = spool.pictures(clock), source.pictures(clock)
        for sha256 in source_pictures.names():
            pictures.copy_from(source_pictures, sha256)
        for line in lines:
            spool.append(line)
        source.clear()
        source_pictures.remove_all()
        source.remove()
    finally:
        source.close()
    return len(lines)
