"""Plans in the database: queries, and rows as values."""

import datetime
from collections.abc import Sequence
from typing import Any, Final

from peewee import SQL, ModelSelect, Node, Value, fn

from bot.domain.errors import PlanGoneError, PlanReplacedError
from bot.domain.values import Audience, Chart, Coach, GuildId, Plan, PlanId, Reader, UserId
from bot.service.records import lineages, stored_revisions
from bot.service.records.charts import charts_of
from bot.service.records.roster import Roster, coach_in
from bot.service.records.sessions import calendar_of
from bot.service.records.sources import source_from
from storage.fields import moment_from
from storage.id_sets import id_list, ids_in, values_from
from storage.models import CardRow, PlanRow, RevisionRow
from storage.queries import Parameter, Prepared, Rows, rows_of

_COLUMNS: Final = (
    PlanRow.id,
    PlanRow.guild_id,
    PlanRow.coach,
    PlanRow.day,
    PlanRow.text,
    PlanRow.author_id,
    PlanRow.revision,
    PlanRow.hash,
    PlanRow.posted_at,
    PlanRow.changed_at,
    PlanRow.changed_by,
    PlanRow.deleted_at,
    PlanRow.deleted_by,
    PlanRow.source_channel_id,
    PlanRow.source_message_id,
    PlanRow.source_author_id,
    PlanRow.lineage,
)


def plans() -> "ModelSelect[PlanRow]":
    """Return all plans, as `plans_of` reads them."""
    return PlanRow.select(*_COLUMNS)


def live_plans(guild_id: GuildId) -> "ModelSelect[PlanRow]":
    """Return the guild's plans that are not deleted."""
    return plans().where((PlanRow.guild_id == guild_id) & PlanRow.deleted_at.is_null())


def live_plans_on(reader: Reader, roster: Roster, day: datetime.date, coach: Coach | None) -> list[Plan]:
    """Return the plans for the day that are not deleted and that the reader may read, of one coach or of all."""
    values = {"guild": reader.guild_id, "day": day, **_reading(reader, roster)}
    found = _LIVE_OF_COACH.rows(coach=coach.id, **values) if coach else _LIVE_OF_DAY.rows(**values)
    return _as_values(found)


def deleted_plans(reader: Reader, roster: Roster, day: datetime.date) -> list[Plan]:
    """Return the deleted plans for the day that the reader may read, the one deleted last first, by no clock."""
    return _as_values(_DELETED_OF_DAY.rows(guild=reader.guild_id, day=day, **_reading(reader, roster)))


def others_of_day(reader: Reader, roster: Roster, plan: Plan) -> list[Plan]:
    """Return the other plans of the coach for the day, live or deleted, that the reader may read, newest first."""
    values = {"guild": reader.guild_id, "day": plan.day, "coach": plan.coach.id, "plan": plan.id}
    return _as_values(_OTHERS_OF_DAY.rows(**values, **_reading(reader, roster)))


def live_plan_of(coach: Coach, day: datetime.date) -> Plan | None:
    """Return the coach's plan for the day that is not deleted, whoever may read it; None: there is none."""
    found = _LIVE_OF_COACH.rows(guild=coach.guild_id, coach=coach.id, day=day, **_EVERYTHING)
    return _as_values(found)[0] if found else None


def readable(rows: "ModelSelect[PlanRow]", reader: Reader, roster: Roster) -> "ModelSelect[PlanRow]":
    """Return those of the plans that the reader may read."""
    return rows if reader.is_manager else rows.where(may_read(reader, roster))


def may_read(reader: Reader, roster: Roster) -> Node:
    """Return the condition of a plan that the reader may read."""
    return _may_read(
        Value(reader.is_manager),
        ids_in(reader.channels),
        ids_in([coach.id for coach in roster.memberships(reader)]),
        Value(reader.reads_unplaced),
    )


def history_visible(
    rows: "ModelSelect[PlanRow]", reader: Reader, roster: Roster, audience: Audience
) -> "ModelSelect[PlanRow]":
    """Return those of the plans whose history the reader may see, as `Roster.may_see_deleted` says of one."""
    return rows.where(sees_history(reader, roster, audience))


def sees_history(reader: Reader, roster: Roster, audience: Audience) -> Node:
    """Return the condition of a plan whose history the reader may see."""
    values = history_values(reader, roster, audience)
    return _may_see_history(Value(values["sees_deleted"]), values_from(Value(values["own"])))


def history_values(reader: Reader, roster: Roster, audience: Audience) -> dict[str, object]:
    """Return the values of `IS_HISTORY_VISIBLE`."""
    is_member_enough = audience is Audience.MEMBERS
    return {
        "sees_deleted": reader.is_manager or audience is Audience.EVERYONE,
        "own": id_list([coach.id for coach in roster.memberships(reader)] if is_member_enough else []),
    }


def live_plan(reader: Reader, roster: Roster, plan_id: PlanId) -> Plan:
    """Return the live plan with this id.

    Raises:
        PlanGoneError: there is none, in the reader's guild, that they may read.
        PlanReplacedError: it is deleted, and they may read another plan of its coach for the day.
    """
    plan = any_plan(reader, roster, plan_id)
    if plan.deleted_at:
        for other in live_plans_on(reader, roster, plan.day, plan.coach):
            raise PlanReplacedError(other, may_edit=roster.may_edit(reader, other))
        raise PlanGoneError
    return plan


def any_plan(reader: Reader, roster: Roster, plan_id: PlanId) -> Plan:
    """Return the plan with this id, live or deleted.

    Raises:
        PlanGoneError: there is none, in the reader's guild, that they may read.
    """
    found = _BY_ID.rows(guild=reader.guild_id, plan=plan_id, **_reading(reader, roster))
    if not found:
        raise PlanGoneError
    return _as_values(found)[0]


def plan_with_id(plan_id: PlanId) -> Plan:
    """Return the plan with this id, which exists, whoever may read it."""
    [plan] = _as_values(_ANY.rows(plan=plan_id))
    return plan


def plans_with_ids(plan_ids: Sequence[PlanId]) -> dict[PlanId, Plan]:
    """Return the plans with these ids, whoever may read them."""
    return {plan.id: plan for plan in _as_values(_WITH_IDS.rows(plans=id_list(plan_ids)))}


def plans_of(query: "ModelSelect[PlanRow]") -> list[Plan]:
    """Return the plans of a query, with the charts of all in one more."""
    return _as_values(rows_of(query))


def read_plans(query: Prepared, reader: Reader, roster: Roster, **values: object) -> list[Plan]:
    """Return the plans of a query with the condition `IS_READABLE`, with the charts of all in one more."""
    return _as_values(read_rows(query, reader, roster, **values))


def read_rows(query: Prepared, reader: Reader, roster: Roster, **values: object) -> Rows:
    """Return the rows of a query with the condition `IS_READABLE`."""
    return query.rows(**values, **_reading(reader, roster))


def _as_values(rows: Rows) -> list[Plan]:
    charts = charts_of([row[0] for row in rows]) if rows else {}
    erased = stored_revisions.erased_among([row[0] for row in rows if not row[4]])
    return [_plan(row, charts.get(row[0], ()), is_erased=row[0] in erased) for row in rows]


def _plan(row: tuple[Any, ...], charts: tuple[Chart, ...], *, is_erased: bool) -> Plan:
    plan_id, guild_id, coach_id, day, text, author_id, revision, hash_, posted_at, changed_at, *rest = row
    changed_by, deleted_at, deleted_by, *source, lineage = rest
    date = datetime.date.fromisoformat(day)
    return Plan(
        id=PlanId(plan_id),
        coach=coach_in(GuildId(guild_id), coach_id),
        day=date,
        text=text,
        author_id=UserId(author_id),
        revision=revision,
        hash=hash_,
        posted_at=moment_from(posted_at),
        changed_at=moment_from(changed_at),
        changed_by=UserId(changed_by),
        deleted_at=None if deleted_at is None else moment_from(deleted_at),
        deleted_by=None if deleted_by is None else UserId(deleted_by),
        charts=charts,
        source=source_from(*source),
        early_close=calendar_of(guild_id).early_close(date),
        lineage=lineages.read(lineage),
        is_erased=is_erased,
    )


def _may_read(is_manager: Node, channels: Node, own_coaches: Node, reads_unplaced: Node) -> Node:
    """Return the condition of a plan that a reader may read: see `bot.service.readers`."""
    card = CardRow.select(SQL("1")).where(CardRow.plan == PlanRow.id)
    is_seen = fn.EXISTS(card.where(CardRow.channel_id.in_(channels)))
    return is_manager | is_seen | PlanRow.coach.in_(own_coaches) | (reads_unplaced & ~fn.EXISTS(card))


def _may_see_history(sees_deleted: Node, own_coaches: Node) -> Node:
    """Return the condition of a plan whose history a reader may see."""
    return PlanRow.deleted_at.is_null() | sees_deleted | PlanRow.coach.in_(own_coaches)


def _reading(reader: Reader, roster: Roster) -> dict[str, object]:
    """Return the values of `IS_READABLE`."""
    if reader.is_manager:
        return _EVERYTHING
    return {
        "is_manager": False,
        "channels": id_list(reader.channels),
        "own_coaches": id_list([coach.id for coach in roster.memberships(reader)]),
        "reads_unplaced": reader.reads_unplaced,
    }


_EVERYTHING: Final[dict[str, object]] = {
    "is_manager": True,
    "channels": "[]",
    "own_coaches": "[]",
    "reads_unplaced": True,
}
IS_READABLE: Final = _may_read(
    Parameter("is_manager"),
    values_from(Parameter("channels")),
    values_from(Parameter("own_coaches")),
    Parameter("reads_unplaced"),
)
IS_HISTORY_VISIBLE: Final = _may_see_history(Parameter("sees_deleted"), values_from(Parameter("own")))
_IS_LIVE_ON_DAY: Final = (
    (PlanRow.guild_id == Parameter("guild")) & (PlanRow.day == Parameter("day")) & PlanRow.deleted_at.is_null()
)
_LIVE_OF_DAY: Final = Prepared(lambda: plans().where(_IS_LIVE_ON_DAY, IS_READABLE))
_LIVE_OF_COACH: Final = Prepared(
    lambda: plans().where(_IS_LIVE_ON_DAY, PlanRow.coach == Parameter("coach"), IS_READABLE)
)
_DELETED_OF_DAY: Final = Prepared(
    lambda: (
        plans()
        .join(RevisionRow, on=(RevisionRow.plan == PlanRow.id) & (RevisionRow.revision == PlanRow.revision))
        .where((PlanRow.guild_id == Parameter("guild")) & (PlanRow.day == Parameter("day")))
        .where(PlanRow.deleted_at.is_null(False), IS_READABLE)
        .order_by(RevisionRow.id.desc())
    )
)
_OTHERS_OF_DAY: Final = Prepared(
    lambda: (
        plans()
        .where((PlanRow.guild_id == Parameter("guild")) & (PlanRow.day == Parameter("day")))
        .where(PlanRow.coach == Parameter("coach"), PlanRow.id != Parameter("plan"), IS_READABLE)
        .order_by(PlanRow.id.desc())
    )
)
_BY_ID: Final = Prepared(
    lambda: plans().where(PlanRow.id == Parameter("plan"), PlanRow.guild_id == Parameter("guild"), IS_READABLE)
)
_ANY: Final = Prepared(lambda: plans().where(PlanRow.id == Parameter("plan")))
_WITH_IDS: Final = Prepared(lambda: plans().where(PlanRow.id.in_(values_from(Parameter("plans")))))
