"""Looks for pictures that cards lack, so that a card becomes right by itself once its pictures can be had."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import structlog

from bot.domain.errors import BookUnavailableError
from bot.domain.values import CardId, LackingCard
from bot.service.cards import CardService
from bot.service.charts import ChartService

LOOK_SECONDS: Final = 2.0
"""Between two looks, and before a card is looked at for the second time."""
LONGEST_PAUSE: Final = 20.0
"""Seconds between two looks at one card: twice as long each time, up to this."""

_log = structlog.get_logger(__name__)


class PictureWatch:
    """Has a card sent again when the pictures that it lacks are others than before, or none."""

    def __init__(self, cards: CardService, charts: ChartService, is_changed: Callable[[], None]) -> None:
        """Call `is_changed` when a card is to be sent again."""
        self._cards = cards
        self._charts = charts
        self._is_changed = is_changed
        self._pauses: dict[CardId, float] = {}
        self._not_before: dict[CardId, float] = {}

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self._look()
            except BookUnavailableError as error:
                _log.warning("lacking pictures not looked for", why=str(error))
            except Exception as error:  # noqa: BLE001 - the next look must come
                _log.error("looking for lacking pictures failed", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        lacking = await self._cards.lacking()
        self._pauses = {each.card_id: self._pauses.get(each.card_id, LOOK_SECONDS) for each in lacking}
        for card in lacking:
            if self._not_before.get(card.card_id, 0.0) <= time.monotonic():
                await self._look_at(card)

    async def _look_at(self, card: LackingCard) -> None:
        pictures = {each.sha256: each.filename for each in card.pictures}
        if await self._charts.lacking(pictures) != card.pictures:
            _log.info("pictures of a card changed", card_id=card.card_id, plan_id=card.plan.id)
            self._not_before.pop(card.card_id, None)
            await self._cards.send_again(card.card_id)
            self._is_changed()
            return
        pause = self._pauses[card.card_id]
        self._pauses[card.card_id] = min(pause * 2, LONGEST_PAUSE)
        self._not_before[card.card_id] = time.monotonic() + pause
