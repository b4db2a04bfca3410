"""The open database: one thread writes, a few read, and the event loop never waits."""

import asyncio
import datetime
import functools
import math
import pathlib
import shutil
import threading
import time
from collections.abc import Callable, Collection
from typing import ClassVar, ParamSpec, Self, TypeVar

import apsw

from storage import cached_reads, file_checks, opening
from storage.connections import database, translate_errors
from storage.errors import StorageError
from storage.errors.database import MovedError, StorageClosedError
from storage.executors import Executors, Times
from storage.file_identity import FileSet
from storage.fsync import size_of
from storage.models import DraftOperationRow
from storage.snapshots import Snapshots
from storage.suspicion import retry_reads
from storage.table_watches import TableWatches

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """The open database; a process has at most one. See `storage.opening`."""

    MIGRATES: ClassVar = False
    """True: opening a database that lacks migrations applies them."""

    def __init__(self, path: pathlib.Path) -> None:
        """Use the file that `database` names; `open` is the way to get a store."""
        self.path = path
        self.opened = 1
        """The number of openings so far: what is remembered from before may be of another file."""
        self.watches = TableWatches()
        self.snapshots = Snapshots()
        self._executors = Executors()
        self._files: FileSet | None = None
        """None: it is not open."""
        self._closed = False
        self._writer_lock = threading.Lock()
        """Held by a thread while it uses the connection of the one that writes."""
        self._writer_connection: apsw.Connection | None = None
        self._on_commit: list[Callable[[float], None]] = []
        self._data_version = 0
        """SQLite's number on that connection, which another process's write changes."""
        self._accepts_until = math.inf
        """In the time of `time.monotonic`."""

    @classmethod
    def open(cls, path: pathlib.Path) -> Self:
        """Open the database in the file at `path`, which is made if there is none.

        Blocks: call it before there is anything else to do.

        Raises:
            DatabaseTooOldError: it lacks migrations; another program may be using it.
            StorageError: the database can't be used as it is.
            RuntimeError: this process has a database open.
        """
        store = cls(path.absolute())
        retry_reads(store.path, store._open)
        return store

    def stop_accepting(self, seconds: float) -> None:
        """Accept no more requests of people when so many seconds are over; what has begun by then is finished."""
        self._accepts_until = min(self._accepts_until, time.monotonic() + seconds)

    def refuse_stopping(self) -> None:
        """Go on only while requests of people are accepted.

        Raises:
            StorageClosedError: the bot is being stopped.
        """
        if time.monotonic() > self._accepts_until:
            raise StorageClosedError

    async def check(self) -> list[str]:
        """Return the faults of the open database."""
        return await self.read(file_checks.faults)

    async def write(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `act` in a transaction of its own, and return its result once that is on the disk.

        If `act` raises, everything is rolled back. Cancelling the caller stops an act that has not
        begun, and no other.

        Raises:
            StorageError: the disk, another process or a closed store is in the way, and
                nothing was written.
        """
        return await self._write_by(functools.partial(act, *args, **kwargs), is_first=False)

    async def write_first(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `write`; after an outage this goes before everyone else: for the replay of queued changes.

        Raises:
            StorageError: the disk, another process or a closed store is in the way.
        """
        return await self._write_by(functools.partial(act, *args, **kwargs), is_first=True)

    def on_commit(self, call: Callable[[float], None]) -> None:
        """Call this with the seconds that it took, once the transaction of the running act is on the disk."""
        self._on_commit.append(call)

    async def read(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `act`, which sees the database as it was at one moment and can't change it.

        Raises:
            StorageError: the disk, another process or a closed store is in the way.
        """
        return await self._read_by(functools.partial(act, *args, **kwargs), is_first=False)

    async def read_first(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `read`; waits for no longer read: for short ones, whose answer can't be deferred.

        Raises:
            StorageError: the disk, another process or a closed store is in the way.
        """
        return await self._read_by(functools.partial(act, *args, **kwargs), is_first=True)

    @property
    def sqlite_version(self) -> str:
        """The version of the library in use, such as `3.51.3`."""
        return apsw.sqlite_lib_version()

    @property
    def writing(self) -> int:
        """Acts that write, and that are not done yet."""
        return self._executors.writing

    @property
    def reading(self) -> int:
        """Acts that read, and that are not done yet."""
        return self._executors.reading

    @property
    def times(self) -> Times:
        """The acts that are done since the database was opened, and their durations."""
        return self._executors.times

    def free(self) -> int:
        """Return the bytes that the disk has left; blocks.

        Raises:
            OSError: it does not say.
        """
        return shutil.disk_usage(self.path.parent).free

    async def size(self) -> int:
        """Return the bytes on the disk, with those that are still in the write-ahead log."""
        return await asyncio.to_thread(size_of, (self.path, self.path.with_name(f"{self.path.name}-wal")))

    async def try_to_write(self) -> None:
        """Write a row and delete it again, durably as each act; nothing is left of it.

        Raises:
            StorageError: the database can't be written.
        """
        await self.write(write_and_delete)

    async def close(self) -> None:
        """Finish what was submitted and put everything into one file; a second call does nothing."""
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(None, self._close)

    async def _write_by(self, act: Callable[[], T], *, is_first: bool) -> T:
        del is_first  # nobody is refused here
        self._refuse_closed()
        return await self._executors.write(functools.partial(self._write, act))

    async def _read_by(self, act: Callable[[], T], *, is_first: bool) -> T:
        self._refuse_closed()
        return await self._executors.read(functools.partial(self._read, act), is_first=is_first)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StorageClosedError

    def _open(self) -> None:
        opening.prepare(self.path, is_migrated=self.MIGRATES, is_suspected=self._may_be_damaged())
        database.set_path(self.path)
        database.changed_tables.clear()
        cached_reads.drop()
        self._executors = Executors()
        try:
            self._files = self._executors.run_on_writer(self._pin_files)
        except StorageError:
            self._executors.shut_down()
            database.close_without_checkpoint()
            database.set_path(None)
            raise

    def _may_be_damaged(self) -> bool:
        """Return true if a read has failed, so that the file is to be checked completely."""
        return False

    def _pin_files(self) -> FileSet:
        """Return the files, once the writing thread has read: its connection keeps the log from being removed."""
        with translate_errors(self.path):
            database.connect(reuse_if_open=True)
            database.pragma("user_version")
            database.watch_changes()
            self._writer_connection = database.connection()
        return FileSet.of(self.path)

    def _refuse_moved(self) -> None:
        if self._files and FileSet.of(self.path) != self._files:
            raise MovedError(self.path)

    def _write(self, act: Callable[[], T]) -> T:
        self._refuse_moved()
        self._on_commit.clear()
        began = time.perf_counter()
        with self._writer_lock, translate_errors(self.path):
            database.connect(reuse_if_open=True)
            try:
                with database.whole("IMMEDIATE"):
                    self._drop_outdated()
                    cached_reads.begin()
                    self.snapshots.begin_write()
                    result = act()
            finally:
                self.snapshots.end_write()
                if database.changed_tables:
                    self._note_changes(database.changed_tables)
                    database.changed_tables.clear()
        self._refuse_moved()  # else it may be in a file that nobody will find
        for call in self._on_commit:
            call(time.perf_counter() - began)
        return result

    def _read(self, act: Callable[[], T]) -> T:
        self._refuse_moved()
        with translate_errors(self.path):
            if database.connect(reuse_if_open=True):
                database.pragma("query_only", 1)
            if self._writer_lock.acquire(blocking=False):  # else the writing transaction looks, or has looked
                try:
                    self._drop_outdated()
                finally:
                    self._writer_lock.release()
            cached_reads.begin()
            self.snapshots.begin_read()
            with database.whole("DEFERRED"):
                return act()

    def _drop_outdated(self) -> None:
        """Drop the results of cached reads if another process has written."""
        if self._writer_connection:
            version = self._writer_connection.execute("PRAGMA data_version").get
            if version != self._data_version:
                self._data_version = version
                self._note_changes(None)

    def _note_changes(self, tables: Collection[str] | None) -> None:
        """Drop what was read of these tables, and notify those that wait for a change; None: of all."""
        cached_reads.drop(tables)
        self.watches.notify(tables)

    def _close(self) -> None:
        self._executors.shut_down()
        try:
            self._checkpoint_or_detach()
        finally:
            database.close_all()
            database.set_path(None)

    def _checkpoint_or_detach(self) -> None:
        """Save what is in a log that was deleted, and touch no other database's files; the connections close next."""
        if self._files is None or (current := FileSet.of(self.path)) == self._files:
            return
        try:
            if current.database == self._files.database:
                with translate_errors(self.path):
                    database.checkpoint()
        finally:
            database.close_without_checkpoint()


def write_and_delete() -> None:
    """Write a row and delete it again, in a table that no cached read comes from."""
    nobody = 0  # no interaction of Discord's
    long_ago = datetime.datetime.fromtimestamp(0, datetime.UTC)
    DraftOperationRow.insert(id=nobody, draft_id=nobody, made_at=long_ago).execute()
    DraftOperationRow.delete_by_id(nobody)
