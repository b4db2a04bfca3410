"""The threads that work on the open database.

A request waits for the way to a thread and back longer than for its rows, so this is `ThreadPoolExecutor` without
what a request does not need: about half of its time.
"""

import asyncio
import contextlib
import dataclasses
import operator
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeAlias, TypeVar

from storage.errors.database import StorageClosedError

READERS = 3

T = TypeVar("T")
_Result: TypeAlias = asyncio.Future[Any] | Future[Any]
_Task: TypeAlias = tuple[_Result, Callable[[], object], Callable[..., object]]
"""The result to be, the act, and how the thread has a function called that settles the result."""


@dataclasses.dataclass(frozen=True, slots=True)
class Times:
    """Numbers of acts, and the seconds that they took in total, with the wait for a thread."""

    writes: int
    write_seconds: float
    reads: int
    read_seconds: float


class Executors:
    """One that writes, a few that read, and one for reads that wait for no others. Each keeps a connection."""

    def __init__(self) -> None:
        self._writer = _Threads(1, "store-writer")
        self._readers = _Threads(READERS, "store-reader")
        self._first_reader = _Threads(1, "store-first-reader")

    @property
    def writing(self) -> int:
        """Acts that write, and that are not done yet."""
        return self._writer.awaited

    @property
    def reading(self) -> int:
        """Acts that read, and that are not done yet."""
        return self._readers.awaited + self._first_reader.awaited

    @property
    def times(self) -> Times:
        """The acts that were awaited and are done."""
        first, others = self._first_reader, self._readers
        return Times(self._writer.done, self._writer.seconds, first.done + others.done, first.seconds + others.seconds)

    async def write(self, act: Callable[[], T]) -> T:
        """Return the result of `act` in the thread that writes."""
        return await self._writer.run(act)

    async def read(self, act: Callable[[], T], *, is_first: bool = False) -> T:
        """Return the result of `act` in a thread that reads; with `is_first` in the one reserved for short reads."""
        return await (self._first_reader if is_first else self._readers).run(act)

    def run_on_writer(self, act: Callable[[], T]) -> T:
        """Return the result of `act` in the thread that writes; blocks."""
        result: Future[T] = Future()
        self._writer.submit(result, act, operator.call)
        return result.result()

    def shut_down(self) -> None:
        """Accept nothing more, and wait for what was submitted."""
        for threads in (self._writer, self._readers, self._first_reader):
            threads.shut_down()


class _Threads:
    """Threads that do one task after another; each is started when no other is free."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._threads: list[threading.Thread] = []
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._free = 0
        """Threads that wait for a task; negative: tasks that wait for a thread."""
        self._is_shut_down = False
        self.awaited = 0
        """Results that somebody awaits."""
        self.done = 0
        """Results that somebody has awaited."""
        self.seconds = 0.0
        """The time that they were awaited for, in total."""

    async def run(self, act: Callable[[], T]) -> T:
        """Return the result of `act`. Cancelling the caller stops an act that has not begun, and no other."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[Any] = loop.create_future()
        self.awaited += 1
        began = time.perf_counter()
        try:
            self.submit(result, act, loop.call_soon_threadsafe)
            return await result
        finally:
            self.awaited -= 1
            self.done += 1
            self.seconds += time.perf_counter() - began
            del result  # else an error and this frame, which it passes, hold each other in memory

    def submit(self, *task: *_Task) -> None:
        """Have a thread do the task.

        Raises:
            StorageClosedError: they have been shut down.
        """
        with self._lock:
            if self._is_shut_down:
                raise StorageClosedError
            self._tasks.put(task)
            if self._free > 0 or len(self._threads) == self._most:
                self._free -= 1
            else:
                name = f"{self._name}_{len(self._threads)}"
                self._threads.append(threading.Thread(target=self._work, name=name, daemon=True))
                self._threads[-1].start()

    def shut_down(self) -> None:
        """Accept nothing more, and wait for what was submitted."""
        with self._lock:
            self._is_shut_down = True
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while task := self._tasks.get():
            result, act, call = task
            outcome = (None, None) if result.cancelled() else _outcome(act)
            with self._lock:
                self._free += 1  # before the result, which the next task may follow
            with contextlib.suppress(RuntimeError):  # the event loop was closed
                call(_settle, result, *outcome)
            del task, result, act, call, outcome  # else they stay in memory until the next


def _outcome(act: Callable[[], object]) -> tuple[object, BaseException | None]:
    """Return the result of the act, or its error."""
    try:
        return act(), None
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the caller's
        return None, error


def _settle(result: _Result, value: object, error: BaseException | None) -> None:
    """Give the result its value or its error, unless it was canceled."""
    if result.cancelled():
        return
    if error is None:
        result.set_result(value)
    else:
        result.set_exception(error)
