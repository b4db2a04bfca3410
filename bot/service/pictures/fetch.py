"""Fetching of one chart: downloaded, inspected, and stored by its hash."""

import asyncio
import pathlib
from collections.abc import Awaitable, Callable

from bot.domain import picture_reasons
from bot.domain.image_problems import ImageProblem
from bot.domain.values import Attachment, Chart, Limits
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.formats.image_info import ImageInfo
from bot.service.records.text_rules import first_caption
from storage.chart_files import ChartFiles

Inspect = Callable[[pathlib.Path], Awaitable[ImageInfo]]


class ChartFetcher:
    """Turns links into stored charts."""

    def __init__(self, files: ChartFiles, downloads: Downloads, inspect: Inspect, limits: Limits) -> None:
        self._files = files
        self._downloads = downloads
        self._inspect = inspect
        self._limits = limits

    async def fetch(self, attachment: Attachment, name: str) -> Chart:
        """Store the picture behind the link and return its chart, with this name.

        Raises:
            DownloadError: the download fails.
            ImageError: the picture is rejected; see `reason`.
            StorageError, OSError: the disk fails.
        """
        self._downloads.refuse_large(attachment.size)
        path = await asyncio.to_thread(self._files.begin)
        try:
            await asyncio.to_thread(self._files.refuse_low_space, attachment.size, self._limits.reserve_mib * 2**20)
            await self._downloads.fetch(attachment.url, path)
            info = await self._inspect(path)
            stored = await asyncio.to_thread(self._files.store, path)
        finally:
            await asyncio.shield(asyncio.to_thread(self._files.discard, path))
        caption = first_caption(attachment.description)
        measures = (info.media_type, info.width, info.height, stored.size)
        return Chart(stored.sha256, name, *measures, caption, attachment.is_spoiler)

    def reason(self, problem: ImageProblem) -> str:
        """Return the reason why a picture with this problem is rejected, as the end of a sentence about it."""
        return picture_reasons.of_problem(problem, self._limits.chart_megapixels)
