"""Pictures that come after their plan was posted: added to it as one change, also where the bot stopped in between."""

import asyncio
import collections
import contextlib
from collections.abc import Generator
from typing import Final

import structlog

from bot import replies
from bot.discord.direct_messages import Letters
from bot.domain.errors import BookUnavailableError, DraftGoneError, StoppingError
from bot.domain.values import Actor, AddChartsResult, DraftId, LatePictures, PlanId, Received
from bot.service.fair_slots import FairSlots
from bot.service.late_charts import LateChartService
from bot.service.pictures.incoming import Incoming
from bot.service.pictures.intake import IntakeService, refuse_unchecked

PLANS_AT_ONCE: Final = 6
"""Whose pictures `resume` fetches at the same time."""
ONE_SERVERS_PLANS: Final = 4
ONE_USERS_PLANS: Final = 2
CHECKS: Final = 10
"""Times that `resume` has a picture looked at before it is given up as one that can't be."""

_log = structlog.get_logger(__name__)


class LateCharts:
    """Adds to plans the pictures that they were posted without."""

    def __init__(self, service: LateChartService, intake: IntakeService, letters: Letters) -> None:
        self._service = service
        self._intake = intake
        self._letters = letters
        self._slots = FairSlots(PLANS_AT_ONCE, ONE_SERVERS_PLANS, ONE_USERS_PLANS)
        self._followed: set[DraftId] = set()
        """Plans whose late charts somebody waits for."""
        self._unchecked = collections.Counter[DraftId]()
        """Times that pictures of these could not be checked."""
        self._adding: set[asyncio.Task[None]] = set()

    @contextlib.contextmanager
    def followed(self, draft_id: DraftId) -> Generator[None]:
        """Inside, the caller adds what comes late of this draft."""
        self._followed.add(draft_id)
        try:
            yield
        finally:
            self._followed.discard(draft_id)

    async def add(self, actor: Actor, draft_id: DraftId, plan_id: PlanId, incoming: Incoming) -> AddChartsResult:
        """Wait for the rest of the pictures, and put them on the plan.

        Raises:
            BookUnavailableError: the database or the disk does not take them now; `resume` tries again.
            PicturesUncheckedError: one could not be looked at; `resume` tries again.
            StoppingError: the bot is being stopped; it goes on when it runs again.
        """
        received = await incoming.all()
        refuse_unchecked(received.left_out)
        return await self._service.add(actor, draft_id, plan_id, received)

    def tell_left_out(self, actor: Actor, change: AddChartsResult) -> None:
        """Tell the one who posted the plan, in a private message, which pictures it does not get, if any."""
        if change.left_out:
            self._letters.send(
                actor,
                replies.late_left_out(change),
                is_urgent=False,
                instead=replies.late_unread(actor.user_id),
            )

    async def resume(self) -> None:
        """Add what nobody waits for: the bot was stopped, or the database or the disk did not take it.

        Who posted is told of pictures that can't be had.
        """
        try:
            waiting = [late for late in await self._service.expected() if late.id not in self._followed]
        except BookUnavailableError:
            return
        for late, failure in zip(
            waiting, await asyncio.gather(*map(self._resume, waiting), return_exceptions=True), strict=True
        ):
            if isinstance(failure, Exception):
                _log.error("adding late failed", plan_id=late.plan_id, exc_info=failure)

    async def stop(self) -> None:
        """Wait for what is being added: those who miss a picture of it must be told."""
        await asyncio.gather(*self._adding, return_exceptions=True)

    async def _resume(self, late: LatePictures) -> None:
        async with self._slots.taken(late.actor):
            with (
                self.followed(late.id),
                contextlib.suppress(BookUnavailableError, DraftGoneError, StoppingError),
            ):
                async with self._intake.incoming(late.actor, late, is_limited=False) as incoming:
                    received = await incoming.all()
                if self._is_to_be_checked_again(late, received):
                    return
                adding = asyncio.create_task(self._add(late, received))
                self._adding.add(adding)
                adding.add_done_callback(self._adding.discard)
                await asyncio.shield(adding)  # once they are added, what is left out must be told, whatever ends this

    async def _add(self, late: LatePictures, received: Received) -> None:
        change = await self._service.add(late.actor, late.id, late.plan_id, received)
        _log.info("added late", plan_id=late.plan_id, charts=change.added, left_out=len(change.left_out))
        self.tell_left_out(late.actor, change)

    def _is_to_be_checked_again(self, late: LatePictures, received: Received) -> bool:
        """Return whether a picture that nobody could look at is to be tried once more."""
        if any(each.is_unchecked for each in received.left_out):
            self._unchecked[late.id] += 1
            _log.warning("late pictures unchecked", plan_id=late.plan_id, times=self._unchecked[late.id])
            if self._unchecked[late.id] < CHECKS:
                return True
        del self._unchecked[late.id]
        return False
