"""Lines and pictures that wait in a folder that an earlier version, or a bot in another environment, has used."""

import datetime
import os
import pathlib
from collections.abc import Callable

from storage import private_files
from storage.spool import SpoolFile


def has_lines(folder: pathlib.Path) -> bool:
    """Return whether lines wait in the folder, which stays as it is.

    Raises:
        UnsafeFolderError: others may have written them.
        OSError: it can't be read.
    """
    try:
        private_files.refuse_unsafe(folder)
        return bool(SpoolFile(folder).read())
    except FileNotFoundError:
        return False


def take_over(former: pathlib.Path, spool: SpoolFile, clock: Callable[[], datetime.datetime]) -> int:
    """Move what waits in the former folder into the spool, and return how many lines; 0: there is nothing.

    Where it is broken off, the rest is moved the next time. A line that is moved twice is carried out once.

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
            pictures.take_over(sha256, source_pictures)
        for line in lines:
            spool.append(line)
        source.clear()
        source_pictures.remove_all()
        source.remove()
    finally:
        source.close()
    return len(lines)
