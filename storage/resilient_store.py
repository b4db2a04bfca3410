"""The database of a running bot, which goes on while the database can't be used, and uses it again when it can.

An outage is remembered, so that each further act is refused at once; `recover` is to be tried until it succeeds.
Then queued changes are replayed by `write_first`, before anybody else writes, until `resume`.
"""

import asyncio
import pathlib
import time
from collections.abc import Callable
from typing import ClassVar, Self, TypeVar

from storage import open_checks
from storage.connections import database, translate_errors
from storage.errors import StorageError
from storage.errors.database import (
    DatabaseMissingError,
    MovedError,
    NotADatabaseError,
    ReadFailedError,
    ReplayInProgressError,
    StorageBusyError,
    StorageClosedError,
    StorageUnwritableError,
    UnreadableError,
    WrongPlaceError,
)
from storage.file_identity import FileSet
from storage.models import DatabaseRow
from storage.online_backup import back_up
from storage.process_lock import ProcessLock, lock_database
from storage.store import Store, write_and_delete
from storage.suspicion import Suspicion

T = TypeVar("T")

_TRANSIENT = (UnreadableError, ReadFailedError, NotADatabaseError, StorageBusyError, StorageUnwritableError)
"""Errors that may pass, without a change of the program or its configuration."""


class ResilientStore(Store):
    """The database that this process alone serves, and so may migrate."""

    MIGRATES: ClassVar = True

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path)
        self._outage: StorageError | None = None
        self._suspicion = Suspicion(self.path)
        self.name: str | None = None
        """The database's own name; None: it was not open yet."""
        self._may_be_made = False
        self._missing: DatabaseMissingError | None = None
        """The reason why none was made at the start."""
        self._is_open = False
        self._lock: ProcessLock | None = None

    @classmethod
    def serve(cls, path: pathlib.Path, refuse_missing: Callable[[], None] = lambda: None) -> Self:
        """Open the database at `path`, locked against other bots; with an `outage` where it can't be used for now.

        Where none is, one is made, unless `refuse_missing` raises a `DatabaseMissingError`: then it is waited for.

        Raises:
            StorageError: it can't be used, and no waiting will change that.
            RuntimeError: this process has a database open.
        """
        store = cls(path.absolute())
        try:
            if not open_checks.exists(store.path):
                store._missing = _why_missing(refuse_missing)
                store._may_be_made = store._missing is None
            store._open()
        except WrongPlaceError:
            raise
        except _TRANSIENT as error:
            store._record(error)
        return store

    @property
    def outage(self) -> StorageError | None:
        """The reason why nothing can be written; None: all is well."""
        return self._outage

    async def probe(self) -> None:
        """Check the files, also while nobody reads or writes."""
        try:
            await asyncio.to_thread(self._refuse_moved)
        except StorageError as error:
            self._record(error)

    async def recover(self) -> None:
        """Bring the database back into use; then only `write_first` writes, until `resume`.

        Raises:
            StorageError: it can't be, for now.
        """
        self._refuse_closed()
        try:
            await asyncio.to_thread(self._recover)
            await self.write_first(write_and_delete)
            self._outage = ReplayInProgressError()
        except StorageError as error:
            self._outage = error
            raise

    def pause(self) -> None:
        """Let `write_first` alone write."""
        self._outage = self._outage or ReplayInProgressError()

    def resume(self) -> None:
        """Let everybody write again."""
        self._outage = None

    async def rescue(self, target: pathlib.Path) -> bool:
        """Copy to `target` what is open, if its file was deleted; False: there is nothing to copy.

        Raises:
            StorageError, OSError: the copy could not be made.
        """
        return await asyncio.to_thread(self._rescue, target)

    async def _write_by(self, act: Callable[[], T], *, is_first: bool) -> T:
        """See `Store._write_by`; during an outage only what goes first is tried."""
        if self._outage and not is_first:
            raise _without_frames(self._outage)
        try:
            return await super()._write_by(act, is_first=is_first)
        except StorageError as error:
            self._record(error)
            raise

    async def _read_by(self, act: Callable[[], T], *, is_first: bool) -> T:
        """See `Store._read_by`; while the database is open, an outage of writing is none for reading."""
        if self._outage and not self._is_open:
            raise _without_frames(self._outage)
        try:
            return await super()._read_by(act, is_first=is_first)
        except StorageBusyError:
            raise
        except StorageError as error:
            self._record(error)
            raise

    def _record(self, error: StorageError) -> None:
        if not isinstance(error, StorageClosedError | ReplayInProgressError):
            self._outage = error

    def _open(self) -> None:
        if not self._may_be_made and not self.path.exists():
            if self._missing:
                self._refuse_remains()
                raise _without_frames(self._missing)
            raise UnreadableError(self.path, "it is not there any more; put it, or a backup, in its place")
        self._release()
        open_checks.make_folder(self.path)
        self._lock = lock_database(self.path)
        began = time.monotonic()
        try:
            super()._open()
        except (ReadFailedError, NotADatabaseError) as error:
            self._release()
            raise self._suspicion.record_failure(error, time.monotonic() - began) from error
        except StorageError:
            self._release()
            raise
        self._is_open = True
        self.opened += 1
        self._may_be_made = False
        self._missing = None
        self._suspicion.clear()
        self.watches.notify(None)

    def _refuse_remains(self) -> None:
        """Go on only where the missing database has left no log, and no restore: they say more of what to do."""
        if open_checks.has_remains(self.path):
            with lock_database(self.path):  # a restore that goes on holds it
                open_checks.refuse_unfinished(self.path)
                open_checks.refuse_orphaned_log(self.path)

    def _pin_files(self) -> FileSet:
        """See `Store._pin_files`; the database's name is read with them."""
        pinned = super()._pin_files()
        with translate_errors(self.path):
            row = DatabaseRow.get_or_none()
            self.name = None if row is None else row.name
        return pinned

    def _recover(self) -> None:
        if self._files:
            self._close_before_reopening(self._files)
        if self._files:
            return
        if self._outage and not self._suspicion.is_due:
            raise _without_frames(self._outage)
        self._open()

    def _close_before_reopening(self, pinned: FileSet) -> None:
        """Close what can be opened again with all that was acknowledged in it."""
        current = FileSet.of(self.path)
        if current.database is None:
            self._release()
            raise MovedError(self.path)  # what is open may be all there is
        may_be_damaged = self._may_be_damaged()
        if current == pinned and not may_be_damaged:
            return  # opening it again may fail where reading does not: on a full disk
        self._is_open = False
        self._executors.shut_down()
        if current.database == pinned.database and not may_be_damaged:
            with translate_errors(self.path):
                database.checkpoint()
        database.close_without_checkpoint()
        database.set_path(None)
        self._files = None

    def _may_be_damaged(self) -> bool:
        """See `Store._may_be_damaged`."""
        return isinstance(self._outage, ReadFailedError | NotADatabaseError)

    def _release(self) -> None:
        """Release the lock, so that another program may replace the database."""
        if self._lock:
            self._lock.release()
            self._lock = None

    def _rescue(self, target: pathlib.Path) -> bool:
        connection = database.any_connection()
        if connection is None or self.path.exists():
            return False
        with translate_errors(self.path):
            back_up(connection, target)
        return True

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._release()

    def _checkpoint_or_detach(self) -> None:
        """See `Store._checkpoint_or_detach`; of a database that may be damaged nothing is touched."""
        if self._may_be_damaged():
            database.close_without_checkpoint()
        else:
            super()._checkpoint_or_detach()


def _why_missing(refuse_missing: Callable[[], None]) -> DatabaseMissingError | None:
    try:
        refuse_missing()
    except DatabaseMissingError as error:
        return error
    return None


def _without_frames(error: StorageError) -> StorageError:
    """Return the error without its frames, which would pile up, with all that was sent."""
    return error.with_traceback(None)
