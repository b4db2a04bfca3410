"""Actions: commands in the Apps menu of messages and members."""

import lightbulb

from bot import replies
from bot.discord.messages import pictures_of, plan_in
from bot.domain.values import DraftId, MessageId, PlanId
from bot.interactions.context import PressContext
from bot.interactions.plan_flow import PlanFlow
from bot.interactions.plan_views import PlanViews
from bot.plugin import GUILD_ONLY, CommandContext, FirstAnswer, Plugin, actor_of, member_of
from bot.service.history import HistoryService
from bot.service.message_lookup import MessageService
from bot.service.plans import PlanService

plugin = Plugin("actions", "Apps menu: save messages as plans, and edit plans from their cards.")


@plugin.command
class SaveAsPlan(lightbulb.MessageCommand, name="Save as plan", **GUILD_ONLY):
    """Save a message as a plan, after a form to correct it and to choose coach and day."""

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, flow: PlanFlow) -> None:
        """Open the form."""
        await flow.open_saving(ctx, self.target)


@plugin.command
class AddCharts(lightbulb.MessageCommand, name="Add charts to plan", **GUILD_ONLY):
    """Add the message's pictures to today's plan, or to another one."""

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, messages: MessageService, flow: PlanFlow) -> None:
        """Add them, or ask for the plan."""
        pictures = pictures_of(self.target)
        plans = await messages.extendable(actor_of(ctx.interaction))
        if len(plans) == 1:
            await flow.add_charts(ctx, plans[0].id, pictures)
        else:
            await flow.ask_where(ctx, pictures, plans)


@plugin.route("add_to", FirstAnswer.REPLACE)
async def add_to(ctx: PressContext, draft_id: int, flow: PlanFlow) -> None:
    """Add the pictures to the plan that was chosen in a list."""
    await flow.add_draft_charts(ctx, PlanId(ctx.chosen_number), DraftId(draft_id))


@plugin.command
class EditPlan(lightbulb.MessageCommand, name="Edit plan", **GUILD_ONLY):
    """On a card, or on the message that a plan was saved from."""

    first_answer = FirstAnswer.MODAL

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, messages: MessageService, flow: PlanFlow) -> None:
        """Open the form."""
        actor, target = actor_of(ctx.interaction), self.target
        plan_id = await messages.plan_to_change(actor, plan_in(target), MessageId(target.id))
        await flow.open_edit(ctx, plan_id)


@plugin.command
class PlanHistory(lightbulb.MessageCommand, name="Plan history", **GUILD_ONLY):
    """On a card, or on the message that a plan was saved from."""

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, messages: MessageService, revisions: HistoryService) -> None:
        """Show the first page."""
        actor, target = actor_of(ctx.interaction), self.target
        plan_id = await messages.plan(actor, plan_in(target), MessageId(target.id))
        await ctx.respond(**replies.history(await revisions.show(actor, plan_id)))


@plugin.command
class DeletePlan(lightbulb.MessageCommand, name="Delete plan", **GUILD_ONLY):
    """Delete the plan of a card, or of the message that it was saved from, after confirmation."""

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, messages: MessageService, plans: PlanService) -> None:
        """Ask for confirmation."""
        actor, target = actor_of(ctx.interaction), self.target
        plan_id = await messages.plan_to_change(actor, plan_in(target), MessageId(target.id))
        await ctx.respond(**replies.ask_delete(await plans.deletable(actor, plan_id)))


@plugin.command
class TodaysPlan(lightbulb.UserCommand, name="Today's plan", **GUILD_ONLY):
    """Show the plan for today of a member, or of their coach."""

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, messages: MessageService, views: PlanViews) -> None:
        """Show the plan, or a list of several."""
        plans = await messages.todays(actor_of(ctx.interaction), member_of(ctx.interaction, self.target))
        if len(plans) == 1:
            await views.read(ctx, plans[0])
        else:
            await ctx.respond(**replies.todays(self.target.id, plans))
