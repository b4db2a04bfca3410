"""Plans with their charts for readers, and receipts for authors."""

import contextlib
import dataclasses
from collections.abc import Sequence
from typing import Final

from bot import replies
from bot.cards.publisher import Publisher
from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import Changes, ChartFile, Comparison, EditResult, Plan, PlanSnapshot, RejectedPicture
from bot.interactions.context import PressContext, Respondable, actor_of
from bot.interactions.deferral import waited
from bot.interactions.missing_permissions import MissingPermissions
from bot.interactions.receipts import answer
from bot.replies.layout import Reply
from bot.service.cards import CardService
from bot.service.charts import ChartService
from bot.service.plans import PlanService
from bot.service.read_markers import ReadMarkers

FIRST_ANSWER_SECONDS: Final = 1.3
"""The age up to which a first answer waits for the card, in seconds: Discord gives up after 3."""
RECEIPT_SECONDS: Final = 10.0
"""The longest wait of a deferred answer for the card."""


class PlanViews:
    """Shows plans, and receipts with links to their cards."""

    def __init__(
        self,
        charts: ChartService,
        plans: PlanService,
        cards: CardService,
        publisher: Publisher,
        missing: MissingPermissions,
        markers: ReadMarkers,
    ) -> None:
        self._charts = charts
        self._plans = plans
        self._cards = cards
        self._publisher = publisher
        self._missing = missing
        self._markers = markers

    def update_cards(self) -> None:
        """Update cards at once after a change to a coach or the settings."""
        self._publisher.nudge()

    async def read(self, ctx: Respondable, plan: Plan) -> None:
        """Show the plan to the user."""
        await ctx.respond(**await self._plan_view(ctx, plan, await self._deferred(ctx, plan, 1)))
        self._markers.note(actor_of(ctx.interaction), plan)

    async def refresh(self, ctx: PressContext, plan: Plan) -> None:
        """Replace the shown message by the plan as it is now."""
        if plan.charts:
            await ctx.defer_update()
        shown = await self._charts.files(plan, replies.chart_pages(plan)[0])
        await ctx.update(**await self._plan_view(ctx, plan, shown))
        self._markers.note(actor_of(ctx.interaction), plan)

    async def acknowledge(
        self,
        ctx: Respondable,
        plan: Plan,
        done: str,
        left_out: Sequence[RejectedPicture] = (),
        *,
        is_new: bool = False,
        undoes: int | None = None,
    ) -> None:
        """Answer with a receipt: the change, a link to the card, and for a new plan who can read it.

        `undoes` is the revision that Undo would undo.
        """
        await answer(ctx, await self.receipt(ctx, plan, done, left_out, is_new=is_new, undoes=undoes))

    async def acknowledge_change(self, ctx: Respondable, change: EditResult) -> None:
        """Answer that the plan was changed, or that nothing was to change."""
        if change.is_changed:
            await self.acknowledge(ctx, change.plan, replies.changed(change), undoes=change.undoes)
        else:
            await answer(ctx, replies.note(replies.unchanged(change.plan)))

    async def receipt(
        self,
        ctx: Respondable,
        plan: Plan,
        done: str,
        left_out: Sequence[RejectedPicture] = (),
        *,
        is_new: bool = False,
        undoes: int | None = None,
        redoes: bool = False,
    ) -> Reply:
        """Return the receipt of a change that was made; the card is left out if the database can't be read.

        `redoes`: the revision that Undo would undo did undo another one.
        """
        self._markers.note_change(actor_of(ctx.interaction), plan)
        card, news = None, ()
        with contextlib.suppress(DatabaseUnavailableError):
            is_begun = ctx.initial_response_sent.is_set()
            seconds = RECEIPT_SECONDS if is_begun else max(0.0, FIRST_ANSWER_SECONDS - waited(ctx))
            card = await self._publisher.settled(plan, seconds)
            news = await self._cards.unreported_problems(actor_of(ctx.interaction))
        channels = {each.channel_id for each in (card, *news) if each and each.failure}
        lacking = self._missing.of(ctx.interaction, channels)
        undo = None if undoes is None else replies.undo_button(plan, undoes, is_redo=redoes)
        return replies.receipt(done, card, left_out=left_out, news=news, lacking=lacking, is_new=is_new, undo=undo)

    async def gallery(self, ctx: Respondable, plan: Plan, number: int) -> None:
        """Show a page of the plan's charts to the user, the nearest to this number."""
        number = min(max(number, 1), len(replies.chart_pages(plan)))
        charts = await self._deferred(ctx, plan, number)
        await ctx.respond(**replies.gallery(plan, charts, number))

    async def snapshot(self, ctx: Respondable, snapshot: PlanSnapshot, part: int = 1) -> None:
        """Show the plan as it was at a moment to the user; `part` counts from 1."""
        then = dataclasses.replace(snapshot.plan, charts=snapshot.revision.charts)
        charts = await self._deferred(ctx, then, 1) if part == 1 else ()
        await ctx.respond(**replies.snapshot(snapshot, charts, part))

    async def comparison(self, ctx: Respondable, comparison: Comparison, number: int = 1) -> None:
        """Show a page of a comparison to the user; `number` counts from 1."""
        charts = await self._changed(ctx, comparison) if number == 1 else ()
        await ctx.respond(**replies.comparison(comparison, charts, number))

    async def changes(self, ctx: Respondable, changes: Changes) -> None:
        """Show the user the changes of a plan, and since when these are."""
        await ctx.respond(**replies.what_changed(changes, await self._changed(ctx, changes.comparison)))
        self._markers.note(actor_of(ctx.interaction), changes.comparison.plan)

    async def ask_revert(self, ctx: Respondable, comparison: Comparison) -> None:
        """Show the changes that reverting to a revision would make, and ask for confirmation."""
        await ctx.respond(**replies.ask_revert(comparison, await self._changed(ctx, comparison)))

    async def _plan_view(self, ctx: Respondable, plan: Plan, charts: Sequence[ChartFile]) -> Reply:
        return replies.plan_view(plan, charts, await self._plans.rights(actor_of(ctx.interaction), plan))

    async def _deferred(self, ctx: Respondable, plan: Plan, number: int) -> Sequence[ChartFile]:
        """Return the charts of a page for a private answer, which is deferred if there are any."""
        if plan.charts:
            await ctx.defer(ephemeral=True)
        return await self._charts.files(plan, replies.chart_pages(plan)[number - 1])

    async def _changed(self, ctx: Respondable, comparison: Comparison) -> Sequence[ChartFile]:
        """Return the charts that were added or removed between two revisions, as many as fit into a message."""
        changed = replies.changed_charts(comparison)
        then = dataclasses.replace(comparison.plan, charts=tuple(each.chart for each in changed))
        shown = await self._deferred(ctx, then, 1)
        return [dataclasses.replace(chart, number=each.number) for chart, each in zip(shown, changed, strict=False)]
