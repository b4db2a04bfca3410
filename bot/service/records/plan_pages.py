"""Lists of plans by pages: what a page costs does not depend on the readable plans before and after it."""

import dataclasses
import datetime
import functools
import math
from collections.abc import Sequence
from typing import Final

from peewee import CompoundSelectQuery, Expression, ModelSelect, Ordering, Tuple, fn

from bot.domain.values import PageNumber, Plan, PlanCursor, PlanFilter, PlanPage, Reader, Turn, UserId
from bot.service.records.pages import page_of
from bot.service.records.plans import IS_READABLE, plans, read_plans, read_rows
from bot.service.records.roster import Roster
from storage.id_sets import id_list, values_from
from storage.models import CoachRow, PlanRow
from storage.queries import Parameter, Prepared


@dataclasses.dataclass(frozen=True, slots=True)
class PlanList:
    """Live plans that a reader may read, the newest trading day first, then by the coach's name."""

    reader: Reader
    roster: Roster
    filter: PlanFilter
    author: UserId | None
    """With the filter for one's own: the plans of this author count as such, beside those of the reader's coaches."""

    def read(self, count: int, cursor: PlanCursor | None = None, turn: Turn = Turn.OLDER) -> list[Plan]:
        """Return so many plans from the cursor on; None: from the first, or with `turn` to newer ones from the last."""
        wanted, roster = self.filter, self.roster
        shape = _Shape(
            cursor.turn if cursor else turn,
            has_cursor=cursor is not None,
            has_day=wanted.day is not None,
            has_coach=wanted.coach is not None,
            is_own=wanted.mine,
        )
        return read_plans(
            _query(shape),
            self.reader,
            roster,
            guild=self.reader.guild_id,
            cursor=cursor and cursor.plan_id,
            day=wanted.day,
            coach=wanted.coach and roster.named(wanted.coach).id,
            author=self.author,
            coaches=wanted.mine and id_list([coach.id for coach in roster.memberships(self.reader)]),
            count=count,
        )

    def beside(self, item: Plan, turn: Turn) -> PlanCursor:
        """Return the cursor of the place beside a plan, in a direction."""
        return PlanCursor(item.id, turn)


def page(
    reader: Reader, roster: Roster, wanted: PlanFilter, today: datetime.date, cursor: PlanCursor | None, size: int
) -> PlanPage:
    """Return the page of the wanted plans at the cursor, or the nearest page there is: mostly two queries."""
    found = page_of(PlanList(reader, roster, wanted, reader.user_id), cursor, size)
    return PlanPage(found.shown, wanted, today, found.newer, found.older, reader.is_partial)


def number_of(reader: Reader, roster: Roster, shown: PlanPage, size: int) -> PageNumber | None:
    """Return the number of a page of one day's plans, in one query; None: it is the only page.

    A day has a plan of each coach at most.
    """
    if shown.total is not None:
        return None
    rows = read_rows(_IDS_OF_DAY, reader, roster, guild=reader.guild_id, day=shown.filter.day)
    ids = [plan_id for (plan_id,) in rows]
    before = ids.index(shown.plans[0].id)
    pages_before = math.ceil(before / size)
    return PageNumber(pages_before + 1, pages_before + math.ceil((len(ids) - before) / size), len(ids))


@dataclasses.dataclass(frozen=True, slots=True)
class _Shape:
    """The conditions of a query."""

    turn: Turn
    has_cursor: bool
    has_day: bool
    has_coach: bool
    is_own: bool


_NAME: Final = fn.LOWER(CoachRow.name)
_COUNT: Final = Parameter("count")


@functools.cache
def _query(shape: _Shape) -> Prepared:
    return Prepared(lambda: _build(shape))


def _build(shape: _Shape) -> "ModelSelect[PlanRow]":
    """Build the query for the first plans; an index has all, those of an author and those of each coach in order."""
    rows = plans().join(CoachRow)
    rows = rows.where(PlanRow.guild_id == Parameter("guild"), PlanRow.deleted_at.is_null(), IS_READABLE)
    if shape.has_day:
        rows = rows.where(PlanRow.day == Parameter("day"))
    if shape.has_coach:
        rows = rows.where(PlanRow.coach == Parameter("coach"))
    if shape.has_cursor:
        rows = rows.where(_is_beyond_cursor(shape.turn))
    order = _order(shape.turn)
    if shape.is_own:
        rows = plans().join(CoachRow).where(PlanRow.id.in_(_first_own(rows.select(PlanRow.id), order)))
    return rows.order_by(*order).limit(_COUNT)


def _first_own(rows: "ModelSelect[PlanRow]", order: Sequence[Ordering]) -> CompoundSelectQuery:
    """Return the ids of the first plans of the author, and of each of the reader's coaches."""
    coach, plan = CoachRow.alias(), PlanRow.alias()
    of_author = rows.where(PlanRow.author_id == Parameter("author")).order_by(*order).limit(_COUNT)
    of_coach = rows.where(PlanRow.coach == coach.id).order_by(*order).limit(_COUNT)
    is_own = coach.id.in_(values_from(Parameter("coaches")))
    of_coaches = coach.select(plan.id).join(plan, on=plan.id.in_(of_coach)).where(is_own)
    return PlanRow.select(PlanRow.id).where(PlanRow.id.in_(of_author)) | of_coaches


def _order(turn: Turn) -> tuple[Ordering, ...]:
    if turn is Turn.OLDER:
        return PlanRow.day.desc(), _NAME.asc(), PlanRow.id.asc()
    return PlanRow.day.asc(), _NAME.desc(), PlanRow.id.desc()


_IDS_OF_DAY: Final = Prepared(
    lambda: (
        PlanRow.select(PlanRow.id)
        .join(CoachRow)
        .where(PlanRow.guild_id == Parameter("guild"), PlanRow.day == Parameter("day"))
        .where(PlanRow.deleted_at.is_null(), IS_READABLE)
        .order_by(*_order(Turn.OLDER))
    )
)


def _is_beyond_cursor(turn: Turn) -> Expression:
    """Return the condition for plans that are listed after the one of the cursor, in this direction."""
    plan, coach = PlanRow.alias(), CoachRow.alias()
    is_this = (plan.id == Parameter("cursor")) & (plan.guild_id == Parameter("guild"))
    this = plan.select().join(coach, on=(plan.coach == coach.id)).where(is_this)
    day, name = this.select(plan.day), this.select(fn.LOWER(coach.name))
    place, this_place = Tuple(_NAME, PlanRow.id), Tuple(name, Parameter("cursor"))
    if turn is Turn.OLDER:
        return (PlanRow.day <= day) & ((PlanRow.day < day) | (place > this_place))
    return (PlanRow.day >= day) & ((PlanRow.day > day) | (place < this_place))
