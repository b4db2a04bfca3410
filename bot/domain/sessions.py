"""Trading sessions: which days an exchange trades, and from when to when."""

import dataclasses
import datetime
import enum
import itertools
from collections.abc import Collection, Mapping
from typing import Final

from bot.domain.days import YEARS
from bot.domain.zones import zone_of

_SATURDAY: Final = 5
_NOVEMBER: Final = 11
_THURSDAY: Final = 3


class Exchange(enum.StrEnum):
    """Exchanges whose sessions a guild can follow; a place is named by its market identifier code (ISO 10383)."""

    NYSE = "NYSE"
    XCME = "XCME"
    XLON = "XLON"
    XETR = "XETR"
    XJPX = "XJPX"
    WEEKDAYS = "weekdays"
    """Monday to Friday, without holidays, from midnight to midnight in the guild's time zone."""
    EVERY_DAY = "every_day"
    """All days, from midnight to midnight in the guild's time zone."""

    @property
    def label(self) -> str:
        """The name for people: `NYSE (New York)`."""
        return _LABELS[self]

    @property
    def has_holidays(self) -> bool:
        """True if its calendar is computed for each year."""
        return self not in (Exchange.WEEKDAYS, Exchange.EVERY_DAY)

    @property
    def first_year(self) -> int:
        """The first year whose calendar can be computed."""
        return 2016 if self is Exchange.XETR else YEARS.start


_LABELS: Final = {
    Exchange.NYSE: "NYSE (New York)",
    Exchange.XCME: "CME (Chicago)",
    Exchange.XLON: "LSE (London)",
    Exchange.XETR: "Xetra (Frankfurt)",
    Exchange.XJPX: "JPX (Tokyo)",
    Exchange.WEEKDAYS: "weekdays",
    Exchange.EVERY_DAY: "every day",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Hours:
    """The opening hours of an exchange, in its own time."""

    timezone: str | None
    """An IANA name; None: the guild's time zone."""
    opens: datetime.time
    closes: datetime.time
    """Midnight is the one that ends the day."""
    half_day_closes: datetime.time | None = None
    """None: it has no half days."""
    pause: tuple[datetime.time, datetime.time] | None = None
    """A break in each session: its begin and its end."""


_ALL_DAY: Final = Hours(None, datetime.time(0), datetime.time(0))
HOURS: Final[Mapping[Exchange, Hours]] = {
    # https://www.nyse.com/markets/hours-calendars: core session; half days close at 13:00.
    Exchange.NYSE: Hours("America/New_York", datetime.time(9, 30), datetime.time(16), datetime.time(13)),
    # Regular trading hours of the equity index futures, which trade nearly around the clock:
    # https://www.cmegroup.com/markets/equities/sp/e-mini-sandp500.contractSpecs.html. Half days end at 12:00:
    # https://www.cmegroup.com/tools-information/holiday-calendar.html. (On the day after Thanksgiving and on Christmas
    # Eve it is 12:15: a manager can override them.)
    Exchange.XCME: Hours("America/Chicago", datetime.time(8, 30), datetime.time(15), datetime.time(12)),
    # https://www.londonstockexchange.com/equities-trading/business-days: continuous trading, without the auctions.
    Exchange.XLON: Hours("Europe/London", datetime.time(8), datetime.time(16, 30), datetime.time(12, 30)),
    # https://www.xetra.com/xetra-en/trading/trading-calendar-and-trading-hours: continuous trading. The last
    # trading day ends at 14:00, as is announced each December (https://eurex.com/ex-en/find/circulars/circular-2341470):
    # it is a half day when a manager says so.
    Exchange.XETR: Hours("Europe/Berlin", datetime.time(9), datetime.time(17, 30), datetime.time(14)),
    # https://www.jpx.co.jp/english/equities/trading/domestic/01.html: until 15:30 since 5 November 2024, with a break.
    Exchange.XJPX: Hours(
        "Asia/Tokyo",
        datetime.time(9),
        datetime.time(15, 30),
        pause=(datetime.time(11, 30), datetime.time(12, 30)),
    ),
    Exchange.WEEKDAYS: _ALL_DAY,
    Exchange.EVERY_DAY: _ALL_DAY,
}


class DayKind(enum.StrEnum):
    """Kinds of days of an exchange."""

    OPEN = "open"
    HALF_DAY = "half_day"
    CLOSED = "closed"


@dataclasses.dataclass(frozen=True, slots=True)
class Session:
    """The trading of one day, at aware UTC times."""

    day: datetime.date
    opens_at: datetime.datetime
    closes_at: datetime.datetime
    is_half_day: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Override:
    """A day as the guild's managers say that it is."""

    kind: DayKind
    closes_at: datetime.datetime | None = None
    """Of a half day, in UTC."""


class MissingYearError(LookupError):
    """The calendar of an exchange does not have a year, so a day of it may be closed; `why` is for the user."""

    def __init__(self, exchange: Exchange, year: int) -> None:
        self.why = f"The sessions of {exchange.label} in {year} are not known" + (
            " yet." if year >= exchange.first_year else ". Write a time such as 09:30."
        )
        super().__init__(self.why)
        self.exchange = exchange
        self.year = year


@dataclasses.dataclass(frozen=True, slots=True)
class SessionCalendar:
    """The sessions of a guild: those of its exchange, and what its managers override."""

    exchange: Exchange = Exchange.NYSE
    years: Collection[int] = ()
    """The years whose closed and half days are known."""
    days: Mapping[datetime.date, DayKind] = dataclasses.field(default_factory=dict[datetime.date, DayKind])
    """The closed days and the half days of the exchange in those years, beside weekends."""
    overrides: Mapping[datetime.date, Override] = dataclasses.field(default_factory=dict[datetime.date, Override])

    def kind_of(self, day: datetime.date) -> DayKind:
        """Return the kind of a day.

        Raises:
            MissingYearError: it is not known.
        """
        if override := self.overrides.get(day):
            return override.kind
        if self.exchange is not Exchange.EVERY_DAY and day.weekday() >= _SATURDAY:
            return DayKind.CLOSED
        if self.exchange.has_holidays and day.year not in self.years:
            raise MissingYearError(self.exchange, day.year)
        return self.days.get(day, DayKind.OPEN)

    def missing_years(self, today: datetime.date) -> list[int]:
        """Return which of this year and the next are not known."""
        years = (today.year, today.year + 1) if self.exchange.has_holidays else ()
        return [year for year in years if year not in self.years]

    def is_closed(self, day: datetime.date) -> bool:
        """Return true if the day is known to be closed."""
        return self._known_kind(day) is DayKind.CLOSED

    def early_close(self, day: datetime.date) -> datetime.datetime | None:
        """Return when a half day closes, in UTC; None: the day is not known to be one."""
        if self._known_kind(day) is not DayKind.HALF_DAY:
            return None
        override = self.overrides.get(day)
        return override.closes_at if override else self.usual_early_close(day)

    def usual_early_close(self, day: datetime.date) -> datetime.datetime | None:
        """Return when the exchange closes if the day is a half day, in UTC; None: it has no half days."""
        hours = HOURS[self.exchange]
        if hours.timezone is None or hours.half_day_closes is None:
            return None
        return _at(day, hours.half_day_closes, hours.timezone)

    def session_of(self, day: datetime.date, timezone: str) -> Session | None:
        """Return the session of a day; None: closed. `timezone` is the guild's, for an exchange that has no place.

        Raises:
            MissingYearError: it is not known.
        """
        if self.kind_of(day) is DayKind.CLOSED:
            return None
        hours, early = HOURS[self.exchange], self.early_close(day)
        zone = hours.timezone or timezone
        last = day if hours.closes > hours.opens else day + datetime.timedelta(days=1)
        return Session(day, _at(day, hours.opens, zone), early or _at(last, hours.closes, zone), early is not None)

    def next_session_day(self, after: datetime.date) -> datetime.date:
        """Return the first day after this one that has a session.

        Raises:
            MissingYearError: it is not known.
        """
        later = (after + datetime.timedelta(days=ahead) for ahead in itertools.count(1))
        return next(day for day in later if self.kind_of(day) is not DayKind.CLOSED)

    def _known_kind(self, day: datetime.date) -> DayKind | None:
        try:
            return self.kind_of(day)
        except MissingYearError:
            return None


def corrected(exchange: Exchange, days: Mapping[datetime.date, DayKind]) -> dict[datetime.date, DayKind]:
    """Return the closed and half days of an exchange, without weekends, and with what the computed ones get wrong.

    The equity index futures of CME trade until 12:00 on Thanksgiving, which is computed as closed:
    https://www.cmegroup.com/tools-information/holiday-calendar.html.
    """
    weekdays = {day: kind for day, kind in days.items() if day.weekday() < _SATURDAY}
    if exchange is not Exchange.XCME:
        return weekdays
    return weekdays | {_thanksgiving(year): DayKind.HALF_DAY for year in {day.year for day in days}}


def _thanksgiving(year: int) -> datetime.date:
    """Return the fourth Thursday of November (5 U.S.C. 6103)."""
    first = datetime.date(year, _NOVEMBER, 1)
    return first + datetime.timedelta(days=(_THURSDAY - first.weekday()) % 7 + 21)


def _at(day: datetime.date, time: datetime.time, timezone: str) -> datetime.datetime:
    """Return the local time in UTC: one that the clock skips as the instant after the gap, of two the first."""
    return datetime.datetime.combine(day, time, zone_of(timezone)).astimezone(datetime.UTC)
