"""Checks pictures that cards lack, and has a card sent again once its pictures are available."""

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

CHECK_SECONDS: Final = 2.0
"""Between two checks, and before the second check of a card."""
MAX_PAUSE: Final = 20.0
"""Seconds between two checks of a card: twice as long each time, up to this."""
MAX_CARDS: Final = 100
"""Cards in one check: a lost folder of a large database must not block other readers."""

_log = structlog.get_logger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class _Check:
    """The next check of a card."""

    at: float
    """In the time of the monotonic clock."""
    pause: float
    """Seconds until the check after it."""


class PictureWatch:
    """Has a card sent again when other pictures than before are missing, or none."""

    def __init__(self, cards: CardService, charts: ChartService, on_change: Callable[[], None]) -> None:
        """Call `on_change` when a card is to be sent again."""
        self._cards = cards
        self._charts = charts
        self._on_change = on_change
        self._checks: dict[CardId, _Check] = {}

    async def run(self) -> None:
        """Check repeatedly until canceled."""
        while True:
            try:
                await self._check()
            except DatabaseUnavailableError:
                pass  # logged by the recovery loop
            except Exception as error:  # noqa: BLE001 - the next check must come
                _log.error("searching missing pictures failed", exc_info=error)
            await asyncio.sleep(CHECK_SECONDS)

    async def _check(self) -> None:
        now, lacking = time.monotonic(), await self._cards.lacking()
        self._checks = {each: self._checks.get(each, _Check(now, CHECK_SECONDS)) for each in lacking}
        ready = [each for each, check in self._checks.items() if check.at <= now]
        first = heapq.nsmallest(MAX_CARDS, ready, key=lambda each: self._checks[each].at)
        for card_id, pictures in (await self._cards.lacked_by(first)).items():
            await self._check_card(card_id, pictures)

    async def _check_card(self, card_id: CardId, pictures: tuple[LackingPicture, ...]) -> None:
        if await self._charts.lacking({each.sha256: each.filename for each in pictures}) != pictures:
            _log.info("pictures of a card changed", card_id=card_id)
            del self._checks[card_id]
            await self._cards.send_again(card_id)
            self._on_change()
            return
        pause = self._checks[card_id].pause
        self._checks[card_id] = _Check(time.monotonic() + pause, min(pause * 2, MAX_PAUSE))
