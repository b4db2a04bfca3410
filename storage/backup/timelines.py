"""The timeline of a database: a restore begins another, as later changes are not those that it had before.

Its number is in the header of the file, where SQLite leaves it to the application.
"""

import contextlib
import pathlib
import secrets

import apsw

from storage.connections import database

_MAX = 2**31 - 1


def current() -> int:
    """Return the number of the connected database's timeline; 0: it was never restored."""
    return database.pragma("user_version")


def begin(path: pathlib.Path) -> None:
    """Begin another timeline of the database at `path`, which nobody else uses.

    Raises:
        apsw.Error: the file can't be written.
    """
    with contextlib.closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as connection:
        connection.pragma("user_version", 1 + secrets.randbelow(_MAX))
