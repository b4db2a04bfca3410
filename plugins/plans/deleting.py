"""`/plan delete` and `/plan restore`, and their buttons."""

import lightbulb

from bot import replies
from bot.domain.commands import DeletePlan, RestorePlan
from bot.domain.values import PlanId, PlanOfDay
from bot.interactions.context import PressContext
from bot.interactions.options import coach_option, day_option
from bot.interactions.plan_views import PlanViews
from bot.interactions.undo import Undo
from bot.plugin import CommandContext, FirstAnswer, actor_of, operation_of
from bot.service.cards import CardService
from bot.service.plans import PlanService
from plugins.plans.group import plan, plugin


@plan.register
class Delete(lightbulb.SlashCommand, name="delete", description="Delete a plan, after confirmation."):
    """`/plan delete`: asks for confirmation."""

    coach = coach_option("Whose plan. Default: yours.")
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, plans: PlanService) -> None:
        """Ask for confirmation."""
        deletable = await plans.deletable(actor_of(ctx.interaction), PlanOfDay(self.coach, self.day))
        await ctx.respond(**replies.ask_delete(deletable))


@plugin.route("ask_delete", FirstAnswer.REPLACE)
async def ask_delete(ctx: PressContext, plan_id: int, plans: PlanService) -> None:
    """Ask for confirmation."""
    deletable = await plans.deletable(actor_of(ctx.interaction), PlanId(plan_id))
    await ctx.replace(**replies.ask_delete(deletable))


@plugin.route("delete", FirstAnswer.UPDATE)
async def delete(ctx: PressContext, plan_id: int, seen: int, plans: PlanService, views: PlanViews) -> None:
    """Delete the plan, after confirmation."""
    command = DeletePlan(PlanId(plan_id), seen)
    deleted = await plans.delete(actor_of(ctx.interaction), command, operation_of(ctx.interaction))
    await ctx.update(**await views.receipt(ctx, deleted, replies.deleted(deleted), undoes=deleted.revision))


@plugin.route("keep", FirstAnswer.UPDATE)
async def keep(ctx: PressContext, plan_id: int, plans: PlanService) -> None:
    """Cancel."""
    await ctx.update(**replies.canceled(await plans.find(actor_of(ctx.interaction), PlanId(plan_id))))


@plan.register
class Restore(lightbulb.SlashCommand, name="restore", description="Restore a deleted plan."):
    """`/plan restore`."""

    coach = coach_option("Whose plan. Default: yours.")
    day = day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, plans: PlanService, views: PlanViews) -> None:
        """Restore the plan."""
        command = RestorePlan(PlanOfDay(self.coach, self.day))
        restored = await plans.restore(actor_of(ctx.interaction), command, operation_of(ctx.interaction))
        await views.acknowledge(ctx, restored, replies.restored(restored), undoes=restored.revision)


@plugin.route("bring_back", FirstAnswer.REPLACE)
async def bring_back(ctx: PressContext, plan_id: int, plans: PlanService, views: PlanViews) -> None:
    """Restore a deleted plan from its card."""
    command = RestorePlan(PlanId(plan_id))
    restored = await plans.restore(actor_of(ctx.interaction), command, operation_of(ctx.interaction))
    await views.acknowledge(ctx, restored, replies.restored(restored), undoes=restored.revision)


@plugin.route("undo", FirstAnswer.UPDATE)
async def undo(ctx: PressContext, plan_id: int, made: int, flow: Undo) -> None:
    """Undo a change by its receipt."""
    await flow.of_receipt(ctx, PlanId(plan_id), made)


@plugin.route("redo", FirstAnswer.UPDATE)
async def redo(ctx: PressContext, plan_id: int, made: int, flow: Undo) -> None:
    """Make a change again that was undone, by the receipt of that."""
    await flow.of_receipt(ctx, PlanId(plan_id), made, is_redo=True)


@plugin.route("show_again", FirstAnswer.UPDATE)
async def show_again(ctx: PressContext, plan_id: int, shown: CardService, views: PlanViews) -> None:
    """Post a card again that was deleted by hand."""
    plan = await shown.show_again(actor_of(ctx.interaction), PlanId(plan_id))
    await ctx.update(**await views.receipt(ctx, plan, replies.shown_again(plan)))
