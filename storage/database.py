"""The open book: one thread that writes, a few that read, and an event loop that never waits."""

import asyncio
import functools
import pathlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, Self, TypeVar

from storage import opening
from storage.connections import CoachbookDatabase, database, telling
from storage.errors import StorageClosedError, StorageError

__all__ = ["CoachbookDatabase", "StorageError", "Store", "database"]

READERS = 3

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """The open book; a process has at most one. See `storage.opening` for how one comes to be."""

    def __init__(self, path: pathlib.Path) -> None:
        """Use the file that `database` names; `open` is the way to get a store."""
        self.path = path
        self._writer = ThreadPoolExecutor(1, "store-writer")
        self._readers = ThreadPoolExecutor(READERS, "store-reader")
        self._closed = False

    @classmethod
    def open(cls, path: pathlib.Path) -> Self:
        """The book in the file at `path`, made or migrated as needed.

        Blocks, for as long as a migration takes: call it before there is anything else to do.

        Raises:
            StorageError: the book can't be used as it is.
            RuntimeError: this process has a book open.
        """
        path = path.absolute()
        opening.prepare(path)
        database.name(path)
        return cls(path)

    @staticmethod
    def check_file(path: pathlib.Path, more: Callable[[], list[str]] = list) -> list[str]:
        """What is wrong in the file at `path`; empty when all is well or there is no file yet.

        The file is neither made nor migrated.

        Raises:
            StorageError: the file can't be used at all.
            RuntimeError: this process has a book open.
        """
        return opening.check_file(path.absolute(), more)

    async def check(self) -> list[str]:
        """What is wrong in the open book; empty when all is well."""
        return await self.read(opening.faults)

    async def write(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `act` in a transaction of its own, and return its result once that is on the disk.

        What `act` raises takes everything back. Cancelling the caller stops an act that has not
        begun, and no other.

        Raises:
            StorageError: the disk, another process or a closed store is in the way, and
                nothing was written.
        """
        return await self._hand_in(self._writer, self._write, functools.partial(act, *args, **kwargs))

    async def read(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `act`, which sees the book as it was at one moment and can't change it.

        Raises:
            StorageError: the disk, another process or a closed store is in the way.
        """
        return await self._hand_in(self._readers, self._read, functools.partial(act, *args, **kwargs))

    async def close(self) -> None:
        """Finish what was handed in and put everything into one file; again: do nothing."""
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(None, self._shut)

    async def _hand_in(
        self, threads: ThreadPoolExecutor, run: Callable[[Callable[[], T]], T], act: Callable[[], T]
    ) -> T:
        if self._closed:
            raise StorageClosedError
        return await asyncio.get_running_loop().run_in_executor(threads, run, act)

    def _write(self, act: Callable[[], T]) -> T:
        with telling(self.path):
            database.connect(reuse_if_open=True)
            with database.atomic("IMMEDIATE"):
                return act()

    def _read(self, act: Callable[[], T]) -> T:
        with telling(self.path):
            if database.connect(reuse_if_open=True):
                database.pragma("query_only", 1)
            with database.atomic("DEFERRED"):
                return act()

    def _shut(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        database.close_all()
        database.name(None)
