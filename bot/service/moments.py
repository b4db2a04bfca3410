"""Moments in the life of a plan, as people type them."""

import contextlib
import datetime
import operator
from collections.abc import Callable, Mapping

from bot.domain.as_of import AsOf, Edge, as_of_words
from bot.domain.days import DateOrder, plain, short_date
from bot.domain.errors import MomentError, SessionsMissingError, WhichMomentError
from bot.domain.sessions import MissingYearError, Session
from bot.domain.times import RepeatedTimeError, UnknownMomentError, exact_moment, instants, parse_moment, short_moment
from bot.domain.values import GuildSettings, Plan, PointInTime, Suggestion
from bot.domain.zones import zone_of

_EDGES: Mapping[str, Callable[[Session], datetime.datetime]] = {
    Edge.SESSION_OPEN.value: operator.attrgetter("opens_at"),
    Edge.SESSION_CLOSE.value: operator.attrgetter("closes_at"),
}
"""Words for times of a session, with underscores or blanks."""
_EASTERNMOST = datetime.timezone(datetime.timedelta(hours=14))
"""The time zone where days begin first (tz database: Pacific/Kiritimati)."""
_WESTERNMOST = datetime.timezone(datetime.timedelta(hours=-12))
"""The one where they end last (tz database: Etc/GMT+12)."""
_DAY = datetime.timedelta(days=1)


def moment_meant(
    words: str, plan: Plan, settings: GuildSettings, now: datetime.datetime, order: DateOrder | None
) -> datetime.datetime:
    """Return the past moment that the words name in the guild, of the plan's day if they name no other.

    Raises:
        MomentError: the words name no moment, or one that is still to come.
        SessionsMissingError: the session that they name is not known yet.
        WhichMomentError: the clock has shown that time twice.
    """
    timezone = settings.timezone
    try:
        moment = _edge(words, plan.day, settings) or parse_moment(words, timezone, now, plan.day, order, plan.posted_at)
    except UnknownMomentError as error:
        raise MomentError(error.why) from error
    except MissingYearError as error:
        raise _missing(error) from error
    except RepeatedTimeError as error:
        twice = [(short_moment(each, timezone), each) for each in (error.first, error.second)]
        raise WhichMomentError(plan, words, twice) from error
    if moment > now:
        posted = short_moment(plan.posted_at, timezone)
        why = f"{exact_moment(moment, timezone)} is still to come."
        raise MomentError(f"{why} Write a time since the plan was posted, {posted}.")
    return moment


def moment_of(
    point: PointInTime,
    day: datetime.date,
    settings: GuildSettings,
    now: datetime.datetime,
    *,
    or_latest: bool = False,
) -> datetime.datetime:
    """Return the moment of the point in time for plans of a day: never one that is still to come.

    `or_latest`: the last moment that may be read replaces a later one.

    Raises:
        MomentError: the day has no such moment, it is still to come, or it is later than may be read.
        SessionsMissingError: the day has begun, and its session is not known yet.
    """
    latest = _latest(point, day, settings, now)
    if point.asked is None:
        return latest
    asked = _past(point.asked, day, settings, now)
    if asked > latest and not or_latest:
        raise _too_late(asked, settings)
    return min(asked, latest)


def has_begun(day: datetime.date, moment: datetime.datetime) -> bool:
    """Return true if the day had begun somewhere on Earth; its session can't begin earlier."""
    return moment >= datetime.datetime.combine(day, datetime.time(), _EASTERNMOST)


def refuse_unreadable(point: PointInTime, day: datetime.date, settings: GuildSettings, now: datetime.datetime) -> None:
    """Refuse a moment of a day that may not be read; one that the day does not have is not refused.

    Raises:
        MomentError: it is still to come, or later than may be read.
        SessionsMissingError: the day has begun, may not have ended, and its session is not known yet.
    """
    if point.asked is None or not _has(day, point.asked, settings, now):
        return
    asked = _past(point.asked, day, settings, now)
    if point.latest is None or not _has(day, point.latest, settings, now):
        return
    if asked > _latest(point, day, settings, now):
        raise _too_late(asked, settings)


def edge_suggestions(typed: str, day: datetime.date, settings: GuildSettings) -> list[Suggestion]:
    """Return the open and the close of the day's session whose names begin so; none if it is closed or not known."""
    with contextlib.suppress(MissingYearError):
        if session := settings.session_of(day):
            return [
                Suggestion(f"{name}: {short_moment(instant_of(session), settings.timezone)}", name)
                for name, instant_of in _EDGES.items()
                if name.startswith(_name(typed))
            ]
    return []


def _has_ended(day: datetime.date, moment: datetime.datetime) -> bool:
    """Return true if the day had ended everywhere on Earth, and its session with it."""
    return moment - _DAY >= datetime.datetime.combine(day, datetime.time(), _WESTERNMOST)


def _latest(
    point: PointInTime, day: datetime.date, settings: GuildSettings, now: datetime.datetime
) -> datetime.datetime:
    """Return the last moment of a day that may be read."""
    return now if point.latest is None else min(_instant(point.latest, day, settings, now) or now, now)


def _past(asked: AsOf, day: datetime.date, settings: GuildSettings, now: datetime.datetime) -> datetime.datetime:
    """Return the instant that is meant for plans of a day.

    Raises:
        MomentError: the day has none, or it is still to come.
        SessionsMissingError: the day has begun, and its session is not known yet.
    """
    moment = _instant(asked, day, settings, now)
    if moment is None or moment > now:
        raise _future(moment, asked, day, settings)
    return moment


def _has(day: datetime.date, as_of: AsOf, settings: GuildSettings, now: datetime.datetime) -> bool:
    """Return whether the day is known to have such a moment, or may have it and may not have ended.

    Raises:
        SessionsMissingError: the day has begun, may not have ended, and its session is not known yet.
    """
    try:
        _instant(as_of, day, settings, now)
    except MomentError:
        return False
    except SessionsMissingError:
        if _has_ended(day, now):
            return False
        raise
    return True


def _too_late(moment: datetime.datetime, settings: GuildSettings) -> MomentError:
    return MomentError(f"{exact_moment(moment, settings.timezone)} is later than this token may read.")


def _future(moment: datetime.datetime | None, asked: AsOf, day: datetime.date, settings: GuildSettings) -> MomentError:
    if moment:
        when = exact_moment(moment, settings.timezone)
    else:
        when = f"{'The session' if isinstance(asked, Edge) else as_of_words(asked)} of {short_date(day)}"
    return MomentError(f"{when} is still to come.")


def _instant(
    as_of: AsOf, day: datetime.date, settings: GuildSettings, now: datetime.datetime
) -> datetime.datetime | None:
    """Return the instant that is meant for plans of a day; of a time that the clock showed twice, the first.

    None: it is still to come: of a session that is not known yet, of a day that has not begun, or of the last day of
    the calendar, which may end after the last moment that can be computed.

    Raises:
        MomentError: the day has none.
        SessionsMissingError: the day has begun, and its session is not known yet.
    """
    if isinstance(as_of, datetime.datetime):
        return as_of
    if day == datetime.date.max:
        return None
    if isinstance(as_of, datetime.time):
        found = instants(datetime.datetime.combine(day, as_of), zone_of(settings.timezone))
        if not found:
            raise MomentError(f"The clock never showed {as_of:%H:%M} on {short_date(day)}.")
        return found[0]
    try:
        return _edge_of(as_of, day, settings)
    except MissingYearError as error:
        if not has_begun(day, now):
            return None
        raise _missing(error) from error


def _missing(error: MissingYearError) -> MomentError | SessionsMissingError:
    """Return the refusal for a year whose sessions are not known: not yet, or never."""
    is_passing = error.year >= error.exchange.first_year
    return (SessionsMissingError if is_passing else MomentError)(error.why)


def _edge(words: str, day: datetime.date, settings: GuildSettings) -> datetime.datetime | None:
    """Return the open or the close of the day's session; None: the words mean something else.

    Raises:
        MissingYearError: the session is not known.
        MomentError: the day has none.
    """
    name = _name(words)
    return _edge_of(name, day, settings) if name in _EDGES else None


def _edge_of(name: str, day: datetime.date, settings: GuildSettings) -> datetime.datetime:
    session = settings.session_of(day)
    if session is None:
        raise MomentError(f"This server has no session on {short_date(day)}.")
    return _EDGES[name](session)


def _name(words: str) -> str:
    return plain(words).replace(" ", "_")
