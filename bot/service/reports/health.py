"""Health of the bot: writability of the database and the pictures, waiting work, free space."""

import asyncio
import datetime
import importlib.metadata
import platform
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import Actor, GuildId, Health, Waiting, WriteProbe
from bot.service.backups.scheduler import BackupService
from bot.service.cards import CardService
from bot.service.pictures.intake import IntakeService
from bot.service.records import drafts
from bot.service.records.sessions import calendar_of
from bot.service.recovery.spool import Spool
from bot.service.strays import StrayService
from bot.service.transactions import require_manager
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

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class HealthService:
    """Checks the health of the bot; parts that fail or time out are reported as such."""

    def __init__(
        self,
        store: Store,
        files: ChartFiles,
        clock: Clock,
        intake: IntakeService,
        cards: CardService,
        strays: StrayService,
        spool: Spool,
        backups: BackupService,
        version: str,
        reserve: int,
        unverified: Callable[[GuildId], Awaitable[int]],
    ) -> None:
        """Check these parts; `reserve` is in bytes, and `unverified` counts a guild's cards that may be deleted."""
        self._store = store
        self._files = files
        self._intake = intake
        self._cards = cards
        self._strays = strays
        self._spool = spool
        self._backups = backups
        self._clock = clock
        self._started_at = clock()
        self._versions = _versions(version, store)
        self._reserve = reserve
        self._unverified = unverified

    async def check(self, actor: Actor) -> Health:
        """Return the current health.

        Raises:
            NotManagerError: the actor does not manage their guild.
        """
        require_manager(actor)
        writes, reads, pictures = self._store.writing, self._store.reading, self._intake.fetching
        database, files, free_of_database, free_of_files = await asyncio.gather(
            _probe("database", self._store.try_to_write()),
            _probe("pictures", asyncio.to_thread(self._files.try_to_write)),
            _free(self._store.free),
            _free(self._files.free),
        )
        failures: list[str] = []
        waiting_drafts, cards, troubles, lacking, unverified, strays = await asyncio.gather(
            _answered(self._store.read(drafts.count_waiting), failures),
            _answered(self._cards.waiting(), failures),
            _answered(self._cards.problems(actor), failures),
            _answered(self._cards.lacking_of(actor), failures),
            _answered(self._unverified(actor.guild_id), failures),
            _answered(self._strays.of_guild(actor), failures),
        )
        today = self._clock().date()
        missing = await _answered(self._store.read(_missing_years, actor.guild_id, today), failures)
        if failures:
            _log.error("database not read", why=failures[0], reads=len(failures))
        waiting = Waiting(
            writes,
            reads,
            pictures,
            waiting_drafts,
            cards,
            queued=len(self._spool.waiting),
            queued_in_memory=len(self._spool.in_memory),
        )
        probes = (database, files, free_of_database, free_of_files, self._reserve)
        state = (waiting, await self._backups.state(), self._versions, self._started_at)
        return Health(*probes, *state, troubles or (), lacking or (), unverified or 0, strays or (), missing or ())


def _versions(own: str, store: Store) -> tuple[tuple[str, str], ...]:
    packages = (("hikari", "hikari"), ("lightbulb", "hikari-lightbulb"))
    return (
        ("Coachbook", own),
        ("Python", platform.python_version()),
        *((name, importlib.metadata.version(package)) for name, package in packages),
        ("SQLite", store.sqlite_version),
    )


async def _probe(what: str, writing: Awaitable[None]) -> WriteProbe:
    begun = time.perf_counter()
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await writing
    except (StorageError, TimeoutError) as error:
        _log.error("probe failed", what=what, why=str(error) or "no answer")
        return WriteProbe(None, _why(error))
    return WriteProbe((time.perf_counter() - begun) * 1000)


async def _answered(answer: Awaitable[T], failures: list[str]) -> T | None:
    """Return the database's answer; None: it fails or times out, for the reason that is added to the failures."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await answer
    except DatabaseUnavailableError as error:
        failures.append(error.reason)
    except (StorageError, TimeoutError) as error:
        failures.append(str(error) or "no answer")
    return None


def _missing_years(guild_id: GuildId, today: datetime.date) -> tuple[int, ...]:
    return tuple(calendar_of(guild_id).missing_years(today))


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
