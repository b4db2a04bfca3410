"""Plans of a guild as they were known at moments, for those who may see their histories."""

import datetime
from typing import Final

from peewee import ModelSelect, Tuple, fn

from bot.domain.values import Audience, Coach, Plan, PlanId, Reader, StateCursor
from bot.service.records.plans import IS_HISTORY_VISIBLE, IS_READABLE, history_values, plans, read_plans, read_rows
from bot.service.records.roster import Roster
from storage.models import ChartRow, PlanRow
from storage.queries import Parameter, Prepared

_BEFORE_ALL: Final = StateCursor(datetime.date.max, PlanId(2**63 - 1))
_NO_LIMIT: Final = -1


def plans_known(
    reader: Reader,
    roster: Roster,
    audience: Audience,
    days: tuple[datetime.date, datetime.date],
    coach: Coach | None,
    *,
    after: StateCursor | None = None,
    count: int | None = None,
) -> list[Plan]:
    """Return plans, live or deleted, whose history the reader may see, from the newest trading day on.

    Args:
        reader: who reads.
        roster: the guild's.
        audience: who may see the history of deleted plans.
        days: the first and the last trading day.
        coach: None: all.
        after: the place to go on from; None: the first.
        count: so many at most; None: all.
    """
    first, last = days
    place = after or _BEFORE_ALL
    values = {"guild": reader.guild_id, "first": first, "last": last, "after_day": place.day, "after": place.plan_id}
    count = _NO_LIMIT if count is None else count
    query, of_coach = (_KNOWN_OF_COACH, {"coach": coach.id}) if coach else (_KNOWN, {})
    return read_plans(
        query, reader, roster, count=count, **values, **of_coach, **history_values(reader, roster, audience)
    )


def plans_with_picture(reader: Reader, roster: Roster, audience: Audience, sha256: str) -> list[Plan]:
    """Return the plans, live or deleted, that ever had the picture and whose history the reader may see."""
    values = history_values(reader, roster, audience)
    return read_plans(_WITH_PICTURE, reader, roster, guild=reader.guild_id, sha256=sha256, **values)


def live_count(reader: Reader, roster: Roster) -> int:
    """Return the number of the guild's live plans that the reader may read."""
    [(count,)] = read_rows(_LIVE_COUNT, reader, roster, guild=reader.guild_id)
    return count


def _known() -> "ModelSelect[PlanRow]":
    return (
        plans()
        .where(PlanRow.guild_id == Parameter("guild"), PlanRow.day.between(Parameter("first"), Parameter("last")))
        .where(Tuple(PlanRow.day, PlanRow.id) < Tuple(Parameter("after_day"), Parameter("after")))
        .where(IS_HISTORY_VISIBLE, IS_READABLE)
        .order_by(PlanRow.day.desc(), PlanRow.id.desc())
        .limit(Parameter("count"))
    )


_KNOWN: Final = Prepared(_known)
_KNOWN_OF_COACH: Final = Prepared(lambda: _known().where(PlanRow.coach == Parameter("coach")))
_WITH_PICTURE: Final = Prepared(
    lambda: plans().where(
        PlanRow.guild_id + 0 == Parameter("guild"),  # so that SQLite begins with the pictures, which are few
        PlanRow.id.in_(ChartRow.select(ChartRow.plan).where(ChartRow.sha256 == Parameter("sha256"))),
        IS_HISTORY_VISIBLE,
        IS_READABLE,
    )
)
_LIVE_COUNT: Final = Prepared(
    lambda: PlanRow.select(fn.COUNT(PlanRow.id)).where(
        PlanRow.guild_id == Parameter("guild"), PlanRow.deleted_at.is_null(), IS_READABLE
    )
)
