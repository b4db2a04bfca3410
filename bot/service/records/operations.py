"""Acts that are done: the same interaction, delivered or retried twice, does its act once."""

import datetime
from typing import cast

from bot.domain.values import ChangeKind, OperationId, Plan, PlanId
from bot.service.records import revisions
from storage.models import OperationRow, PlanRow


def outcome(operation: OperationId) -> Plan | None:
    """What the operation made of its plan when it was done; None: it was not done yet."""
    row = OperationRow.get_or_none(OperationRow.id == operation)
    return row and revisions.plan_at(PlanId(row.plan_id), row.revision)


def sweep(oldest: datetime.datetime) -> int:
    """Forget the operations that were done before `oldest`, and say how many."""
    return cast(int, OperationRow.delete().where(OperationRow.done_at < oldest).execute())


def record(operation: OperationId, kind: ChangeKind, plan: PlanRow, now: datetime.datetime) -> None:
    """The operation is done, and the plan as it is now is its outcome."""
    OperationRow.insert(id=operation, kind=kind, plan=plan, revision=plan.revision, done_at=now).execute()
