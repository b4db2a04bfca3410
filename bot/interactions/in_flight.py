"""Counts the interactions that are being handled, so that a stop, or a change of a plugin's code, can wait for them."""

import asyncio
import contextlib
from collections.abc import Generator, Iterable
from typing import Any, TypeAlias

import hikari
import structlog

What: TypeAlias = tuple[hikari.CommandType | int, str] | str
"""What an interaction is about: a command by its kind and name, or a plugin by its name (its buttons and modals)."""

_log = structlog.get_logger(__name__)


class InHand:
    """Counts the interactions that are being handled, so that a stop can wait for them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._busy: dict[What, set[asyncio.Task[Any]]] = {}

    @property
    def count(self) -> int:
        """How many are being handled now."""
        return len(self._tasks)

    @property
    def busy(self) -> frozenset[What]:
        """The interactions that are being handled now."""
        return frozenset(self._busy)

    @contextlib.contextmanager
    def one(self) -> Generator[None]:
        """Count one interaction, which the current task handles, for as long as the block runs."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("an interaction is handled by a task")
        self._tasks.add(task)
        self._idle.clear()
        try:
            yield
        finally:
            self._tasks.discard(task)
            if not self._tasks:
                self._idle.set()

    @contextlib.contextmanager
    def of(self, what: "What | None") -> Generator[None]:
        """Remember what the current task is busy with for as long as the block runs."""
        task = asyncio.current_task()
        if what is None or task is None:
            yield
            return
        self._busy.setdefault(what, set()).add(task)
        try:
            yield
        finally:
            self._busy[what].discard(task)
            if not self._busy[what]:
                del self._busy[what]

    def busy_with(self, whats: Iterable["What"]) -> set["asyncio.Task[Any]"]:
        """The tasks that are busy with one of these."""
        return {task for what in whats for task in self._busy.get(what, ())}

    async def finished(self, seconds: float) -> bool:
        """Wait until nothing is in hand; False if that took longer than `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            _log.warning("stopping with work in hand", interactions=self.count)
            return False
        return True

    async def break_off(self) -> None:
        """Cancel what is in hand, and wait until it has ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
