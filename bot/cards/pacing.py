"""Pacing of the publisher's requests, within Discord's limits."""

from collections import deque
from collections.abc import Callable
from typing import Final, TypeAlias

from bot.cards.queue import QueuedCard
from bot.domain.values import CardId, ChannelId

BURST: Final = 5
"""Edits of a card in `BURST_SECONDS` that are sent at once; later changes are shown together.

Discord takes about five edits in 5 s in a channel.
"""
BURST_SECONDS: Final = 5.0
RENEWAL_SECONDS: Final = 1.5
"""Between a request in a channel and a renewal there: a third of what Discord takes stays free for people."""

Now: TypeAlias = Callable[[], float]
"""Seconds of a clock that only goes forward."""


class Pacing:
    """The moments from which cards may be sent, by what was sent before."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._shown: dict[CardId, deque[float]] = {}
        self._sent: dict[ChannelId, float] = {}
        self._paused_until = 0.0

    def ready_at(self, channel_id: ChannelId, card: QueuedCard) -> float:
        """Return the moment from which a card may be sent."""
        times = self._shown.get(card.card_id, ())
        after_burst = times[0] + BURST_SECONDS if len(times) == BURST else 0.0
        after_request = self.last_sent(channel_id) + RENEWAL_SECONDS if card.is_renewal else 0.0
        return max(after_burst, after_request, self._paused_until)

    def last_sent(self, channel_id: ChannelId) -> float:
        """Return the moment of the last request in a channel, long ago if there was none."""
        return self._sent.get(channel_id, float("-inf"))

    def note_sent(self, channel_id: ChannelId) -> None:
        """Note a request in a channel."""
        self._sent[channel_id] = self._now()

    def note_shown(self, card_id: CardId) -> None:
        """Note that a card shows its plan."""
        now = self._now()
        self._shown = {each: times for each, times in self._shown.items() if times[-1] + BURST_SECONDS > now}
        self._shown.setdefault(card_id, deque(maxlen=BURST)).append(now)

    def pause(self, seconds: float) -> None:
        """Let no card be sent for so long."""
        self._paused_until = max(self._paused_until, self._now() + seconds)
