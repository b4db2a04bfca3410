"""The open book: one thread that writes, a few that read, and an event loop that never waits."""

import asyncio
import datetime
import functools
import math
import pathlib
import shutil
import time
from collections.abc import Callable
from typing import ClassVar, ParamSpec, Self, TypeVar

import apsw

from storage import file_checks, open_checks
from storage.connections import CoachbookDatabase, database, telling
from storage.errors import MovedError, StorageClosedError, StorageError
from storage.executors import READERS, Threads
from storage.file_identity import Standing
from storage.fsync import size_of
from storage.models import GuildSettingsRow
from storage.suspicion import read_again

__all__ = ["READERS", "CoachbookDatabase", "StorageError", "Store", "database"]

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """The open book; a process has at most one. See `storage.open_checks` for how one comes to be."""

    MIGRATES: ClassVar = False
    """True: opening a book that lacks migrations applies them."""

    def __init__(self, path: pathlib.Path) -> None:
        """Use the file that `database` names; `open` is the way to get a store."""
        self.path = path
        self.opened = 1
        """How many times so far: what is remembered from before may be of another file."""
        self._threads = Threads()
        self._standing: Standing | None = None
        """None: it is not open."""
        self._closed = False
        self._accepts_until = math.inf
        """In the time of `time.monotonic`."""

    @classmethod
    def open(cls, path: pathlib.Path) -> Self:
        """The book in the file at `path`, made where there is none.

        Blocks: call it before there is anything else to do.

        Raises:
            DatabaseTooOldError: it lacks migrations; another program may be using it.
            StorageError: the book can't be used as it is.
            RuntimeError: this process has a book open.
        """
        store = cls(path.absolute())
        read_again(store.path, store._open)
        return store

    @staticmethod
    def check_file(
        path: pathlib.Path, more: Callable[[], list[str]] = list, scratch: pathlib.Path | None = None
    ) -> list[str]:
        """What is wrong in the file at `path`; empty when all is well or there is no file yet.

        The file is neither made nor migrated: of one that lacks migrations a copy is, in the folder `scratch` or among
        the system's temporary files.

        Raises:
            StorageError: the file can't be used at all.
            RuntimeError: this process has a book open.
        """
        return file_checks.check_file(path.absolute(), more, scratch)

    def stop_accepting(self, seconds: float) -> None:
        """Take no more wishes of people when so many seconds are over; what has begun by then is finished."""
        self._accepts_until = min(self._accepts_until, time.monotonic() + seconds)

    def refuse_stopping(self) -> None:
        """Go on only while wishes of people are taken.

        Raises:
            StorageClosedError: the bot is being stopped.
        """
        if time.monotonic() > self._accepts_until:
            raise StorageClosedError

    async def check(self) -> list[str]:
        """What is wrong in the open book; empty when all is well."""
        return await self.read(file_checks.faults)

    async def write(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `act` in a transaction of its own, and return its result once that is on the disk.

        What `act` raises takes everything back. Cancelling the caller stops an act that has not
        begun, and no other.

        Raises:
            StorageError: the disk, another process or a closed store is in the way, and
                nothing was written.
        """
        self._refuse_closed()
        return await self._threads.write(self._write, functools.partial(act, *args, **kwargs))

    async def read(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `act`, which sees the book as it was at one moment and can't change it.

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
        """Of the library in use: `3.51.3`."""
        return apsw.sqlite_lib_version()

    @property
    def writing(self) -> int:
        """Acts that write, and that are not done yet."""
        return self._threads.writing

    @property
    def reading(self) -> int:
        """Acts that read, and that are not done yet."""
        return self._threads.reading

    def free(self) -> int:
        """Bytes that the disk has left; blocks.

        Raises:
            OSError: it does not say.
        """
        return shutil.disk_usage(self.path.parent).free

    async def size(self) -> int:
        """Bytes on the disk, with those that are still in the write-ahead log."""
        return await asyncio.to_thread(size_of, (self.path, self.path.with_name(f"{self.path.name}-wal")))

    async def try_to_write(self) -> None:
        """Write a row and take it away again, on the disk as each act is; nothing is left of it.

        Raises:
            StorageError: the book can't be written.
        """
        await self.write(_write_and_delete)

    async def close(self) -> None:
        """Finish what was handed in and put everything into one file; again: do nothing."""
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(None, self._shut)

    async def _read_by(self, act: Callable[[], T], *, is_first: bool) -> T:
        self._refuse_closed()
        return await self._threads.read(self._read, act, is_first=is_first)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StorageClosedError

    def _open(self) -> None:
        open_checks.prepare(self.path, is_migrated=self.MIGRATES)
        database.name(self.path)
        self._threads = Threads()
        try:
            self._standing = self._threads.first(self._stand)
        except StorageError:
            self._threads.shut()
            database.let_go()
            database.name(None)
            raise

    def _stand(self) -> Standing:
        """What stands there once the writing thread has read: it keeps the log from being removed."""
        with telling(self.path):
            database.connect(reuse_if_open=True)
            database.pragma("user_version")
        return Standing.of(self.path)

    def _refuse_moved(self) -> None:
        if self._standing and Standing.of(self.path) != self._standing:
            raise MovedError(self.path)

    def _write(self, act: Callable[[], T]) -> T:
        self._refuse_moved()
        with telling(self.path):
            database.connect(reuse_if_open=True)
            with database.atomic("IMMEDIATE"):
                result = act()
        self._refuse_moved()  # else it may be in a file that nobody will find
        return result

    def _read(self, act: Callable[[], T]) -> T:
        self._refuse_moved()
        with telling(self.path):
            if database.connect(reuse_if_open=True):
                database.pragma("query_only", 1)
            with database.atomic("DEFERRED"):
                return act()

    def _shut(self) -> None:
        self._threads.shut()
        try:
            self._leave()
        finally:
            database.close_all()
            database.name(None)

    def _leave(self) -> None:
        """Before the connections close: of a log that was taken away, save what is in it; touch no other's files."""
        if self._standing is None or (there := Standing.of(self.path)) == self._standing:
            return
        try:
            if there.book == self._standing.book:
                with telling(self.path):
                    database.write_out()
        finally:
            database.let_go()


def _write_and_delete() -> None:
    nobody = 0  # no guild of Discord's
    long_ago = datetime.datetime.fromtimestamp(0, datetime.UTC)
    GuildSettingsRow.insert(guild_id=nobody, created_at=long_ago).execute()
    GuildSettingsRow.delete_by_id(nobody)
