"""Outages of the database: detecting them, recovering from them, and copying a database whose file is gone."""

import asyncio
import pathlib

import structlog

from bot.domain.errors import DatabaseUnavailableError
from bot.domain.pending import DatabaseId
from storage.chart_files import ChartFiles
from storage.errors import StorageError
from storage.errors.database import MovedError
from storage.resilient_store import ResilientStore
from storage.spool import SpoolFile

_log = structlog.get_logger(__name__)


class DatabaseMonitor:
    """Checks the database, and the disk of the pictures."""

    def __init__(self, store: ResilientStore, files: ChartFiles, spool: SpoolFile) -> None:
        """Use the spool's folder for a copy of a database whose file is gone."""
        self._store = store
        self._files = files
        self._spool = spool
        self._trusted = store.opened
        """The opening of the database that the charts' folder was last found to belong to."""
        self._is_rescued = False
        self._logged: set[str] = set()

    @property
    def outage(self) -> str | None:
        """The reason why nothing can be written, for the operator; None: all is well."""
        return str(self._store.outage) if self._store.outage else None

    @property
    def database(self) -> DatabaseId:
        """The identity of the database."""
        return DatabaseId(str(self._store.path), self._store.name)

    async def probe(self) -> None:
        """Check the files."""
        if not self._store.outage:
            await self._store.probe()

    async def recover(self) -> None:
        """Recover the database, if possible; only the replay writes then, until `resume`.

        Raises:
            DatabaseUnavailableError: it can't be recovered yet.
        """
        self._store.pause()
        try:
            await self._store.recover()
            if self._store.opened != self._trusted:  # perhaps a backup, with a folder of its own
                await asyncio.to_thread(self._files.folder.trust, self._store.name)
                self._trusted = self._store.opened
        except (StorageError, OSError) as error:
            raise DatabaseUnavailableError from error

    async def pictures_outage(self) -> str | None:
        """Return the reason why pictures can't be saved, for the operator; None: they can."""
        try:
            await asyncio.to_thread(self._files.try_to_write)
        except StorageError as error:
            return str(error)
        return None

    def pause(self) -> None:
        """Let only the replay write."""
        self._store.pause()

    def resume(self) -> None:
        """Let everybody write again."""
        self._store.resume()
        self._is_rescued = False
        self._logged.clear()

    async def rescue(self) -> bool:
        """Copy a database whose file was removed while it was open, once: nobody else could.

        False: there is such a database, and no disk takes the copy yet.
        """
        if self._is_rescued or not isinstance(self._store.outage, MovedError):
            return True
        for folder in (self._spool.folder, self._store.path.parent):
            if await self._rescue(folder):
                return True
        return False

    async def _rescue(self, folder: pathlib.Path) -> bool:
        try:
            if folder == self._spool.folder:
                await asyncio.to_thread(self._spool.make_folder)
            copy = _free_name(folder)
            if await self._store.rescue(copy):
                self._is_rescued = True
                _log.error("database file gone; the open one was copied", copy=str(copy))
        except (StorageError, OSError) as error:
            if str(error) not in self._logged:
                self._logged.add(str(error))
                _log.error("database file gone, and the open one could not be copied", why=str(error))
            return False
        return True


def _free_name(folder: pathlib.Path) -> pathlib.Path:
    """Return the name of no file: an earlier copy may be all that is left of another database."""
    name, number = "rescued.db", 1
    while (folder / name).exists():
        number += 1
        name = f"rescued-{number}.db"
    return folder / name
