"""Probes of the storage: whether the database and the pictures can be written now, and the free space."""

import asyncio
import time
from collections.abc import Awaitable

from bot.domain.values import StorageHealth, WriteProbe
from bot.service.blocking_call import PROBE_SECONDS, BlockingCall
from bot.service.failure_log import FailureLog
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


class StorageProbe:
    """Writes to the database and to the folder of the pictures, and measures that."""

    def __init__(self, store: Store, files: ChartFiles, reserve: int) -> None:
        """Probe these; `reserve` is in bytes."""
        self._store = store
        self._write_picture = BlockingCall(files.try_to_write)
        self._free_for_database = BlockingCall(store.free)
        self._free_for_pictures = BlockingCall(files.free)
        self._reserve = reserve
        self._failures = FailureLog("probe failed")

    async def check(self) -> StorageHealth:
        """Return the current health of the storage; a part that fails or times out is reported as such."""
        return StorageHealth(
            *await asyncio.gather(
                self._probe("database", self._store.try_to_write()),
                self._probe("pictures", self._write_picture.result()),
                self._free("free space for the database", self._free_for_database),
                self._free("free space for pictures", self._free_for_pictures),
            ),
            self._reserve,
        )

    async def _probe(self, part: str, writing: Awaitable[None]) -> WriteProbe:
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await writing
        except (StorageError, TimeoutError) as error:
            self._failures.note(part, str(error) or "no answer")
            return WriteProbe(None, _why(error))
        self._failures.note(part, None)
        return WriteProbe((time.perf_counter() - begun) * 1000)

    async def _free(self, what: str, call: BlockingCall[int]) -> int | None:
        try:
            free = await call.result()
        except OSError as error:  # also a TimeoutError
            self._failures.note(what, str(error) or "no answer")
            return None
        self._failures.note(what, None)
        return free


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
