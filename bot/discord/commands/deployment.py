"""Uploads the commands at the start, and retries until Discord has them."""

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import CommandsRefusedError
from bot.domain.values import Deployment

FIRST_PAUSE_SECONDS: Final = 60.0
"""The pause before the first retry; each further one is twice as long."""
MAX_PAUSE_SECONDS: Final = 3600.0

_log = structlog.get_logger(__name__)


class CommandDeployment:
    """The state of the commands in Discord, and the retries."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._retrying: asyncio.Task[None] | None = None
        self.first_pause = FIRST_PAUSE_SECONDS
        self.state = Deployment()

    async def start(self, deploy: Callable[[], Awaitable[None]]) -> None:
        """Deploy the commands; if Discord refuses, keep its old ones, and retry later."""
        if pause := await self._try(deploy, self.first_pause):
            self._retrying = asyncio.create_task(self._retry(deploy, pause))

    def note_deployed(self) -> None:
        """Note that Discord has the commands."""
        self.state = Deployment()

    async def stop(self) -> None:
        """End the retries."""
        if self._retrying:
            self._retrying.cancel()
            await asyncio.gather(self._retrying, return_exceptions=True)

    async def _retry(self, deploy: Callable[[], Awaitable[None]], pause: float | None) -> None:
        while pause:
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE_SECONDS)
            try:
                pause = await self._try(deploy, pause)
            except Exception as error:  # noqa: BLE001 - the next retry must come
                _log.error("deploying commands failed", exc_info=error)

    async def _try(self, deploy: Callable[[], Awaitable[None]], pause: float) -> float | None:
        """Return the seconds before the next retry, at least `pause`; None: Discord has the commands now."""
        try:
            await deploy()
        except CommandsRefusedError as refusal:
            pause = max(pause, refusal.retry_after or 0.0)
            self.state = Deployment(refusal.why, self._clock() + datetime.timedelta(seconds=pause))
            _log.error("commands not deployed", why=refusal.why, retry_at=str(self.state.retry_at))
            return pause
        self.note_deployed()
        return None
