"""Waiting for a condition without polling."""

import asyncio
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 30.0
"""Default timeout in seconds, long enough for a busy machine."""


class Changes:
    """Notifies waiters of each change, so that they check their condition."""

    def __init__(self) -> None:
        """Start without waiters."""
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Have every waiter check its condition."""
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
