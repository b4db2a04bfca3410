"""Computing of calendars in a separate process, as the library would add 20 MiB to the bot."""

import datetime
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from bot.domain.sessions import DayKind, Exchange
from bot.service.calendars import calendar_worker
from bot.service.subprocesses import Worker

COMPUTE_SECONDS = 60.0
"""Timeout for all years, including the start of the process: less than a second."""

ExchangeYear: TypeAlias = tuple[Exchange, int]
Days: TypeAlias = Mapping[datetime.date, DayKind]
"""Closed and half days, without weekends."""


class CalendarProcess(Worker):
    """Computes the closed and half days of exchanges."""

    def __init__(self, seconds: float = COMPUTE_SECONDS) -> None:
        """Abort after so many seconds."""
        super().__init__(calendar_worker.__file__, seconds)

    async def compute(self, wanted: Sequence[ExchangeYear]) -> dict[ExchangeYear, Days]:
        """Return the days of each exchange and year.

        Raises:
            WorkerError: it timed out, or the process failed.
        """
        computed = json.loads(await self.ask(json.dumps(wanted).encode()))
        return {
            each: {datetime.date.fromisoformat(day): DayKind(kind) for day, kind in days.items()}
            for each, days in zip(wanted, computed, strict=True)
        }
