"""How one picture is fetched, looked at, hashed and put on the disk."""

import asyncio

from bot.domain.values import Attachment, Chart, Limits
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.inspect_worker import Fault
from bot.service.pictures.inspector import Examiner
from storage.chart_files import ChartFiles


class Fetching:
    """Makes charts of links."""

    def __init__(self, files: ChartFiles, downloads: Downloads, examiner: Examiner, limits: Limits) -> None:
        self._files = files
        self._downloads = downloads
        self._examiner = examiner
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
            await asyncio.to_thread(self._files.refuse_low_space, attachment.size, self._limits.reserve_mib * 2**20)
            await self._downloads.fetch(attachment.url, path)
            facts = await self._examiner.examine(path)
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
            case Fault.TOO_SLOW:
                return "took too long to look at"
            case Fault.NO_MEMORY:
                return "could not be checked: there was too little memory. Send it again"
            case Fault.KILLED:
                return "could not be checked: the process that does it was ended, twice. Send it again"
