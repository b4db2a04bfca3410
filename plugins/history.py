"""History: `/history show|diff|at|restore|export`, what changed on a plan, when and by whom, and back again."""

import datetime

import lightbulb

from bot import replies
from bot.domain.commands import RevertPlan
from bot.domain.values import ExportForm, PlanId, PlanOfDay
from bot.interactions.context import PressContext
from bot.interactions.export_flow import Exporting
from bot.interactions.options import (
    coach_option,
    day_option,
    form_option,
    old_revision_option,
    revision_option,
    suggest_coaches,
)
from bot.interactions.plan_views import Cards
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
        found = await revisions.show(actor_of(ctx.interaction), PlanOfDay(self.coach, self.day))
        await ctx.respond(**replies.history(found))


@plugin.route("show")
async def show(ctx: PressContext, plan_id: int, page: int, revisions: HistoryService) -> None:
    """Show a page of the history."""
    found = await revisions.show(actor_of(ctx.interaction), PlanId(plan_id), page)
    await ctx.respond(**replies.history(found))


@plugin.route("page", FirstAnswer.UPDATE)
async def turn_page(ctx: PressContext, plan_id: int, page: int, revisions: HistoryService) -> None:
    """Turn the page of the history."""
    found = await revisions.show(actor_of(ctx.interaction), PlanId(plan_id), page)
    await ctx.update(**replies.history(found))


@plugin.route("other")
async def show_other(ctx: PressContext, revisions: HistoryService) -> None:
    """Show the history of another plan of the same day, which was chosen in a list."""
    await show(ctx, ctx.chosen_number, 1, revisions)


@plugin.route("choose")
async def choose(ctx: PressContext, plan_id: int, revisions: HistoryService, cards: Cards) -> None:
    """Show the revision that was chosen in a list."""
    await show_revision(ctx, plan_id, ctx.chosen_number, 1, revisions, cards)


@plugin.route("revision")
async def show_revision(
    ctx: PressContext, plan_id: int, number: int, part: int, revisions: HistoryService, cards: Cards
) -> None:
    """Show a part of the plan as a revision has it."""
    found = await revisions.revision(actor_of(ctx.interaction), PlanId(plan_id), number)
    await cards.stood(ctx, found, part)


@history.register
class Diff(lightbulb.SlashCommand, name="diff", description="Compare two revisions of a plan."):
    """`/history diff`."""

    first = revision_option("from", "Earlier revision. Default: the one before.")
    last = revision_option("to", "Later revision. Default: the newest.")
    coach = coach_option(_WHOSE, suggest_coaches)
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, revisions: HistoryService, cards: Cards) -> None:
        """Compare them."""
        ref = PlanOfDay(self.coach, self.day)
        await cards.comparison(ctx, await revisions.compare(actor_of(ctx.interaction), ref, self.first, self.last))


@plugin.route("compare")
async def compare(
    ctx: PressContext, plan_id: int, first: int, last: int, page: int, revisions: HistoryService, cards: Cards
) -> None:
    """Show a page of what changed between two revisions."""
    found = await revisions.compare(actor_of(ctx.interaction), PlanId(plan_id), first, last)
    await cards.comparison(ctx, found, page)


@history.register
class At(lightbulb.SlashCommand, name="at", description="See what a plan said at a given time."):
    """`/history at`."""

    time = lightbulb.string("time", "When: 09:31, yesterday 16:00, 2026-11-23T09:31.", max_length=100)
    coach = coach_option(_WHOSE, suggest_coaches)
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, revisions: HistoryService, cards: Cards) -> None:
        """Show the plan as it stood."""
        found = await revisions.at(actor_of(ctx.interaction), PlanOfDay(self.coach, self.day), self.time)
        await cards.stood(ctx, found)


@plugin.route("at")
async def at(ctx: PressContext, plan_id: int, seconds: int, revisions: HistoryService, cards: Cards) -> None:
    """Show the plan as it stood at the one of two moments that was chosen."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    await cards.stood(ctx, await revisions.at_moment(actor_of(ctx.interaction), PlanId(plan_id), moment))


@history.register
class Restore(lightbulb.SlashCommand, name="restore", description="Revert a plan to an older revision."):
    """`/history restore`: shows first what it would change."""

    revision = old_revision_option()
    coach = coach_option("Whose plan. Default: yours.")
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, revisions: HistoryService, cards: Cards) -> None:
        """Show what would change, and ask."""
        ref = PlanOfDay(self.coach, self.day)
        await cards.ask_revert(ctx, await revisions.to_revert(actor_of(ctx.interaction), ref, self.revision))


@plugin.route("ask")
async def ask(ctx: PressContext, plan_id: int, number: int, revisions: HistoryService, cards: Cards) -> None:
    """Show what taking a revision back would change, and ask."""
    found = await revisions.to_revert(actor_of(ctx.interaction), PlanId(plan_id), number)
    await cards.ask_revert(ctx, found)


@plugin.route("take_back")
async def revert(
    ctx: PressContext, plan_id: int, number: int, seen: int, revisions: HistoryService, cards: Cards
) -> None:
    """Make the old revision the newest, now that it was confirmed."""
    command = RevertPlan(PlanId(plan_id), number, seen)
    change = await revisions.revert(actor_of(ctx.interaction), command, operation_of(ctx.interaction))
    await cards.acknowledge_change(ctx, change)


@history.register
class Export(lightbulb.SlashCommand, name="export", description="Download a plan with its whole history."):
    """`/history export`."""

    coach = coach_option(_WHOSE, suggest_coaches)
    day = day_option()
    form = form_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, exporting: Exporting) -> None:
        """Send the file."""
        await exporting.plan(ctx, ExportForm(self.form), PlanOfDay(self.coach, self.day))
