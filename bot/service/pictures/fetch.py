"""How one picture is fetched, looked at, hashed and put on the disk."""

import asyncio
import pathlib
from collections.abc import Awaitable, Callable

from bot.domain.values import Attachment, Chart, Limits
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.formats.budget import MAX_FRAMES, MAX_PARTS, MAX_SCANS
from bot.service.pictures.formats.faults import Fault
from bot.service.pictures.inspection import Facts
from bot.service.records.text_rules import first_caption
from storage.chart_files import ChartFiles

Examine = Callable[[pathlib.Path], Awaitable[Facts]]

_SEND_ANOTHER = "Send a screenshot of it, or save it as JPEG or PNG and send that"
_WHY = {
    Fault.EMPTY: "is empty",
    Fault.NOT_A_PICTURE: "is not a PNG, JPEG, GIF or WebP picture",
    Fault.HEIC: f"is a HEIC picture. {_SEND_ANOTHER}",
    Fault.AVIF: f"is an AVIF picture. {_SEND_ANOTHER}",
    Fault.BROKEN: "is cut off or damaged",
    Fault.TOO_MANY_PIXELS: "has more than {megapixels} million pixels",
    Fault.TOO_MANY_FRAMES: f"has more than {MAX_FRAMES:,} frames. Send a shorter animation, or one picture of it",
    Fault.TOO_MANY_SCANS: f"is a JPEG of more than {MAX_SCANS} scans. Save the picture once more and send that",
    Fault.TOO_MANY_PARTS: f"is a file of more than {MAX_PARTS:,} parts. Save the picture once more and send that",
    Fault.TOO_SLOW: "took too long to look at",
    Fault.NO_MEMORY: "could not be checked: there was too little memory. Send it again",
    Fault.KILLED: "could not be checked: the process that does it was ended, twice. Send it again",
}
"""Of each fault, the end of a sentence about the picture."""


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
            await asyncio.to_thread(self._files.refuse_low_space, attachment.size, self._limits.reserve_mib * 2**20)
            await self._downloads.fetch(attachment.url, path)
            facts = await self._examine(path)
            kept = await asyncio.to_thread(self._files.store, path)
        finally:
            await asyncio.shield(asyncio.to_thread(self._files.discard, path))
        caption = first_caption(attachment.description)
        measured = (facts.media_type, facts.width, facts.height, kept.size)
        return Chart(kept.sha256, name, *measured, caption, attachment.is_spoiler)

    def why(self, fault: Fault) -> str:
        """Why a picture is not taken, as the end of a sentence about it."""
        return _WHY[fault].format(megapixels=self._limits.chart_megapixels)
