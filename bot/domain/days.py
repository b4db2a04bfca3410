"""Parsing and formatting of days."""

import calendar
import contextlib
import dataclasses
import datetime
import difflib
import enum
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import TypeAlias

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
YEARS = range(2000, 2100)
"""Accepted years; others are taken for typing mistakes."""

_OFFSETS = {"": 0, "today": 0, "tomorrow": 1, "tmrw": 1, "tmr": 1, "yesterday": -1}
_WEEKDAY_NUMBERS = {name: number for number, weekday in enumerate(WEEKDAYS) for name in (weekday, weekday[:3])} | {
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
_MONTH_NUMBERS = {name.lower(): number for number, month in enumerate(MONTHS, 1) for name in (month, month[:3])} | {
    "sept": 9
}
WEEKDAY_NAMES = frozenset(_WEEKDAY_NUMBERS)
DAY_WORDS = WEEKDAY_NAMES | _MONTH_NUMBERS.keys() | _OFFSETS.keys() | {"next", "last", "this"}
"""Words that can be part of a day."""
_WEEKDAY = f"(?P<weekday>{'|'.join(_WEEKDAY_NUMBERS)})"
_MONTH = f"(?P<month>{'|'.join(_MONTH_NUMBERS)})"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = "(?P<year>[0-9]{4})"
_FORMS = {
    "away": re.compile(r"(?P<away>[+-][0-9]{1,3})"),
    "weekday": re.compile(f"(?:(?P<which>next|last|this) )?{_WEEKDAY}"),
    "iso": re.compile(f"(?:{_WEEKDAY} )?{_YEAR}-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}})"),
    "month_first": re.compile(f"(?:{_WEEKDAY} )?{_MONTH} {_DAY}(?: {_YEAR})?"),
    "day_first": re.compile(f"(?:{_WEEKDAY} )?{_DAY} {_MONTH}(?: {_YEAR})?"),
    "numbers": re.compile(
        f"(?:{_WEEKDAY} )?(?P<first>[0-9]{{1,2}})(?P<mark>[./-])(?P<second>[0-9]{{1,2}})"
        r"(?:(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})|(?<=\.[0-9])\.|(?<=\.[0-9]{2})\.)?"
    ),
}
"""Accepted formats besides the words of `_OFFSETS`; `written_forms` uses them too."""
_ABBREVIATED = re.compile(r"(?<=[a-z])\.")
_LABEL_END = re.compile(r" \((?:(?:today|tomorrow|yesterday|half day|closed)(?: |(?=\))))+\)$")
NEXT_SESSION = "next session"
_WORD_SHOWN = 40
_YEARS_HINT = f"Plans are for the years {YEARS.start} to {YEARS.stop - 1}."


NextSession: TypeAlias = Callable[[datetime.date], datetime.date]
"""Returns the first day after this one that has a session."""


class DateOrder(enum.StrEnum):
    """The place of the month in a date such as 11/12. The queue's file has these values."""

    MONTH_FIRST = "month_first"
    DAY_FIRST = "day_first"


class UnknownDayError(ValueError):
    """The words are not a day; `why` is a sentence for the user."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotADayError(UnknownDayError):
    """The words are nothing like a day, or a misspelled one: `near` is the likeliest."""

    def __init__(self, words: str) -> None:
        relative = [f"{which} {weekday}" for which in ("next", "last") for weekday in WEEKDAYS]
        known = ["today", "tomorrow", "yesterday", *WEEKDAYS, *relative]
        self.near = next(iter(difflib.get_close_matches(words[:_WORD_SHOWN], known, n=1, cutoff=0.7)), None)
        shown = words if len(words) <= _WORD_SHOWN else words[:_WORD_SHOWN] + "…"
        super().__init__(f"“{shown}” is not a day." + (f" Did you mean {self.near}?" if self.near else ""))


class AmbiguousDayError(UnknownDayError):
    """The words can mean two days, as the user's date order is not known."""

    def __init__(self, first: datetime.date, second: datetime.date) -> None:
        super().__init__(f"That can be {long_day(first)} or {long_day(second)}.")
        self.days = (first, second)


def long_day(day: datetime.date) -> str:
    """Format the day in full: `Monday 23 November 2026`."""
    return f"{weekday_name(day)} {date_alone(day)}"


def weekday_name(day: datetime.date) -> str:
    """Return the name of the day's weekday: `Monday`."""
    return WEEKDAYS[day.weekday()].title()


def date_alone(day: datetime.date) -> str:
    """Format the day without its weekday: `23 November 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: datetime.date) -> str:
    """Format the day in brief: `Mon 23 Nov`."""
    return f"{WEEKDAYS[day.weekday()][:3].title()} {day.day} {MONTHS[day.month - 1][:3]}"


def short_date(day: datetime.date) -> str:
    """Format the day in brief with its year: `Mon 23 Nov 2026`."""
    return f"{short_day(day)} {day.year}"


def listed_day(day: datetime.date, today: datetime.date) -> str:
    """Format the day in brief, with its year if that is not this year."""
    return short_day(day) if day.year == today.year else short_date(day)


def open_days(
    start: datetime.date, count: int, is_closed: Callable[[datetime.date], bool], step: int = 1
) -> list[datetime.date]:
    """Return `count` days that are not closed, from `start` on; `step` -1: backward."""
    days = (start + datetime.timedelta(days=step * number) for number in itertools.count())
    return list(itertools.islice(itertools.filterfalse(is_closed, days), count))


def parse_day(
    words: str | None,
    today: datetime.date,
    order: DateOrder | None = None,
    next_session: NextSession | None = None,
) -> datetime.date:
    """Parse a day relative to `today`; None or empty means today. `next session` needs to know which that is.

    Besides today, tomorrow, yesterday and `+1`: `friday` is the next friday, including today; `next friday` the first
    after today; `last friday` the latest before today. Dates are `2026-11-23`, `nov 23`, `23 november 2026`, `23.11.`
    and, in the user's `order`, `11/23`; without a year the nearest is meant, or this year's if only that fits a given
    weekday. Case, commas, spaces and dots after letters don't matter.

    Raises:
        AmbiguousDayError: the date differs by date order, and `order` is None.
        UnknownDayError: not a day.
    """
    text = plain(words)
    if text in _OFFSETS:
        return today + datetime.timedelta(days=_OFFSETS[text])
    if text == NEXT_SESSION and next_session:
        return _in_years(next_session(today))
    for form, pattern in _FORMS.items():
        if found := pattern.fullmatch(_LABEL_END.sub("", text)):
            return _in_years(_read(form, found, today, order))
    raise NotADayError(text)


def plain(words: str | None) -> str:
    """Normalize typed words: lower case, ASCII digits, single spaces, no commas, dots after letters, hidden marks."""
    seen = (each for each in unicodedata.normalize("NFKC", words or "") if unicodedata.category(each) != "Cf")
    return " ".join(_ABBREVIATED.sub("", "".join(seen).casefold()).replace(",", " ").split())


def written_forms(day: datetime.date, today: datetime.date, order: DateOrder | None = None) -> list[str]:
    """Return every accepted form of a day within half a year of `today`, normalized like `plain`."""
    away, weekday = (day - today).days, WEEKDAYS[day.weekday()]
    month, year = MONTHS[day.month - 1].lower(), day.year
    dates = [f"{month} {day.day}", f"{month[:3]} {day.day}", f"{day.day} {month}", f"{day.day} {month[:3]}"]
    dates = [f"{before}{date}" for before in ("", f"{weekday} ", f"{weekday[:3]} ") for date in dates]
    slashes = {DateOrder.MONTH_FIRST: f"{day.month}/{day.day}", DateOrder.DAY_FIRST: f"{day.day}/{day.month}"}
    numbers = [f"{day.day}.{day.month}.", *([slashes[order]] if order else slashes.values())]
    return [
        *(word for word, offset in _OFFSETS.items() if word and offset == away),
        *(f"{which}{name}" for which in _which(away) for name in (weekday, weekday[:3])),
        f"{away:+}",
        *dates,
        *(f"{date} {year}" for date in dates),
        *numbers,
        *(f"{date.rstrip('.')}{date[-1] if date.endswith('.') else '/'}{year}" for date in numbers),
        day.isoformat(),
    ]


def _which(away: int) -> list[str]:
    """Return the words that, before a weekday's name, mean the day this many days away."""
    spans = {"": range(7), "this ": range(7), "next ": range(1, 8), "last ": range(-7, 0)}
    return [which for which, span in spans.items() if away in span]


def _read(form: str, found: re.Match[str], today: datetime.date, order: DateOrder | None) -> datetime.date:
    if form == "away":
        return today + datetime.timedelta(days=int(found["away"]))
    weekday = _WEEKDAY_NUMBERS.get(found["weekday"])
    if form == "weekday":
        return _weekday(found["which"], _WEEKDAY_NUMBERS[found["weekday"]], today)
    year = int(found["year"]) if found["year"] else None
    if form == "numbers":
        date = _Date(int(found["first"]), int(found["second"]), year and (year if year > 99 else 2000 + year), weekday)
        return _numbers(date, today, DateOrder.DAY_FIRST if found["mark"] == "." else order)
    month = int(found["month"]) if form == "iso" else _MONTH_NUMBERS[found["month"]]
    return _Date(int(found["day"]), month, year, weekday).nearest(today)


@dataclasses.dataclass(frozen=True, slots=True)
class _Date:
    """A date as typed, which may not exist."""

    day: int
    month: int
    year: int | None
    weekday: int | None

    def nearest(self, today: datetime.date) -> datetime.date:
        """Return the day; without a year the nearest to `today`, or this year's if only that has the weekday.

        Raises:
            UnknownDayError: no such day exists.
        """
        days = list(self._days(today)) or [_calendar_day(self.year or today.year, self.month, self.day)]
        nearest = min(days, key=lambda day: (abs(day - today), day < today))
        listed = [day for day in days if day.year == today.year]  # as `listed_day` formats it
        for day in (nearest, *listed):
            if self._fits(day):
                return day
        weekday, date = long_day(nearest).split(" ", 1)
        raise UnknownDayError(f"{date} is a {weekday}.")

    def _fits(self, day: datetime.date) -> bool:
        return self.weekday in (None, day.weekday())

    def turned(self) -> "_Date":
        """Return the date with day and month exchanged."""
        return dataclasses.replace(self, day=self.month, month=self.day)

    def _days(self, today: datetime.date) -> Iterator[datetime.date]:
        for year in (today.year - 1, today.year, today.year + 1) if self.year is None else (self.year,):
            with contextlib.suppress(UnknownDayError):
                yield _calendar_day(year, self.month, self.day)


def _numbers(date: _Date, today: datetime.date, order: DateOrder | None) -> datetime.date:
    """Return the day of a numeric date, which was parsed day first, by `order`."""
    readings = {DateOrder.DAY_FIRST: date, DateOrder.MONTH_FIRST: date.turned()}
    days: dict[DateOrder, datetime.date] = {}
    for each, reading in readings.items():
        with contextlib.suppress(UnknownDayError):
            days[each] = reading.nearest(today)
    if order and order in days:
        return days[order]
    if not days:
        return readings[order or (DateOrder.DAY_FIRST if date.day > 12 else DateOrder.MONTH_FIRST)].nearest(today)
    first, *others = sorted(set(days.values()))
    if others:
        raise AmbiguousDayError(first, *others)
    return first


def _in_years(day: datetime.date) -> datetime.date:
    if day.year not in YEARS:
        raise UnknownDayError(_YEARS_HINT)
    return day


def _weekday(which: str | None, number: int, today: datetime.date) -> datetime.date:
    ahead = (number - today.weekday()) % 7
    if which == "last":
        ahead -= 7
    elif which == "next" and ahead == 0:
        ahead = 7
    return today + datetime.timedelta(days=ahead)


def _calendar_day(year: int, month: int, day: int) -> datetime.date:
    if year not in YEARS:
        raise UnknownDayError(_YEARS_HINT)
    if not 1 <= month <= 12:
        raise UnknownDayError(f"There is no month {month}: a year has 12.")
    length = calendar.monthrange(year, month)[1]
    if not 1 <= day <= length:
        raise UnknownDayError(f"{MONTHS[month - 1]} {year} has {length} days.")
    return datetime.date(year, month, day)
