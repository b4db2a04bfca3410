"""As many processes that look at pictures as there are cores, with fair turns at them."""

import asyncio
import os
import pathlib

from bot.domain.values import Actor
from bot.service.fair_slots import FairSlots
from bot.service.pictures.inspection import Facts
from bot.service.pictures.inspector import Examiner

FEWEST = 2
"""So that one server, which may have all but one, has one."""


class Inspectors:
    """Examiners that servers, and then users, take turns at; one server always leaves one of them to others.

    The argument is the most pixels that a picture may have.
    """

    def __init__(self, most_pixels: int, count: int | None = None) -> None:
        """Use `count` processes; None: one for each core."""
        count = max(count or os.cpu_count() or FEWEST, FEWEST)
        self._examiners = [Examiner(most_pixels) for _ in range(count)]
        self._idle = list(self._examiners)
        self._slots = FairSlots(count, most_of_server=count - 1)

    async def examine(self, path: pathlib.Path, actor: Actor) -> Facts:
        """Return the facts of a picture that the actor has sent; its file has only what shows it.

        Raises:
            PictureError: it is not taken.
            OSError: the disk fails, not the picture.
        """
        async with self._slots.taken(actor):
            examiner = self._idle.pop()
            try:
                return await examiner.examine(path)
            finally:
                self._idle.append(examiner)

    async def close(self) -> None:
        """End the processes, whatever they look at, and look at nothing more."""
        await asyncio.gather(*(examiner.close() for examiner in self._examiners))
