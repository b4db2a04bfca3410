"""Snowflake ids: a time in milliseconds and a counter."""

import datetime
from collections.abc import Callable

DISCORD_EPOCH_MILLISECONDS = 1_420_070_400_000
"""The first second of 2015 (page "Reference", snowflakes)."""

Clock = Callable[[], datetime.datetime]


class SnowflakeMaker:
    """Generates increasing ids that contain the clock's time."""

    def __init__(self, clock: Clock) -> None:
        """Generate ids that contain the time of `clock`."""
        self._clock = clock
        self._last = 0

    def __call__(self) -> int:
        """Return the next id."""
        self._last = max(self._last + 1, first_at(self._clock()))
        return self._last

    def keep_above(self, snowflake: int) -> None:
        """Generate only ids greater than `snowflake` from now on."""
        self._last = max(self._last, snowflake)


def first_at(moment: datetime.datetime) -> int:
    """Return the smallest id of the millisecond of `moment`."""
    return (int(moment.timestamp() * 1000) - DISCORD_EPOCH_MILLISECONDS) << 22


def made_at(snowflake: int) -> datetime.datetime:
    """Return the time in an id (aware UTC)."""
    milliseconds = (snowflake >> 22) + DISCORD_EPOCH_MILLISECONDS
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)


def utc_now() -> datetime.datetime:
    """Return the system time (aware UTC)."""
    return datetime.datetime.now(datetime.UTC)
