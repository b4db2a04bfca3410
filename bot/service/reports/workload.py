"""The work of the services, and what the database holds: for those who watch the bot."""

import asyncio
import time
from typing import Final, cast

from peewee import fn

from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import Totals, Workload
from bot.service.blocking_call import PROBE_SECONDS
from bot.service.cards import CardService
from bot.service.failure_log import FailureLog
from bot.service.pictures.intake import IntakeService
from bot.service.records import drafts
from storage.errors import StorageError
from storage.models import CoachCountsRow
from storage.store import Store

TOTALS_SECONDS: Final = 30.0
"""The time for which totals are used again."""


class WorkloadService:
    """Measures the work, and counts plans by the counts that the database keeps."""

    def __init__(self, store: Store, intake: IntakeService, cards: CardService) -> None:
        self._store = store
        self._intake = intake
        self._cards = cards
        self._totals: Totals | None = None
        self._counted_at: float | None = None
        """In the time of `time.monotonic`."""
        self._turn = asyncio.Lock()
        self._failures = FailureLog("totals not counted")

    def now(self) -> Workload:
        """Return the current work."""
        times = self._store.times
        return Workload(
            self._store.writing,
            self._store.reading,
            self._intake.fetching,
            times.writes,
            times.write_seconds,
            times.reads,
            times.read_seconds,
        )

    async def totals(self) -> Totals | None:
        """Return the totals of the last half minute; None: the database can't be read."""
        async with self._turn:
            if self._counted_at is None or time.monotonic() - self._counted_at >= TOTALS_SECONDS:
                self._totals = await self._count()
                self._counted_at = time.monotonic()
            return self._totals

    async def _count(self) -> Totals | None:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                counts = await self._store.read(_plan_counts)
                waiting_drafts = await self._store.read(drafts.count_waiting)
                totals = Totals(*counts, await self._cards.waiting(), waiting_drafts)
        except (DatabaseUnavailableError, StorageError, TimeoutError) as error:
            self._failures.note("database", str(error) or "no answer")
            return None
        self._failures.note("database", None)
        return totals


def _plan_counts() -> tuple[int, int, int, int]:
    """Return the numbers of live and deleted plans, of revisions and of charts."""
    columns = (CoachCountsRow.plans, CoachCountsRow.deleted, CoachCountsRow.edits, CoachCountsRow.charts)
    sums = CoachCountsRow.select(*(fn.COALESCE(fn.SUM(column), 0) for column in columns)).tuples()
    plans, deleted, edits, charts = cast("tuple[int, int, int, int]", sums.get())
    return plans - deleted, deleted, plans + edits, charts
