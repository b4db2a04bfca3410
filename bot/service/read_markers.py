"""The revisions of plans that members last opened: noted in memory, written in batches."""

import asyncio
import itertools
from collections.abc import Collection
from typing import Final

import structlog

from bot.domain.clock import Clock
from bot.domain.values import Actor, Plan, PlanId, ReadMarker, UserId
from bot.service.records import read_markers
from storage.errors import StorageError
from storage.store import Store

WRITE_SECONDS: Final = 60.0
"""Between two writes: a kill loses the markers of a minute at most."""
MAX_WAITING: Final = 10_000
"""Markers in memory, a few megabytes; the oldest is dropped for another, as in a long outage."""
ROWS_AT_ONCE: Final = 500
"""Markers in one transaction, so that others can write in between."""

_log = structlog.get_logger(__name__)


class ReadMarkers:
    """The revisions that members last opened. Noting one waits for nothing, and nothing fails for it."""

    def __init__(self, store: Store, clock: Clock, max_waiting: int = MAX_WAITING) -> None:
        self._store = store
        self._clock = clock
        self._max_waiting = max_waiting
        self._waiting: dict[tuple[UserId, PlanId], ReadMarker] = {}
        """Markers that are still to be written, in the order of time."""

    def note(self, actor: Actor, plan: Plan) -> None:
        """Note that the actor has opened the plan as it is here."""
        self._note(actor, plan)

    def note_change(self, actor: Actor, plan: Plan) -> None:
        """Note that the actor was told of the plan as it is here: they know it if the last change was theirs alone."""
        if plan.changed_by == actor.user_id:
            self._note(actor, plan, follows=plan.revision - 1 or None)  # who posted a plan has read it

    def _note(self, actor: Actor, plan: Plan, follows: int | None = None) -> None:
        key = actor.user_id, plan.id
        opened_at = actor.sent_at or self._clock()
        marker = ReadMarker(*key, plan.coach.guild_id, plan.revision, opened_at, follows)
        before = self._waiting.pop(key, None)
        self._waiting[key] = marker.after(before) if before else marker
        if len(self._waiting) > self._max_waiting:
            del self._waiting[next(iter(self._waiting))]

    def of(self, user_id: UserId, plan_ids: Collection[PlanId]) -> dict[PlanId, ReadMarker]:
        """Return the user's markers of these plans: a part of a read transaction."""
        found = read_markers.of(user_id, plan_ids)
        for marker in filter(None, (self._waiting.get((user_id, each)) for each in plan_ids)):
            if before := found.get(marker.plan_id):
                found[marker.plan_id] = marker.after(before)
            elif marker.follows is None:
                found[marker.plan_id] = marker
        return found

    async def write(self) -> None:
        """Write the markers that wait; those that can't be written wait for the next time."""
        waiting = iter(list(self._waiting.items()))
        try:
            while batch := dict(itertools.islice(waiting, ROWS_AT_ONCE)):
                await self._store.write(read_markers.put, batch.values())
                for key, marker in batch.items():
                    if self._waiting.get(key) is marker:  # else it was opened again meanwhile
                        del self._waiting[key]
        except (StorageError, OSError) as error:
            _log.warning("read markers not written", waiting=len(self._waiting), why=str(error))

    async def run(self, pause: float = WRITE_SECONDS) -> None:
        """Write after each pause, in seconds, until canceled."""
        while True:
            await asyncio.sleep(pause)
            try:
                await self.write()
            except Exception as error:  # noqa: BLE001 - the next write must come
                _log.error("writing read markers failed", exc_info=error)
