"""A rate limit for messages: so many in a minute for each of several keys."""

import asyncio
import collections
import contextlib
from collections.abc import Callable, Mapping
from typing import Any, Final

MINUTE: Final = 60.0


class Pace:
    """A rate limit over the last minute."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Use a clock that returns seconds."""
        self._now = now
        self._is_over = asyncio.Event()
        self._sent: dict[Any, collections.deque[float]] = {}

    async def turn(self, limits: Mapping[Any, int]) -> None:
        """Wait until each key had fewer than its limit of turns in the last minute, and record one."""
        while not self._is_over.is_set() and (seconds := self.wait(limits)) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._is_over.wait()
        now = self._now()
        for key in limits:
            self._sent.setdefault(key, collections.deque()).append(now)

    def end(self) -> None:
        """End all waiting."""
        self._is_over.set()

    def wait(self, limits: Mapping[Any, int]) -> float:
        """Return the seconds until there may be room for a turn; 0: there is."""
        now = self._now()
        self._forget(now - MINUTE)
        full = (self._sent[key][-most] for key, most in limits.items() if len(self._sent.get(key, ())) >= most)
        return max((begun + MINUTE - now for begun in full), default=0.0)

    def _forget(self, before: float) -> None:
        for key, times in list(self._sent.items()):
            while times and times[0] <= before:
                times.popleft()
            if not times:
                del self._sent[key]
