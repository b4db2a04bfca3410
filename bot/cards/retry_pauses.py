"""When the cards of a channel that is closed to the bot are tried again: never more often for more events."""

import dataclasses
from typing import Final

from bot.domain.values import ChannelId

FIRST_RETRY: Final = 1.0
LONGEST_RETRY: Final = 30.0
"""Seconds between two tries in a closed channel for which events keep coming: twice as long each time, up to this.

Discord blocks an address for 10,000 requests that it answers with 401, 403 or 429 in 10 minutes ("Rate limits").
"""


@dataclasses.dataclass(slots=True)
class _Closed:
    """A channel in which a card failed."""

    pause: float = 0.0
    next_at: float = 0.0
    """The earliest moment of the next try."""
    scheduled_at: float | None = None
    """The moment for which the next try is scheduled; None: for none."""
    event_at: float = float("-inf")
    """When something last happened that may have opened it."""


class RetryPauses:
    """The pauses of all channels. Moments are of a clock that only goes forward, in seconds."""

    def __init__(self) -> None:
        self._channels: dict[ChannelId, _Closed] = {}

    def event(self, channel_id: ChannelId, now: float) -> float | None:
        """Return in how many seconds to try, as something may have opened the channel; None: that is scheduled."""
        channel = self._channels.setdefault(channel_id, _Closed())
        channel.event_at = now
        if channel.scheduled_at is not None and channel.scheduled_at > now:
            return None
        channel.scheduled_at = max(channel.next_at, now)
        return channel.scheduled_at - now

    def failed(self, channel_id: ChannelId, begun: float, now: float, *, is_retry: bool) -> float | None:
        """Note a try that failed; return in how many seconds to try again, if an event came since it began.

        Only a retry makes the pause longer: what people do is tried as often as they do it.
        """
        channel = self._channels.setdefault(channel_id, _Closed())
        if is_retry:
            channel.pause = min(max(channel.pause * 2, FIRST_RETRY), LONGEST_RETRY)
            channel.next_at, channel.scheduled_at = now + channel.pause, None
        if channel.event_at < begun:
            return None
        channel.scheduled_at = max(channel.next_at, now)
        return channel.scheduled_at - now

    def succeeded(self, channel_id: ChannelId) -> None:
        """Forget the channel: it is open."""
        self._channels.pop(channel_id, None)
