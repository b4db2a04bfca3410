"""The time since the last event of Discord's gateway: a long silence is reported, a longer one ends the bot."""

import asyncio
import dataclasses
import datetime
import time
from typing import Final

import structlog

from bot.domain.clock import Clock
from bot.domain.values import Outage

REPORT_SECONDS: Final = 60.0
"""The silence that is reported: Discord answers a heartbeat every 41 seconds."""

_log = structlog.get_logger(__name__)


class ConnectionLostError(Exception):
    """No connection to Discord for longer than the bot waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"No connection to Discord for {seconds:,.0f} seconds.")


class Liveness:
    """The time since each shard heard from Discord over an established connection."""

    def __init__(self, clock: Clock, exit_seconds: float, report_seconds: float = REPORT_SECONDS) -> None:
        """End after a silence of `exit_seconds`; 0: never."""
        self._clock = clock
        self._exit_seconds = exit_seconds
        self._report_seconds = report_seconds
        self._heard: dict[int, float] = {}
        """By shard, in the time of `time.monotonic`."""
        self.outage: Outage | None = None
        """The outage that was reported last."""

    def hear(self, shard_id: int) -> None:
        """Note that a shard received something from Discord, or begins to listen."""
        self._heard[shard_id] = time.monotonic()
        if self.outage and not self.outage.ended_at and self.silence < self._report_seconds:
            self.outage = dataclasses.replace(self.outage, ended_at=self._clock())
            _log.warning("connected to Discord again", since=str(self.outage.began_at))

    async def watch(self) -> None:
        """Report silences, until one is too long.

        Raises:
            ConnectionLostError: one was.
        """
        while True:
            silence = self.silence
            if 0 < self._exit_seconds <= silence:
                raise ConnectionLostError(silence)
            if silence >= self._report_seconds and (self.outage is None or self.outage.ended_at):
                self._report(silence)
            later = (each - silence for each in (self._report_seconds, self._exit_seconds) if each > silence)
            await asyncio.sleep(min((*later, self._report_seconds)))

    @property
    def silence(self) -> float:
        """The seconds since the most silent shard was heard; 0.0 before the first one listens."""
        return time.monotonic() - min(self._heard.values()) if self._heard else 0.0

    def _report(self, silence: float) -> None:
        self.outage = Outage(self._clock() - datetime.timedelta(seconds=silence))
        _log.error(
            "no connection to Discord",
            seconds=round(silence),
            exit_after_seconds=self._exit_seconds or "never",
        )
