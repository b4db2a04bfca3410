"""Lets interactions wait for the moment in which a plugin's code is replaced."""

import asyncio
import contextlib
from collections.abc import Callable, Generator
from typing import Final

LONGEST_HOLD: Final = 1.5
"""Seconds that an interaction waits at most: Discord gives up after 3."""


class Gate:
    """Open, but for moments. While commands are being changed, it holds only those who ask for what is not there."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._settled = asyncio.Event()
        self._settled.set()

    @contextlib.contextmanager
    def changing(self) -> Generator[None]:
        """While the block runs, Discord may know commands that are not there yet."""
        self._settled.clear()
        try:
            yield
        finally:
            self._settled.set()

    @contextlib.contextmanager
    def shut(self) -> Generator[None]:
        """While the block runs, nobody passes."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    async def passed(self, is_there: Callable[[], bool]) -> None:
        """Wait until one may pass, but never so long that Discord would give up.

        Args:
            is_there: whether what one asks for is there at the moment.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_HOLD):
                await self._open.wait()
                if not is_there():
                    await self._settled.wait()
                    await self._open.wait()
