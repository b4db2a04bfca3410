"""Drawing of plots in a separate process, so that the bot neither waits nor loads a drawing library."""

import asyncio
import dataclasses
import json
from asyncio.subprocess import Process

from bot.service import subprocesses
from bot.service.reports import plot_worker
from bot.service.reports.plot import Plot

DRAW_SECONDS = 20.0
"""Timeout for one plot, including the start of the process: about half a second."""


class PlotError(Exception):
    """The plot was not drawn."""


class Plotter:
    """Draws one plot at a time, each in a process of its own."""

    def __init__(self, seconds: float = DRAW_SECONDS) -> None:
        """Abort a plot after so many seconds."""
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._worker: Process | None = None
        self._closed = False

    @property
    def is_drawing(self) -> bool:
        """True while a drawing process runs."""
        return self._worker is not None

    async def draw(self, plot: Plot) -> bytes:
        """Return the plot as a PNG.

        Raises:
            PlotError: it timed out, or the process failed.
        """
        try:
            async with asyncio.timeout(self._seconds), self._turn:
                return await self._draw(plot)
        except TimeoutError as error:
            raise PlotError(f"it took longer than {self._seconds:g} s") from error

    async def close(self) -> None:
        """End the process, and draw no more."""
        self._closed = True
        if self._worker is not None:
            subprocesses.kill(self._worker)
        async with self._turn:
            pass

    async def _draw(self, plot: Plot) -> bytes:
        if self._closed:
            raise PlotError("the bot is stopping")
        self._worker = worker = await subprocesses.start(plot_worker.__file__)
        try:
            png, _ = await worker.communicate(json.dumps(dataclasses.asdict(plot)).encode())
        finally:
            subprocesses.kill(worker)
            await worker.wait()
            self._worker = None
        if worker.returncode or not png:
            raise PlotError(f"the process ended with status {worker.returncode}")
        return png
