"""Blocking calls that a broken disk may never let return."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

PROBE_SECONDS: Final = 3.0
"""Timeout for a disk and for the database; a statement waits 1 s for another process."""

T = TypeVar("T")


class BlockingCall(Generic[T]):
    """A blocking function, called in one thread at a time, for which nothing waits at the end of the process."""

    def __init__(self, function: Callable[[], T], seconds: float = PROBE_SECONDS) -> None:
        """Wait for the function for so long."""
        self._function = function
        self._seconds = seconds
        self._running: asyncio.Future[T] | None = None

    async def result(self) -> T:
        """Return the function's result, or raise its error; a call that has not ended is not repeated.

        Raises:
            TimeoutError: it takes too long.
        """
        if self._running is None or self._running.done():
            self._running = self._begin()
        async with asyncio.timeout(self._seconds):
            return await asyncio.shield(self._running)

    def _begin(self) -> asyncio.Future[T]:
        ended: concurrent.futures.Future[T] = concurrent.futures.Future()
        future = asyncio.wrap_future(ended)
        threading.Thread(target=self._call, args=[ended], daemon=True).start()
        return future

    def _call(self, ended: concurrent.futures.Future[T]) -> None:
        try:
            result = self._function()
        except Exception as error:  # noqa: BLE001 - raised where the result is awaited
            ended.set_exception(error)
        else:
            ended.set_result(result)
