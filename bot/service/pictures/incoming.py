"""Pictures that are being fetched: callers wait for all, or for a limited time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.domain.errors import StoppingError
from bot.domain.picture_reasons import ONE_TOO_MANY, same_as
from bot.domain.values import MAX_CHARTS, Attachment, Chart, Received, RejectedPicture
from bot.service.records.text_rules import file_name

OnProgress = Callable[[], None]
"""Called as each picture is stored or rejected."""
Save = Callable[[Attachment, Chart | None], Awaitable[None]]
"""Saves the chart of a link; None: it is rejected for good."""


class Incoming:
    """The pictures of one command."""

    def __init__(
        self,
        pictures: Sequence[Chart | Attachment],
        work: Mapping[int, "asyncio.Task[Chart | RejectedPicture]"],
        stopping: asyncio.Event,
    ) -> None:
        """Wait for `work`, the tasks by position that fetch the pictures, until the bot is `stopping`."""
        self._pictures = pictures
        self._work = work
        self._stopping = asyncio.create_task(stopping.wait())

    @property
    def awaited(self) -> int:
        """Number of pictures still being fetched."""
        return sum(not task.done() for task in self._work.values())

    async def all(self) -> Received:
        """Wait for all of them.

        Raises:
            PicturesUnavailableError: the disk fails.
            StoppingError: the bot is stopping.
        """
        return await self.soon(None)

    async def soon(self, seconds: float | None) -> Received:
        """Wait for all of them, but at most `seconds` (None: no limit) after the first is stored.

        Raises:
            PicturesUnavailableError: the disk fails.
            StoppingError: the bot is stopping.
        """
        clock = asyncio.get_running_loop().time
        deadline = None
        while True:
            received = self._received()
            pending = [task for task in self._work.values() if not task.done()]
            if deadline is None and seconds is not None and received.charts:
                deadline = clock() + seconds
            if not pending or (deadline is not None and clock() >= deadline):
                return received
            timeout = None if deadline is None else deadline - clock()
            await asyncio.wait({*pending, self._stopping}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if self._stopping.done():
                raise StoppingError

    async def close(self) -> None:
        """Cancel the unfinished tasks."""
        tasks: list[asyncio.Task[Any]] = [*self._work.values(), self._stopping]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _received(self) -> Received:
        """Return the results so far, without duplicates; unfinished and rejected pictures stay attachments."""
        results = {number: task.result() for number, task in self._work.items() if task.done()}
        names: dict[str, str] = {}
        pictures: list[Chart | Attachment] = []
        left_out: list[RejectedPicture] = []
        refused: set[int] = set()
        for number, picture in enumerate(self._pictures):
            result = results.get(number, picture)
            if number >= MAX_CHARTS:
                result = RejectedPicture(file_name(picture.filename), ONE_TOO_MANY, is_final=True)
            if isinstance(result, Chart) and result.sha256 in names and isinstance(picture, Attachment):
                result = RejectedPicture(result.filename, same_as(names[result.sha256]), is_final=True)
            if isinstance(result, Chart):
                names[result.sha256] = result.filename
            if isinstance(result, RejectedPicture):
                left_out.append(result)
            if is_rejected(result):
                refused.add(number)
            pictures.append(result if isinstance(result, Chart) else picture)
        return Received(tuple(pictures), tuple(left_out), frozenset(refused))


def is_rejected(result: Chart | Attachment | RejectedPicture) -> bool:
    """Return whether it is a picture that is rejected for good."""
    return isinstance(result, RejectedPicture) and result.is_final
