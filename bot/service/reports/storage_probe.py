"""Probes of the storage: whether the database and the pictures can be written now, and the free space."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from bot.domain.values import StorageHealth, WriteProbe
from storage.chart_files import ChartFiles
from storage.errors import StorageError
from storage.errors.charts import ChartUnwritableError
from storage.errors.database import (
    MovedError,
    NotADatabaseError,
    ReadFailedError,
    ReplayInProgressError,
    StorageBusyError,
    StorageUnwritableError,
    UnreadableError,
)
from storage.store import Store

PROBE_SECONDS = 3.0
"""Timeout for the database; a statement waits 1 s for another process."""

_log = structlog.get_logger(__name__)


class StorageProbe:
    """Writes to the database and to the folder of the pictures, and measures that."""

    def __init__(self, store: Store, files: ChartFiles, reserve: int) -> None:
        """Probe these; `reserve` is in bytes."""
        self._store = store
        self._files = files
        self._reserve = reserve
        self._logged: dict[str, str] = {}
        """The failures that were logged last, by part."""

    async def check(self) -> StorageHealth:
        """Return the current health of the storage; a part that fails or times out is reported as such."""
        probes = await asyncio.gather(
            self._probe("database", self._store.try_to_write()),
            self._probe("pictures", asyncio.to_thread(self._files.try_to_write)),
        )
        free = await asyncio.gather(_free(self._store.free), _free(self._files.free))
        return StorageHealth(*probes, *free, self._reserve)

    async def _probe(self, part: str, writing: Awaitable[None]) -> WriteProbe:
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await writing
        except (StorageError, TimeoutError) as error:
            self._log_failure(part, str(error) or "no answer")
            return WriteProbe(None, _why(error))
        self._logged.pop(part, None)
        return WriteProbe((time.perf_counter() - begun) * 1000)

    def _log_failure(self, part: str, why: str) -> None:
        """Log a failure once: some ask every few seconds."""
        if self._logged.get(part) != why:
            self._logged[part] = why
            _log.error("probe failed", what=part, why=why)


async def _free(ask: Callable[[], int]) -> int | None:
    try:
        return await asyncio.to_thread(ask)
    except OSError as error:
        _log.error("free space unknown", why=str(error))
        return None


def _why(error: StorageError | TimeoutError) -> str:
    """Return the reason without file names, which are only for the log."""
    match error:
        case StorageBusyError():
            return "another process has locked it"
        case StorageUnwritableError() | ChartUnwritableError():
            return "the disk may be full, read-only or broken"
        case ReadFailedError():
            return "a read failed, and it is being checked again"
        case NotADatabaseError():
            return "it is damaged: a backup must be restored"
        case MovedError():
            return "its files were moved or deleted"
        case UnreadableError():
            return "it can’t be opened"
        case ReplayInProgressError():
            return "queued changes are being saved"
        case TimeoutError():
            return f"it did not answer within {PROBE_SECONDS:g} s"
        case _:
            return "the reason is in the log"
