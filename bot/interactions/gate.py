"""The gate at which interactions wait while a plugin's code is replaced."""

import asyncio
import contextlib
from collections.abc import Callable, Generator
from typing import Final

MAX_WAIT_SECONDS: Final = 1.5
"""The longest wait of an interaction: Discord gives up after 3 s."""


class Gate:
    """A gate that is closed for moments. While commands are updated, only interactions for missing ones wait."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._up_to_date = asyncio.Event()
        self._up_to_date.set()

    @contextlib.contextmanager
    def updating(self) -> Generator[None]:
        """Mark the commands as being updated while the block runs: Discord may know some that are not loaded yet."""
        self._up_to_date.clear()
        try:
            yield
        finally:
            self._up_to_date.set()

    @contextlib.contextmanager
    def closed(self) -> Generator[None]:
        """Close the gate while the block runs."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    async def wait_open(self, is_loaded: Callable[[], bool]) -> None:
        """Wait until the interaction may pass, or until Discord would give up.

        Args:
            is_loaded: returns whether the code for the interaction is loaded now.
        """
        if self._open.is_set() and self._up_to_date.is_set():
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MAX_WAIT_SECONDS):
                await self._open.wait()
                if not is_loaded():
                    await self._up_to_date.wait()
                    await self._open.wait()
