"""Parsing and formatting of points in time."""

import dataclasses
import datetime
import re

from bot.domain.days import (
    DAY_WORDS,
    WEEKDAY_NAMES,
    YEARS,
    DateOrder,
    NotADayError,
    UnknownDayError,
    parse_day,
    plain,
    short_day,
)
from bot.domain.zones import today_in, zone_of

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_INSTANT = datetime.timedelta(microseconds=1)
_DAY = datetime.timedelta(days=1)
_WRITE = "Write 09:31, friday 16:00, 2026-11-20 09:31 or 20 minutes ago."
_WORD_SHOWN = 40
_MAX_LENGTH = 60
"""Limit of characters; longer input is not a time."""

_NAMED_TIMES = {"noon": "12:00", "midnight": "00:00"}
_FILLERS = {"at", "on"}
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})"
    r"(?:h|(?:[.h]?(?P<minute>[0-9]{2})"
    r"|:(?P<minutes>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6}))?)?"
    r"|(?=[ap]))(?:(?P<half>[ap])\.?m\.?)?)"
)
_AGO = re.compile(r"(?P<count>[0-9]{1,6}|an?) ?(?:(?P<minutes>m|mins?|minutes?)|h|hrs?|hours?) ago")
_STAMP = re.compile(r"<t:(?P<seconds>-?[0-9]{1,13})(?::[a-z])?>")
"""Seconds since 1970: https://docs.discord.com/developers/reference#message-formatting."""
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?")
_MAX_OFFSET = 14
"""Hours: Kiribati's clocks are the farthest from UTC."""
_ABBREVIATION = re.compile(r"[a-z]{2,4}")
_LOOSE_COLON = re.compile(r"(?<=[0-9]) ?: ?(?=[0-9])")
_LOOSE_HALF = re.compile(r"(?<=[0-9]) (?=[ap]\.?m\.?(?: |$))")
_ISO_T = re.compile(r"(?<=-[0-9]{2})t(?=[0-9])")
_TIGHT_OFFSET = re.compile(r"(:[0-9]{2}(?:\.[0-9]+)?)(z|[+-][0-9]{2}(?::?[0-9]{2})?)(?= |$)")


class UnknownMomentError(ValueError):
    """The words are not a time; `why` is a sentence for the user."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def with_advice(self, advice: str) -> str:
        """Return the sentence with this advice in place of examples of all times that can be typed."""
        return self.why.replace(_WRITE, advice)


class RepeatedTimeError(ValueError):
    """The local time occurred twice that day, as clocks were set back: at `first` and at `second`, both in UTC."""

    def __init__(self, first: datetime.datetime, second: datetime.datetime, why: str) -> None:
        super().__init__(why)
        self.first = first
        self.second = second
        self.why = why


def short_moment(moment: datetime.datetime, timezone: str) -> str:
    """Format the local time in `timezone`: `Mon 23 Nov 2026 09:31 EST`."""
    return _moment_text(moment, timezone, "minutes")


def exact_moment(moment: datetime.datetime, timezone: str) -> str:
    """Format the local time as `short_moment` does, with its seconds and microseconds where it has some."""
    return _moment_text(moment, timezone, "auto" if moment.second or moment.microsecond else "minutes")


def parse_moment(
    words: str,
    timezone: str,
    now: datetime.datetime,
    day: datetime.date | None = None,
    order: DateOrder | None = None,
    since: datetime.datetime | None = None,
) -> datetime.datetime:
    """Parse a point in time, typed at `now` in `timezone`, and return it in UTC.

    A time without a day is on `day` (None: today); if that is in the future, it is the last such time, unless that is
    before `since`. A day without a time is its last microsecond, or `now` for today. Days are parsed like `parse_day`
    in the user's `order`, except that `friday` is the latest friday, including today. An offset, `Z` or `UTC` overrides
    the time zone. The result may be in the future.

    Raises:
        UnknownMomentError: not a time.
        RepeatedTimeError: the clock has shown that time twice that day, and no `EST` or `-05:00` decides which.
    """
    typed = _plain(words)
    if instant := _instant(typed, now):
        return instant
    rest = [_NAMED_TIMES.get(word, word) for word in typed.split() if word not in _FILLERS]
    zone = zone_of(timezone)
    today = today_in(timezone, now)
    if not any(map(_TIME.fullmatch, rest)) or (len(rest) > 1 and _is_day(" ".join(rest), today, order)):
        only_day = _day(" ".join(rest), today, order, words)
        return now.astimezone(datetime.UTC) if only_day == today else _end_of(only_day, zone)
    parts = _parts(rest, words)
    clock = _offset(parts.zone) or zone
    today = now.astimezone(clock).date()
    local_day = day if day and not parts.day else _day(parts.day or "today", today, order, words)
    abbreviation = parts.zone if clock is zone else ""
    if not parts.day and since and local_day >= today:
        for latest in (today, today - _DAY):
            local = datetime.datetime.combine(latest, parts.time)
            if any(since <= instant <= now for instant in instants(local, clock)):
                return _resolve(local, clock, abbreviation, now)
    return _resolve(datetime.datetime.combine(local_day, parts.time), clock, abbreviation, now)


def _instant(typed: str, now: datetime.datetime) -> datetime.datetime | None:
    """Return the time of `now`, `20 minutes ago` or a timestamp of Discord's; None: other words."""
    if typed == "now":
        return now.astimezone(datetime.UTC)
    if ago := _AGO.fullmatch(typed):
        count = 1 if ago["count"].startswith("a") else int(ago["count"])
        return _in_years((now.astimezone(datetime.UTC) - _EPOCH) - count * _unit(ago))
    if stamp := _STAMP.fullmatch(typed):
        return _in_years(datetime.timedelta(seconds=int(stamp["seconds"])))
    return None


def instants(local: datetime.datetime, clock: datetime.tzinfo) -> list[datetime.datetime]:
    """Return the UTC times of the naive local time `local` in `clock`, oldest first: one, two, or none."""
    both = {local.replace(tzinfo=clock, fold=fold).astimezone(datetime.UTC) for fold in (0, 1)}
    return sorted(instant for instant in both if instant.astimezone(clock).replace(tzinfo=None) == local)


@dataclasses.dataclass(frozen=True)
class _Parts:
    time: datetime.time
    zone: str
    """An abbreviation or an offset; empty if none is given."""
    day: str
    """The words for the day; empty if none are given."""


def _plain(words: str) -> str:
    typed = plain(words)
    if not typed:
        raise UnknownMomentError(f"Which time? {_WRITE}")
    if len(typed) > _MAX_LENGTH:
        raise UnknownMomentError(_not_a_moment(words))
    for loose, tight in ((_LOOSE_COLON, ":"), (_LOOSE_HALF, ""), (_ISO_T, " "), (_TIGHT_OFFSET, r"\1 \2")):
        typed = loose.sub(tight, typed)
    return typed


def _parts(typed: list[str], words: str) -> _Parts:
    times = [(place, time) for place, word in enumerate(typed) if (time := _TIME.fullmatch(word))]
    place, time = next((each for each in times if ":" in each[1][0]), times[0])  # 2026 and 23.11 can be parts of a day
    zones = [word for word in typed[place + 1 :] if _is_zone(word)]
    before, after = typed[:place], [word for word in typed[place + 1 :] if not _is_zone(word)]
    if len(zones) > 1 or (before and after):
        raise UnknownMomentError(_not_a_moment(words))
    return _Parts(_time(time), "".join(zones), " ".join(before or after))


def _is_zone(word: str) -> bool:
    named = _ABBREVIATION.fullmatch(word) and word not in DAY_WORDS
    return bool(word == "z" or named or _OFFSET.fullmatch(word))


def _time(typed: re.Match[str]) -> datetime.time:
    hour, minute, second = int(typed["hour"]), int(typed["minute"] or typed["minutes"] or 0), int(typed["second"] or 0)
    if typed["half"] and not 1 <= hour <= 12:
        raise UnknownMomentError(f"There is no {typed[0]}: with am and pm, hours are 1 to 12. {_WRITE}")
    if hour > 23:
        raise UnknownMomentError(f"There is no {typed[0]}: hours are 0 to 23. {_WRITE}")
    if max(minute, second) > 59:
        raise UnknownMomentError(f"There is no {typed[0]}: minutes and seconds are 0 to 59. {_WRITE}")
    if typed["half"]:
        hour = hour % 12 + (12 if typed["half"] == "p" else 0)
    return datetime.time(hour, minute, second, int((typed["fraction"] or "").ljust(6, "0")))


def _is_day(typed: str, today: datetime.date, order: DateOrder | None) -> bool:
    try:
        parse_day(typed, today, order)
    except UnknownDayError:
        return False
    return True


def _day(typed: str, today: datetime.date, order: DateOrder | None, words: str) -> datetime.date:
    try:
        day = parse_day(typed, today, order) if typed else None
    except UnknownDayError as error:
        is_number = re.match(r"[0-9](?![0-9]*-)", typed)
        if is_number or (isinstance(error, NotADayError) and error.near is None):
            raise UnknownMomentError(_not_a_moment(words)) from error
        raise UnknownMomentError(f"{error.why} {_WRITE}") from error
    if day is None:
        raise UnknownMomentError(_not_a_moment(words))
    return day - 7 * _DAY if typed in WEEKDAY_NAMES and day > today else day


def _offset(typed: str) -> datetime.tzinfo | None:
    if typed in ("z", "utc"):
        return datetime.UTC
    offset = _OFFSET.fullmatch(typed)
    if not offset:
        return None
    hours, minutes = int(offset["hours"]), int(offset["minutes"] or 0)
    if hours > _MAX_OFFSET or minutes > 59:
        raise UnknownMomentError(
            f"No clock is {typed} from UTC: offsets are like -05:00, up to {_MAX_OFFSET} hours. {_WRITE}"
        )
    ahead = datetime.timedelta(hours=hours, minutes=minutes)
    return datetime.timezone(-ahead if offset["sign"] == "-" else ahead)


def _unit(ago: re.Match[str]) -> datetime.timedelta:
    return datetime.timedelta(minutes=1) if ago["minutes"] else datetime.timedelta(hours=1)


def _in_years(since_epoch: datetime.timedelta) -> datetime.datetime:
    start, stop = (datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) - _EPOCH for year in (YEARS.start, YEARS.stop))
    if not start <= since_epoch < stop:
        raise UnknownMomentError(f"Plans are for the years {YEARS.start} to {YEARS.stop - 1}. {_WRITE}")
    return _EPOCH + since_epoch


def _resolve(
    local: datetime.datetime, clock: datetime.tzinfo, abbreviation: str, now: datetime.datetime
) -> datetime.datetime:
    found = instants(local, clock)
    time, day = f"{local:%H:%M}", f"{short_day(local.date())} {local.year}"
    if not found:
        change = _change_near(local, clock)
        old, new = (change - _INSTANT).astimezone(clock) + _INSTANT, change.astimezone(clock)
        around = f"the clock is put forward from {old:%H:%M} to {new:%H:%M}"
        raise UnknownMomentError(f"{day} has no {time}: {around}. Write a time before or after.")
    names = [_zone_name(instant, clock) for instant in found]
    if abbreviation:
        named = [instant for instant in found if instant.astimezone(clock).strftime("%Z").casefold() == abbreviation]
        if not named:
            shown = f"“{abbreviation}” is neither a day nor the time in {clock} on {day} at {time}"
            raise UnknownMomentError(f"{shown}: write {' or '.join(names)}.")
        found = named
    if len(found) > 1 and found[1] <= now:
        either = " or ".join(f"{time} {name}" for name in names)
        why = f"{day} has {time} twice, as the clock is put back. Write {either}."
        raise RepeatedTimeError(found[0], found[1], why)
    return found[0]


def _end_of(day: datetime.date, clock: datetime.tzinfo) -> datetime.datetime:
    last = datetime.datetime.combine(day, datetime.time.max)
    found = instants(last, clock)
    return found[-1] if found else _change_near(last, clock) - _INSTANT


def _change_near(local: datetime.datetime, clock: datetime.tzinfo) -> datetime.datetime:
    """Return the UTC time (whole seconds) at which `clock` is set forward past the naive `local`."""
    before, after = (local.replace(tzinfo=clock, fold=fold, microsecond=0).astimezone(datetime.UTC) for fold in (1, 0))
    old = before.astimezone(clock).utcoffset()
    while after - before > datetime.timedelta(seconds=1):
        middle = before + datetime.timedelta(seconds=(after - before) // datetime.timedelta(seconds=2))
        before, after = (middle, after) if middle.astimezone(clock).utcoffset() == old else (before, middle)
    return after


def _moment_text(moment: datetime.datetime, timezone: str, timespec: str) -> str:
    local = moment.astimezone(zone_of(timezone))
    time = local.time().isoformat(timespec)
    return f"{short_day(local.date())} {local.year} {time} {_zone_name(moment, local.tzinfo)}"


def _zone_name(moment: datetime.datetime, clock: datetime.tzinfo | None) -> str:
    """Return the zone's name (`EST`), or its offset if both times of a repeated hour share a name (Moscow, 2014)."""
    local = moment.astimezone(clock)
    namesakes = {
        local.replace(fold=fold).utcoffset() for fold in (0, 1) if local.replace(fold=fold).tzname() == f"{local:%Z}"
    }
    return f"{local:%Z}" if len(namesakes) == 1 else f"{local:%z}"


def _not_a_moment(words: str) -> str:
    typed = " ".join(words.split())
    shown = typed if len(typed) <= _WORD_SHOWN else typed[:_WORD_SHOWN] + "…"
    return f"“{shown}” is not a time. {_WRITE}"
