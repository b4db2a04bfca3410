"""The trading days that are offered while one types a day."""

import datetime

from bot.domain.days import (
    AmbiguousDayError,
    DateOrder,
    UnknownDayError,
    listed_day,
    next_sessions,
    parse_day,
    plain,
    written_forms,
)
from bot.domain.values import Suggestion

AHEAD = 10
BEHIND = 5
_WORDS = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def suggestions(typed: str, today: datetime.date, order: DateOrder | None = None) -> list[Suggestion]:
    """Return days that fit what was typed so far, in any form: the day that it means, those to come, those past."""
    offered = list(_meant(typed, today, order))
    normalized = plain(typed)
    for day in (today, *next_sessions(today, AHEAD), *_past_sessions(today)):
        if day not in offered and any(normalized in form for form in written_forms(day, today, order)):
            offered.append(day)
    return [_suggestion(day, today) for day in offered]


def offered(today: datetime.date, chosen: datetime.date | None) -> list[Suggestion]:
    """Return the days to choose from: the one that is chosen, today, those to come, those past."""
    first = [_suggestion(chosen, today)] if chosen else []
    return first + [each for each in suggestions("", today) if each not in first]


def _meant(typed: str, today: datetime.date, order: DateOrder | None) -> tuple[datetime.date, ...]:
    try:
        return (parse_day(typed, today, order),)
    except AmbiguousDayError as error:
        return error.days
    except UnknownDayError:
        return ()


def _past_sessions(today: datetime.date) -> list[datetime.date]:
    return next_sessions(today - datetime.timedelta(days=7), BEHIND)[::-1]


def _suggestion(day: datetime.date, today: datetime.date) -> Suggestion:
    word = _WORDS.get((day - today).days)
    label = listed_day(day, today)
    return Suggestion(f"{label} ({word})" if word else label, day.isoformat())
