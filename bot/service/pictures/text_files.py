"""Text that comes as a file: Discord makes `message.txt` of what is too long for a message."""

import asyncio
from typing import Final

from bot.domain.values import Attachment
from bot.service.pictures.downloads import Downloads
from storage.chart_files import ChartFiles

_BYTES_OF_CHARACTER: Final = 4
"""At most, in UTF-8."""


class NotTextError(Exception):
    """The file is not the text of a plan; the message is the end of a sentence about it."""


async def read(file: Attachment, files: ChartFiles, downloads: Downloads, most_characters: int) -> str:
    """Fetch a file and return its text.

    Raises:
        DownloadError: it can't be fetched.
        NotTextError: it is too large, or not UTF-8.
        StorageError, OSError: the disk does not take it.
    """
    _refuse_large(file.size, most_characters)
    path = await asyncio.to_thread(files.begin)
    try:
        await downloads.fetch(file.url, path)
        data = await asyncio.to_thread(path.read_bytes)
    finally:
        await asyncio.shield(asyncio.to_thread(files.discard, path))
    _refuse_large(len(data), most_characters)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotTextError("is not text in UTF-8. Save it as that, and send it again") from error


def _refuse_large(size: int, most_characters: int) -> None:
    if size > most_characters * _BYTES_OF_CHARACTER:
        raise NotTextError(f"is too long for a plan, which may have {most_characters:,} characters. Shorten it")
