"""Acts that are done: the same interaction, delivered or retried twice, does its act once."""

import dataclasses
import datetime
from typing import Any, Final, cast

from peewee import ModelSelect, fn

from bot.domain.clock import first_id_at, moment_of
from bot.domain.errors import DraftSentAgainError
from bot.domain.values import ChangeKind, DraftId, OperationId, Plan
from bot.service.records import revisions
from storage.models import DraftOperationRow, OperationRow
from storage.queries import Parameter, Prepared, insertion


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an operation."""

    plan: Plan
    """The plan as the operation left it."""
    kind: ChangeKind | None
    """None: nothing was to change, and it made no revision."""


def outcome(operation: OperationId) -> Outcome | None:
    """Return the outcome of the operation; None: it was not done yet.

    Raises:
        DraftSentAgainError: another one has used the draft that it saved: it is not done, and never will be.
    """
    row = _OUTCOME.row(operation=operation)
    if row is None:
        return None
    done_by, kind, *at = row
    plan = revisions.plan_at(*at)
    if done_by != operation:
        raise DraftSentAgainError(plan)
    return Outcome(plan, None if kind == _UNCHANGED else ChangeKind(kind))


def draft_of(operation: OperationId | None) -> DraftId | None:
    """Return the draft that the operation made, which may be gone; None: it made none."""
    row = DraftOperationRow.get_or_none(DraftOperationRow.id == operation)
    return row and DraftId(row.draft_id)


def outcome_of_draft(draft_id: DraftId) -> Outcome | None:
    """Return the outcome of the operation that used the draft; None: none did, or it is too long ago."""
    row = _using(draft_id)
    return row and outcome(OperationId(row.id))


def revision_of(draft_id: DraftId) -> int | None:
    """Return the revision that was made of the draft; None: none was, or it is too long ago."""
    row = _using(draft_id)
    return row and row.revision


def record_draft(operation: OperationId, draft_id: DraftId, now: datetime.datetime) -> None:
    """Remember that the operation made the draft."""
    DraftOperationRow.replace(id=operation, draft_id=draft_id, made_at=now).execute()


def refuse_older(operation: OperationId, draft_id: DraftId) -> bool:
    """Refuse an operation that is older than one that saved the draft; return whether it is the last that saved it.

    Raises:
        DraftSentAgainError: a newer one saved it since; its plan is what was made of the draft.
    """
    [[newest]] = _NEWEST.rows(draft=draft_id)
    if newest is not None and newest > operation:
        done = outcome_of_draft(draft_id)
        raise DraftSentAgainError(done and done.plan)
    return newest == operation


def record_use(draft_id: DraftId, operation: OperationId) -> None:
    """Remember that the operation made a revision of the draft: no other one that saved the draft is done then."""
    _RECORD_USE.change(draft=draft_id, operation=operation)


def newest() -> datetime.datetime:
    """Return Discord's time of the newest interaction that changed something; long ago where there is none."""
    return moment_of(max(kind.select(fn.MAX(kind.id)).scalar() or 0 for kind in (OperationRow, DraftOperationRow)))


def sweep(oldest: datetime.datetime, most: int) -> int:
    """Delete operations that were requested and done before `oldest`, so many at most, and return their number."""
    old = OperationRow.select(OperationRow.id).where(OperationRow.id < first_id_at(oldest))
    return _delete(OperationRow, old.where(OperationRow.done_at < oldest).limit(most))


def sweep_drafts(oldest: datetime.datetime, most: int) -> int:
    """Delete the records of operations that made a draft before `oldest`, as `sweep` does."""
    old = DraftOperationRow.select(DraftOperationRow.id).where(DraftOperationRow.id < first_id_at(oldest))
    return _delete(DraftOperationRow, old.where(DraftOperationRow.made_at < oldest).limit(most))


def record(operation: OperationId, kind: ChangeKind | None, plan: Plan, now: datetime.datetime) -> None:
    """Record that the operation is done, and the plan as it is now is its outcome; `kind` None: it changed nothing."""
    _RECORD.insert(id=operation, kind=kind or _UNCHANGED, plan=plan.id, revision=plan.revision, done_at=now)


def _using(draft_id: DraftId) -> OperationRow | None:
    used_by = DraftOperationRow.select(DraftOperationRow.used_by).where(DraftOperationRow.draft_id == draft_id)
    return OperationRow.get_or_none(OperationRow.id.in_(used_by))


def _delete(kind: type[OperationRow | DraftOperationRow], ids: "ModelSelect[Any]") -> int:
    return cast(int, kind.delete().where(kind.id.in_(ids)).execute())


_UNCHANGED: Final = "unchanged"
"""The kind of an operation that made no revision."""
_USED_BY: Final = DraftOperationRow.select(DraftOperationRow.used_by).where(
    DraftOperationRow.id == Parameter("operation")
)
_OUTCOME: Final = Prepared(
    lambda: (
        OperationRow.select(OperationRow.id, OperationRow.kind, OperationRow.plan, OperationRow.revision)
        .where((OperationRow.id == Parameter("operation")) | OperationRow.id.in_(_USED_BY))
        .order_by((OperationRow.id == Parameter("operation")).desc())
        .limit(1)
    )
)
"""The query of an operation's outcome, or else of that which used its draft."""
_NEWEST: Final = Prepared(
    lambda: DraftOperationRow.select(fn.MAX(DraftOperationRow.id)).where(
        DraftOperationRow.draft_id == Parameter("draft")
    )
)
"""The query of the last operation that saved a draft."""
_RECORD: Final = insertion(OperationRow, "id", "kind", "plan", "revision", "done_at")
_RECORD_USE: Final = Prepared(
    lambda: DraftOperationRow.update(used_by=Parameter("operation")).where(
        DraftOperationRow.draft_id == Parameter("draft")
    )
)
