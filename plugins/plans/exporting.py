"""`/plan export`."""

import lightbulb

from bot import replies
from bot.domain.values import ExportForm
from bot.interactions.options import coach_option, day_option, form_option, suggest_coaches
from bot.plugin import actor_of
from bot.service.transfer.exports import ExportService
from plugins.plans.group import plan


@plan.register
class Export(lightbulb.SlashCommand, name="export", description="Get plans with their whole histories as a file."):
    """`/plan export`."""

    coach = coach_option("Only this coach.", suggest_coaches)
    first = day_option("The first day. Without it: 30 days before the last.", name="from")
    last = day_option("The last day. Without it: that of the last plan.", name="to")
    form = form_option()

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, exports: ExportService) -> None:
        """Send the file."""
        await ctx.defer(ephemeral=True)
        actor, form = actor_of(ctx.interaction), ExportForm(self.form)
        await ctx.respond(
            **replies.export(await exports.days(actor, form, coach=self.coach, first=self.first, last=self.last))
        )
