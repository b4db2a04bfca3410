"""The clock that everything is given, the real one, and Discord's time as ids carry it."""

import datetime
from collections.abc import Callable
from typing import Final, TypeAlias

Clock: TypeAlias = Callable[[], datetime.datetime]
"""Tells the time as an aware UTC datetime."""

_DISCORD_EPOCH: Final = datetime.datetime(2015, 1, 1, tzinfo=datetime.UTC)
_MILLISECOND: Final = datetime.timedelta(milliseconds=1)
_SHIFT: Final = 22
"""Bits of an id below its milliseconds (Discord's documentation, Snowflakes)."""


def utc_now() -> datetime.datetime:
    """The time, aware, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def moment_of(snowflake: int) -> datetime.datetime:
    """Return Discord's time when it made this id, in whole milliseconds."""
    return _DISCORD_EPOCH + (snowflake >> _SHIFT) * _MILLISECOND


def first_id_at(moment: datetime.datetime) -> int:
    """Return the lowest id that Discord could make at this moment."""
    return (moment - _DISCORD_EPOCH) // _MILLISECOND << _SHIFT
