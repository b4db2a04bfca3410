"""The cards of a channel that wait to be sent, and which of them goes first."""

import asyncio
import dataclasses
from collections.abc import Callable

from bot.domain.values import CardId


@dataclasses.dataclass(slots=True)
class Waiting:
    """A card that waits."""

    card_id: CardId
    rank: int
    """Its place in the last reading of the table, the first is 0."""
    is_renewal: bool
    """Nobody asked for it: it can wait."""
    failures: int = 0
    """Tries that had no answer."""


class ChannelQueue:
    """The cards of a channel. What people just did goes first, then what had the fewest failures."""

    def __init__(self) -> None:
        self.arrival = asyncio.Event()
        """Set when a card that somebody asked for comes in, or none is left."""
        self._cards: dict[CardId, Waiting] = {}

    def __bool__(self) -> bool:
        """Return whether any card waits."""
        return bool(self._cards)

    def __contains__(self, card_id: CardId) -> bool:
        """Return whether this card waits."""
        return card_id in self._cards

    @property
    def has_renewal(self) -> bool:
        """True: one waits that nobody asked for."""
        return any(each.is_renewal for each in self._cards.values())

    def put(self, card_id: CardId, rank: int, *, is_renewal: bool = False) -> None:
        """Add a card, or give one that waits its place in this reading of the table."""
        card = self._cards.get(card_id)
        if not is_renewal and (card is None or card.is_renewal):
            self.arrival.set()
        if card is None:
            self._cards[card_id] = Waiting(card_id, rank, is_renewal)
        else:
            card.rank, card.is_renewal = rank, is_renewal

    def first(self, ready_at: Callable[[Waiting], float], now: float) -> Waiting:
        """Return the card that is to be sent next: one that may be sent now, if there is any."""
        return min(
            self._cards.values(),
            key=lambda each: (max(ready_at(each), now), each.is_renewal, each.failures, each.rank),
        )

    def remove(self, card_id: CardId) -> None:
        """Remove a card, if it waits."""
        self._cards.pop(card_id, None)

    def clear(self) -> None:
        """Remove all cards."""
        self._cards.clear()
        self.arrival.set()
