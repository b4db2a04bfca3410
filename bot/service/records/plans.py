"""Plans in the database, and what they are to callers."""

import datetime
from collections.abc import Iterable

from peewee import ModelSelect

from bot.domain.errors import PlanGoneError
from bot.domain.values import Chart, GuildId, Plan, PlanId, UserId
from bot.service.records.charts import charts_of
from bot.service.records.roster import coach_of
from bot.service.records.sources import source_of
from storage.models import CoachRow, PlanRow, RevisionRow


def plans() -> "ModelSelect[PlanRow]":
    """All plans with their coaches, in one query."""
    return PlanRow.select(PlanRow, CoachRow).join(CoachRow)


def live_plans(guild_id: GuildId) -> "ModelSelect[PlanRow]":
    """The guild's plans that are not deleted."""
    return plans().where((PlanRow.guild_id == guild_id) & PlanRow.deleted_at.is_null())


def deleted_plans(guild_id: GuildId, day: datetime.date) -> "ModelSelect[PlanRow]":
    """The guild's deleted plans for the day, the one deleted last first, by no clock."""
    deletion = (RevisionRow.plan == PlanRow.id) & (RevisionRow.revision == PlanRow.revision)
    return (
        plans()
        .switch(PlanRow)
        .join(RevisionRow, on=deletion)
        .where((PlanRow.guild_id == guild_id) & (PlanRow.day == day))
        .where(PlanRow.deleted_at.is_null(False))
        .order_by(RevisionRow.id.desc())
    )


def live_plan(guild_id: GuildId, plan_id: PlanId) -> PlanRow:
    """The guild's live plan with this id.

    Raises:
        PlanGoneError: there is none; a plan of another guild counts as none.
    """
    row = live_plans(guild_id).where(PlanRow.id == plan_id).get_or_none()
    if row is None:
        raise PlanGoneError
    return row


def plan_of(row: PlanRow) -> Plan:
    """The row as a value, with its charts."""
    return plans_of([row])[0]


def plans_of(rows: Iterable[PlanRow]) -> list[Plan]:
    """The rows as values, with the charts of all in one query."""
    found = list(rows)
    charts = charts_of([row.id for row in found]) if found else {}
    return [plan_with(row, charts.get(PlanId(row.id), ())) for row in found]


def plan_with(row: PlanRow, charts: tuple[Chart, ...]) -> Plan:
    """The row as a value, with these charts."""
    return Plan(
        id=PlanId(row.id),
        coach=coach_of(row.coach),
        day=row.day,
        text=row.text,
        author_id=UserId(row.author_id),
        revision=row.revision,
        hash=row.hash,
        posted_at=row.posted_at,
        changed_at=row.changed_at,
        changed_by=UserId(row.changed_by),
        deleted_at=row.deleted_at,
        deleted_by=None if row.deleted_by is None else UserId(row.deleted_by),
        charts=charts,
        source=source_of(row),
    )
