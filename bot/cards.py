"""Plans shown with their charts: the files are looked at, and uploading them takes longer than 3 seconds may."""

from bot import replies
from bot.plugin import Respondable
from bot.service.charts import ChartService
from bot.values import Edited, Plan


class Cards:
    """Shows plans."""

    def __init__(self, charts: ChartService) -> None:
        self._charts = charts

    async def read(self, ctx: Respondable, plan: Plan) -> None:
        """Show the plan to the one who asked."""
        if plan.charts:
            await ctx.defer(ephemeral=True)
        page = replies.chart_pages(plan)[0]
        await ctx.respond(**replies.reading(plan, await self._charts.kept(plan, page)))

    async def publish(self, ctx: Respondable, plan: Plan) -> None:
        """Show the plan to everyone."""
        if plan.charts:
            await ctx.defer()
        page = replies.chart_pages(plan)[0]
        await ctx.respond(**replies.card(plan, await self._charts.kept(plan, page)))

    async def publish_change(self, ctx: Respondable, change: Edited) -> None:
        """Show the plan to everyone, if it was changed; or else say to the one who tried that it was not."""
        if change.is_changed:
            await self.publish(ctx, change.plan)
        else:
            await ctx.respond(**replies.unchanged(change.plan))

    async def gallery(self, ctx: Respondable, plan: Plan, number: int) -> None:
        """Show a page of the plan's charts to the one who asked; a number past either end means that end."""
        if plan.charts:
            await ctx.defer(ephemeral=True)
        pages = replies.chart_pages(plan)
        number = min(max(number, 1), len(pages))
        charts = await self._charts.kept(plan, pages[number - 1])
        await ctx.respond(**replies.gallery(plan, charts, number))
