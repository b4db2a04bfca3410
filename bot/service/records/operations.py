"""Acts that are done: the same interaction, delivered or retried twice, does its act once."""

import datetime
from typing import cast

from bot.domain.values import ChangeKind, DraftId, OperationId, Plan, PlanId
from bot.service.records import revisions
from storage.models import DraftOperationRow, OperationRow, PlanRow


def outcome(operation: OperationId) -> Plan | None:
    """Return the plan as the operation, or the one that used its draft, left it; None: it was not done yet."""
    used_by = DraftOperationRow.select(DraftOperationRow.used_by).where(DraftOperationRow.id == operation)
    row = OperationRow.get_or_none((OperationRow.id == operation) | OperationRow.id.in_(used_by))
    return row and revisions.plan_at(PlanId(row.plan_id), row.revision)


def draft_of(operation: OperationId | None) -> DraftId | None:
    """Return the draft that the operation made, which may be gone; None: it made none."""
    row = DraftOperationRow.get_or_none(DraftOperationRow.id == operation)
    return row and DraftId(row.draft_id)


def revision_of(draft_id: DraftId) -> int | None:
    """Return the revision that was made of the draft; None: none was, or it is too long ago."""
    used_by = DraftOperationRow.select(DraftOperationRow.used_by).where(DraftOperationRow.draft_id == draft_id)
    row = OperationRow.get_or_none(OperationRow.id.in_(used_by))
    return row and row.revision


def record_draft(operation: OperationId, draft_id: DraftId, now: datetime.datetime) -> None:
    """Remember that the operation made the draft."""
    DraftOperationRow.replace(id=operation, draft_id=draft_id, made_at=now).execute()


def record_use(draft_id: DraftId, operation: OperationId) -> None:
    """Remember that the operation made a revision of the draft: that is what all those came to that made the draft."""
    DraftOperationRow.update(used_by=operation).where(DraftOperationRow.draft_id == draft_id).execute()


def sweep(oldest: datetime.datetime) -> int:
    """Forget the operations that were done before `oldest`, and say how many."""
    drafts = DraftOperationRow.delete().where(DraftOperationRow.made_at < oldest).execute()
    return cast(int, drafts) + cast(int, OperationRow.delete().where(OperationRow.done_at < oldest).execute())


def record(operation: OperationId, kind: ChangeKind, plan: PlanRow, now: datetime.datetime) -> None:
    """The operation is done, and the plan as it is now is its outcome."""
    OperationRow.insert(id=operation, kind=kind, plan=plan, revision=plan.revision, done_at=now).execute()
