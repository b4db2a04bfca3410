"""The threads that work on the open database."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

READERS = 3

T = TypeVar("T")


class Executors:
    """One that writes, a few that read, and one for reads that wait for no others. Each keeps a connection."""

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, "store-writer")
        self._readers = ThreadPoolExecutor(READERS, "store-reader")
        self._first_reader = ThreadPoolExecutor(1, "store-first-reader")
        self.writing = 0
        """Acts that write, and that are not done yet."""
        self.reading = 0
        """Acts that read, and that are not done yet."""

    async def write(self, run: Callable[[Callable[[], T]], T], act: Callable[[], T]) -> T:
        """Have `act` run by the thread that writes."""
        self.writing += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._writer, run, act)
        finally:
            self.writing -= 1

    async def read(self, run: Callable[[Callable[[], T]], T], act: Callable[[], T], *, is_first: bool = False) -> T:
        """Have `act` run by a thread that reads; with `is_first` by the one that is reserved for short reads."""
        self.reading += 1
        try:
            executor = self._first_reader if is_first else self._readers
            return await asyncio.get_running_loop().run_in_executor(executor, run, act)
        finally:
            self.reading -= 1

    def run_on_writer(self, act: Callable[[], T]) -> T:
        """Return the result of `act` in the thread that writes; blocks."""
        return self._writer.submit(act).result()

    def shut_down(self) -> None:
        """Accept nothing more, and wait for what was submitted."""
        self._writer.shutdown()
        self._readers.shutdown()
        self._first_reader.shutdown()
