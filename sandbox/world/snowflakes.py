"""Ids as Discord makes them: a time in milliseconds with a counter below it."""

import datetime
from collections.abc import Callable

DISCORD_EPOCH_MILLISECONDS = 1_420_070_400_000
"""The first second of 2015, from Discord's reference on snowflakes."""

Clock = Callable[[], datetime.datetime]


class SnowflakeMaker:
    """Makes ids which rise, and which carry the time of the clock."""

    def __init__(self, clock: Clock) -> None:
        """Make ids which carry the time of `clock`."""
        self._clock = clock
        self._last = 0

    def __call__(self) -> int:
        """Make the next id."""
        self._last = max(self._last + 1, first_at(self._clock()))
        return self._last

    def keep_above(self, snowflake: int) -> None:
        """Never make `snowflake` or a smaller one again."""
        self._last = max(self._last, snowflake)


def first_at(moment: datetime.datetime) -> int:
    """The smallest id of the millisecond of `moment`."""
    return (int(moment.timestamp() * 1000) - DISCORD_EPOCH_MILLISECONDS) << 22


def made_at(snowflake: int) -> datetime.datetime:
    """When the thing with this id was made (aware UTC)."""
    milliseconds = (snowflake >> 22) + DISCORD_EPOCH_MILLISECONDS
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)


def utc_now() -> datetime.datetime:
    """The computer's time (aware UTC)."""
    return datetime.datetime.now(datetime.UTC)
