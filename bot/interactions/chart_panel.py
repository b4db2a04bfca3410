"""The panel of a plan's charts: a private message that is updated after each change made with it."""

from collections.abc import Awaitable, Sequence
from typing import Any

from bot import replies
from bot.domain.commands import CaptionChart, MoveChart, RemoveChart, RevertPlan
from bot.domain.errors import NoChartError, NotYourPlanError, PlanChangedError, PlanGoneError, RefusalError
from bot.domain.values import EditResult, PlanId
from bot.interactions.context import PressContext, SubmitContext, actor_of, open_modal, operation_of
from bot.interactions.plan_views import PlanViews
from bot.replies import layout
from bot.service.charts import ChartService
from bot.service.history import HistoryService


class ChartPanel:
    """Shows the panel, and makes the changes that are chosen in it."""

    def __init__(self, charts: ChartService, history: HistoryService, views: PlanViews) -> None:
        self._charts = charts
        self._history = history
        self._views = views

    async def open(self, ctx: PressContext, plan_id: PlanId) -> None:
        """Show the panel for a plan."""
        choices = await self._charts.choices(actor_of(ctx.interaction), plan_id)
        await ctx.respond(**replies.manage_charts(choices))

    async def remove(self, ctx: PressContext, plan_id: PlanId) -> None:
        """Remove the chosen chart."""
        actor, operation = actor_of(ctx.interaction), operation_of(ctx.interaction)
        await self._change(ctx, plan_id, self._charts.remove(actor, RemoveChart(plan_id, ctx.choice), operation))

    async def put_first(self, ctx: PressContext, plan_id: PlanId) -> None:
        """Move the chosen chart before the others."""
        actor, operation = actor_of(ctx.interaction), operation_of(ctx.interaction)
        await self._change(ctx, plan_id, self._charts.move(actor, MoveChart(plan_id, ctx.choice, 1), operation))

    async def ask_caption(self, ctx: PressContext, plan_id: PlanId) -> None:
        """Open the form for the caption of the chosen chart."""
        try:
            plan, chart = await self._charts.captioned(actor_of(ctx.interaction), plan_id, ctx.choice)
        except (NoChartError, PlanGoneError, NotYourPlanError) as refusal:
            await self._refuse(ctx, plan_id, refusal)
        else:
            await open_modal(ctx, replies.caption_modal(plan, chart))

    async def caption(self, ctx: SubmitContext, plan_id: PlanId, chart: str) -> None:
        """Set the caption of a chart to the submitted text."""
        actor, operation, text = actor_of(ctx.interaction), operation_of(ctx.interaction), ctx.field("text")
        act = self._charts.caption(actor, CaptionChart(plan_id, chart, text), operation)
        await self._change(ctx, plan_id, act, text)

    async def undo(self, ctx: PressContext, plan_id: PlanId, made: int) -> None:
        """Undo the change that made this revision, if it is still the last one."""
        actor, operation = actor_of(ctx.interaction), operation_of(ctx.interaction)
        act = self._history.revert(actor, RevertPlan(plan_id, made - 1, made), operation)
        await self._change(ctx, plan_id, act)

    async def _change(
        self, ctx: PressContext | SubmitContext, plan_id: PlanId, act: Awaitable[EditResult], text: str | None = None
    ) -> None:
        """Make a change and show its result; a refused `text` is returned."""
        try:
            change = await act
        except (NoChartError, PlanChangedError, PlanGoneError, NotYourPlanError) as refusal:
            await self._refuse(ctx, plan_id, refusal, text)
            return
        if not change.is_changed:
            await self._show(ctx, plan_id, replies.note(replies.unchanged(change.plan))["components"])
            return
        done = await self._views.receipt(ctx, change.plan, replies.changed(change))
        undoes = change.plan.revision if change.kind else None  # it may have been another change's revision
        await self._show(ctx, plan_id, done["components"], undoes=undoes)

    async def _refuse(
        self, ctx: PressContext | SubmitContext, plan_id: PlanId, refusal: RefusalError, text: str | None = None
    ) -> None:
        await self._show(ctx, plan_id, replies.refusal(replies.refusal_words(refusal), yours=text)["components"])

    async def _show(
        self,
        ctx: PressContext | SubmitContext,
        plan_id: PlanId,
        above: Sequence[Any],
        *,
        undoes: int | None = None,
    ) -> None:
        """Show the panel as it is now, below `above`; only `above` if the plan is gone."""
        try:
            choices = await self._charts.choices(actor_of(ctx.interaction), plan_id)
        except (PlanGoneError, NotYourPlanError):
            await ctx.update(**layout.private(above))
        else:
            await ctx.update(**replies.manage_charts(choices, above, undoes=undoes))
