"""History: `/history show|diff|at|restore|export`, the changes of a plan, and reverting them."""

import datetime

import lightbulb

from bot import replies
from bot.domain.commands import RevertPlan
from bot.domain.values import ExportFormat, PlanId, PlanOfDay
from bot.interactions.context import PressContext
from bot.interactions.export_flow import ExportFlow
from bot.interactions.options import (
    coach_option,
    day_option,
    form_option,
    old_revision_option,
    revision_or_time_option,
    suggest_coaches,
)
from bot.interactions.plan_views import PlanViews
from bot.plugin import GUILD_ONLY, CommandContext, FirstAnswer, Plugin, actor_of, operation_of
from bot.service.history import HistoryService

plugin = Plugin("history", "See what changed on a plan, when and by whom, and revert changes.")
history = lightbulb.Group("history", "Changes of a plan: what, when and by whom.", **GUILD_ONLY)
plugin.command(history)

_WHOSE = "Whose plan. Default: the only one of the day."


@history.register
class Show(lightbulb.SlashCommand, name="show", description="See every change of a plan, newest first."):
    """`/history show`."""

    coach = coach_option(_WHOSE, suggest_coaches)
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, revisions: HistoryService) -> None:
        """Show the first page."""
        page = await revisions.show(actor_of(ctx.interaction), PlanOfDay(self.coach, self.day))
        await ctx.respond(**replies.history(page))


@plugin.route("show", FirstAnswer.REPLACE)
async def show(ctx: PressContext, plan_id: int, page: int, revisions: HistoryService) -> None:
    """Show a page of the history."""
    await ctx.replace(**replies.history(await revisions.show(actor_of(ctx.interaction), PlanId(plan_id), page)))


@plugin.route("page", FirstAnswer.UPDATE)
async def turn_page(ctx: PressContext, plan_id: int, page: int, revisions: HistoryService) -> None:
    """Turn the page of the history."""
    await ctx.update(**replies.history(await revisions.show(actor_of(ctx.interaction), PlanId(plan_id), page)))


@plugin.route("other", FirstAnswer.REPLACE)
async def show_other(ctx: PressContext, revisions: HistoryService) -> None:
    """Show the history of the chosen other plan of the same day."""
    await show(ctx, ctx.chosen_number, 1, revisions)


@plugin.route("choose")
async def choose(ctx: PressContext, plan_id: int, revisions: HistoryService, views: PlanViews) -> None:
    """Show the chosen revision."""
    await show_revision(ctx, plan_id, ctx.chosen_number, 1, revisions, views)


@plugin.route("revision")
async def show_revision(
    ctx: PressContext, plan_id: int, number: int, part: int, revisions: HistoryService, views: PlanViews
) -> None:
    """Show a part of a revision."""
    await views.snapshot(ctx, await revisions.revision(actor_of(ctx.interaction), PlanId(plan_id), number), part)


@history.register
class Diff(lightbulb.SlashCommand, name="diff", description="Compare two revisions of a plan."):
    """`/history diff`."""

    first = revision_or_time_option(
        "from", "Earlier revision or time: 3, 09:31, session_open. Default: the one before."
    )
    last = revision_or_time_option("to", "Later revision or time: 4, 16:00, session_close. Default: the newest.")
    coach = coach_option(_WHOSE, suggest_coaches)
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, revisions: HistoryService, views: PlanViews) -> None:
        """Compare them."""
        ref = PlanOfDay(self.coach, self.day)
        await views.comparison(ctx, await revisions.compare(actor_of(ctx.interaction), ref, self.first, self.last))


@plugin.route("compare")
async def compare(
    ctx: PressContext, plan_id: int, first: int, last: int, page: int, revisions: HistoryService, views: PlanViews
) -> None:
    """Show a page of a comparison of two revisions."""
    comparison = await revisions.compare(actor_of(ctx.interaction), PlanId(plan_id), first, last)
    await views.comparison(ctx, comparison, page)


@plugin.route("changes")
async def changes(ctx: PressContext, plan_id: int, revisions: HistoryService, views: PlanViews) -> None:
    """Show the changes of a plan since the user last opened it."""
    await views.changes(ctx, await revisions.changes(actor_of(ctx.interaction), PlanId(plan_id)))


@plugin.route("choose_changes")
async def choose_changes(ctx: PressContext, revisions: HistoryService, views: PlanViews) -> None:
    """Show the changes of the chosen plan."""
    await changes(ctx, ctx.chosen_number, revisions, views)


@history.register
class At(lightbulb.SlashCommand, name="at", description="See what a plan said at a given time."):
    """`/history at`."""

    time = lightbulb.string("time", "When: 09:31, yesterday 16:00, session_open, session_close.", max_length=100)
    coach = coach_option(_WHOSE, suggest_coaches)
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, revisions: HistoryService, views: PlanViews) -> None:
        """Show the plan at that time."""
        snapshot = await revisions.at(actor_of(ctx.interaction), PlanOfDay(self.coach, self.day), self.time)
        await views.snapshot(ctx, snapshot)


@plugin.route("at")
async def at(ctx: PressContext, plan_id: int, seconds: int, revisions: HistoryService, views: PlanViews) -> None:
    """Show the plan at the chosen one of two moments."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    await views.snapshot(ctx, await revisions.at_moment(actor_of(ctx.interaction), PlanId(plan_id), moment))


@history.register
class Restore(lightbulb.SlashCommand, name="restore", description="Revert a plan to an older revision."):
    """`/history restore`: shows the changes and asks for confirmation."""

    revision = old_revision_option()
    coach = coach_option("Whose plan. Default: yours.")
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, revisions: HistoryService, views: PlanViews) -> None:
        """Show the changes, and ask for confirmation."""
        ref = PlanOfDay(self.coach, self.day)
        await views.ask_revert(ctx, await revisions.to_revert(actor_of(ctx.interaction), ref, self.revision))


@plugin.route("ask")
async def ask(ctx: PressContext, plan_id: int, number: int, revisions: HistoryService, views: PlanViews) -> None:
    """Show the changes of a revert, and ask for confirmation."""
    await views.ask_revert(ctx, await revisions.to_revert(actor_of(ctx.interaction), PlanId(plan_id), number))


@plugin.route("take_back", FirstAnswer.REPLACE)
async def revert(
    ctx: PressContext, plan_id: int, number: int, seen: int, revisions: HistoryService, views: PlanViews
) -> None:
    """Revert the plan, after confirmation."""
    command = RevertPlan(PlanId(plan_id), number, seen)
    change = await revisions.revert(actor_of(ctx.interaction), command, operation_of(ctx.interaction))
    await views.acknowledge_change(ctx, change)


@plugin.route("export", FirstAnswer.REPLACE)
async def export(ctx: PressContext, plan_id: int, flow: ExportFlow) -> None:
    """Send a plan with its whole history as Markdown."""
    await flow.plan(ctx, ExportFormat.MARKDOWN, PlanId(plan_id))


@history.register
class Export(lightbulb.SlashCommand, name="export", description="Download a plan with its whole history."):
    """`/history export`."""

    coach = coach_option(_WHOSE, suggest_coaches)
    day = day_option()
    form = form_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, flow: ExportFlow) -> None:
        """Send the file."""
        await flow.plan(ctx, ExportFormat(self.form), PlanOfDay(self.coach, self.day))
