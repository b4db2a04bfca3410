"""Texts sent as files: Discord turns a long message into `message.txt`."""

import asyncio
from typing import Final

from bot.domain.values import Attachment
from bot.service.pictures.downloads import Downloads
from storage.chart_files import ChartFiles

_BYTES_OF_CHARACTER: Final = 4
"""Maximum in UTF-8."""


class NotTextError(Exception):
    """The file can't be a plan's text; the message is the end of a sentence about it."""


async def read(file: Attachment, files: ChartFiles, downloads: Downloads, max_characters: int) -> str:
    """Download a file and return its text.

    Raises:
        DownloadError: the download fails.
        NotTextError: it is too large, or not UTF-8.
        StorageError, OSError: the disk fails.
    """
    _refuse_large(file.size, max_characters)
    path = await asyncio.to_thread(files.begin)
    try:
        await downloads.fetch(file.url, path)
        data = await asyncio.to_thread(path.read_bytes)
    finally:
        await asyncio.shield(asyncio.to_thread(files.discard, path))
    _refuse_large(len(data), max_characters)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotTextError("is not UTF-8 text. Save it as UTF-8 and send it again") from error


def _refuse_large(size: int, max_characters: int) -> None:
    if size > max_characters * _BYTES_OF_CHARACTER:
        raise NotTextError(f"is too long: a plan can have {max_characters:,} characters. Shorten it")
