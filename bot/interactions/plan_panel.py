"""The panel of a plan: a private message that is updated after each change made with it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from bot import replies
from bot.domain.commands import CaptionChart, MoveChart, RemoveChart
from bot.domain.errors import (
    NoChartError,
    NotYourPlanError,
    PlanChangedError,
    PlanGoneError,
    RefusalError,
    UndoOutdatedError,
    UndoTooLateError,
)
from bot.domain.values import ChartFile, EditResult, PlanId, PlanOptions
from bot.interactions.context import PressContext, SubmitContext, actor_of, operation_of
from bot.interactions.modals import open_modal
from bot.interactions.plan_views import PlanViews
from bot.interactions.undo import Undo
from bot.replies import layout
from bot.replies.layout import Button
from bot.service.charts import ChartService
from bot.service.plans import PlanService

_SHOWN: Final = (
    *(NoChartError, NotYourPlanError, PlanChangedError, PlanGoneError),
    *(UndoOutdatedError, UndoTooLateError),
)
"""Refusals that the panel shows above itself."""


class PlanPanel:
    """Shows the panel, and makes the changes that are chosen in it."""

    def __init__(self, plans: PlanService, charts: ChartService, undo: Undo, views: PlanViews) -> None:
        self._plans = plans
        self._charts = charts
        self._undo = undo
        self._views = views

    async def open(self, ctx: PressContext, plan_id: PlanId) -> None:
        """Show the panel for a plan."""
        options = await self._plans.options(actor_of(ctx.interaction), plan_id)
        if _has_pictures(options):
            await ctx.defer(ephemeral=True)
        await ctx.respond(**replies.plan_panel(options, await self._shown(options)))

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

    async def undo(self, ctx: PressContext, plan_id: PlanId, made: int, *, is_redo: bool = False) -> None:
        """Undo the change that made this revision, if it is still the last one."""
        words = replies.redone if is_redo else replies.undone
        await self._change(ctx, plan_id, self._undo.change(ctx, plan_id, made), words=words, redoes=not is_redo)

    async def _change(
        self,
        ctx: PressContext | SubmitContext,
        plan_id: PlanId,
        act: Awaitable[EditResult],
        text: str | None = None,
        *,
        words: Callable[[EditResult], str] = replies.changed,
        redoes: bool = False,
    ) -> None:
        """Make a change and show its result in these words; a refused `text` is returned.

        `redoes`: to undo the change is to redo another one.
        """
        try:
            change = await act
        except _SHOWN as refusal:
            await self._refuse(ctx, plan_id, refusal, text)
            return
        if not change.is_changed:
            await self._show(ctx, plan_id, replies.note(replies.unchanged(change.plan))["components"])
            return
        done = await self._views.receipt(ctx, change.plan, words(change))
        undo = None
        if change.undoes is not None:
            undo = replies.panel_undo_button(change.plan, change.undoes, is_redo=redoes)
        await self._show(ctx, plan_id, done["components"], undo)

    async def _refuse(
        self, ctx: PressContext | SubmitContext, plan_id: PlanId, refusal: RefusalError, text: str | None = None
    ) -> None:
        await self._show(ctx, plan_id, replies.refusal(replies.refusal_words(refusal), yours=text)["components"])

    async def _show(
        self,
        ctx: PressContext | SubmitContext,
        plan_id: PlanId,
        above: Sequence[Any],
        undo: Button | None = None,
    ) -> None:
        """Show the panel as it is now, below `above`; only `above` if the plan is gone."""
        try:
            options = await self._plans.options(actor_of(ctx.interaction), plan_id)
        except PlanGoneError:
            await ctx.update(**layout.private(above))
            return
        if _has_pictures(options):
            await ctx.defer_update()
        await ctx.update(**replies.plan_panel(options, await self._shown(options), above, undo))

    async def _shown(self, options: PlanOptions) -> Sequence[ChartFile]:
        """Return the charts that the panel shows: those of the first page, to a user who may change them."""
        if not _has_pictures(options):
            return ()
        return await self._charts.files(options.plan, replies.chart_pages(options.plan)[0])


def _has_pictures(options: PlanOptions) -> bool:
    """Return whether the panel shows charts, which are uploaded."""
    return options.rights.may_edit and bool(options.plan.charts)
