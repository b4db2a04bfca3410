"""How the bot is: whether the book can be written, what waits, how much room there is."""

import asyncio
import importlib.metadata
import platform
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import Actor, GuildId, Health, Waiting, WriteProbe
from bot.service import drafts
from bot.service.backups.scheduler import BackupService
from bot.service.cards import CardService
from bot.service.pictures.intake import IntakeService
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
"""How long the book may take to answer; a statement waits 1 s for another process."""

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class HealthService:
    """Looks at the bot from inside. What does not answer is told as such, so an answer comes in any case."""

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
        """`reserve` is in bytes; `unverified` counts a guild's cards that were not seen since they may have gone."""
        self._store = store
        self._files = files
        self._intake = intake
        self._cards = cards
        self._strays = strays
        self._spool = spool
        self._backups = backups
        self._started_at = clock()
        self._versions = _versions(version, store)
        self._reserve = reserve
        self._unverified = unverified

    async def look(self, actor: Actor) -> Health:
        """How the bot is now.

        Raises:
            NotManagerError: the actor does not manage their guild.
        """
        require_manager(actor)
        writes, reads, pictures = self._store.writing, self._store.reading, self._intake.fetching
        book, kept_pictures, at_book, at_pictures = await asyncio.gather(
            _probe("book", self._store.try_to_write()),
            _probe("pictures", asyncio.to_thread(self._files.try_to_write)),
            _free(self._store.free),
            _free(self._files.free),
        )
        waiting_drafts, cards, troubles, lacking, unverified, strays = await asyncio.gather(
            _answered(self._store.read(drafts.waiting)),
            _answered(self._cards.waiting()),
            _answered(self._cards.problems(actor)),
            _answered(self._cards.lacking_of(actor)),
            _answered(self._unverified(actor.guild_id)),
            _answered(self._strays.of_guild(actor)),
        )
        waiting = Waiting(
            writes,
            reads,
            pictures,
            None if waiting_drafts is None else len(waiting_drafts),
            cards,
            queued=len(self._spool.waiting),
            queued_in_memory=len(self._spool.in_memory),
        )
        backups, versions = await self._backups.state(), self._versions
        found = (book, kept_pictures, at_book, at_pictures, self._reserve, waiting, backups, versions, self._started_at)
        return Health(*found, troubles or (), lacking or (), unverified or 0, strays or ())


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
        _log.error("not written", what=what, why=str(error) or "no answer")
        return WriteProbe(None, _why(error))
    return WriteProbe((time.perf_counter() - begun) * 1000)


async def _answered(asking: Awaitable[T]) -> T | None:
    """What the book answers; None: it does not."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await asking
    except (StorageError, DatabaseUnavailableError, TimeoutError) as error:
        _log.error("book not read", why=str(error) or "no answer")
        return None


async def _free(ask: Callable[[], int]) -> int | None:
    try:
        return await asyncio.to_thread(ask)
    except OSError as error:
        _log.error("disk does not say how much is free", why=str(error))
        return None


def _why(error: StorageError | TimeoutError) -> str:
    """The reason in words that name no file: those are for the log."""
    match error:
        case StorageBusyError():
            return "another process holds it"
        case StorageUnwritableError() | ChartUnwritableError():
            return "the disk does not take it: it may be full, read-only or broken"
        case ReadFailedError():
            return "a read of it failed. It is being checked again"
        case NotADatabaseError():
            return "it is damaged. It is left as it is: a backup must be put in its place"
        case MovedError():
            return "its files were moved or deleted"
        case UnreadableError():
            return "it can't be opened"
        case ReplayInProgressError():
            return "queued changes are being replayed"
        case TimeoutError():
            return f"it did not answer within {PROBE_SECONDS:g} s"
        case _:
            return "the reason is in the log"
