"""Pictures that come after their plan was posted: added to it as one change, also where the bot stopped in between."""

import asyncio
import contextlib
from collections.abc import Generator

import structlog

from bot import replies
from bot.discord.direct_messages import Letters
from bot.domain.errors import BookUnavailableError, StoppingError
from bot.domain.values import Actor, ChartsAdded, DraftId, LatePictures, PlanId
from bot.service.charts import ChartService
from bot.service.pictures.incoming import Incoming
from bot.service.pictures.intake import IntakeService

_log = structlog.get_logger(__name__)


class LateCharts:
    """Adds to plans the pictures that they were posted without."""

    def __init__(self, charts: ChartService, intake: IntakeService, letters: Letters) -> None:
        self._charts = charts
        self._intake = intake
        self._letters = letters
        self._followed: set[DraftId] = set()
        """Plans whose late charts somebody waits for."""

    @contextlib.contextmanager
    def followed(self, draft_id: DraftId) -> Generator[None]:
        """Inside, the caller adds what comes late of this draft."""
        self._followed.add(draft_id)
        try:
            yield
        finally:
            self._followed.discard(draft_id)

    async def add(self, actor: Actor, draft_id: DraftId, plan_id: PlanId, incoming: Incoming) -> ChartsAdded:
        """Wait for the rest of the pictures, and put them on the plan.

        Raises:
            BookUnavailableError: the database or the disk does not take them now; `resume` tries again.
            StoppingError: the bot is being stopped; it goes on when it runs again.
        """
        return await self._charts.add_late(actor, draft_id, plan_id, await incoming.all())

    async def resume(self) -> None:
        """Add what nobody waits for: the bot was stopped, or the database or the disk did not take it.

        Who posted is told of pictures that can't be had.
        """
        with contextlib.suppress(BookUnavailableError):
            waiting = [late for late in await self._charts.expected() if late.id not in self._followed]
            await asyncio.gather(*map(self._resume, waiting))

    async def _resume(self, late: LatePictures) -> None:
        with self.followed(late.id), contextlib.suppress(BookUnavailableError, StoppingError):
            async with self._intake.incoming(late.actor, late, is_limited=False) as incoming:
                change = await self.add(late.actor, late.id, late.plan_id, incoming)
            _log.info("added late", plan_id=late.plan_id, charts=change.added, left_out=len(change.left_out))
            if change.left_out:
                await self._letters.send(
                    late.actor,
                    replies.late_left_out(change),
                    is_urgent=False,
                    instead=replies.late_unread(late.actor.user_id),
                )
