"""Undoing the last change of a plan, from the receipt of that change, and redoing it."""

import dataclasses

from bot import replies
from bot.domain.commands import DeletePlan, RestorePlan, RevertPlan
from bot.domain.values import ChangeKind, EditResult, PlanId
from bot.interactions.context import PressContext, actor_of, operation_of
from bot.interactions.plan_views import PlanViews
from bot.service.history import HistoryService
from bot.service.plans import PlanService


class Undo:
    """Undoes changes for the user of an interaction. To redo one is to undo the revision that undid it."""

    def __init__(self, plans: PlanService, history: HistoryService, views: PlanViews) -> None:
        self._plans = plans
        self._history = history
        self._views = views

    async def of_receipt(self, ctx: PressContext, plan_id: PlanId, made: int, *, is_redo: bool = False) -> None:
        """Undo the change that made this revision, and replace its receipt."""
        undone = await self.change(ctx, plan_id, made)
        done = replies.redone(undone) if is_redo else replies.undone(undone)
        receipt = await self._views.receipt(ctx, undone.plan, done, undoes=undone.undoes, redoes=not is_redo)
        await ctx.update(**receipt)

    async def change(self, ctx: PressContext, plan_id: PlanId, made: int) -> EditResult:
        """Make the revision that undoes this one.

        Raises:
            UndoOutdatedError: it is not the last one any more.
            UndoTooLateError: it was made too long ago.
            RefusalError: the user may not do this now.
        """
        actor, operation = actor_of(ctx.interaction), operation_of(ctx.interaction)
        undoing = await self._history.to_undo(actor, plan_id, made)
        match undoing.command:
            case RevertPlan() as command:
                reverted = await self._history.revert(actor, command, operation)
                return dataclasses.replace(reverted, undone=undoing.undone)
            case DeletePlan() as command:
                plan, kind = await self._plans.delete(actor, command, operation), ChangeKind.DELETED
            case RestorePlan() as command:
                plan, kind = await self._plans.restore(actor, command, operation), ChangeKind.RESTORED
        return EditResult(plan, is_changed=True, kind=kind, undone=undoing.undone)
