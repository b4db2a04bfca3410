"""The trading days that are offered while one types a day."""

import datetime

from bot.domain.days import UnknownDayError, listed_day, long_day, next_sessions, parse_day
from bot.domain.values import Suggestion

AHEAD = 10
BEHIND = 5
_WORDS = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def suggestions(typed: str, today: datetime.date) -> list[Suggestion]:
    """Days that fit what was typed so far: the one it means, those to come, those past."""
    offered = [_suggestion(day, today) for day in _meant(typed, today)]
    said = " ".join(typed.casefold().split())
    for day in (today, *next_sessions(today, AHEAD), *_past_sessions(today)):
        suggestion = _suggestion(day, today)
        fits = said in f"{suggestion.label} {suggestion.value} {long_day(day)}".casefold()
        if fits and suggestion not in offered:
            offered.append(suggestion)
    return offered


def _meant(typed: str, today: datetime.date) -> list[datetime.date]:
    try:
        return [parse_day(typed, today)]
    except UnknownDayError:
        return []


def _past_sessions(today: datetime.date) -> list[datetime.date]:
    return next_sessions(today - datetime.timedelta(days=7), BEHIND)[::-1]


def _suggestion(day: datetime.date, today: datetime.date) -> Suggestion:
    word = _WORDS.get((day - today).days)
    label = listed_day(day, today)
    return Suggestion(f"{label} ({word})" if word else label, day.isoformat())
