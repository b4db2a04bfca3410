"""What is thrown away when nobody needs it any more."""

import dataclasses
import datetime

from bot.service import drafts, operations
from bot.values import Clock, Limits
from storage.database import Store

OPERATION_LIFE = datetime.timedelta(days=1)
"""Discord delivers an interaction again within minutes or never; a day is generous."""


@dataclasses.dataclass(frozen=True, slots=True)
class Swept:
    """How many rows were thrown away."""

    drafts: int
    operations: int


class HousekeepingService:
    """Keeps the book from growing with what has no use."""

    def __init__(self, store: Store, clock: Clock, limits: Limits) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits

    async def sweep(self) -> Swept:
        """Throw away the drafts nobody came back to, and what is known of interactions long done."""
        return await self._store.write(self._sweep)

    def _sweep(self) -> Swept:
        now = self._clock()
        oldest_draft = now - datetime.timedelta(days=self._limits.draft_days)
        return Swept(drafts.sweep(oldest_draft), operations.sweep(now - OPERATION_LIFE))
