"""Revisions of a guild in the order of their ids, for those who follow its plans."""

import dataclasses
import datetime
from collections.abc import Callable, Sequence
from typing import Any, Final

from peewee import JOIN, ModelSelect, Node, fn

from bot.domain.values import Audience, ChangeKind, PlanId, Reader
from bot.service.records.pages import first_known
from bot.service.records.plans import may_read, sees_history
from bot.service.records.roster import Roster
from storage.fields import moment_from
from storage.models import PlanRow, RevisionRow
from storage.queries import rows_of

RECENT: Final = 5_000
"""Ids of all guilds since a place: so many revisions are read in 10 ms."""


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
    """The people who see the history of deleted plans."""
    end: int
    """The id of the newest revision of all guilds."""
    is_known: Callable[[Made], bool]
    """Returns true for a revision that is not later than the reader may read."""

    def after(self, place: int, count: int) -> list[Made]:
        """Return so many revisions with higher ids, the lowest first."""
        followed = self._followed(revisions_first=self._is_recent(place))

        def read(last: Made | None, size: int) -> list[Made]:
            is_later = RevisionRow.id > (last.id if last else place)
            return _made(followed.where(is_later).order_by(RevisionRow.id).limit(size))

        return first_known(count, read, self._known)[:count]

    def newest(self) -> int:
        """Return the id of the newest; 0: there is none."""
        return self._newest(self.end - RECENT, revisions_first=True) or self._newest(0, revisions_first=False)

    def has(self, place: int) -> bool:
        """Return whether there is a revision with this id, of a plan that they may read."""
        rows = self._of_guild(may_read(self.reader, self.roster), revisions_first=True)
        return bool(self._known(_made(rows.where(RevisionRow.id == place))))

    def first_unreadable(self, place: int) -> int | None:
        """Return the lowest id after the place of a revision that they may not read; None: there is none."""
        is_hidden = fn.NOT(may_read(self.reader, self.roster))
        rows = self._of_guild(is_hidden, revisions_first=self._is_recent(place)).where(RevisionRow.id > place)
        return next((each.id for each in _made(rows.order_by(RevisionRow.id).limit(1))), None)

    def _is_recent(self, place: int) -> bool:
        return self.end - place <= RECENT

    def _newest(self, place: int, *, revisions_first: bool) -> int:
        """Return the highest id after a place; 0: there is none."""
        followed = self._followed(revisions_first=revisions_first).where(RevisionRow.id > place)

        def read(last: Made | None, size: int) -> list[Made]:
            rows = followed.where(RevisionRow.id < last.id) if last else followed
            return _made(rows.order_by(RevisionRow.id.desc()).limit(size))

        return next((each.id for each in first_known(1, read, self._known)), 0)

    def _known(self, rows: Sequence[Made]) -> list[Made]:
        return list(filter(self.is_known, rows))

    def _followed(self, *, revisions_first: bool) -> "ModelSelect[Any]":
        is_followed = sees_history(self.reader, self.roster, self.audience) | (RevisionRow.kind == ChangeKind.DELETED)
        return self._of_guild(may_read(self.reader, self.roster), is_followed, revisions_first=revisions_first)

    def _of_guild(self, *wanted: Node, revisions_first: bool) -> "ModelSelect[Any]":
        """Return revisions of the guild.

        A cross join is read in its order: the revisions of all guilds by their ids, which is best for recent ones, or
        the guild's plans first, so that revisions of other guilds cost nothing.
        """
        columns = (RevisionRow.id, RevisionRow.plan, PlanRow.day, RevisionRow.made_at)
        first, second = (RevisionRow, PlanRow) if revisions_first else (PlanRow, RevisionRow)
        is_of_guild = (RevisionRow.plan == PlanRow.id) & (PlanRow.guild_id == self.reader.guild_id)
        return first.select(*columns).join(second, JOIN.CROSS).where(is_of_guild, *wanted)


def _made(rows: "ModelSelect[Any]") -> list[Made]:
    return [
        Made(each, PlanId(plan_id), datetime.date.fromisoformat(day), moment_from(at))
        for each, plan_id, day, at in rows_of(rows)
    ]
