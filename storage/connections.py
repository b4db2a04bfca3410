"""Connections to the database: their settings, and the errors that are raised when one fails.

Within the process, nothing but apsw may open the file, not even to read its bytes: closing it would
drop the locks of all connections (https://sqlite.org/howtocorrupt.html, 2.2), and Python's own
`sqlite3` is another copy of SQLite that knows nothing of apsw's.
"""

import contextlib
import pathlib
import threading
from collections.abc import Generator
from typing import Literal

import apsw
from peewee import DatabaseError
from playhouse.apsw_ext import APSWDatabase

from storage.errors import StorageError
from storage.errors.database import (
    NotADatabaseError,
    ReadFailedError,
    StorageBusyError,
    StorageUnwritableError,
    UnreadableError,
)
from storage.fields import bindable

BUSY_SECONDS = 1
"""Seconds that a statement waits for another process. An interaction may wait twice, and Discord waits for 3 s."""
MAX_LOG_BYTES = 8 << 20
"""Of the write-ahead log at rest: one that grew while somebody read for long is cut to that, twice what is usual."""
_NOTHING = "not an error"
"""The message of a connection for an error that is another's."""


class CoachbookDatabase(APSWDatabase):
    """SQLite as the database needs it: durable, with foreign keys, connected only when asked to."""

    def __init__(self) -> None:
        super().__init__(
            None,
            pragmas={
                "journal_mode": "wal",
                "synchronous": "full",
                "foreign_keys": 1,
                "secure_delete": 1,  # what is erased is gone from the file
                "cell_size_check": 1,  # a damaged page is found when it is read
                "journal_size_limit": MAX_LOG_BYTES,
            },
            lock_type="IMMEDIATE",
            autoconnect=False,
        )
        self.changed_tables: set[str] = set()
        """The names of the tables that the transaction of this process has changed so far."""
        self._connections: set[apsw.Connection] = set()
        self._connections_lock = threading.Lock()

    def set_path(self, path: pathlib.Path | None) -> None:
        """Set the file to connect to from now on; None: none."""
        self.init(None if path is None else str(path), timeout=BUSY_SECONDS)

    def close_all(self) -> None:
        """Close the connections of threads that have ended."""
        with self._connections_lock:
            while self._connections:
                self._connections.pop().close()

    def any_connection(self) -> apsw.Connection | None:
        """Return one that is open; None: none is."""
        with self._connections_lock:
            return next(iter(self._connections), None)

    def close_without_checkpoint(self) -> None:
        """Close all connections, and leave the file, its log and its index as they are."""
        with self._connections_lock:
            for connection in self._connections:
                connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        self.close_all()

    @contextlib.contextmanager
    def whole(self, kind: Literal["DEFERRED", "IMMEDIATE"]) -> Generator[None]:
        """Make what is done inside one transaction of this thread."""
        connection = self.connection()
        connection.execute(f"BEGIN {kind}")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite may have rolled back by itself
                connection.execute("ROLLBACK")
            raise

    def watch_changes(self) -> None:
        """Note in `changed_tables` the tables that this thread changes from now on."""
        # The update hook knows no table without row ids.
        self.connection().preupdate_hook(self._note_change)

    def checkpoint(self) -> None:
        """Write the write-ahead log into the database's file, as far as a connection still has both open."""
        with self._connections_lock:
            for connection in self._connections:
                connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def _connect(self) -> apsw.Connection:
        connection: apsw.Connection = super()._connect()
        connection.convert_binding = bindable
        # Else SQLite prepares many statements again for each value: ten times the work of a list.
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        with self._connections_lock:
            self._connections.add(connection)
        return connection

    def _note_change(self, change: apsw.PreUpdate) -> None:
        self.changed_tables.add(change.table_name)

    def _close(self, conn: apsw.Connection) -> None:
        conn.close()
        with self._connections_lock:
            self._connections.discard(conn)


database = CoachbookDatabase()
"""The one that rows are bound to. It names no file until a `Store` is open."""


@contextlib.contextmanager
def translate_errors(path: pathlib.Path) -> Generator[None]:
    """Raise a StorageError for what fails because of the file, the disk or another process."""
    try:
        yield
    except (DatabaseError, apsw.Error) as error:
        translated = _storage_error(path, getattr(error, "orig", error))
        if translated is None:
            raise
        raise translated from error


def _storage_error(path: pathlib.Path, error: object) -> StorageError | None:
    match error:
        case apsw.BusyError() | apsw.LockedError():
            return StorageBusyError(path)
        case apsw.NotADBError():
            return NotADatabaseError(path)
        case apsw.CorruptError():  # which SQLite says of an I/O error on a read, too
            return ReadFailedError(path)
        case apsw.CantOpenError() | apsw.AuthError():
            return UnreadableError(path, reason(error))
        case apsw.FullError() | apsw.IOError() | apsw.ReadOnlyError() | apsw.PermissionsError():
            return StorageUnwritableError(path, reason(error))
        case _:
            return None


def reason(error: apsw.Error) -> str:
    """Return SQLite's words on an error, or its name where SQLite has forgotten the words."""
    if (said := str(error)) != _NOTHING:
        return said
    code = getattr(error, "extendedresult", None)
    names = apsw.mapping_extended_result_codes, apsw.mapping_result_codes
    return next((str(codes[code]) for codes in names if code in codes), type(error).__name__)
