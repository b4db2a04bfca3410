"""How something written becomes a plan, or a plan's next revision."""

from bot.domain.values import Actor, EditResult, OperationId, Plan, PlanId, Submission
from bot.service.plans import PlanService


async def post(
    plans: PlanService, actor: Actor, writing: Submission, operation: OperationId, *, rest_follows: bool = False
) -> Plan:
    """Post it, with the charts of the draft that it comes from.

    Raises:
        RefusalError: what `PlanService.post` raises.
    """
    return await plans.post(
        actor,
        coach=writing.coach,
        day=writing.day,
        text=writing.text,
        operation=operation,
        draft=writing.draft_id,
        rest_follows=rest_follows,
    )


async def edit(
    plans: PlanService, actor: Actor, writing: Submission, operation: OperationId, *, rest_follows: bool = False
) -> EditResult:
    """Make it the next revision of the plan that it is an edit of, with the charts of the draft that it comes from.

    Raises:
        RefusalError: what `PlanService.edit` raises.
    """
    return await plans.edit(
        actor,
        writing.plan_id or PlanId(0),
        writing.text or None,
        seen=writing.seen or 0,
        operation=operation,
        draft=writing.draft_id,
        replaces_charts=writing.replaces_charts,
        rest_follows=rest_follows,
    )
