"""Checks before a file is opened as the database: refusals before it is touched, and turns between processes."""

import contextlib
import os
import pathlib
import time
from collections.abc import Generator

import apsw
from peewee import DatabaseError

from storage import migrate, private_files
from storage.connections import database, telling
from storage.errors import (
    EmptyBookError,
    ForeignDatabaseError,
    LogAloneError,
    OldSqliteError,
    PredecessorError,
    ReadFailedError,
    RestoreUnfinishedError,
    StorageBusyError,
    UnreadableError,
    WrongPlaceError,
)
from storage.fsync import sync
from storage.process_lock import ProcessLock
from storage.suspicion import read_again

OLDEST_SQLITE = "3.51.3"
"""SQLite 3.7.0 to 3.51.2 can, rarely, damage a database in WAL mode (https://sqlite.org/wal.html)."""
_STEPS = 100_000
"""Of SQLite's virtual machine, some milliseconds, between two moments at which a signal is handled."""
_NAP_SECONDS = 0.05
TURN_SECONDS = 60
"""Seconds to wait for another process that is opening, and perhaps migrating, the same database."""


def prepare(path: pathlib.Path, directory: pathlib.Path = migrate.MIGRATIONS, *, is_migrated: bool = True) -> list[str]:
    """Make sure that `path` holds a book of the newest shape, and return the migrations that were applied.

    A new one is made where none is; one that is there is migrated only if `is_migrated`.

    Raises:
        DatabaseTooOldError: it lacks migrations, and is not to be migrated.
        ReadFailedError: it may be damaged, or a read has failed.
        StorageError: it can't.
        RuntimeError: this process has a book open.
    """
    refuse_old_sqlite(apsw.sqlite_lib_version())
    make_folder(path)
    refuse_unfinished(path)
    with telling(path), _turn(path):
        if is_there(path):
            version = refuse_foreign(path, directory)
            if not is_migrated:
                version.refuse_outdated(path)
        else:
            _make(path)
        with connected(path):
            refuse_damaged(path)
            return migrate.up(path, directory)


def version_of(path: pathlib.Path) -> migrate.SchemaVersion:
    """Return the schema version of the file at `path`, which is only looked at.

    Raises:
        StorageError: it is no book, or can't be read.
    """
    refuse_old_sqlite(apsw.sqlite_lib_version())
    refuse_unfinished(path)
    if not is_there(path):
        refuse_log_alone(path)
        return migrate.new_version()
    with telling(path):
        return read_again(path, lambda: refuse_foreign(path))


def is_there(path: pathlib.Path) -> bool:
    """Return true if there is something at `path`.

    Raises:
        UnreadableError: that can't be told.
    """
    return _is_there(path, path)


def refuse_unfinished(path: pathlib.Path) -> None:
    """Go on only where no restore was broken off.

    Raises:
        RestoreUnfinishedError: one was.
        UnreadableError: that can't be told.
    """
    if _is_there(restore_marker(path), path):
        raise RestoreUnfinishedError(path)


def refuse_foreign(path: pathlib.Path, directory: pathlib.Path = migrate.MIGRATIONS) -> migrate.SchemaVersion:
    """Return the version of a file that has the structure of a book, which is looked at without being changed.

    It is not opened read-only, as SQLite could then not look past what a killed process has left.

    Raises:
        StorageError: it is empty, damaged, of another program, or was altered by one.
    """
    _refuse_no_file(path)
    if not path.stat().st_size:
        raise EmptyBookError(path)  # SQLite would throw away a log that lies beside it
    with telling(path), _looking(path) as connection:
        if not list(connection.execute("SELECT 1 FROM sqlite_master LIMIT 1")):
            return migrate.new_version(directory)  # it was made a moment ago, and is about to become a book
        columns = _columns_of_record(path, connection)
        if "version" in columns and "name" not in columns:
            raise PredecessorError(path)
        if not {"name", "applied"} <= columns:
            raise ForeignDatabaseError(path)
        return migrate.refuse_altered(path, connection, directory)


def restore_marker(path: pathlib.Path) -> pathlib.Path:
    """Return the path of the file that is there while a backup is put in the place of the database."""
    return path.with_name(f"{path.name}.restoring")


def refuse_old_sqlite(version: str) -> None:
    """Go on only with a SQLite that is safe.

    Raises:
        OldSqliteError: `version` is not.
    """
    if _parts(version) < _parts(OLDEST_SQLITE):
        raise OldSqliteError(version, OLDEST_SQLITE)


@contextlib.contextmanager
def connected(path: pathlib.Path) -> Generator[None]:
    """Inside, this thread is connected to the file at `path`, in WAL mode.

    Raises:
        WrongPlaceError: the file's place can't hold a write-ahead log.
        RuntimeError: this process has a book open.
    """
    if not database.deferred:
        raise RuntimeError(f"{database.database} is open in this process")
    database.name(path)
    try:
        database.connect()
        database.connection().set_progress_handler(_continue, _STEPS)
        _refuse_no_log(path, database.journal_mode)
        yield
    except (ReadFailedError, DatabaseError, apsw.Error):
        database.let_go()  # what may be damaged is not written to, not even to put its log into it
        raise
    finally:
        database.close()
        database.name(None)


def _continue() -> bool:
    """Let Python handle a signal that came during a long statement; an exception of its handler ends the statement."""
    return False


def _refuse_no_log(path: pathlib.Path, mode: object) -> None:
    if mode != "wal":
        raise WrongPlaceError(path, "a write-ahead log can't be kept there; use a folder on a local disk")


def refuse_log_alone(path: pathlib.Path) -> None:
    """Go on only where no log of a book is that is gone: SQLite would throw it away.

    Raises:
        LogAloneError: one is.
    """
    log = _log_of(path)
    if _is_there(log, path) and log.stat().st_size:
        raise LogAloneError(path)


def _log_of(path: pathlib.Path) -> pathlib.Path:
    return path.with_name(f"{path.name}-wal")


def refuse_damaged(path: pathlib.Path) -> None:
    """Go on only where the connected database may be sound.

    Raises:
        ReadFailedError: it is damaged, or a read has failed.
    """
    if [row[0] for row in database.execute_sql("PRAGMA quick_check(1)")] != ["ok"]:
        raise ReadFailedError(path)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def make_folder(path: pathlib.Path) -> None:
    """Make the folder in which the book is to be.

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
    if is_there(path):
        _refuse_no_file(path)
    folder = next(parent for parent in path.parents if _is_there(parent, path))
    if not folder.is_dir():
        raise WrongPlaceError(path, f"{folder} is not a folder")
    for place in (folder, path):
        if _is_there(place, path) and not os.access(place, os.R_OK | os.W_OK):
            raise UnreadableError(path, f"{place} can't be written; give this user the right to write there")


def _refuse_no_file(path: pathlib.Path) -> None:
    if not path.is_file():
        what = "a folder" if path.is_dir() else "a device or a pipe"
        raise WrongPlaceError(path, f"it is {what}; storage.path names a file")


def _is_there(place: pathlib.Path, book: pathlib.Path) -> bool:
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise UnreadableError(book, error.strerror or str(error)) from error
    return True


def _nap(count: int) -> bool:
    """Wait a moment for another process, in a way that a signal can end; False: that took too long."""
    time.sleep(_NAP_SECONDS)
    return count * _NAP_SECONDS < TURN_SECONDS


@contextlib.contextmanager
def _turn(path: pathlib.Path) -> Generator[None]:
    """Inside, no other process opens this database.

    It has a lock of its own, as a bot holds the other for as long as it runs.
    """
    try:
        lock = ProcessLock.acquire(path.with_name(f"{path.name}.lock"), TURN_SECONDS)
    except BlockingIOError as error:
        raise StorageBusyError(path) from error
    except OSError as error:
        raise _not_made(path, error) from error
    with lock:
        yield


@contextlib.contextmanager
def _making(path: pathlib.Path) -> Generator[None]:
    """Report a file beside the book that can't be made."""
    try:
        yield
    except OSError as error:
        raise _not_made(path, error) from error


def _not_made(path: pathlib.Path, error: OSError) -> UnreadableError:
    return UnreadableError(path, f"{error.filename} can't be made ({error.strerror})")


@contextlib.contextmanager
def _looking(path: pathlib.Path) -> Generator[apsw.Connection]:
    """Connect to a file that is not trusted yet: what it defines is not run, and its log stays where it is."""
    has_log = _is_there(_log_of(path), path)
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.set_busy_handler(_nap)
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, int(has_log))
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        connection.execute("BEGIN")  # all is of one moment, whoever migrates it meanwhile
        yield connection
    finally:
        connection.close()


def _columns_of_record(path: pathlib.Path, connection: apsw.Connection) -> set[str]:
    """The columns of the record of migrations; none: there is no such table."""
    try:
        return {row[1] for row in connection.execute(f"PRAGMA table_info({migrate.TABLE})")}
    except (apsw.SQLError, UnicodeDecodeError) as error:  # a view or a virtual table of another program
        raise ForeignDatabaseError(path) from error


def _make(path: pathlib.Path) -> None:
    """Make a file that becomes the book: it has its name only when it is no longer empty, as no book ever is."""
    refuse_log_alone(path)
    made = path.with_name(f"{path.name}.new")
    left = (made, *(file.with_name(f"{file.name}-journal") for file in (made, path)))  # by one that was killed
    with _making(path):
        for file in left:
            file.unlink(missing_ok=True)
        private_files.create(made).close()
    connection = apsw.Connection(str(made))
    try:
        mode = connection.pragma("journal_mode", "wal")
    finally:
        connection.close()
    _refuse_no_log(path, mode)
    made.rename(path)
    sync(path.parent)
