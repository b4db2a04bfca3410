"""Waiting until something has changed, without asking again and again."""

import asyncio
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 30.0
"""Seconds that one waits who says nothing else: a busy machine may take a while."""


class Changes:
    """Wakes those who wait for a condition whenever something has changed."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Let everybody look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], object], seconds: float) -> None:
        """Wait until a condition holds.

        Raises:
            TimeoutError: it does not hold after `seconds`.
        """
        async with asyncio.timeout(seconds):
            while not condition():
                await self._changed.wait()
