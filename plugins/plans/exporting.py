"""`/plan export`."""

import lightbulb

from bot.domain.values import ExportFormat
from bot.interactions.export_flow import ExportFlow
from bot.interactions.options import coach_option, day_option, form_option, suggest_coaches
from bot.plugin import CommandContext
from plugins.plans.group import plan


@plan.register
class Export(lightbulb.SlashCommand, name="export", description="Download plans with their whole histories."):
    """`/plan export`."""

    coach = coach_option("Only this coach.", suggest_coaches)
    first = day_option("First day. Default: 30 days before the last.", name="from")
    last = day_option("Last day. Default: the day of the newest plan.", name="to")
    form = form_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, flow: ExportFlow) -> None:
        """Send the file."""
        await flow.days(ctx, ExportFormat(self.form), coach=self.coach, first=self.first, last=self.last)
