"""Wakes tasks of the event loop when something has changed, in whatever thread that is known."""

import asyncio
import contextlib
import threading
from collections.abc import Generator, Sequence
from typing import Final

AT_ONCE: Final = 50
"""Tasks that are woken in one round of the event loop, in which each runs for about 0.1 ms."""


class Wakeups:
    """The events of the tasks that wait."""

    def __init__(self) -> None:
        self.count = 0
        """The number of changes so far, also of those for which nobody waited."""
        self._lock = threading.Lock()
        self._events: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        """None: nobody waits."""

    def notify(self) -> None:
        """Count the change, and wake all that wait, soon; from any thread."""
        with self._lock:
            self.count += 1
        if loop := self._loop:
            loop.call_soon_threadsafe(self._wake)

    @contextlib.contextmanager
    def subscribed(self) -> Generator[asyncio.Event]:
        """Yield an event that every change from now on sets."""
        self._loop = asyncio.get_running_loop()
        event = asyncio.Event()
        self._events.add(event)
        try:
            yield event
        finally:
            self._events.discard(event)
            if not self._events:
                self._loop = None

    def _wake(self) -> None:
        self._wake_next(tuple(self._events))

    def _wake_next(self, events: Sequence[asyncio.Event]) -> None:
        """Wake some of the tasks now, and the others in the next rounds of the loop, so that none takes long."""
        for event in events[:AT_ONCE]:
            event.set()
        if (rest := events[AT_ONCE:]) and self._loop:
            self._loop.call_soon(self._wake_next, rest)
