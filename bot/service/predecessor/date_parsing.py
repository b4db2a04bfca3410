"""Parsing of the predecessor's days and times in many formats; ambiguous ones are rejected."""

import dataclasses
import datetime
import re
import zoneinfo

from bot.domain.days import MONTHS, WEEKDAYS, YEARS
from bot.domain.times import instants
from storage.shown_text import quoted

_ENDING = re.compile(r"(?<=[0-9])(?:st|nd|rd|th)\b")
_MONTH = "|".join([*(month.lower() for month in MONTHS), *(month[:3].lower() for month in MONTHS), "sept"])
_WEEKDAY = "|".join([*WEEKDAYS, *(weekday[:3] for weekday in WEEKDAYS)])
_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})(?P<gap>[-/.])(?P<month>[0-9]{1,2})(?P=gap)(?P<day>[0-9]{1,2})")
_TOGETHER = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_YEAR_LAST = re.compile(r"(?P<one>[0-9]{1,2})(?P<gap>[-/.])(?P<two>[0-9]{1,2})(?P=gap)(?P<year>[0-9]{4})")
_NO_CENTURY = re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{1,2}")
_NAMED = (
    re.compile(rf"(?P<day>[0-9]{{1,2}})[ -](?P<month>{_MONTH})\.?,?[ -](?P<year>[0-9]{{4}})"),
    re.compile(rf"(?P<month>{_MONTH})\.? (?P<day>[0-9]{{1,2}}),? (?P<year>[0-9]{{4}})"),
    re.compile(rf"(?P<year>[0-9]{{4}})[ -](?P<month>{_MONTH})[ -](?P<day>[0-9]{{1,2}})"),
)
_ON_WEEKDAY = re.compile(rf"(?P<weekday>{_WEEKDAY})\.?,? (?P<rest>.+)")
_AT_MIDNIGHT = re.compile(r"(.*[0-9])(?:t| )00:00(?::00(?:\.0+)?)?")
_MOMENT = re.compile(
    r"(?P<day>.+?[0-9])(?:t|,? (?:at )?)"
    r"(?P<hour>[0-9]{1,2})"
    r"(?:(?P<colon>:?)(?P<minute>[0-9]{2})(?:(?P=colon)(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?)?"
    r" ?(?P<half>[ap]\.?m\.?)?"
    r" ?(?P<offset>z|utc|gmt|[+-][0-9]{2}:?[0-9]{2})?"
)
_MAX_LENGTH = 60
"""Limit of characters; longer values are not dates."""


class DateError(ValueError):
    """The words are not a day or time, or are ambiguous; the message is the end of a sentence about them."""


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedDate:
    """A parsed point in time."""

    instants: tuple[datetime.datetime, ...]
    """In UTC, oldest first: one, or both times of a repeated local time."""
    is_in_gap: bool = False
    """True: the local time was skipped when clocks were set forward; read as if they had not been."""

    @property
    def is_twice(self) -> bool:
        """True for a repeated local time."""
        return len(self.instants) > 1

    def after(self, before: datetime.datetime | None) -> datetime.datetime:
        """Return the first of the times that is not before this one."""
        fitting = [instant for instant in self.instants if before is None or instant >= before]
        return fitting[0] if fitting else self.instants[-1]


def read_day(words: str | None) -> datetime.date:
    """Parse a day.

    Raises:
        DateError: not a day, or ambiguous.
    """
    normalized = _normalized(words)
    midnight = _AT_MIDNIGHT.fullmatch(normalized)
    return _day(midnight[1] if midnight else normalized, words)


def read_moment(words: str | None, timezone: zoneinfo.ZoneInfo) -> ParsedDate:
    """Parse a point in time; without an offset it is local to `timezone`.

    Raises:
        DateError: not a day, or ambiguous.
    """
    parts = _MOMENT.fullmatch(_normalized(words))
    if parts is None or not (parts["colon"] or parts["half"] or (parts["minute"] and len(parts["hour"]) == 2)):
        raise DateError(f"{quoted(words)} is not a day with a time")
    local = datetime.datetime.combine(_day(parts["day"], words), _time(parts, words))
    if parts["offset"]:
        return ParsedDate((local.replace(tzinfo=_offset(parts["offset"], words)).astimezone(datetime.UTC),))
    if times := instants(local, timezone):
        return ParsedDate(tuple(times))
    return ParsedDate((local.replace(tzinfo=timezone).astimezone(datetime.UTC),), is_in_gap=True)


def _normalized(words: str | None) -> str:
    normalized = " ".join((words or "").casefold().split())
    if not normalized:
        raise DateError("it is empty")
    if len(normalized) > _MAX_LENGTH:
        raise DateError(f"{quoted(words)} is too long")
    return _ENDING.sub("", normalized)


def _day(normalized: str, words: str | None) -> datetime.date:
    if named := _ON_WEEKDAY.fullmatch(normalized):
        day = _day(named["rest"], words)
        if not WEEKDAYS[day.weekday()].startswith(named["weekday"]):
            raise DateError(f"{quoted(words)} is a {WEEKDAYS[day.weekday()].title()}")
        return day
    for form in (_YEAR_FIRST, _TOGETHER):
        if parts := form.fullmatch(normalized):
            return _date(int(parts["year"]), int(parts["month"]), int(parts["day"]), words)
    for form in _NAMED:
        if parts := form.fullmatch(normalized):
            month = next(number for number, name in enumerate(MONTHS, 1) if name[:3].lower() == parts["month"][:3])
            return _date(int(parts["year"]), month, int(parts["day"]), words)
    if parts := _YEAR_LAST.fullmatch(normalized):
        return _either(int(parts["one"]), int(parts["two"]), int(parts["year"]), words)
    if _NO_CENTURY.fullmatch(normalized):
        raise DateError(f"{quoted(words)} can be read in several ways")
    raise DateError(f"{quoted(words)} is not a day")


def _either(one: int, two: int, year: int, words: str | None) -> datetime.date:
    """Return the day if only one of two numbers can be the month, or both are the same."""
    if one != two and max(one, two) <= 12:
        raise DateError(f"{quoted(words)} can be read in two ways: as day and month, or as month and day")
    return _date(year, min(one, two), max(one, two), words)


def _date(year: int, month: int, day: int, words: str | None) -> datetime.date:
    if year not in YEARS:
        raise DateError(f"{quoted(words)} is not in the years {YEARS.start} to {YEARS.stop - 1}")
    try:
        return datetime.date(year, month, day)
    except ValueError as error:
        raise DateError(f"{quoted(words)} is not in the calendar") from error


def _time(parts: re.Match[str], words: str | None) -> datetime.time:
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    if parts["half"]:
        if not 1 <= hour <= 12:
            raise DateError(f"{quoted(words)} has no such hour")
        hour = hour % 12 + (12 if parts["half"].startswith("p") else 0)
    try:
        return datetime.time(hour, minute, second, int((parts["fraction"] or "")[:6].ljust(6, "0")))
    except ValueError as error:
        raise DateError(f"{quoted(words)} has a time that no clock shows") from error


def _offset(offset: str, words: str | None) -> datetime.tzinfo:
    if offset in ("z", "utc", "gmt"):
        return datetime.UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 14 or minutes > 59:
        raise DateError(f"{quoted(words)} has an offset that no clock has")
    ahead = datetime.timedelta(hours=hours, minutes=minutes)
    return datetime.timezone(-ahead if offset[0] == "-" else ahead)
