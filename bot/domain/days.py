"""What a coach means by a day, and how a day is written for people."""

import calendar
import datetime
import difflib
import functools
import re
import zoneinfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
YEARS = range(2000, 2100)
"""Outside these a year is taken for a slip of the finger."""

_OFFSETS = {"": 0, "today": 0, "tomorrow": 1, "yesterday": -1}
_WEEKDAY_NUMBERS = {name: number for number, weekday in enumerate(WEEKDAYS) for name in (weekday, weekday[:3])}
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_WORD_SHOWN = 40


class UnknownDayError(ValueError):
    """The words name no day; `why` is a sentence for the one who wrote them."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def long_day(day: datetime.date) -> str:
    """The day in full: `Monday 23 November 2026`."""
    return f"{WEEKDAYS[day.weekday()].title()} {day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: datetime.date) -> str:
    """The day in brief: `Mon 23 Nov`."""
    return f"{WEEKDAYS[day.weekday()][:3].title()} {day.day} {MONTHS[day.month - 1][:3]}"


def listed_day(day: datetime.date, today: datetime.date) -> str:
    """The day in brief in a list: with its year, where that is not this one."""
    return short_day(day) if day.year == today.year else f"{short_day(day)} {day.year}"


@functools.cache
def zone_of(timezone: str) -> zoneinfo.ZoneInfo:
    """Return the time zone of this name, read from its file once.

    Raises:
        OSError: the file can't be read.
        zoneinfo.ZoneInfoNotFoundError: there is no such time zone.
    """
    return zoneinfo.ZoneInfo(timezone)


def today_in(timezone: str, now: datetime.datetime) -> datetime.date:
    """The date that the clocks on the wall show in `timezone` at the moment `now`."""
    return now.astimezone(zone_of(timezone)).date()


def next_sessions(today: datetime.date, count: int) -> list[datetime.date]:
    """The next `count` weekdays, soonest first, today counting when it is one."""
    span = (today + datetime.timedelta(days=ahead) for ahead in range(count * 7 // 5 + 3))
    return [day for day in span if day.weekday() < 5][:count]


def parse_day(words: str | None, today: datetime.date) -> datetime.date:
    """The day that `words` mean, said on `today`; nothing said means today.

    Besides today, tomorrow, yesterday and ISO dates: `friday` is the next friday, today counting;
    `next friday` is the first after today; `last friday` the latest before today. Case and blanks
    don't matter.

    Raises:
        UnknownDayError: they name no day.
    """
    said = " ".join((words or "").casefold().split())
    if said in _OFFSETS:
        return today + datetime.timedelta(days=_OFFSETS[said])
    if date := _ISO_DAY.fullmatch(said):
        return _calendar_day(*map(int, date.groups()))
    which, _, name = said.rpartition(" ")
    if name in _WEEKDAY_NUMBERS and which in ("", "next", "last"):
        return _weekday(which, _WEEKDAY_NUMBERS[name], today)
    raise UnknownDayError(_not_a_day(said))


def _weekday(which: str, number: int, today: datetime.date) -> datetime.date:
    ahead = (number - today.weekday()) % 7
    if which == "last":
        ahead -= 7
    elif which == "next" and ahead == 0:
        ahead = 7
    return today + datetime.timedelta(days=ahead)


def _calendar_day(year: int, month: int, day: int) -> datetime.date:
    if year not in YEARS:
        raise UnknownDayError(f"Plans are for the years {YEARS.start} to {YEARS.stop - 1}.")
    if not 1 <= month <= 12:
        raise UnknownDayError(f"There is no month {month}: a year has 12.")
    length = calendar.monthrange(year, month)[1]
    if not 1 <= day <= length:
        raise UnknownDayError(f"{MONTHS[month - 1]} {year} has {length} days.")
    return datetime.date(year, month, day)


def _not_a_day(said: str) -> str:
    relative = [f"{which} {weekday}" for which in ("next", "last") for weekday in WEEKDAYS]
    words = [*filter(None, _OFFSETS), *WEEKDAYS, *relative]
    near = difflib.get_close_matches(said[:_WORD_SHOWN], words, n=1, cutoff=0.7)
    shown = said if len(said) <= _WORD_SHOWN else said[:_WORD_SHOWN] + "…"
    return f"“{shown}” is not a day." + (f" Did you mean {near[0]}?" if near else "")
