"""Checks before a file is opened as the database: what is wrong is refused, and the file is left as it is."""

import contextlib
import os
import pathlib
import time
from collections.abc import Generator

import apsw

from storage import migrate, private_files
from storage.connections import translate_errors
from storage.errors.backups import RestoreUnfinishedError
from storage.errors.database import (
    EmptyDatabaseError,
    ForeignDatabaseError,
    OldSqliteError,
    OrphanedLogError,
    PredecessorError,
    UnreadableError,
    WrongPlaceError,
)
from storage.suspicion import retry_reads

OLDEST_SQLITE = "3.51.3"
"""SQLite 3.7.0 to 3.51.2 can, rarely, damage a database in WAL mode (https://sqlite.org/wal.html)."""
TURN_SECONDS = 60
"""Seconds to wait for another process that is opening, and perhaps migrating, the same database."""
_WAIT_SECONDS = 0.05


def version_of(path: pathlib.Path) -> migrate.SchemaVersion:
    """Return the schema version of the file at `path`, which is only looked at.

    Raises:
        StorageError: it is no database, or can't be read.
    """
    refuse_old_sqlite(apsw.sqlite_lib_version())
    refuse_unfinished(path)
    if not exists(path):
        refuse_orphaned_log(path)
        return migrate.new_version()
    with translate_errors(path):
        return retry_reads(path, lambda: refuse_foreign(path))


def exists(path: pathlib.Path) -> bool:
    """Return true if there is something at `path`.

    Raises:
        UnreadableError: that can't be found out.
    """
    return _exists(path, path)


def restore_marker(path: pathlib.Path) -> pathlib.Path:
    """Return the path of the file that is there while a backup is put in the place of the database."""
    return path.with_name(f"{path.name}.restoring")


def refuse_unfinished(path: pathlib.Path) -> None:
    """Go on only where no restore was broken off.

    Raises:
        RestoreUnfinishedError: one was.
        UnreadableError: that can't be found out.
    """
    if _exists(restore_marker(path), path):
        raise RestoreUnfinishedError(path)


def refuse_foreign(path: pathlib.Path, directory: pathlib.Path = migrate.MIGRATIONS) -> migrate.SchemaVersion:
    """Return the version of a file that has the structure of a database, which is looked at without being changed.

    It is not opened read-only, as SQLite could then not look past what a killed process has left.

    Raises:
        StorageError: it is empty, damaged, of another program, or was altered by one.
    """
    _refuse_no_file(path)
    if not path.stat().st_size:
        raise EmptyDatabaseError(path)  # SQLite would throw away a log that lies beside it
    with translate_errors(path), _connected_untrusted(path) as connection:
        if not list(connection.execute("SELECT 1 FROM sqlite_master LIMIT 1")):
            return migrate.new_version(directory)  # it was made a moment ago, and is about to become a database
        columns = _columns_of_record(path, connection)
        if "version" in columns and "name" not in columns:
            raise PredecessorError(path)
        if not {"name", "applied"} <= columns:
            raise ForeignDatabaseError(path)
        return migrate.refuse_altered(path, connection, directory)


def refuse_old_sqlite(version: str) -> None:
    """Go on only with a SQLite that is safe.

    Raises:
        OldSqliteError: `version` is not.
    """
    if _parts(version) < _parts(OLDEST_SQLITE):
        raise OldSqliteError(version, OLDEST_SQLITE)


def refuse_orphaned_log(path: pathlib.Path) -> None:
    """Go on only where no log of a database is that is gone: SQLite would throw it away.

    Raises:
        OrphanedLogError: one is.
    """
    if has_log(path):
        raise OrphanedLogError(path)


def has_log(path: pathlib.Path) -> bool:
    """Return true if there is a log with anything in it: the database is open, or was not closed.

    Raises:
        UnreadableError: that can't be found out.
    """
    log = _log_of(path)
    return _exists(log, path) and log.stat().st_size > 0


def has_remains(path: pathlib.Path) -> bool:
    """Return true if there is such a log, or the mark of a restore that goes on or was broken off.

    Raises:
        UnreadableError: that can't be found out.
    """
    return _exists(restore_marker(path), path) or has_log(path)


def make_folder(path: pathlib.Path) -> None:
    """Make the folder in which the database is to be.

    Raises:
        UnreadableError: it can't be made, or not be written.
    """
    try:
        private_files.make_folder(path.parent)
    except OSError as error:
        refuse_unwritable(path)
        raise UnreadableError(path, f"its folder can't be made ({error.strerror})") from error
    refuse_unwritable(path)


def refuse_unwritable(path: pathlib.Path) -> None:
    """Go on only where a file can be written, or made, at `path`.

    Raises:
        UnreadableError: it can't.
    """
    if exists(path):
        _refuse_no_file(path)
    folder = next(parent for parent in path.parents if _exists(parent, path))
    if not folder.is_dir():
        raise WrongPlaceError(path, f"{folder} is not a folder")
    for place in (folder, path):
        if _exists(place, path) and not os.access(place, os.R_OK | os.W_OK):
            raise UnreadableError(path, f"{place} can't be written; give this user the right to write there")


def _refuse_no_file(path: pathlib.Path) -> None:
    if not path.is_file():
        what = "a folder" if path.is_dir() else "a device or a pipe"
        raise WrongPlaceError(path, f"it is {what}; storage.path names a file")


def _exists(place: pathlib.Path, book: pathlib.Path) -> bool:
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise UnreadableError(book, error.strerror or str(error)) from error
    return True


def _log_of(path: pathlib.Path) -> pathlib.Path:
    return path.with_name(f"{path.name}-wal")


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _wait(count: int) -> bool:
    """Wait a moment for another process, so that a signal can end the wait; return false once that took too long."""
    time.sleep(_WAIT_SECONDS)
    return count * _WAIT_SECONDS < TURN_SECONDS


@contextlib.contextmanager
def _connected_untrusted(path: pathlib.Path) -> Generator[apsw.Connection]:
    """Connect to a file that is not trusted yet: what it defines is not run, and its log stays where it is."""
    has_log = _exists(_log_of(path), path)
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.set_busy_handler(_wait)
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, int(has_log))
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        connection.execute("BEGIN")  # all is of one moment, whoever migrates it meanwhile
        yield connection
    finally:
        connection.close()


def _columns_of_record(path: pathlib.Path, connection: apsw.Connection) -> set[str]:
    """Return the columns of the record of migrations; none: there is no such table."""
    try:
        return {row[1] for row in connection.execute(f"PRAGMA table_info({migrate.TABLE})")}
    except (apsw.SQLError, UnicodeDecodeError) as error:  # a view or a virtual table of another program
        raise ForeignDatabaseError(path) from error
