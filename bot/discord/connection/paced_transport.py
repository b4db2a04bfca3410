"""hikari's transport, with pauses in which the event loop does other work between the frames of a burst."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

READING_SECONDS: Final = 0.03
"""The time after which reading pauses; a frame that takes longer is read whole."""


class Transport(Protocol):
    """A source of frames."""

    async def receive_json(self) -> dict[str, Any]:
        """Return the next frame."""
        ...


class PacedTransport:
    """A transport that pauses: hikari reads all frames that have arrived, and nothing is answered meanwhile."""

    def __init__(self, transport: Transport, clock: Callable[[], float] = time.monotonic) -> None:
        self._transport = transport
        self._clock = clock
        self._paused_at = clock()

    def __getattr__(self, name: str) -> object:
        return getattr(self._transport, name)

    async def receive_json(self) -> dict[str, Any]:
        """Return the next frame."""
        if self._clock() - self._paused_at >= READING_SECONDS:
            await asyncio.sleep(0)
            self._paused_at = self._clock()
        return await self._transport.receive_json()
