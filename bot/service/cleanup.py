"""Deletion of old drafts, operations and pictures that nothing shows."""

import asyncio
import dataclasses
import datetime
import secrets
from collections.abc import Callable

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import Limits
from bot.service.pictures import needed
from bot.service.records import drafts, operations, read_markers
from storage.chart_files import ChartFiles
from storage.chart_folder import SUBFOLDERS
from storage.errors import StorageError
from storage.models import ChartRow, DatabaseRow
from storage.store import Store

OPERATION_LIFE = datetime.timedelta(days=1)
"""Discord delivers an interaction again within minutes or never; a day is generous."""
MARKER_LIFE = datetime.timedelta(days=30)
"""The time for which it is remembered what a member last opened."""
PICTURE_GRACE = datetime.timedelta(days=1)
"""The minimum age of a picture that no row names: a row follows within the 15 min that an interaction lives."""
SLICE = 2_000
"""Pictures that are listed at once."""
MAX_PICTURES = 25_000
"""Old pictures that one sweep looks at, in less than a second."""
ROWS_AT_ONCE = 500
"""Rows that are deleted in one transaction."""

_log = structlog.get_logger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Swept:
    """The numbers of what was deleted."""

    drafts: int
    operations: int
    pictures: int
    """Files: pictures that nothing shows, and those that were not written to the end."""
    markers: int = 0
    """Read markers."""


class CleanupService:
    """Deletes what is old and unused; of many pictures a part each time."""

    def __init__(
        self, store: Store, files: ChartFiles, clock: Clock, limits: Limits, max_pictures: int = MAX_PICTURES
    ) -> None:
        """Look at about so many old pictures in each sweep."""
        self._store = store
        self._files = files
        self._clock = clock
        self._limits = limits
        self._max_pictures = max_pictures
        self._subfolder = secrets.randbelow(SUBFOLDERS)
        """The number of the subfolder of pictures to go on with: a bot that is often restarted sweeps all, too."""

    async def sweep(self) -> Swept:
        """Delete old drafts, the records of interactions long done, and unused pictures.

        Ages count up to the newest interaction in the database, whatever the machine's clock says: were it put forward
        by a month, everything would seem old.

        Old files are listed before unused ones, and checked once more before they are removed: a picture that is stored
        again meanwhile, for a plan that is being posted, is young again and stays.

        Raises:
            DatabaseUnavailableError: the database can't be read or written.
        """
        try:
            now = min(await self._store.read(operations.newest), self._clock())
            drafts_gone = await self._delete(drafts.sweep, now - datetime.timedelta(days=self._limits.draft_days))
            done = (operations.sweep, operations.sweep_drafts)
            operations_gone = sum([await self._delete(each, now - OPERATION_LIFE) for each in done])
            markers_gone = await self._delete(read_markers.sweep, now - MARKER_LIFE)
            pictures_gone = await self._sweep_pictures(now - PICTURE_GRACE)
            return Swept(drafts_gone, operations_gone, pictures_gone, markers_gone)
        except StorageError as error:
            raise DatabaseUnavailableError from error

    async def _sweep_pictures(self, before: datetime.datetime) -> int:
        database = await self._store.read(DatabaseRow.get)
        is_empty = not await self._store.read(ChartRow.select().exists)
        if not await asyncio.to_thread(self._files.folder.belongs_to, database.name, is_empty=is_empty):
            _log.error("charts folder of another database, or of a disk that is not mounted; no pictures deleted")
            return 0
        removed = await asyncio.to_thread(self._files.remove_unfinished, before)
        subfolders, left = 0, self._max_pictures
        while subfolders < SUBFOLDERS and left > 0:
            old = await asyncio.to_thread(self._files.old, before, self._subfolder, min(SLICE, left))
            unused = await self._store.read(needed.unused, old.names)
            removed += await asyncio.to_thread(self._files.remove_old, unused, before)
            subfolders, left = subfolders + old.next - self._subfolder, left - len(old.names)
            self._subfolder = old.next % SUBFOLDERS
        return removed

    async def _delete(self, sweep: Callable[[datetime.datetime, int], int], oldest: datetime.datetime) -> int:
        """Delete rows in short transactions, so that others can write in between."""
        deleted = 0
        while gone := await self._store.write(sweep, oldest, ROWS_AT_ONCE):
            deleted += gone
        return deleted
