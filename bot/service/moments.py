"""Moments in the life of a plan, as people type them."""

import contextlib
import datetime
import operator
from collections.abc import Callable, Mapping

from bot.domain.days import DateOrder, plain, short_date
from bot.domain.errors import MomentError, WhichMomentError
from bot.domain.sessions import MissingYearError, Session
from bot.domain.times import RepeatedTimeError, UnknownMomentError, parse_moment, short_moment
from bot.domain.values import GuildSettings, Plan, Suggestion

_EDGES: Mapping[str, Callable[[Session], datetime.datetime]] = {
    "session_open": operator.attrgetter("opens_at"),
    "session_close": operator.attrgetter("closes_at"),
}
"""Words for times of a session, with underscores or blanks."""


def moment_meant(
    words: str, plan: Plan, settings: GuildSettings, now: datetime.datetime, order: DateOrder | None
) -> datetime.datetime:
    """Return the past moment that the words name in the guild, of the plan's day if they name no other.

    Raises:
        MomentError: the words name no moment, or one that is still to come.
        WhichMomentError: the clock has shown that time twice.
    """
    timezone = settings.timezone
    try:
        moment = _edge(words, plan.day, settings) or parse_moment(words, timezone, now, plan.day, order, plan.posted_at)
    except (UnknownMomentError, MissingYearError) as error:
        raise MomentError(error.why) from error
    except RepeatedTimeError as error:
        twice = [(short_moment(each, timezone), each) for each in (error.first, error.second)]
        raise WhichMomentError(plan, words, twice) from error
    if moment > now:
        posted = short_moment(plan.posted_at, timezone)
        why = f"{short_moment(moment, timezone)} is still to come."
        raise MomentError(f"{why} Write a time since the plan was posted, {posted}.")
    return moment


def edge_suggestions(typed: str, day: datetime.date, settings: GuildSettings) -> list[Suggestion]:
    """Return the open and the close of the day's session whose names begin so; none if it is closed or not known."""
    with contextlib.suppress(MissingYearError):
        if session := settings.session_of(day):
            return [
                Suggestion(f"{name}: {short_moment(moment_of(session), settings.timezone)}", name)
                for name, moment_of in _EDGES.items()
                if name.startswith(_name(typed))
            ]
    return []


def _edge(words: str, day: datetime.date, settings: GuildSettings) -> datetime.datetime | None:
    """Return the open or the close of the day's session; None: the words mean something else.

    Raises:
        MissingYearError: the session is not known.
        MomentError: the day has none.
    """
    moment_of = _EDGES.get(_name(words))
    if moment_of is None:
        return None
    session = settings.session_of(day)
    if session is None:
        raise MomentError(f"This server has no session on {short_date(day)}.")
    return moment_of(session)


def _name(words: str) -> str:
    return plain(words).replace(" ", "_")
