"""The interactions that are being handled: a stop, or a change of a plugin's code, waits for them."""

import asyncio
import contextlib
from collections.abc import Generator, Iterable
from typing import Any, TypeAlias

import hikari
import structlog

Subject: TypeAlias = tuple[hikari.CommandType | int, str] | str
"""The subject of an interaction: a command by kind and name, or the name of a plugin for its buttons and modals."""

_log = structlog.get_logger(__name__)


class InFlight:
    """The interactions that are being handled, each by a task."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._by_subject: dict[Subject, set[asyncio.Task[Any]]] = {}

    @property
    def count(self) -> int:
        """The number of interactions that are being handled now."""
        return len(self._tasks)

    @property
    def subjects(self) -> frozenset[Subject]:
        """The subjects of the interactions that are being handled now."""
        return frozenset(self._by_subject)

    @contextlib.contextmanager
    def counted(self) -> Generator[None]:
        """Count one interaction, which the current task handles, while the block runs."""
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
    def about(self, subject: Subject | None) -> Generator[None]:
        """Note the subject that the current task works on while the block runs."""
        task = asyncio.current_task()
        if subject is None or task is None:
            yield
            return
        self._by_subject.setdefault(subject, set()).add(task)
        try:
            yield
        finally:
            self._by_subject[subject].discard(task)
            if not self._by_subject[subject]:
                del self._by_subject[subject]

    def tasks_for(self, subjects: Iterable[Subject]) -> set[asyncio.Task[Any]]:
        """Return the tasks that work on one of these subjects."""
        return {task for subject in subjects for task in self._by_subject.get(subject, ())}

    async def wait_idle(self, seconds: float) -> bool:
        """Wait until no interaction is in flight; False: there are some after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            _log.warning("stopping with interactions in flight", interactions=self.count)
            return False
        return True

    async def cancel(self) -> None:
        """Cancel all tasks, and wait until they have ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
