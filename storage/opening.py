"""Opening the database's file: one process at a time makes it, or migrates it."""

import contextlib
import pathlib
from collections.abc import Generator

import apsw
from peewee import DatabaseError

from storage import migrate, private_files
from storage.connections import database, translate_errors
from storage.damage_checks import refuse_damaged, refuse_visible_damage
from storage.errors.database import ReadFailedError, StorageBusyError, UnreadableError, WrongPlaceError
from storage.fsync import sync
from storage.open_checks import (
    TURN_SECONDS,
    exists,
    has_log,
    make_folder,
    refuse_foreign,
    refuse_old_sqlite,
    refuse_orphaned_log,
    refuse_unfinished,
)
from storage.process_lock import ProcessLock

_STEPS = 100_000
"""Of SQLite's virtual machine, some milliseconds, between two moments at which a signal is handled."""


def prepare(
    path: pathlib.Path,
    directory: pathlib.Path = migrate.MIGRATIONS,
    *,
    is_migrated: bool = True,
    is_suspected: bool = False,
) -> list[str]:
    """Make sure that `path` holds a database of the newest schema, and return the migrations that were applied.

    A new one is made where none is; one that is there is migrated only if `is_migrated`, and checked completely if
    `is_suspected` of being damaged.

    Raises:
        DatabaseTooOldError: it lacks migrations, and is not to be migrated.
        ReadFailedError: it may be damaged, or a read has failed.
        StorageError: it can't.
        RuntimeError: this process has a database open.
    """
    refuse_old_sqlite(apsw.sqlite_lib_version())
    make_folder(path)
    refuse_unfinished(path)
    with translate_errors(path), _turn(path):
        if exists(path):
            version = refuse_foreign(path, directory)
            if not is_migrated:
                version.refuse_outdated(path)
        else:
            _make(path)
        is_unclean = has_log(path)
        with connected(path):
            if is_suspected:
                refuse_damaged(path)
            else:
                refuse_visible_damage(path, is_unclean=is_unclean)
            database.pragma("synchronous", "normal")  # durable with the last step, when the connection is closed
            return migrate.up(path, directory)


@contextlib.contextmanager
def connected(path: pathlib.Path) -> Generator[None]:
    """Connect this thread to the file at `path`, in WAL mode, and close the connection afterwards.

    Raises:
        WrongPlaceError: the file's place can't hold a write-ahead log.
        RuntimeError: this process has a database open.
    """
    if not database.deferred:
        raise RuntimeError(f"{database.database} is open in this process")
    database.set_path(path)
    try:
        database.connect()
        handle_signals(database.connection())
        _refuse_no_log(path, database.journal_mode)
        yield
    except (ReadFailedError, DatabaseError, apsw.Error):
        database.close_without_checkpoint()  # what may be damaged is not written to, not even to put its log into it
        raise
    finally:
        database.close()
        database.set_path(None)


def handle_signals(connection: apsw.Connection) -> None:
    """Handle signals during the statements of this connection, too."""
    connection.set_progress_handler(_continue, _STEPS)


def _continue() -> bool:
    """Let Python handle a signal that came during a long statement; an exception of its handler ends the statement."""
    return False


def _refuse_no_log(path: pathlib.Path, mode: object) -> None:
    if mode != "wal":
        raise WrongPlaceError(path, "a write-ahead log can't be kept there; use a folder on a local disk")


@contextlib.contextmanager
def _turn(path: pathlib.Path) -> Generator[None]:
    """Hold the lock that everybody takes who opens this database.

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


def _make(path: pathlib.Path) -> None:
    """Make the database under a passing name: it gets its own when it is no longer empty, as no database ever is."""
    refuse_orphaned_log(path)
    part = private_files.part_of(path)
    leftovers = (part, *(file.with_name(f"{file.name}-journal") for file in (part, path)))  # by one that was killed
    try:
        for file in leftovers:
            file.unlink(missing_ok=True)
        private_files.create(part).close()
    except OSError as error:
        raise _not_made(path, error) from error
    connection = apsw.Connection(str(part))
    try:
        mode = connection.pragma("journal_mode", "wal")
    finally:
        connection.close()
    _refuse_no_log(path, mode)
    part.rename(path)
    sync(path.parent)


def _not_made(path: pathlib.Path, error: OSError) -> UnreadableError:
    return UnreadableError(path, f"{error.filename} can't be made ({error.strerror})")
