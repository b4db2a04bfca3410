"""Sessions: calendars are computed and stored before they are needed, and managers override single days."""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Final

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import CloseTimeError, DatabaseUnavailableError
from bot.domain.sessions import HOURS, DayKind, Override, Session
from bot.domain.times import RepeatedTimeError, UnknownMomentError, parse_moment
from bot.domain.values import Actor, GuildSettings, OverriddenDay
from bot.service.calendars.calendar_process import CalendarProcess, Days, ExchangeYear
from bot.service.guilds import GuildService
from bot.service.plan_base import PlanActs
from bot.service.records import cards as card_rows
from bot.service.records import sessions as session_rows
from bot.service.subprocesses import WorkerError
from bot.service.transactions import require_manager, writes
from storage.store import Store

YEARS_AHEAD = 2
LOOK_SECONDS: Final = 10
"""Between two looks for years that are missing: another process may import older plans at any time."""
COMPUTED_SECONDS: Final = LOOK_SECONDS + 5
"""The time after which a year that is missing is known, unless it could not be computed or not be stored."""
RETRY_TIME: Final = datetime.timedelta(minutes=5)
"""After a failure, until the same years are computed again."""
_DAY = datetime.timedelta(days=1)

_log = structlog.get_logger(__name__)


class SessionService(PlanActs):
    """The calendars of all guilds, and the days that a guild's managers override."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, calendars: CalendarProcess) -> None:
        super().__init__(store, clock, guilds)
        self._calendars = calendars
        self._failed: tuple[list[ExchangeYear], datetime.datetime] | None = None
        """The years that could not be computed or not be stored, and when; None: all were."""

    async def renew(self) -> bool:
        """Compute and store what is missing from the first plan's year to the year after next; return whether any was.

        It is done for the exchanges that guilds follow, and not while the database is unavailable.
        """
        try:
            missing = await self._read(self._missing)
            return bool(missing) and not self._has_just_failed(missing) and await self._compute(missing)
        except DatabaseUnavailableError:
            return False  # logged by the recovery loop

    @writes
    def override(self, actor: Actor, day: str, kind: DayKind | None, closes: str | None = None) -> OverriddenDay:
        """Make a day open, closed or a half day for the guild, whatever its exchange does; None: as the exchange.

        Another exchange has its own days; these come back with this one. Cards of the day's plans show it. A half day
        closes at the time that is typed, by the clock of the exchange, or when it usually does.

        Raises:
            CloseTimeError: the time of the close is missing, not a time, or not between the open and the regular close.
            DayError: the words name no day.
            NotManagerError: the actor does not manage the guild.
        """
        require_manager(actor)
        settings, date = self.guilds.settings(actor.guild_id), self.day_meant(actor, day)
        override = None if kind is None else Override(kind, self._close(actor, settings, date, kind, closes))
        session = _overridden(settings, date, override) if override else None
        session_rows.put_override(actor.guild_id, settings.calendar.exchange, date, override)
        card_rows.mark_day_dirty(actor.guild_id, date)
        return OverriddenDay(date, settings.calendar.exchange, kind, session)

    async def _compute(self, missing: list[ExchangeYear]) -> bool:
        try:
            computed = await self._calendars.compute(missing)
        except WorkerError as error:
            self._failed = missing, self.clock()
            _log.error("calendars not computed; retrying in 5 minutes", years=len(missing), why=str(error))
            return False
        self._failed = missing, self.clock()  # until they are stored: else another process begins at each look
        await self._write(self._store, computed)
        self._failed = None
        _log.info("calendars computed", years=len(computed))
        return True

    def _has_just_failed(self, missing: list[ExchangeYear]) -> bool:
        if self._failed is None:
            return False
        years, at = self._failed
        return years == missing and abs(self.clock() - at) < RETRY_TIME

    def _missing(self) -> list[ExchangeYear]:
        year = self.clock().year
        used = {self.guilds.exchange: None} | session_rows.used_exchanges()
        missing = list[ExchangeYear]()
        for exchange in filter(lambda each: each.has_holidays, sorted(used)):
            first = max(min(used[exchange] or year, year), exchange.first_year)
            years = {*range(first, year + YEARS_AHEAD + 1)} - session_rows.stored_years(exchange)
            missing.extend((exchange, each) for each in sorted(years))
        return missing

    def _store(self, computed: Mapping[ExchangeYear, Days]) -> None:
        """Store what was computed; cards of days to come show it."""
        yesterday = self.clock().date() - _DAY  # where it is still that day, too
        for (exchange, _), days in computed.items():
            session_rows.store_year(exchange, days)
            half_days = [day for day, kind in days.items() if kind is DayKind.HALF_DAY and day >= yesterday]
            card_rows.mark_exchange_days_dirty(exchange, half_days)

    def _close(
        self, actor: Actor, settings: GuildSettings, day: datetime.date, kind: DayKind, words: str | None
    ) -> datetime.datetime | None:
        """Return when the session closes early, in UTC; None: it does not."""
        if kind is not DayKind.HALF_DAY:
            if words is not None:
                raise CloseTimeError("Only a half day can close early. Choose half day, or leave out closes.")
            return None
        if words is not None:
            return _typed_close(words, settings, self.now(actor), day)
        usual = settings.calendar.usual_early_close(day)
        if usual is None:
            raise CloseTimeError("When does it close? Use the option closes, such as 13:00.")
        return usual


def _overridden(settings: GuildSettings, day: datetime.date, override: Override) -> Session | None:
    """Return the session of the day with the override.

    Raises:
        CloseTimeError: it would not close between its open and its regular close.
    """
    with_open = dataclasses.replace(settings.calendar, overrides={day: Override(DayKind.OPEN)})
    regular = with_open.session_of(day, settings.timezone)
    early = override.closes_at
    if regular and early and not regular.opens_at < early < regular.closes_at:
        hours = HOURS[with_open.exchange]
        whose = "the exchange" if hours.timezone else "this server"
        raise CloseTimeError(
            f"A session is from {hours.opens:%H:%M} to {hours.closes:%H:%M} by {whose}’s clock. "
            "Write a time between them, such as 13:00."
        )
    return dataclasses.replace(with_open, overrides={day: override}).session_of(day, settings.timezone)


def _typed_close(words: str, settings: GuildSettings, now: datetime.datetime, day: datetime.date) -> datetime.datetime:
    timezone = HOURS[settings.calendar.exchange].timezone or settings.timezone
    try:
        return parse_moment(words, timezone, now, day)
    except UnknownMomentError as error:
        raise CloseTimeError(error.with_advice("Write when it closes, such as 13:00.")) from error
    except RepeatedTimeError as error:
        raise CloseTimeError(error.why) from error
