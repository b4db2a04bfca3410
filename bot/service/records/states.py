"""Plans of a guild as they were known at moments, for those who may see their histories."""

import datetime
import functools
from typing import Final

from peewee import Tuple, fn

from bot.domain.values import Audience, Coach, Plan, PlanId, Reader, StateCursor
from bot.service.records.plans import IS_HISTORY_VISIBLE, IS_READABLE, history_values, plans, read_plans, read_rows
from bot.service.records.roster import Roster
from storage.models import ChartRow, PlanRow
from storage.queries import Parameter, Prepared

_OLDEST: Final = StateCursor(datetime.date.min, PlanId(0))
_NEWEST: Final = StateCursor(datetime.date.max, PlanId(2**63 - 1))
_NO_LIMIT: Final = -1
_EVER: Final = datetime.datetime.max.replace(tzinfo=datetime.UTC)


def plans_known(
    reader: Reader,
    roster: Roster,
    audience: Audience,
    days: tuple[datetime.date, datetime.date],
    coach: Coach | None,
    *,
    posted_until: datetime.datetime | None = None,
    after: StateCursor | None = None,
    count: int | None = None,
    oldest_first: bool = False,
) -> list[Plan]:
    """Return plans, live or deleted, whose history the reader may see, in the order of their trading days.

    Args:
        reader: who reads.
        roster: the guild's.
        audience: who may see the history of deleted plans.
        days: the first and the last trading day.
        coach: None: all.
        posted_until: without plans that were posted later; None: with all.
        after: the place to go on from; None: the first.
        count: so many at most; None: all.
        oldest_first: True: from the oldest trading day on; False: from the newest.
    """
    place = after or (_OLDEST if oldest_first else _NEWEST)
    first, last = days
    first, last = (max(first, place.day), last) if oldest_first else (first, min(last, place.day))
    values = {"guild": reader.guild_id, "first": first, "last": last, "after_day": place.day, "after": place.plan_id}
    return read_plans(
        _known(of_coach=coach is not None, oldest_first=oldest_first),
        *(reader, roster),
        **values,
        **history_values(reader, roster, audience),
        coach=coach and coach.id,
        posted_until=posted_until or _EVER,
        count=_NO_LIMIT if count is None else count,
    )


def plans_with_picture(reader: Reader, roster: Roster, audience: Audience, sha256: str) -> list[Plan]:
    """Return the plans, live or deleted, that ever had the picture and whose history the reader may see."""
    values = history_values(reader, roster, audience)
    return read_plans(_WITH_PICTURE, reader, roster, guild=reader.guild_id, sha256=sha256, **values)


def live_count(reader: Reader, roster: Roster) -> int:
    """Return the number of the guild's live plans that the reader may read."""
    [(count,)] = read_rows(_LIVE_COUNT, reader, roster, guild=reader.guild_id)
    return count


@functools.cache
def _known(*, of_coach: bool, oldest_first: bool) -> Prepared:
    """Return the query for plans of days, those of one coach or of all."""
    place, after = Tuple(PlanRow.day, PlanRow.id), Tuple(Parameter("after_day"), Parameter("after"))
    days = PlanRow.day.between(Parameter("first"), Parameter("last"))  # SQLite begins there, and not at the place
    wanted = [PlanRow.guild_id == Parameter("guild"), days, place > after if oldest_first else place < after]
    wanted.append(PlanRow.posted_at <= Parameter("posted_until"))
    wanted += [PlanRow.coach == Parameter("coach")] if of_coach else []
    columns = (PlanRow.day, PlanRow.id)
    order = columns if oldest_first else [each.desc() for each in columns]
    return Prepared(
        lambda: plans().where(*wanted, IS_HISTORY_VISIBLE, IS_READABLE).order_by(*order).limit(Parameter("count"))
    )


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
