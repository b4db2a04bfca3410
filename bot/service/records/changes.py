"""Revisions of a guild in the order of their ids, for those who follow its plans."""

import dataclasses
import datetime
import functools
from collections.abc import Callable, Sequence
from typing import Any, Final

from peewee import JOIN, ModelSelect, Node, fn

from bot.domain.values import Audience, ChangeKind, PlanId, Reader
from bot.service.records.pages import first_known
from bot.service.records.plans import IS_HISTORY_VISIBLE, IS_READABLE, history_values, read_rows
from bot.service.records.roster import Roster
from storage.fields import moment_from
from storage.models import PlanRow, RevisionRow
from storage.queries import Parameter, Prepared

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
        query = _after(self._is_recent(place))

        def read(last: Made | None, size: int) -> list[Made]:
            return self._made(query, place=last.id if last else place, count=size)

        return first_known(count, read, self._known)[:count]

    def newest(self) -> int:
        """Return the id of the newest; 0: there is none."""
        return self._newest(self.end - RECENT, revisions_first=True) or self._newest(0, revisions_first=False)

    def has(self, place: int) -> bool:
        """Return whether there is a revision with this id, of a plan that they may read."""
        return bool(self._known(self._made(_AT, place=place)))

    def first_unreadable(self, place: int) -> int | None:
        """Return the lowest id after the place of a revision that they may not read; None: there is none."""
        return next((each.id for each in self._made(_hidden(self._is_recent(place)), place=place)), None)

    def _is_recent(self, place: int) -> bool:
        return self.end - place <= RECENT

    def _newest(self, place: int, *, revisions_first: bool) -> int:
        """Return the highest id after a place; 0: there is none."""
        query = _before(revisions_first)

        def read(last: Made | None, size: int) -> list[Made]:
            return self._made(query, place=place, end=last.id if last else self.end + 1, count=size)

        return next((each.id for each in first_known(1, read, self._known)), 0)

    def _known(self, rows: Sequence[Made]) -> list[Made]:
        return list(filter(self.is_known, rows))

    def _made(self, query: Prepared, **values: object) -> list[Made]:
        values |= history_values(self.reader, self.roster, self.audience) | {"guild": self.reader.guild_id}
        return [
            Made(each, PlanId(plan_id), datetime.date.fromisoformat(day), moment_from(at))
            for each, plan_id, day, at in read_rows(query, self.reader, self.roster, **values)
        ]


def _of_guild(*wanted: Node, revisions_first: bool) -> "ModelSelect[Any]":
    """Build the query of revisions of the guild.

    A cross join is read in its order: the revisions of all guilds by their ids, which is best for recent ones, or the
    guild's plans first, so that revisions of other guilds cost nothing.
    """
    columns = (RevisionRow.id, RevisionRow.plan, PlanRow.day, RevisionRow.made_at)
    first, second = (RevisionRow, PlanRow) if revisions_first else (PlanRow, RevisionRow)
    is_of_guild = (RevisionRow.plan == PlanRow.id) & (PlanRow.guild_id == Parameter("guild"))
    return first.select(*columns).join(second, JOIN.CROSS).where(is_of_guild, *wanted)


@functools.cache
def _after(revisions_first: bool) -> Prepared:
    return Prepared(
        lambda: (
            _of_guild(IS_READABLE, _IS_FOLLOWED, _IS_LATER, revisions_first=revisions_first)
            .order_by(RevisionRow.id)
            .limit(Parameter("count"))
        )
    )


@functools.cache
def _before(revisions_first: bool) -> Prepared:
    is_between = _IS_LATER & (RevisionRow.id < Parameter("end"))
    return Prepared(
        lambda: (
            _of_guild(IS_READABLE, _IS_FOLLOWED, is_between, revisions_first=revisions_first)
            .order_by(RevisionRow.id.desc())
            .limit(Parameter("count"))
        )
    )


@functools.cache
def _hidden(revisions_first: bool) -> Prepared:
    return Prepared(
        lambda: (
            _of_guild(fn.NOT(IS_READABLE), _IS_LATER, revisions_first=revisions_first).order_by(RevisionRow.id).limit(1)
        )
    )


_IS_FOLLOWED: Final = IS_HISTORY_VISIBLE | (RevisionRow.kind == ChangeKind.DELETED)
_IS_LATER: Final = RevisionRow.id > Parameter("place")
_AT: Final = Prepared(lambda: _of_guild(IS_READABLE, RevisionRow.id == Parameter("place"), revisions_first=True))
