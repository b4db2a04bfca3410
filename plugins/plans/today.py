"""`/today`, and its buttons."""

import lightbulb

from bot import replies
from bot.domain.values import PlanCursor, PlanId, Turn
from bot.interactions.context import PressContext
from bot.plugin import GUILD_ONLY, CommandContext, FirstAnswer, actor_of
from bot.service.today import TodayService
from plugins.plans.group import plugin


@plugin.command
class Today(lightbulb.SlashCommand, name="today", description="See today’s plans and what changed.", **GUILD_ONLY):
    """`/today`."""

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, today: TodayService) -> None:
        """Show the first page."""
        await ctx.respond(**replies.today(await today.page(actor_of(ctx.interaction))))


@plugin.route("today_newer", FirstAnswer.UPDATE)
async def newer(ctx: PressContext, plan_id: int, today: TodayService) -> None:
    """Show the page before a plan."""
    at = PlanCursor(PlanId(plan_id), Turn.NEWER)
    await ctx.update(**replies.today(await today.page(actor_of(ctx.interaction), at)))


@plugin.route("today_older", FirstAnswer.UPDATE)
async def older(ctx: PressContext, plan_id: int, today: TodayService) -> None:
    """Show the page after a plan."""
    at = PlanCursor(PlanId(plan_id), Turn.OLDER)
    await ctx.update(**replies.today(await today.page(actor_of(ctx.interaction), at)))
