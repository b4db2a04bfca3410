"""How one picture is fetched, looked at, hashed and put on the disk."""

import asyncio
import pathlib
from collections.abc import Awaitable, Callable

from bot.domain.values import Attachment, Chart, Limits
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.inspect_worker import MAX_FRAMES, MAX_PARTS, MAX_SCANS, Facts, Fault
from storage.chart_files import ChartFiles

Examine = Callable[[pathlib.Path], Awaitable[Facts]]


class Fetching:
    """Makes charts of links."""

    def __init__(self, files: ChartFiles, downloads: Downloads, examine: Examine, limits: Limits) -> None:
        self._files = files
        self._downloads = downloads
        self._examine = examine
        self._limits = limits

    async def fetch(self, attachment: Attachment, name: str) -> Chart:
        """The picture behind the link, kept, as a chart of this name.

        Raises:
            DownloadError: it can't be fetched.
            PictureError: it is not taken; `why` says it in words.
            StorageError, OSError: the disk does not take it.
        """
        self._downloads.refuse_large(attachment.size)
        path = await asyncio.to_thread(self._files.begin)
        try:
            await self._downloads.fetch(attachment.url, path)
            facts = await self._examine(path)
            kept = await asyncio.to_thread(self._files.keep, path)
        finally:
            await asyncio.shield(asyncio.to_thread(self._files.discard, path))
        return Chart(kept.sha256, name, facts.media_type, facts.width, facts.height, kept.size)

    def why(self, fault: Fault) -> str:
        """Why a picture is not taken, as the end of a sentence about it."""
        match fault:
            case Fault.EMPTY:
                return "is empty"
            case Fault.NOT_A_PICTURE:
                return "is not a PNG, JPEG, GIF or WebP picture"
            case Fault.BROKEN:
                return "is cut off or damaged"
            case Fault.TOO_MANY_PIXELS:
                return f"has more than {self._limits.chart_megapixels} million pixels"
            case Fault.TOO_MANY_FRAMES:
                return f"has more than {MAX_FRAMES:,} frames. Send a shorter animation, or one picture of it"
            case Fault.TOO_MANY_SCANS:
                return f"is a JPEG of more than {MAX_SCANS} scans. Save the picture once more and send that"
            case Fault.TOO_MANY_PARTS:
                return f"is a file of more than {MAX_PARTS:,} parts. Save the picture once more and send that"
            case Fault.TOO_SLOW:
                return "took too long to look at"
            case Fault.NO_MEMORY:
                return "could not be checked: there was too little memory. Send it again"
            case Fault.KILLED:
                return "could not be checked: the process that does it was ended, twice. Send it again"
