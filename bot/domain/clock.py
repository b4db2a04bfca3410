"""The injected clock, the system clock, and the times in Discord's ids."""

import datetime
from collections.abc import Callable
from typing import Final, TypeAlias

Clock: TypeAlias = Callable[[], datetime.datetime]
"""Returns the time as an aware UTC datetime."""

_DISCORD_EPOCH: Final = datetime.datetime(2015, 1, 1, tzinfo=datetime.UTC)
_MILLISECOND: Final = datetime.timedelta(milliseconds=1)
_SHIFT: Final = 22
"""Bits of an id below its milliseconds (Discord's documentation, Snowflakes)."""


def utc_now() -> datetime.datetime:
    """Return the current time (aware UTC)."""
    return datetime.datetime.now(datetime.UTC)


def moment_of(snowflake: int) -> datetime.datetime:
    """Return the time at which Discord created this id, in whole milliseconds."""
    return _DISCORD_EPOCH + (snowflake >> _SHIFT) * _MILLISECOND


def first_id_at(moment: datetime.datetime) -> int:
    """Return the lowest id that Discord could create at this time."""
    return (moment - _DISCORD_EPOCH) // _MILLISECOND << _SHIFT
