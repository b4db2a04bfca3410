"""Looks for pictures that cards lack, so that a card becomes right by itself once its pictures can be had."""

import asyncio
import dataclasses
import heapq
import time
from collections.abc import Callable
from typing import Final

import structlog

from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import CardId, LackingPicture
from bot.service.cards import CardService
from bot.service.charts import ChartService

LOOK_SECONDS: Final = 2.0
"""Between two looks, and before a card is looked at for the second time."""
LONGEST_PAUSE: Final = 20.0
"""Seconds between two looks at one card: twice as long each time, up to this."""

AT_ONCE: Final = 100
"""Cards in one look: a lost folder of a large database must not keep others from reading."""

_log = structlog.get_logger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class _Turn:
    """The next look at a card."""

    at: float
    """In the time of the monotonic clock."""
    pause: float
    """Seconds until the look after it."""


class PictureWatch:
    """Has a card sent again when the pictures that it lacks are others than before, or none."""

    def __init__(self, cards: CardService, charts: ChartService, is_changed: Callable[[], None]) -> None:
        """Call `is_changed` when a card is to be sent again."""
        self._cards = cards
        self._charts = charts
        self._is_changed = is_changed
        self._turns: dict[CardId, _Turn] = {}

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self._look()
            except DatabaseUnavailableError:
                pass  # the recovery loop says so
            except Exception as error:  # noqa: BLE001 - the next look must come
                _log.error("searching missing pictures failed", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        now, lacking = time.monotonic(), await self._cards.lacking()
        self._turns = {each: self._turns.get(each, _Turn(now, LOOK_SECONDS)) for each in lacking}
        due = [each for each, turn in self._turns.items() if turn.at <= now]
        first = heapq.nsmallest(AT_ONCE, due, key=lambda each: self._turns[each].at)
        for card_id, pictures in (await self._cards.lacked_by(first)).items():
            await self._look_at(card_id, pictures)

    async def _look_at(self, card_id: CardId, pictures: tuple[LackingPicture, ...]) -> None:
        if await self._charts.lacking({each.sha256: each.filename for each in pictures}) != pictures:
            _log.info("pictures of a card changed", card_id=card_id)
            del self._turns[card_id]
            await self._cards.send_again(card_id)
            self._is_changed()
            return
        pause = self._turns[card_id].pause
        self._turns[card_id] = _Turn(time.monotonic() + pause, min(pause * 2, LONGEST_PAUSE))
