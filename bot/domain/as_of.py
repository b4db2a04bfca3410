"""Moments as of which programs read plans, as they are written."""

import datetime
import enum
import re
from typing import Final, TypeAlias


class Edge(enum.StrEnum):
    """The ends of the session of a plan's day."""

    SESSION_OPEN = "session_open"
    SESSION_CLOSE = "session_close"


AsOf: TypeAlias = datetime.datetime | datetime.time | Edge
"""An instant, or of a plan's day a time by the guild's clock or an end of the session."""

NOW: Final = "now"
YEARS: Final = range(2, 9999)
"""The years of instants: in every time zone they are dates that can be shown."""
PATTERN_OF_DAYS: Final = "[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
PATTERN_OF_TIMES: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"
PATTERN_OF_INSTANTS: Final = (
    f"{PATTERN_OF_DAYS}T{PATTERN_OF_TIMES}(:[0-5][0-9](\\.[0-9]{{1,6}})?)?(Z|[+-]{PATTERN_OF_TIMES})"
)
_TIME: Final = re.compile(PATTERN_OF_TIMES)
_INSTANT: Final = re.compile(PATTERN_OF_INSTANTS)


class UnknownAsOfError(ValueError):
    """The words name no such moment."""

    def __init__(self) -> None:
        super().__init__("Write now, session_open, session_close, a time such as 09:25, or 2026-11-23T14:25:00Z.")


def parse_as_of(words: str) -> AsOf | None:
    """Return the moment; None: now.

    Raises:
        UnknownAsOfError: the words name none.
    """
    if words == NOW:
        return None
    if words in tuple(Edge):
        return Edge(words)
    if _TIME.fullmatch(words):
        return datetime.time.fromisoformat(words)
    if _INSTANT.fullmatch(words):
        try:
            instant = datetime.datetime.fromisoformat(words)
        except ValueError as error:
            raise UnknownAsOfError from error
        if instant.year in YEARS:
            return instant.astimezone(datetime.UTC)
    raise UnknownAsOfError


def as_of_words(as_of: AsOf | None) -> str:
    """Return the words that `parse_as_of` reads."""
    if as_of is None:
        return NOW
    if isinstance(as_of, datetime.time):
        return f"{as_of:%H:%M}"
    return as_of.isoformat() if isinstance(as_of, datetime.datetime) else as_of.value
