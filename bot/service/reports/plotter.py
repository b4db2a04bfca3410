"""Drawing of plots in a separate process, so that the bot neither waits nor loads a drawing library."""

import dataclasses
import json

from bot.service.reports import plot_worker
from bot.service.reports.plot import Plot
from bot.service.subprocesses import Worker

DRAW_SECONDS = 20.0
"""Timeout for one plot, including the start of the process: about half a second."""


class Plotter(Worker):
    """Draws one plot at a time, each in a process of its own."""

    def __init__(self, seconds: float = DRAW_SECONDS) -> None:
        """Abort a plot after so many seconds."""
        super().__init__(plot_worker.__file__, seconds)

    async def draw(self, plot: Plot) -> bytes:
        """Return the plot as a PNG.

        Raises:
            WorkerError: it timed out, or the process failed.
        """
        return await self.ask(json.dumps(dataclasses.asdict(plot)).encode())
