"""Changing coaches: a picture is fetched first."""

import dataclasses

from bot import replies
from bot.cards.publisher import Publisher
from bot.domain.errors import CoachPictureError
from bot.domain.values import Attachment, CoachChange
from bot.interactions.context import Respondable, actor_of
from bot.interactions.receipts import answer, open_receipt
from bot.service.coaches import CoachService
from bot.service.pictures.intake import IntakeService


class CoachFlow:
    """Changes coaches for the manager of an interaction."""

    def __init__(self, coaches: CoachService, intake: IntakeService, publisher: Publisher) -> None:
        self._coaches = coaches
        self._intake = intake
        self._publisher = publisher

    async def change(self, ctx: Respondable, coach: str, wanted: CoachChange, picture: Attachment | None) -> None:
        """Change the coach, and update its cards.

        Raises:
            CoachPictureError: the picture can't be fetched, or is none.
        """
        actor = actor_of(ctx.interaction)
        if picture:
            await self._coaches.changeable(actor, coach)
            await open_receipt(ctx)
            received = await self._intake.receive(actor, [picture])
            for rejected in received.left_out:
                raise CoachPictureError(rejected.filename, rejected.why)
            wanted = dataclasses.replace(wanted, picture=received.charts[0])
        changed = await self._coaches.change(actor, coach, wanted)
        self._publisher.nudge()
        await answer(ctx, replies.coach_changed(changed))
