"""Pictures on their way in: whoever asked for them waits for all, or for those that come soon."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from bot.domain.errors import StoppingError
from bot.domain.values import MAX_CHARTS, Attachment, Chart, Received, RejectedPicture
from bot.service.records.charts import Pictures
from bot.service.records.text_rules import file_name

Step = Callable[[], None]
"""Called as each picture is done with, taken or not."""
Keep = Callable[[Pictures], Awaitable[None]]


class Incoming:
    """Pictures that are being fetched, those of one command."""

    def __init__(
        self,
        pictures: Sequence[Chart | Attachment],
        work: Mapping[int, "asyncio.Task[Chart | RejectedPicture]"],
        stopping: asyncio.Event,
    ) -> None:
        """Wait for `work`, which fetches the pictures at these places, until the bot is `stopping`."""
        self._pictures = pictures
        self._work = work
        self._stopping = asyncio.create_task(stopping.wait())

    @property
    def awaited(self) -> int:
        """Pictures that are not done with yet."""
        return sum(not task.done() for task in self._work.values())

    async def all(self) -> Received:
        """Wait for all of them.

        Raises:
            PicturesUnavailableError: the disk does not take them.
            StoppingError: the bot is being stopped.
        """
        return await self.soon(None)

    async def soon(self, seconds: float | None) -> Received:
        """Wait until all are done with, or (None: only for that) so long after the first is there.

        Raises:
            PicturesUnavailableError: the disk does not take them.
            StoppingError: the bot is being stopped.
        """
        now = asyncio.get_running_loop().time
        until = None
        while True:
            received = self._received()
            pending = [task for task in self._work.values() if not task.done()]
            if until is None and seconds is not None and received.charts:
                until = now() + seconds
            if not pending or (until is not None and now() >= until):
                return received
            left = None if until is None else until - now()
            await asyncio.wait({*pending, self._stopping}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if self._stopping.done():
                raise StoppingError

    async def close(self) -> None:
        """Break off what is still being fetched."""
        tasks: list[asyncio.Task[Any]] = [*self._work.values(), self._stopping]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _received(self) -> Received:
        """The pictures as they are now, each once; those that are not there, or could not be had, stay attachments."""
        came = {number: task.result() for number, task in self._work.items() if task.done()}
        there: dict[str, str] = {}
        now: list[Chart | Attachment] = []
        left_out: list[RejectedPicture] = []
        refused: set[int] = set()
        for number, picture in enumerate(self._pictures):
            result = came.get(number, picture)
            if number >= MAX_CHARTS:
                result = RejectedPicture.one_too_many(file_name(picture.filename))
            if isinstance(result, Chart) and result.sha256 in there and isinstance(picture, Attachment):
                result = RejectedPicture(
                    result.filename, f"is the same picture as {there[result.sha256]}", is_final=True
                )
            if isinstance(result, Chart):
                there[result.sha256] = result.filename
            if isinstance(result, RejectedPicture):
                left_out.append(result)
            if is_refused(result):
                refused.add(number)
            now.append(result if isinstance(result, Chart) else picture)
        return Received(tuple(now), tuple(left_out), frozenset(refused))


def is_refused(result: Chart | Attachment | RejectedPicture) -> bool:
    """Return whether it is a picture that will not be taken, however often it is sent."""
    return isinstance(result, RejectedPicture) and result.is_final


def has(pictures: Iterable[Chart | Attachment | RejectedPicture], chart: Chart) -> bool:
    """Return whether the picture is among them already."""
    return any(isinstance(each, Chart) and each.sha256 == chart.sha256 for each in pictures)
