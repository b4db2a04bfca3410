"""Plans shown with their charts: the files are looked at, and uploading them takes longer than 3 seconds may."""

import dataclasses
from collections.abc import Sequence

from bot import replies
from bot.plugin import Respondable
from bot.receipts import open_receipt
from bot.service.charts import ChartService
from bot.values import Comparison, Edited, KeptChart, Plan, Stood


class Cards:
    """Shows plans."""

    def __init__(self, charts: ChartService) -> None:
        self._charts = charts

    async def read(self, ctx: Respondable, plan: Plan) -> None:
        """Show the plan to the one who asked."""
        await ctx.respond(**replies.reading(plan, await self._deferred(ctx, plan, 1)))

    async def publish(self, ctx: Respondable, plan: Plan) -> None:
        """Show the plan to everyone; with charts, the one who acted has a receipt first."""
        if plan.charts:
            receipt = await open_receipt(ctx)
            await receipt.finish(replies.done(plan))
        await self.post(ctx, plan)

    async def post(self, ctx: Respondable, plan: Plan) -> None:
        """Show the plan to everyone, where a receipt is finished or there are no charts."""
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
        number = min(max(number, 1), len(replies.chart_pages(plan)))
        charts = await self._deferred(ctx, plan, number)
        await ctx.respond(**replies.gallery(plan, charts, number))

    async def stood(self, ctx: Respondable, found: Stood, part: int = 1) -> None:
        """Show the plan as it stood once to the one who asked; `part` counts from 1."""
        then = dataclasses.replace(found.plan, charts=found.revision.charts)
        charts = await self._deferred(ctx, then, 1) if part == 1 else ()
        await ctx.respond(**replies.stood(found, charts, part))

    async def comparison(self, ctx: Respondable, found: Comparison, number: int = 1) -> None:
        """Show a page of what changed to the one who asked; `number` counts from 1."""
        charts = await self._changed(ctx, found) if number == 1 else ()
        await ctx.respond(**replies.comparison(found, charts, number))

    async def ask_take_back(self, ctx: Respondable, found: Comparison) -> None:
        """Show what taking a revision back would change, and ask whether to."""
        await ctx.respond(**replies.ask_take_back(found, await self._changed(ctx, found)))

    async def _deferred(self, ctx: Respondable, plan: Plan, number: int) -> Sequence[KeptChart]:
        """The charts of a page, for a private answer: with charts it takes longer than 3 seconds may."""
        if plan.charts:
            await ctx.defer(ephemeral=True)
        return await self._charts.kept(plan, replies.chart_pages(plan)[number - 1])

    async def _changed(self, ctx: Respondable, found: Comparison) -> Sequence[KeptChart]:
        """The charts that came or went between two revisions, as many as fit into a message."""
        changed = replies.changed_charts(found)
        then = dataclasses.replace(found.plan, charts=tuple(each.chart for each in changed))
        shown = await self._deferred(ctx, then, 1)
        return [dataclasses.replace(kept, number=each.number) for kept, each in zip(shown, changed, strict=False)]
