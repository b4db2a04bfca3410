"""Plans in the database: queries, and rows as values."""

import datetime
from collections.abc import Iterable

from peewee import SQL, ModelSelect, fn

from bot.domain.errors import PlanGoneError
from bot.domain.values import Audience, Chart, GuildId, Plan, PlanId, Reader, UserId
from bot.service.records.charts import charts_of
from bot.service.records.roster import Roster, coach_of
from bot.service.records.sources import source_of
from storage.id_sets import ids_in
from storage.models import CardRow, CoachRow, PlanRow, RevisionRow


def plans() -> "ModelSelect[PlanRow]":
    """Return all plans with their coaches, in one query."""
    return PlanRow.select(PlanRow, CoachRow).join(CoachRow)


def live_plans(guild_id: GuildId) -> "ModelSelect[PlanRow]":
    """Return the guild's plans that are not deleted."""
    return plans().where((PlanRow.guild_id == guild_id) & PlanRow.deleted_at.is_null())


def deleted_plans(guild_id: GuildId, day: datetime.date) -> "ModelSelect[PlanRow]":
    """Return the guild's deleted plans for the day, the one deleted last first, by no clock."""
    deletion = (RevisionRow.plan == PlanRow.id) & (RevisionRow.revision == PlanRow.revision)
    return (
        plans()
        .switch(PlanRow)
        .join(RevisionRow, on=deletion)
        .where((PlanRow.guild_id == guild_id) & (PlanRow.day == day))
        .where(PlanRow.deleted_at.is_null(False))
        .order_by(RevisionRow.id.desc())
    )


def readable(rows: "ModelSelect[PlanRow]", reader: Reader, roster: Roster) -> "ModelSelect[PlanRow]":
    """Return those of the plans that the reader may read."""
    if reader.is_manager:
        return rows
    card = CardRow.select(SQL("1")).where(CardRow.plan == PlanRow.id)
    may_read = fn.EXISTS(card.where(CardRow.channel_id.in_(ids_in(reader.channels))))
    may_read |= PlanRow.coach.in_([coach.id for coach in roster.memberships(reader)])
    if reader.reads_unplaced:
        may_read |= ~fn.EXISTS(card)
    return rows.where(may_read)


def history_visible(
    rows: "ModelSelect[PlanRow]", reader: Reader, roster: Roster, audience: Audience
) -> "ModelSelect[PlanRow]":
    """Return those of the plans whose history the reader may see, as `Roster.may_see_deleted` says of one."""
    is_live = PlanRow.deleted_at.is_null()
    match audience:
        case Audience.MANAGERS if not reader.is_manager:
            return rows.where(is_live)
        case Audience.MEMBERS if not reader.is_manager:
            return rows.where(is_live | PlanRow.coach.in_([coach.id for coach in roster.memberships(reader)]))
        case _:
            return rows


def live_plan(reader: Reader, roster: Roster, plan_id: PlanId) -> PlanRow:
    """Return the live plan with this id.

    Raises:
        PlanGoneError: there is none, in the reader's guild, that they may read.
    """
    return _the(live_plans(reader.guild_id), reader, roster, plan_id)


def any_plan(reader: Reader, roster: Roster, plan_id: PlanId) -> PlanRow:
    """Return the plan with this id, live or deleted.

    Raises:
        PlanGoneError: there is none, in the reader's guild, that they may read.
    """
    return _the(plans().where(PlanRow.guild_id == reader.guild_id), reader, roster, plan_id)


def plan_of(row: PlanRow) -> Plan:
    """Return the row as a value, with its charts."""
    return plans_of([row])[0]


def plans_of(rows: Iterable[PlanRow]) -> list[Plan]:
    """Return the rows as values, with the charts of all in one query."""
    selected = list(rows)
    charts = charts_of([row.id for row in selected]) if selected else {}
    return [plan_with(row, charts.get(PlanId(row.id), ())) for row in selected]


def plan_with(row: PlanRow, charts: tuple[Chart, ...]) -> Plan:
    """Return the row as a value, with these charts."""
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


def _the(rows: "ModelSelect[PlanRow]", reader: Reader, roster: Roster, plan_id: PlanId) -> PlanRow:
    row = readable(rows.where(PlanRow.id == plan_id), reader, roster).get_or_none()
    if row is None:
        raise PlanGoneError
    return row
