"""A rate limit for new gateway sessions: Discord allows 1,000 a day, and hikari would use them up."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

HOUR: Final = 3600.0
PAUSES: Final = (0.0, 5.0, 5.0, 5.0, 10.0, 20.0, 40.0, 80.0, 120.0)
"""Seconds from the last session to the next, by how many began in the last hour; the last is for all above.

Discord takes one session in 5 seconds (page "Gateway", rate limiting). At the longest pause, 720 begin in a day.
"""

_log = structlog.get_logger(__name__)


class SessionPace:
    """The starts of sessions in the last hour."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        """Use a monotonic clock that returns seconds."""
        self._now = now
        self._sleep = sleep
        self._begun: deque[float] = deque()

    def note(self) -> None:
        """Note that a session begins now."""
        self._begun.append(self._now())

    async def turn(self) -> None:
        """Wait until the next session may begin."""
        now = self._now()
        while self._begun and self._begun[0] <= now - HOUR:
            self._begun.popleft()
        if not self._begun:
            return
        pause = PAUSES[min(len(self._begun), len(PAUSES) - 1)]
        if (left := self._begun[-1] + pause - now) > 0:
            _log.warning("waiting before a new session", seconds=round(left), in_last_hour=len(self._begun))
            await self._sleep(left)
