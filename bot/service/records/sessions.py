"""Calendars of sessions: the stored days of exchanges, and what the managers of guilds override."""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import cast

from peewee import fn

from bot.domain.sessions import HOURS, DayKind, Exchange, Override, SessionCalendar
from bot.domain.values import GuildId
from bot.domain.zones import zone_of
from storage.cached_reads import cached_read
from storage.fields import moment_from
from storage.models import ExchangeDayRow, GuildSettingsRow, PlanRow, SessionOverrideRow
from storage.queries import Parameter, Prepared

CALENDAR_ROWS = (GuildSettingsRow, ExchangeDayRow, SessionOverrideRow)
"""The tables that `calendar_of` reads."""


@cached_read(*CALENDAR_ROWS)
def calendar_of(guild_id: int) -> SessionCalendar:
    """Return the calendar of the guild; without settings it trades every day."""
    [exchange] = _EXCHANGE.row(guild=guild_id) or (Exchange.EVERY_DAY,)
    exchange = Exchange(exchange)
    stored = _stored_days(exchange)
    return SessionCalendar(exchange, stored.years, stored.days, _overrides_of((guild_id, exchange)))


@dataclasses.dataclass(frozen=True, slots=True)
class _StoredDays:
    """The closed and half days of an exchange."""

    years: frozenset[int]
    days: Mapping[datetime.date, DayKind]


@cached_read(ExchangeDayRow)
def _stored_days(exchange: Exchange) -> _StoredDays:
    """Return the stored days of the exchange, which all guilds share that follow it."""
    days = {datetime.date.fromisoformat(day): DayKind(kind) for day, kind in _DAYS.rows(exchange=exchange)}
    return _StoredDays(frozenset(day.year for day in days), days)


@cached_read(SessionOverrideRow)
def _overrides_of(key: tuple[int, Exchange]) -> Mapping[datetime.date, Override]:
    """Return what the managers of the guild say that days of the exchange are."""
    guild_id, exchange = key
    stored = _OVERRIDES.rows(guild=guild_id, exchange=exchange)
    return {datetime.date.fromisoformat(day): _override(*rest) for day, *rest in stored}


def used_exchanges() -> dict[Exchange, int | None]:
    """Return the exchanges that guilds follow, each with the year of the first plan there; None: there is no plan."""
    return {Exchange(exchange): year and int(year) for exchange, year in _USED.rows()}


def stored_years(exchange: Exchange) -> frozenset[int]:
    """Return the years that the stored days of the exchange cover."""
    return _stored_days(exchange).years


def store_year(exchange: Exchange, days: Mapping[datetime.date, DayKind]) -> None:
    """Store all closed and half days of a year that is not stored yet."""
    rows = [{"exchange": exchange, "day": day, "kind": kind} for day, kind in days.items()]
    ExchangeDayRow.insert_many(rows).on_conflict_ignore().execute()


def put_override(guild_id: GuildId, exchange: Exchange, day: datetime.date, override: Override | None) -> None:
    """Store what the managers say that a day of the exchange is; None: nothing any more."""
    key = {"guild_id": guild_id, "exchange": exchange, "day": day}
    if override is None:
        SessionOverrideRow(**key).delete_instance()
    else:
        SessionOverrideRow.replace(**key, kind=override.kind, closes_at=override.closes_at).execute()


def move_closes(guild_id: GuildId, before: str, after: str) -> list[datetime.date]:
    """Move early closes by the guild's clock to the same hour in its new time zone, and return their days."""
    by_its_clock = SessionOverrideRow.exchange.in_([each for each in Exchange if HOURS[each].timezone is None])
    half_days = (SessionOverrideRow.guild_id == guild_id) & (SessionOverrideRow.kind == DayKind.HALF_DAY)
    rows = list(SessionOverrideRow.select().where(half_days & by_its_clock))
    for row in rows:
        local = cast(datetime.datetime, row.closes_at).astimezone(zone_of(before))
        row.closes_at = local.replace(tzinfo=zone_of(after)).astimezone(datetime.UTC)
        row.save()
    return [row.day for row in rows]


def _override(kind: str, closes_at: str | None) -> Override:
    return Override(DayKind(kind), None if closes_at is None else moment_from(closes_at))


_EXCHANGE = Prepared(
    lambda: GuildSettingsRow.select(GuildSettingsRow.exchange).where(GuildSettingsRow.guild_id == Parameter("guild"))
)
_DAYS = Prepared(
    lambda: ExchangeDayRow.select(ExchangeDayRow.day, ExchangeDayRow.kind).where(
        ExchangeDayRow.exchange == Parameter("exchange")
    )
)
_OVERRIDES = Prepared(
    lambda: SessionOverrideRow.select(
        SessionOverrideRow.day, SessionOverrideRow.kind, SessionOverrideRow.closes_at
    ).where(SessionOverrideRow.guild_id == Parameter("guild"), SessionOverrideRow.exchange == Parameter("exchange"))
)
_FIRST_DAY = PlanRow.select(fn.min(PlanRow.day)).where(PlanRow.guild_id == GuildSettingsRow.guild_id)
_USED = Prepared(
    lambda: GuildSettingsRow.select(GuildSettingsRow.exchange, fn.substr(fn.min(_FIRST_DAY), 1, 4)).group_by(
        GuildSettingsRow.exchange
    )
)
