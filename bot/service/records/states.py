"""Plans of a guild as they were known at moments, for those who may see their histories."""

import datetime

from peewee import Tuple

from bot.domain.values import Audience, Coach, Plan, Reader, StateCursor
from bot.service.records.plans import history_visible, plans, plans_of, readable
from bot.service.records.roster import Roster
from storage.models import ChartRow, PlanRow


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
    rows = plans().where(PlanRow.guild_id == reader.guild_id, PlanRow.day.between(*days))
    if coach:
        rows = rows.where(PlanRow.coach == coach.id)
    if after:
        rows = rows.where(Tuple(PlanRow.day, PlanRow.id) < Tuple(after.day, after.plan_id))
    rows = history_visible(readable(rows, reader, roster), reader, roster, audience)
    return plans_of(rows.order_by(PlanRow.day.desc(), PlanRow.id.desc()).limit(count))


def plans_with_picture(reader: Reader, roster: Roster, audience: Audience, sha256: str) -> list[Plan]:
    """Return the plans, live or deleted, that ever had the picture and whose history the reader may see."""
    having = ChartRow.select(ChartRow.plan).where(ChartRow.sha256 == sha256)
    rows = plans().where(PlanRow.guild_id == reader.guild_id, PlanRow.id.in_(having))
    return plans_of(history_visible(readable(rows, reader, roster), reader, roster, audience))


def live_count(reader: Reader, roster: Roster) -> int:
    """Return the number of the guild's live plans that the reader may read."""
    rows = plans().where(PlanRow.guild_id == reader.guild_id, PlanRow.deleted_at.is_null())
    return readable(rows, reader, roster).count()
