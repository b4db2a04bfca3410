"""Requests that find something out: shared by all who ask for the same, at an even pace, and none during a pause."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, TypeAlias, TypeVar

from bot.discord.rest_client import HasteError

SECONDS_BETWEEN: Final = 0.1
"""From one request to the next: of the 50 in a second (page "Rate limits") most are for cards and answers."""
LOOKUP_SECONDS: Final = 10.0
"""Seconds that one request may take."""
MOST_OF_GUILD: Final = 20
"""Requests of one guild that are under way or wait."""

Key: TypeAlias = tuple[int, ...]
"""A guild's id, then the ids of what is asked for in it."""
MOST_REMEMBERED: Final = 10_000
"""Answers of one kind."""
T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class NotAskedError(Exception):
    """Discord wants a pause, or the guild has too many lookups under way; the request was not sent."""


class Lookups:
    """The lookups under way. They go on when nobody waits any more: the next who ask have the answer."""

    def __init__(self) -> None:
        self._tasks: dict[Key, asyncio.Task[Any]] = {}
        self._next_at = 0.0
        """By the clock of the event loop."""
        self._paused_until = 0.0

    async def ask(self, key: Key, request: Callable[[], Awaitable[T]]) -> T:
        """Return the answer to the request, or to the one with this key that is under way.

        Raises:
            HasteError: Discord wants a pause.
            NotAskedError: the request was not sent.
            TimeoutError: it took too long.
        """
        task = self._tasks.get(key) or self._begin(key, request)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Break off what is under way."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, key: Key, request: Callable[[], Awaitable[T]]) -> "asyncio.Task[T]":
        self._refuse_during_pause()
        if sum(guild_id == key[0] for guild_id, *_ in self._tasks) >= MOST_OF_GUILD:
            raise NotAskedError("too many lookups of this server are under way")
        task = asyncio.create_task(self._run(request))
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._end(key, done))
        return task

    def _end(self, key: Key, task: "asyncio.Task[Any]") -> None:
        del self._tasks[key]
        if not task.cancelled():
            task.exception()  # who asked may have gone: then nobody else fetches it

    async def _run(self, request: Callable[[], Awaitable[T]]) -> T:
        now = _now()
        at = max(now, self._next_at)
        self._next_at = at + SECONDS_BETWEEN
        await asyncio.sleep(at - now)
        self._refuse_during_pause()
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                return await request()
        except HasteError as haste:
            self._paused_until = max(self._paused_until, _now() + haste.seconds)
            raise

    def _refuse_during_pause(self) -> None:
        """Go on unless Discord wants a pause.

        Raises:
            NotAskedError: it does.
        """
        if (left := self._paused_until - _now()) > 0:
            raise NotAskedError(f"Discord wants a pause of {left:.1f} s more")


class Answers(Generic[K, V]):
    """Discord's answers, for so many seconds; the oldest are forgotten first."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._answers: dict[K, tuple[V, float]] = {}

    def get(self, key: K) -> V | None:
        """Return the answer; None: there is none any more."""
        value, since = self._answers.get(key, (None, 0.0))
        return value if time.monotonic() - since < self._seconds else None

    def put(self, key: K, value: V) -> None:
        """Remember an answer from now on."""
        self._answers.pop(key, None)
        if len(self._answers) >= MOST_REMEMBERED:
            del self._answers[next(iter(self._answers))]
        self._answers[key] = value, time.monotonic()


def _now() -> float:
    return asyncio.get_running_loop().time()
