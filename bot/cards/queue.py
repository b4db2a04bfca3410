"""The queue of a channel's cards, and their order."""

import asyncio
import dataclasses
from collections.abc import Callable

from bot.domain.values import CardId


@dataclasses.dataclass(slots=True)
class QueuedCard:
    """A card that is to be sent."""

    card_id: CardId
    rank: int
    """The position in the last reading of the table; the first is 0."""
    is_renewal: bool
    """True: nobody asked for this update."""
    failures: int = 0
    """Tries without an answer."""


class ChannelQueue:
    """The cards of a channel: cards that people changed first, then those with the fewest failures."""

    def __init__(self) -> None:
        self.arrival = asyncio.Event()
        """Set when a card that somebody changed is added, or the queue is cleared."""
        self._cards: dict[CardId, QueuedCard] = {}

    def __bool__(self) -> bool:
        """Return true if a card is queued."""
        return bool(self._cards)

    def __contains__(self, card_id: CardId) -> bool:
        """Return true if this card is queued."""
        return card_id in self._cards

    @property
    def has_renewal(self) -> bool:
        """True: a renewal is queued."""
        return any(each.is_renewal for each in self._cards.values())

    def put(self, card_id: CardId, rank: int, *, is_renewal: bool = False) -> None:
        """Add a card, or update the rank of a queued one."""
        card = self._cards.get(card_id)
        if not is_renewal and (card is None or card.is_renewal):
            self.arrival.set()
        if card is None:
            self._cards[card_id] = QueuedCard(card_id, rank, is_renewal)
        else:
            card.rank, card.is_renewal = rank, is_renewal

    def first(self, ready_at: Callable[[QueuedCard], float], now: float) -> QueuedCard:
        """Return the next card to send: one that may be sent now, if there is any."""
        return min(
            self._cards.values(),
            key=lambda each: (max(ready_at(each), now), each.is_renewal, each.failures, each.rank),
        )

    def remove(self, card_id: CardId) -> None:
        """Remove a card, if it is queued."""
        self._cards.pop(card_id, None)

    def clear(self) -> None:
        """Remove all cards."""
        self._cards.clear()
        self.arrival.set()
