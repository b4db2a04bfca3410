"""The trading days that are offered while one types a day."""

import datetime

from bot.domain.days import (
    NEXT_SESSION,
    AmbiguousDayError,
    DateOrder,
    UnknownDayError,
    listed_day,
    open_days,
    parse_day,
    plain,
    written_forms,
)
from bot.domain.sessions import SessionCalendar
from bot.domain.values import Suggestion

AHEAD = 10
BEHIND = 5
_WORDS = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_DAY = datetime.timedelta(days=1)


def suggestions(
    typed: str, today: datetime.date, calendar: SessionCalendar, order: DateOrder | None = None
) -> list[Suggestion]:
    """Return days that fit what was typed so far, in any form: the day that it means, those to come, those past.

    Of a year that the calendar does not have, all weekdays are offered.
    """
    offered = list(_meant(typed, today, order))
    normalized = plain(typed)
    coming = open_days(today, AHEAD, calendar.is_closed)
    past = open_days(today - _DAY, BEHIND, calendar.is_closed, step=-1)
    following = next(day for day in coming if day > today)
    for day in (today, *coming, *past):
        forms = [*written_forms(day, today, order), *([NEXT_SESSION] if day == following else [])]
        if day not in offered and any(normalized in form for form in forms):
            offered.append(day)
    return [_suggestion(day, today, calendar) for day in offered]


def offered(today: datetime.date, chosen: datetime.date | None, calendar: SessionCalendar) -> list[Suggestion]:
    """Return the days to choose from: the one that is chosen, today, those to come, those past."""
    first = [_suggestion(chosen, today, calendar)] if chosen else []
    return first + [each for each in suggestions("", today, calendar) if each not in first]


def _meant(typed: str, today: datetime.date, order: DateOrder | None) -> tuple[datetime.date, ...]:
    try:
        return (parse_day(typed, today, order),)
    except AmbiguousDayError as error:
        return error.days
    except UnknownDayError:
        return ()


def _suggestion(day: datetime.date, today: datetime.date, calendar: SessionCalendar) -> Suggestion:
    kind = "closed" if calendar.is_closed(day) else "half day" if calendar.early_close(day) else None
    words = ", ".join(filter(None, [_WORDS.get((day - today).days), kind]))
    label = listed_day(day, today)
    return Suggestion(f"{label} ({words})" if words else label, day.isoformat())
