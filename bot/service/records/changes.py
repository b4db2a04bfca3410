"""Revisions of a guild in the order of their ids, for those who follow its plans."""

import dataclasses
import datetime
from collections.abc import Callable, Sequence
from typing import Final

from peewee import JOIN, ModelSelect, Node, fn

from bot.domain.values import Audience, ChangeKind, PlanId, Reader
from bot.service.records.pages import first_known
from bot.service.records.plans import may_read, sees_history
from bot.service.records.roster import Roster
from storage.fields import moment_from
from storage.models import PlanRow, RevisionRow
from storage.queries import Prepared, rows_of


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """The making of a revision."""

    id: int
    plan_id: PlanId
    day: datetime.date
    """The plan's trading day."""
    at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Trail:
    """The revisions that a reader may follow.

    Of a plan that is deleted now and whose history they may not see, these are only the deletions.
    """

    reader: Reader
    roster: Roster
    audience: Audience
    """Who may see the history of deleted plans."""
    is_known: Callable[[Made], bool]
    """Returns true for a revision that is not later than the reader may read."""

    def after(self, place: int, count: int) -> list[Made]:
        """Return so many revisions with higher ids, the lowest first."""

        def read(last: Made | None, size: int) -> list[Made]:
            is_later = RevisionRow.id > (last.id if last else place)
            return _made(self._followed().where(is_later).order_by(RevisionRow.id).limit(size))

        return first_known(count, read, self._known)[:count]

    def newest(self) -> int:
        """Return the id of the newest; 0: there is none."""

        def read(last: Made | None, size: int) -> list[Made]:
            rows = self._followed().order_by(RevisionRow.id.desc()).limit(size)
            return _made(rows.where(RevisionRow.id < last.id) if last else rows)

        return next((each.id for each in first_known(1, read, self._known)), 0)

    def has(self, place: int) -> bool:
        """Return whether there is a revision with this id, of a plan that they may read."""
        rows = self._of_guild(may_read(self.reader, self.roster)).where(RevisionRow.id == place)
        return bool(self._known(_made(rows)))

    def first_unreadable(self, place: int) -> int | None:
        """Return the id of the first revision with a higher one that they may not read; None: there is none."""
        hidden = self._of_guild(fn.NOT(may_read(self.reader, self.roster))).where(RevisionRow.id > place)
        return next((each.id for each in _made(hidden.order_by(RevisionRow.id).limit(1))), None)

    def _known(self, rows: Sequence[Made]) -> list[Made]:
        return list(filter(self.is_known, rows))

    def _followed(self) -> "ModelSelect[RevisionRow]":
        is_followed = sees_history(self.reader, self.roster, self.audience) | (RevisionRow.kind == ChangeKind.DELETED)
        return self._of_guild(may_read(self.reader, self.roster), is_followed)

    def _of_guild(self, *wanted: Node) -> "ModelSelect[RevisionRow]":
        """Return revisions of the guild; a cross join has SQLite read them in the order of their ids."""
        rows = RevisionRow.select(RevisionRow.id, RevisionRow.plan, PlanRow.day, RevisionRow.made_at)
        is_of_guild = (RevisionRow.plan == PlanRow.id) & (PlanRow.guild_id == self.reader.guild_id)
        return rows.join(PlanRow, JOIN.CROSS).where(is_of_guild, *wanted)


def newest_id() -> int:
    """Return the id of the newest revision of all guilds; 0: there is none."""
    [(newest,)] = _NEWEST.rows()
    return newest or 0


def _made(rows: "ModelSelect[RevisionRow]") -> list[Made]:
    return [
        Made(each, PlanId(plan_id), datetime.date.fromisoformat(day), moment_from(at))
        for each, plan_id, day, at in rows_of(rows)
    ]


_NEWEST: Final = Prepared(lambda: RevisionRow.select(fn.MAX(RevisionRow.id)))
