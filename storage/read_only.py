"""The database of another process, to be read in one of its own: nothing can be written through it."""

import contextlib
import pathlib
from collections.abc import Generator

import apsw

from storage.connections import BUSY_SECONDS, database, translate_errors


@contextlib.contextmanager
def reading(path: pathlib.Path) -> Generator[None]:
    """Connect to the database in the file at `path`, and read it as it is at one moment.

    Raises:
        StorageError: it can't be read.
    """
    database.init(str(path), timeout=BUSY_SECONDS, flags=apsw.SQLITE_OPEN_READONLY)
    try:
        with translate_errors(path):
            database.connect()
            with database.atomic("DEFERRED"):
                yield
    finally:
        database.close_all()
