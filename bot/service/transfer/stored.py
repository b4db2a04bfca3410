"""A journal of the open database that reads its revisions in batches, to save memory."""

import dataclasses
from collections.abc import Collection, Iterator
from typing import cast

from peewee import ModelSelect

from bot.service.transfer.journal import CoachLine, Head, Journal, PlanLine, RevisionLine
from storage.models import CoachRow, PlanRow, RevisionRow

BATCH_SIZE = 200
"""Revisions read at once: about 1 MB."""


class StoredRevisions(Collection[RevisionLine]):
    """The revisions of some plans, read on each iteration, in the order of their creation."""

    def __init__(self, plan_ids: "Collection[int] | ModelSelect[PlanRow]") -> None:
        """Read only the ids: sorting the texts would take memory."""
        ids = RevisionRow.select(RevisionRow.id).where(RevisionRow.plan.in_(plan_ids)).order_by(RevisionRow.id)
        self._ids = [number for (number,) in cast("list[tuple[int]]", list(ids.tuples()))]

    def __len__(self) -> int:
        """Return their number."""
        return len(self._ids)

    def __iter__(self) -> Iterator[RevisionLine]:
        """Read the revisions in batches."""
        for first in range(0, len(self._ids), BATCH_SIZE):
            chosen = RevisionRow.id.in_(self._ids[first : first + BATCH_SIZE])
            yield from map(RevisionLine.of, RevisionRow.select().where(chosen).order_by(RevisionRow.id))

    def __contains__(self, revision: object) -> bool:
        """Return whether the revision is one of these."""
        return any(each == revision for each in self)

    def of_plan(self, plan_id: int) -> list[RevisionLine]:
        """Return the revisions of one plan."""
        chosen = RevisionRow.select().where(RevisionRow.plan == plan_id)
        return list(map(RevisionLine.of, chosen.order_by(RevisionRow.revision)))


@dataclasses.dataclass(frozen=True, slots=True)
class StoredJournal(Journal):
    """A journal whose revisions are read from the open database on demand."""

    revisions: StoredRevisions


def journal_of(guild_id: int, plan_ids: "Collection[int] | ModelSelect[PlanRow]") -> StoredJournal:
    """Return the guild's plans with their whole histories; valid only within the transaction."""
    fields = (PlanRow.id, PlanRow.coach, PlanRow.day, PlanRow.author_id, PlanRow.revision, PlanRow.hash, CoachRow)
    rows = list(PlanRow.select(*fields).join(CoachRow).where(PlanRow.id.in_(plan_ids)).order_by(PlanRow.id))
    coaches: dict[str, CoachRow] = {row.coach.key: row.coach for row in rows}
    return StoredJournal(
        Head(guild=str(guild_id)),
        tuple(CoachLine.of(coaches[key]) for key in sorted(coaches)),
        tuple(map(PlanLine.of, rows)),
        StoredRevisions(plan_ids),
    )
