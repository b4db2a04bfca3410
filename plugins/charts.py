"""Charts: `/chart add|remove|move|caption|list`, the pictures of a plan."""

import lightbulb

from bot.domain.commands import CaptionChart, MoveChart, RemoveChart
from bot.domain.values import PlanId, PlanOfDay
from bot.interactions.context import PressContext, SubmitContext
from bot.interactions.late_charts import LateCharts
from bot.interactions.options import attached, chart_option, coach_option, day_option, picture_option, suggest_coaches
from bot.interactions.plan_flow import PlanFlow
from bot.interactions.plan_panel import PlanPanel
from bot.interactions.plan_views import PlanViews
from bot.plugin import GUILD_ONLY, CommandContext, FirstAnswer, Plugin, actor_of, operation_of
from bot.service.charts import ChartService
from bot.service.pictures.intake import IntakeService
from bot.service.plans import PlanService

plugin = Plugin("charts", "Add charts to a plan, caption and reorder them.")
chart = lightbulb.Group("chart", "Charts of a plan.", **GUILD_ONLY)
plugin.command(chart)

_WHOSE = "Whose plan. Default: yours."


@chart.register
class Add(lightbulb.SlashCommand, name="add", description="Add charts to your plan."):
    """`/chart add`."""

    chart1 = lightbulb.attachment("chart1", "A picture: PNG, JPEG, GIF or WebP.")
    chart2 = picture_option(2)
    chart3 = picture_option(3)
    chart4 = picture_option(4)
    chart5 = picture_option(5)
    chart6 = picture_option(6)
    chart7 = picture_option(7)
    chart8 = picture_option(8)
    chart9 = picture_option(9)
    chart10 = picture_option(10)
    coach = coach_option(_WHOSE)
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, flow: PlanFlow) -> None:
        """Fetch the pictures, and add them to the plan."""
        await flow.add_charts_of_day(ctx, PlanOfDay(self.coach, self.day), attached(ctx))


@chart.register
class Remove(lightbulb.SlashCommand, name="remove", description="Remove a chart from your plan."):
    """`/chart remove`."""

    chart = chart_option()
    coach = coach_option(_WHOSE)
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, charts: ChartService, views: PlanViews) -> None:
        """Remove the chart."""
        command = RemoveChart(PlanOfDay(self.coach, self.day), self.chart)
        change = await charts.remove(actor_of(ctx.interaction), command, operation_of(ctx.interaction))
        await views.acknowledge_change(ctx, change)


@chart.register
class Move(lightbulb.SlashCommand, name="move", description="Reorder the charts of your plan."):
    """`/chart move`."""

    chart = chart_option()
    to = lightbulb.integer("to", "New position: 1 is first.", min_value=1, max_value=10)
    coach = coach_option(_WHOSE)
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, charts: ChartService, views: PlanViews) -> None:
        """Move the chart."""
        command = MoveChart(PlanOfDay(self.coach, self.day), self.chart, self.to)
        change = await charts.move(actor_of(ctx.interaction), command, operation_of(ctx.interaction))
        await views.acknowledge_change(ctx, change)


@chart.register
class Caption(lightbulb.SlashCommand, name="caption", description="Add, change or remove a chart’s caption."):
    """`/chart caption`."""

    chart = chart_option()
    text = lightbulb.string("text", "The caption. Leave empty to remove the caption.", default=None, max_length=100)
    coach = coach_option(_WHOSE)
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, charts: ChartService, views: PlanViews) -> None:
        """Change the caption."""
        command = CaptionChart(PlanOfDay(self.coach, self.day), self.chart, self.text)
        change = await charts.caption(actor_of(ctx.interaction), command, operation_of(ctx.interaction))
        await views.acknowledge_change(ctx, change)


@chart.register
class List(lightbulb.SlashCommand, name="list", description="See the charts of a plan."):
    """`/chart list`."""

    coach = coach_option("Whose plan. Default: the only one of the day.", suggest_coaches)
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, plans: PlanService, views: PlanViews) -> None:
        """Show the first page."""
        plan = await plans.find(actor_of(ctx.interaction), PlanOfDay(self.coach, self.day))
        await views.gallery(ctx, plan, 1)


@plugin.route("manage")
async def manage(ctx: PressContext, plan_id: int, panel: PlanPanel) -> None:
    """Open the panel of a plan: cards of earlier releases have this button."""
    await panel.open(ctx, PlanId(plan_id))


@plugin.route("take_off", FirstAnswer.UPDATE)
async def remove(ctx: PressContext, plan_id: int, panel: PlanPanel) -> None:
    """Remove the chosen chart."""
    await panel.remove(ctx, PlanId(plan_id))


@plugin.route("put_first", FirstAnswer.UPDATE)
async def put_first(ctx: PressContext, plan_id: int, panel: PlanPanel) -> None:
    """Move the chosen chart before the others."""
    await panel.put_first(ctx, PlanId(plan_id))


@plugin.route("ask_caption", FirstAnswer.MODAL)
async def ask_caption(ctx: PressContext, plan_id: int, panel: PlanPanel) -> None:
    """Open the form for the caption of the chosen chart."""
    await panel.ask_caption(ctx, PlanId(plan_id))


@plugin.route("caption", FirstAnswer.UPDATE)
async def caption(ctx: SubmitContext, plan_id: int, mark: str, panel: PlanPanel) -> None:
    """Set the caption that was submitted."""
    await panel.caption(ctx, PlanId(plan_id), mark)


@plugin.route("undo", FirstAnswer.UPDATE)
async def undo(ctx: PressContext, plan_id: int, made: int, panel: PlanPanel) -> None:
    """Undo the panel's last change."""
    await panel.undo(ctx, PlanId(plan_id), made)


@plugin.route("redo", FirstAnswer.UPDATE)
async def redo(ctx: PressContext, plan_id: int, made: int, panel: PlanPanel) -> None:
    """Make a change again that the panel's Undo undid."""
    await panel.undo(ctx, PlanId(plan_id), made, is_redo=True)


@plugin.task(lightbulb.uniformtrigger(hours=6, wait_first=False))
async def fetch_waiting(intake: IntakeService) -> None:
    """Download the pictures of drafts before their links expire."""
    plugin.log.info("fetched", pictures=await intake.fetch_waiting())


@plugin.task(lightbulb.uniformtrigger(seconds=10, wait_first=False))
async def add_late(late: LateCharts) -> None:
    """Add late pictures of posted plans that no handler waits for."""
    await late.resume()


@plugin.route("page")
async def page(ctx: PressContext, plan_id: int, number: int, plans: PlanService, views: PlanViews) -> None:
    """Show a further page of a plan's charts."""
    await views.gallery(ctx, await plans.find(actor_of(ctx.interaction), PlanId(plan_id)), number)
