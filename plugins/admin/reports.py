"""`/admin stats` and `/admin health`."""

import lightbulb

from bot import replies
from bot.interactions.clock_watch import ClockWatch
from bot.interactions.connection_status import ConnectionWatch
from bot.interactions.missing_permissions import MissingPermissions
from bot.interactions.options import coach_option, suggest_coaches
from bot.interactions.write_button import WriteButtonLookup
from bot.plugin import CommandContext, actor_of
from bot.service.reports.health import HealthService
from bot.service.reports.statistics import StatisticsService
from plugins.admin.group import admin


@admin.register
class Stats(lightbulb.SlashCommand, name="stats", description="Show statistics by coach and week."):
    """`/admin stats`, deferred: drawing may take more than 3 seconds."""

    coach = coach_option("Only this coach.", suggest_coaches)

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, statistics: StatisticsService) -> None:
        """Count and draw."""
        await ctx.defer(ephemeral=True)
        await ctx.respond(**replies.statistics(await statistics.read(actor_of(ctx.interaction), self.coach)))


@admin.register
class Health(lightbulb.SlashCommand, name="health", description="Show the bot’s health."):
    """`/admin health`, deferred: a slow database may take more than 3 seconds."""

    @lightbulb.invoke
    async def invoke(
        self,
        ctx: CommandContext,
        health: HealthService,
        watch: ConnectionWatch,
        clock: ClockWatch,
        missing: MissingPermissions,
        buttons: WriteButtonLookup,
    ) -> None:
        """Check the parts of the bot."""
        await ctx.defer(ephemeral=True)
        found = await health.check(actor_of(ctx.interaction))
        lacking = missing.of(ctx.interaction, {each.channel_id for each in found.card_problems})
        button = await buttons.find(actor_of(ctx.interaction))
        await ctx.respond(**replies.health(found, watch.status(), lacking, clock.error, button))
