"""Lookups in Discord: shared by all callers with the same question, evenly spaced, and none during a pause."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, TypeAlias, TypeVar

from bot.discord.rest_client import RateLimitedError

SECONDS_BETWEEN: Final = 0.1
"""The seconds from one request to the next: most of the 50 a second (page "Rate limits") are for cards and answers."""
LOOKUP_SECONDS: Final = 10.0
"""The time limit of a request."""
MAX_LOOKUPS_OF_GUILD: Final = 20
"""Lookups of one guild that run or wait."""

Key: TypeAlias = tuple[int, ...]
"""A guild's id, then the ids of the things that are looked up in it."""
MAX_ANSWERS: Final = 10_000
"""Answers of one type that are cached."""
T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class NotAskedError(Exception):
    """The request was not sent: Discord asks for a pause, or too many lookups of the guild are running."""


class Lookups:
    """The running lookups. They go on when nobody waits for them: the next caller gets the answer."""

    def __init__(self) -> None:
        self._tasks: dict[Key, asyncio.Task[Any]] = {}
        self._next_at = 0.0
        """By the clock of the event loop."""
        self._paused_until = 0.0

    async def ask(self, key: Key, request: Callable[[], Awaitable[T]]) -> T:
        """Return the answer to the request, or to the running one with this key.

        Raises:
            RateLimitedError: Discord asks for a pause.
            NotAskedError: the request was not sent.
            TimeoutError: the request took too long.
        """
        task = self._tasks.get(key) or self._begin(key, request)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Cancel the running lookups."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, key: Key, request: Callable[[], Awaitable[T]]) -> "asyncio.Task[T]":
        self._refuse_during_pause()
        if sum(guild_id == key[0] for guild_id, *_ in self._tasks) >= MAX_LOOKUPS_OF_GUILD:
            raise NotAskedError("too many lookups of this server are running")
        task = asyncio.create_task(self._run(request))
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._end(key, done))
        return task

    def _end(self, key: Key, task: "asyncio.Task[Any]") -> None:
        del self._tasks[key]
        if not task.cancelled():
            task.exception()  # marks it as retrieved: the caller may be gone

    async def _run(self, request: Callable[[], Awaitable[T]]) -> T:
        now = _now()
        at = max(now, self._next_at)
        self._next_at = at + SECONDS_BETWEEN
        await asyncio.sleep(at - now)
        self._refuse_during_pause()
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                return await request()
        except RateLimitedError as limited:
            self._paused_until = max(self._paused_until, _now() + limited.seconds)
            raise

    def _refuse_during_pause(self) -> None:
        """Refuse a lookup during a pause.

        Raises:
            NotAskedError: Discord asks for a pause.
        """
        if (left := self._paused_until - _now()) > 0:
            raise NotAskedError(f"Discord asks for a pause of {left:.1f} s more")


class Answers(Generic[K, V]):
    """A cache of Discord's answers for so many seconds; the oldest are dropped first."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._answers: dict[K, tuple[V, float]] = {}

    def get(self, key: K) -> V | None:
        """Return the answer; None: it is not cached or has expired."""
        value, since = self._answers.get(key, (None, 0.0))
        return value if time.monotonic() - since < self._seconds else None

    def put(self, key: K, value: V) -> None:
        """Cache an answer from now on."""
        self._answers.pop(key, None)
        if len(self._answers) >= MAX_ANSWERS:
            del self._answers[next(iter(self._answers))]
        self._answers[key] = value, time.monotonic()


def _now() -> float:
    return asyncio.get_running_loop().time()
