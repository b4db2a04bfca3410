"""`/plan show` and `/plan list`, and their buttons."""

import lightbulb

from bot import replies
from bot.domain.values import PlanCursor, PlanId, PlanOfDay, Turn
from bot.interactions.context import PressContext
from bot.interactions.options import coach_option, day_option, suggest_coaches
from bot.interactions.plan_panel import PlanPanel
from bot.interactions.plan_views import PlanViews
from bot.plugin import CommandContext, FirstAnswer, actor_of
from bot.service.plans import PlanService
from plugins.plans.group import plan, plugin


@plan.register
class Show(lightbulb.SlashCommand, name="show", description="Read the plan of a trading day."):
    """`/plan show`."""

    coach = coach_option("Whose plan. Default: all coaches of the day.", suggest_coaches)
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, plans: PlanService, views: PlanViews) -> None:
        """Show one plan, or a list of the day's plans."""
        actor = actor_of(ctx.interaction)
        if self.coach is not None:
            await views.read(ctx, await plans.find(actor, PlanOfDay(self.coach, self.day)))
            return
        page = await plans.list(actor, day=self.day or "today")
        if page.total == 1:
            await views.read(ctx, page.plans[0])
        else:
            await ctx.respond(**replies.plans(page))


@plugin.route("open")
async def open_plan(ctx: PressContext, plan_id: int, plans: PlanService, views: PlanViews) -> None:
    """Show a plan."""
    await views.read(ctx, await plans.find(actor_of(ctx.interaction), PlanId(plan_id)))


@plugin.route("refresh", FirstAnswer.UPDATE)
async def refresh(ctx: PressContext, plan_id: int, plans: PlanService, views: PlanViews) -> None:
    """Update a shown plan."""
    await views.refresh(ctx, await plans.find(actor_of(ctx.interaction), PlanId(plan_id)))


@plugin.route("more")
async def more(ctx: PressContext, plan_id: int, panel: PlanPanel) -> None:
    """Open the panel of a plan: what the user may do with it."""
    await panel.open(ctx, PlanId(plan_id))


@plugin.route("choose")
async def choose(ctx: PressContext, plans: PlanService, views: PlanViews) -> None:
    """Show the chosen plan."""
    await open_plan(ctx, ctx.chosen_number, plans, views)


@plugin.route("part")
async def part(ctx: PressContext, plan_id: int, number: int, plans: PlanService) -> None:
    """Show a further part of a long plan."""
    shown = await plans.find(actor_of(ctx.interaction), PlanId(plan_id))
    await ctx.respond(**replies.part(shown, number))


@plan.register
class List(lightbulb.SlashCommand, name="list", description="Find plans by day or coach."):
    """`/plan list`."""

    day = day_option("Only this day: today, tomorrow, friday, 2026-11-23.")
    coach = coach_option("Only this coach.", suggest_coaches)
    mine = lightbulb.boolean("mine", "Only plans that you wrote or can edit.", default=False)

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, plans: PlanService) -> None:
        """Show the first page."""
        page = await plans.list(actor_of(ctx.interaction), day=self.day, coach=self.coach, mine=self.mine)
        await ctx.respond(**replies.plans(page))


@plugin.route("page", FirstAnswer.UPDATE)
async def first_page(ctx: PressContext, day: str, coach: str, mine: int, number: int, plans: PlanService) -> None:
    """Show the first page of a list; so do the buttons of earlier messages, which named pages by number."""
    del number
    page = await plans.list(actor_of(ctx.interaction), day=day or None, coach=coach or None, mine=bool(mine))
    await ctx.update(**replies.plans(page))


@plugin.route("newer", FirstAnswer.UPDATE)
async def newer(ctx: PressContext, day: str, coach: str, mine: int, plan_id: int, plans: PlanService) -> None:
    """Show the page of a list before a plan."""
    at = PlanCursor(PlanId(plan_id), Turn.NEWER)
    page = await plans.list(actor_of(ctx.interaction), day=day or None, coach=coach or None, mine=bool(mine), at=at)
    await ctx.update(**replies.plans(page))


@plugin.route("older", FirstAnswer.UPDATE)
async def older(ctx: PressContext, day: str, coach: str, mine: int, plan_id: int, plans: PlanService) -> None:
    """Show the page of a list after a plan."""
    at = PlanCursor(PlanId(plan_id), Turn.OLDER)
    page = await plans.list(actor_of(ctx.interaction), day=day or None, coach=coach or None, mine=bool(mine), at=at)
    await ctx.update(**replies.plans(page))
