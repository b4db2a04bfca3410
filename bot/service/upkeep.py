"""The book in trouble: noticing it, mending it, and saving what can be saved meanwhile."""

import asyncio
import contextlib
import pathlib
from collections.abc import Generator

import structlog

from bot.errors import BookUnavailableError
from storage.charts import ChartFiles
from storage.errors import MovedError, StorageError
from storage.served import ServedStore

_log = structlog.get_logger(__name__)


class UpkeepService:
    """Brings the book, and the folder of the pictures, back into use."""

    def __init__(self, store: ServedStore, files: ChartFiles, aside: pathlib.Path) -> None:
        """Use the folder `aside` for what can't be where it belongs."""
        self._store = store
        self._files = files
        self._aside = aside
        self._is_rescued = False

    @property
    def trouble(self) -> str | None:
        """Why nothing can be written, for the operator; None: all is well."""
        return str(self._store.trouble) if self._store.trouble else None

    async def look(self) -> None:
        """Notice what has become of the files."""
        if not self._store.trouble:
            await self._store.look()

    async def mend(self) -> None:
        """Bring them back into use, if they can be; only those that are `catching_up` write then, until `resume`.

        Raises:
            BookUnavailableError: they can't be, for now.
        """
        self._store.pause()
        try:
            await self._store.mend()
            await asyncio.to_thread(self._files.try_to_write)
        except StorageError as error:
            raise BookUnavailableError from error

    def pause(self) -> None:
        """Let only those write that are `catching_up`."""
        self._store.pause()

    @contextlib.contextmanager
    def catching_up(self) -> Generator[None]:
        """Inside, this task may write before all others."""
        with self._store.catching_up():
            yield

    def resume(self) -> None:
        """Let everybody write again."""
        self._store.resume()
        self._is_rescued = False

    async def rescue(self) -> None:
        """Copy a book whose file was taken away while it was open, once: nobody else could."""
        if self._is_rescued or not isinstance(self._store.trouble, MovedError):
            return
        self._is_rescued = True
        target = self._aside / "rescued.db"
        try:
            await asyncio.to_thread(self._aside.mkdir, mode=0o700, parents=True, exist_ok=True)
            if await self._store.rescue(target):
                _log.error("the book's file is gone; what was open was copied", copy=str(target))
        except (StorageError, OSError) as error:
            _log.error("the book's file is gone, and what was open could not be copied", why=str(error))
