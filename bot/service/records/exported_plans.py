"""Plans of a guild in the order of exports, from the oldest trading day on."""

import datetime

from peewee import Tuple

from bot.domain.values import Audience, Coach, Plan, Reader, StateCursor
from bot.service.records.plans import history_visible, plans, plans_of, readable
from bot.service.records.roster import Roster
from storage.models import PlanRow


def plans_after(
    reader: Reader,
    roster: Roster,
    audience: Audience,
    days: tuple[datetime.date, datetime.date],
    coach: Coach | None,
    after: StateCursor | None,
    count: int,
) -> list[Plan]:
    """Return plans, live or deleted, whose history the reader may see.

    Args:
        reader: who reads.
        roster: the guild's.
        audience: who may see the history of deleted plans.
        days: the first and the last trading day.
        coach: None: all.
        after: the place to go on from; None: the first.
        count: so many at most.
    """
    first, last = days
    if after:
        first = after.day  # SQLite begins there, and not at the first day
    rows = plans().where(PlanRow.guild_id == reader.guild_id, PlanRow.day.between(first, last))
    if coach:
        rows = rows.where(PlanRow.coach == coach.id)
    if after:
        rows = rows.where(Tuple(PlanRow.day, PlanRow.id) > Tuple(after.day, after.plan_id))
    rows = history_visible(readable(rows, reader, roster), reader, roster, audience)
    return plans_of(rows.order_by(PlanRow.day, PlanRow.id).limit(count))
