"""Pauses before retries: more failures make them longer, more events never make them shorter."""

import dataclasses
from typing import Final

from bot.domain.values import ChannelId

FIRST_RETRY: Final = 1.0
MAX_RETRY: Final = 30.0
"""Seconds between two tries: twice as long each time, up to this.

Discord blocks an address for 10,000 requests that it answers with 401, 403 or 429 in 10 minutes ("Rate limits").
"""


def backoff(failures: int) -> float:
    """Return the seconds until the next try after so many failures in a row."""
    return min(FIRST_RETRY * 2 ** (failures - 1), MAX_RETRY)


@dataclasses.dataclass(slots=True)
class _Channel:
    """A channel in which a card failed."""

    pause: float = 0.0
    next_at: float = 0.0
    """The earliest moment of the next try."""
    scheduled_at: float | None = None
    """The moment for which the next try is scheduled; None: no try is."""
    event_at: float = float("-inf")
    """The moment of the last event that may have opened the channel."""


class RetryPauses:
    """The pauses of all channels that are closed to the bot. Moments are seconds of a clock that only goes forward."""

    def __init__(self) -> None:
        self._channels: dict[ChannelId, _Channel] = {}

    def event(self, channel_id: ChannelId, now: float) -> float | None:
        """Return the seconds until the try that an event calls for; None: one is scheduled already."""
        channel = self._channels.setdefault(channel_id, _Channel())
        channel.event_at = now
        if channel.scheduled_at is not None and channel.scheduled_at > now:
            return None
        channel.scheduled_at = max(channel.next_at, now)
        return channel.scheduled_at - now

    def failed(self, channel_id: ChannelId, begun: float, now: float, *, is_retry: bool) -> float | None:
        """Note a failed try; return the seconds until the next one, if an event came since it began.

        Only a retry makes the pause longer: a change by a person is always tried.
        """
        channel = self._channels.setdefault(channel_id, _Channel())
        if is_retry:
            channel.pause = min(max(channel.pause * 2, FIRST_RETRY), MAX_RETRY)
            channel.next_at, channel.scheduled_at = now + channel.pause, None
        if channel.event_at < begun:
            return None
        channel.scheduled_at = max(channel.next_at, now)
        return channel.scheduled_at - now

    def succeeded(self, channel_id: ChannelId) -> None:
        """Forget the channel, as it is open."""
        self._channels.pop(channel_id, None)
