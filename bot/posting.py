"""How a plan is posted: with pictures it is a draft first, so that a kill while they come in loses nothing."""

import dataclasses

from bot import replies
from bot.cards import Cards
from bot.failures import give_back
from bot.plugin import Respondable, actor_of, operation_of
from bot.receipts import Receipt, open_receipt
from bot.routes import OpensModal, open_modal
from bot.service.drafts import DraftService
from bot.service.intake import Fetched, IntakeService
from bot.service.plans import PlanService
from bot.values import Draft, Limits, Plan, Writing


class Posting:
    """Posts plans for those who act in an interaction."""

    def __init__(
        self, plans: PlanService, drafts: DraftService, intake: IntakeService, cards: Cards, limits: Limits
    ) -> None:
        self._plans = plans
        self._drafts = drafts
        self._intake = intake
        self._cards = cards
        self._limits = limits

    async def open_form(self, ctx: OpensModal, writing: Writing) -> None:
        """Open a form for the text; the pictures are fetched while it is written."""
        actor = actor_of(ctx.interaction)
        target = await self._plans.prepare_post(actor, coach=writing.coach, day=writing.day)
        draft = None
        if writing.pictures:
            meant = dataclasses.replace(writing, coach=target.coach.key, day=target.day.isoformat())
            draft = await self._drafts.keep(actor, meant)
        await open_modal(ctx, replies.post_modal(target, self._limits.plan_text, draft))
        if draft:
            await self._intake.fetch(actor, draft, _no_step)

    async def post(self, ctx: Respondable, writing: Writing) -> None:
        """Post the plan and show it to everyone; with pictures its writer has a receipt that tells how it goes on."""
        with give_back(writing):
            if await self._drafts.pictures(actor_of(ctx.interaction), writing):
                await self._post_with_pictures(ctx, writing)
                return
            posted = await self._post(ctx, writing)
        await self._cards.publish(ctx, posted)

    async def _post_with_pictures(self, ctx: Respondable, writing: Writing) -> None:
        receipt = await open_receipt(ctx)
        draft = await self._drafts.keep(actor_of(ctx.interaction), writing)
        with give_back(draft):
            fetched = await self._fetch(ctx, receipt, draft)
        with give_back(fetched.draft):
            posted = await self._post(ctx, fetched.draft)
        await receipt.fill(replies.posted(posted, fetched.left_out))
        await self._cards.publish(ctx, posted)

    async def _fetch(self, ctx: Respondable, receipt: Receipt, draft: Draft) -> Fetched:
        waiting = len(draft.pictures) - len(draft.charts)
        async with receipt.counting(waiting) as step:
            return await self._intake.fetch(actor_of(ctx.interaction), draft, step)

    async def _post(self, ctx: Respondable, writing: Writing) -> Plan:
        return await self._plans.post(
            actor_of(ctx.interaction),
            coach=writing.coach,
            day=writing.day,
            text=writing.text,
            operation=operation_of(ctx.interaction),
            draft=writing.draft_id,
        )


def _no_step() -> None:
    """Nobody is told: a form is open."""
