"""A new database for tests that look at something else than how one is made: a copy of one that was made once."""

import functools
import tempfile
from pathlib import Path

from storage import opening
from storage.store import Store


def put_new_database(path: Path) -> None:
    """Put a new database at this path, with all migrations: making one takes five times as long as opening it."""
    path.touch(mode=0o600)
    path.write_bytes(_new_database())


def open_new_store(path: Path) -> Store:
    """Open a new database at this path."""
    put_new_database(path)
    return Store.open(path)


@functools.cache
def _new_database() -> bytes:
    """The file of a database that was just made and closed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        opening.prepare(path)
        return path.read_bytes()
