"""Snapshots that reads see: all that was saved before they began."""

import asyncio
import dataclasses
import datetime
import threading
from collections.abc import Callable
from concurrent.futures import Future


@dataclasses.dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of the database that a transaction reads."""

    at: datetime.datetime
    """A time right before it."""
    unsaved_since: datetime.datetime | None
    """The begin of a transaction that was writing then, and that is not seen; None: there was none."""


class Snapshots:
    """The snapshots of a store, and the transaction that writes, which is one at a time."""

    def __init__(self) -> None:
        self.clock: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC)
        """The one by which acts date what they write."""
        self._unsaved_since: datetime.datetime | None = None
        self._end: Future[None] | None = None
        """The end of the transaction that is writing; None: there is none."""
        self._thread = threading.local()

    def begin_write(self) -> None:
        """Note that a transaction that has the lock begins to write, before it looks at the clock."""
        self._end = Future()
        self._unsaved_since = self.clock()

    def end_write(self) -> None:
        """Note that the transaction is over."""
        self._unsaved_since = None
        if self._end:
            self._end.set_result(None)
            self._end = None

    async def settle(self) -> None:
        """Wait until the transaction that is writing is over; those that begin later are dated later."""
        if end := self._end:
            await asyncio.shield(asyncio.wrap_future(end))  # it is of all that wait

    def begin_read(self) -> None:
        """Note that this thread's transaction begins now, before it reads anything."""
        at = self.clock()  # first: who begins to write after the next line does so later
        self._thread.current = Snapshot(at, self._unsaved_since)

    @property
    def current(self) -> Snapshot:
        """The snapshot that this thread's transaction reads."""
        return self._thread.current
