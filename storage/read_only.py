"""The database of another process, only to be read: nothing can be written through it."""

import contextlib
import pathlib
from collections.abc import Generator

import apsw

from storage import open_checks
from storage.connections import BUSY_SECONDS, database, translate_errors
from storage.errors import StorageError


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
            with database.whole("DEFERRED"):
                yield
    finally:
        database.close_all()


def name_of(path: pathlib.Path) -> str | None:
    """Return the own name of the database at `path`; None: it has none yet, or can't be read."""
    with contextlib.suppress(StorageError), translate_errors(path):
        if open_checks.version_of(path).has_name:
            with contextlib.closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
                return next((str(name) for (name,) in connection.execute("SELECT name FROM book")), None)
    return None
