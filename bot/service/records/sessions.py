"""Calendars of sessions: the stored days of exchanges, and what the managers of guilds override."""

import dataclasses
import datetime
from collections.abc import Mapping

from peewee import SQL, fn

from bot.domain.sessions import DayKind, Exchange, Override, SessionCalendar
from bot.domain.values import GuildId
from storage.cached_reads import cached_read
from storage.fields import moment_from
from storage.models import ExchangeDayRow, GuildSettingsRow, SessionOverrideRow
from storage.queries import Parameter, Prepared

CALENDAR_ROWS = (GuildSettingsRow, ExchangeDayRow, SessionOverrideRow)
"""The tables that `calendar_of` reads."""


@cached_read(*CALENDAR_ROWS)
def calendar_of(guild_id: int) -> SessionCalendar:
    """Return the calendar of the guild; without settings it trades every day."""
    [exchange] = _EXCHANGE.row(guild=guild_id) or (Exchange.EVERY_DAY,)
    stored = _stored_days(Exchange(exchange))
    return SessionCalendar(Exchange(exchange), stored.years, stored.days, _overrides_of(guild_id))


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
def _overrides_of(guild_id: int) -> Mapping[datetime.date, Override]:
    """Return what the managers of the guild say that days are."""
    return {datetime.date.fromisoformat(day): _override(*rest) for day, *rest in _OVERRIDES.rows(guild=guild_id)}


def used_exchanges() -> list[Exchange]:
    """Return the exchanges with holidays that guilds follow."""
    return [exchange for exchange in Exchange if exchange.has_holidays and _IS_USED.rows(exchange=exchange)]


def stored_years(exchange: Exchange) -> set[int]:
    """Return the years that the stored days of the exchange cover."""
    return {int(year) for (year,) in _YEARS.rows(exchange=exchange)}


def store_year(exchange: Exchange, days: Mapping[datetime.date, DayKind]) -> None:
    """Store all closed and half days of a year that is not stored yet."""
    rows = [{"exchange": exchange, "day": day, "kind": kind} for day, kind in days.items()]
    ExchangeDayRow.insert_many(rows).on_conflict_ignore().execute()


def put_override(guild_id: GuildId, day: datetime.date, override: Override | None) -> None:
    """Store what the managers say that a day is; None: nothing any more."""
    if override is None:
        row = (SessionOverrideRow.guild_id == guild_id) & (SessionOverrideRow.day == day)
        SessionOverrideRow.delete().where(row).execute()
        return
    values = {"guild_id": guild_id, "day": day, "kind": override.kind, "closes_at": override.closes_at}
    SessionOverrideRow.replace(**values).execute()


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
    ).where(SessionOverrideRow.guild_id == Parameter("guild"))
)
_IS_USED = Prepared(
    lambda: GuildSettingsRow.select(SQL("1")).where(GuildSettingsRow.exchange == Parameter("exchange")).limit(1)
)
_YEARS = Prepared(
    lambda: (
        ExchangeDayRow.select(fn.substr(ExchangeDayRow.day, 1, 4))
        .where(ExchangeDayRow.exchange == Parameter("exchange"))
        .distinct()
    )
)
