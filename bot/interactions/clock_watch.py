"""The machine's clock, compared with Discord's, whose time each interaction's id carries."""

import collections
import datetime
from collections.abc import Collection
from typing import Final

import hikari
import structlog

from bot.domain.clock import Clock

TOLERANCE: Final = datetime.timedelta(seconds=5)
"""The time in which most interactions arrive."""
READINGS: Final = 3
"""The number of late interactions in a row that prove a wrong clock."""
MAX_DELAY: Final = datetime.timedelta(minutes=15)
"""The lifetime of an interaction's token (Discord's documentation, Receiving and Responding): none is later."""

_log = structlog.get_logger(__name__)


def error_in(ahead: Collection[datetime.timedelta]) -> datetime.timedelta | None:
    """Return the error of a clock that was this far ahead of each of the last interactions; None: no error is known.

    A delay makes the clock seem ahead of one of them, never behind.
    """
    least = min(ahead, default=datetime.timedelta())
    is_ahead = least > MAX_DELAY or (least > TOLERANCE and len(ahead) >= READINGS)
    return least if least < -TOLERANCE or is_ahead else None


class ClockWatch:
    """Compares the clock with the time in each interaction from the gateway."""

    def __init__(self, gateway: hikari.GatewayBot, clock: Clock) -> None:
        self._clock = clock
        self._ahead: collections.deque[datetime.timedelta] = collections.deque(maxlen=READINGS)
        """The times by which the clock was ahead of each of the last interactions."""
        self._is_replaying = False
        self._was_wrong = False
        gateway.subscribe(hikari.InteractionCreateEvent, self._interaction_created)
        gateway.subscribe(hikari.ShardDisconnectedEvent, self._disconnected)
        gateway.subscribe(hikari.ShardReadyEvent, self._connected)
        gateway.subscribe(hikari.ShardResumedEvent, self._connected)

    @property
    def error(self) -> datetime.timedelta | None:
        """The time by which the clock is ahead of Discord's, or behind it if negative; None: no error is known."""
        return error_in(self._ahead)

    async def _interaction_created(self, event: hikari.InteractionCreateEvent) -> None:
        if self._is_replaying:
            return
        self._ahead.append(self._clock() - event.interaction.id.created_at)
        error = self.error
        if error and not self._was_wrong:
            _log.error("the machine's clock is wrong: set it", seconds_ahead_of_discord=round(error.total_seconds(), 1))
        if self._was_wrong and not error:
            _log.warning("the machine's clock is right again")
        self._was_wrong = error is not None

    async def _disconnected(self, _: hikari.ShardDisconnectedEvent) -> None:
        """Read no times until the connection is back: Discord first replays missed interactions."""
        self._is_replaying = True

    async def _connected(self, _: hikari.ShardReadyEvent | hikari.ShardResumedEvent) -> None:
        self._is_replaying = False
