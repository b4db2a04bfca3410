"""A pool of inspectors, one per core, with fair turns."""

import asyncio
import os
import pathlib

from bot.domain.values import Actor
from bot.service.fair_slots import FairSlots
from bot.service.pictures.formats.image_info import ImageInfo
from bot.service.pictures.inspector import Inspector

MIN_COUNT = 2
"""One server may use all but one, so at least one."""


class Inspectors:
    """Inspectors that servers, and then users, take turns at; one server never uses all of them."""

    def __init__(self, max_pixels: int, count: int | None = None) -> None:
        """Use `count` processes (None: one per core), which reject pictures of more than `max_pixels`."""
        count = max(count or os.cpu_count() or MIN_COUNT, MIN_COUNT)
        self._inspectors = [Inspector(max_pixels) for _ in range(count)]
        self._idle = list(self._inspectors)
        self._slots = FairSlots(count, max_of_server=count - 1)

    async def strip_and_inspect(self, path: pathlib.Path, actor: Actor) -> ImageInfo:
        """Strip the file of the actor's picture of metadata and return its properties.

        Raises:
            ImageError: the picture is rejected.
            OSError: the disk fails.
        """
        async with self._slots.slot(actor):
            inspector = self._idle.pop()
            try:
                return await inspector.strip_and_inspect(path)
            finally:
                self._idle.append(inspector)

    async def close(self) -> None:
        """End the processes, even during inspections, and inspect no more."""
        await asyncio.gather(*(inspector.close() for inspector in self._inspectors))
