"""Pictures that are downloaded after their plan was posted: added as one change, also after a restart."""

import asyncio
import collections
import contextlib
from collections.abc import Generator
from typing import Final

import structlog

from bot import replies
from bot.discord.direct_messages import DirectMessages
from bot.domain.errors import DatabaseUnavailableError, DraftGoneError, StoppingError
from bot.domain.values import Actor, AddChartsResult, DraftId, LatePictures, PlanId, Received
from bot.service.fair_slots import FairSlots
from bot.service.late_charts import LateChartService
from bot.service.pictures.incoming import Incoming
from bot.service.pictures.intake import IntakeService, refuse_unchecked

MAX_PLANS: Final = 6
"""The plans whose pictures `resume` fetches at the same time."""
MAX_PLANS_OF_GUILD: Final = 4
MAX_PLANS_OF_USER: Final = 2
MAX_CHECKS: Final = 10
"""The number of times that `resume` has a picture inspected before it gives up."""

_log = structlog.get_logger(__name__)


class LateCharts:
    """Adds late pictures to their plans."""

    def __init__(self, service: LateChartService, intake: IntakeService, direct_messages: DirectMessages) -> None:
        self._service = service
        self._intake = intake
        self._direct_messages = direct_messages
        self._slots = FairSlots(MAX_PLANS, MAX_PLANS_OF_GUILD, MAX_PLANS_OF_USER)
        self._claims = collections.Counter[DraftId]()
        """The number of handlers that wait for late charts of a draft: it can be sent again meanwhile."""
        self._unchecked = collections.Counter[DraftId]()
        """The number of times that pictures of a draft could not be checked."""
        self._adding: set[asyncio.Task[None]] = set()

    @contextlib.contextmanager
    def claim(self, draft_id: DraftId) -> Generator[None]:
        """Leave the late charts of this draft to the caller while the block runs."""
        self._claims[draft_id] += 1
        try:
            yield
        finally:
            self._claims[draft_id] -= 1
            if not self._claims[draft_id]:
                del self._claims[draft_id]

    async def add(self, actor: Actor, draft_id: DraftId, plan_id: PlanId, incoming: Incoming) -> AddChartsResult:
        """Wait for the rest of the pictures, and add them to the plan.

        Raises:
            DatabaseUnavailableError: the database or the disk can't be written now; `resume` retries.
            PicturesUncheckedError: one could not be inspected; `resume` retries.
            StoppingError: the bot is stopping; `resume` adds them after the restart.
        """
        received = await incoming.all()
        refuse_unchecked(received.left_out)
        return await self._service.add(actor, draft_id, plan_id, received)

    def report_left_out(self, actor: Actor, change: AddChartsResult) -> None:
        """Send the author of the plan a private message about the pictures that were rejected, if any."""
        if change.left_out:
            self._direct_messages.send(
                actor,
                replies.late_left_out(change),
                instead=replies.late_dm_failed(actor.user_id),
            )

    async def resume(self) -> None:
        """Add the charts that no handler waits for, as after a restart, or an outage of the database or the disk.

        The author is notified of pictures that are not available.
        """
        try:
            waiting = [late for late in await self._service.expected() if late.id not in self._claims]
        except DatabaseUnavailableError:
            return
        for late, failure in zip(
            waiting, await asyncio.gather(*map(self._resume, waiting), return_exceptions=True), strict=True
        ):
            if isinstance(failure, Exception):
                _log.error("adding late charts failed", plan_id=late.plan_id, exc_info=failure)

    async def stop(self) -> None:
        """Wait for charts that are being added: their authors must be notified of rejected ones."""
        await asyncio.gather(*self._adding, return_exceptions=True)

    async def _resume(self, late: LatePictures) -> None:
        async with self._slots.slot(late.actor):
            with (
                self.claim(late.id),
                contextlib.suppress(DatabaseUnavailableError, DraftGoneError, StoppingError),
            ):
                async with self._intake.incoming(late.actor, late, is_limited=False) as incoming:
                    received = await incoming.all()
                if self._is_to_be_retried(late, received):
                    return
                adding = asyncio.create_task(self._add(late, received))
                self._adding.add(adding)
                adding.add_done_callback(self._adding.discard)
                await asyncio.shield(adding)  # rejected ones must be reported even if this task is canceled

    async def _add(self, late: LatePictures, received: Received) -> None:
        change = await self._service.add(late.actor, late.id, late.plan_id, received)
        _log.info("late charts added", plan_id=late.plan_id, charts=change.added, left_out=len(change.left_out))
        self.report_left_out(late.actor, change)

    def _is_to_be_retried(self, late: LatePictures, received: Received) -> bool:
        """Return whether a picture that could not be inspected is to be retried."""
        if any(each.is_unchecked for each in received.left_out):
            self._unchecked[late.id] += 1
            _log.warning("late charts could not be checked", plan_id=late.plan_id, times=self._unchecked[late.id])
            if self._unchecked[late.id] < MAX_CHECKS:
                return True
        del self._unchecked[late.id]
        return False
