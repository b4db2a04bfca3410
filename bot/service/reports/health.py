"""Health of the bot: writability of the database and the pictures, waiting work, free space."""

import asyncio
import datetime
import importlib.metadata
import platform
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import Actor, GuildId, Health, Waiting
from bot.service.backups.scheduler import BackupService
from bot.service.blocking_call import PROBE_SECONDS
from bot.service.cards import CardService
from bot.service.pictures.intake import IntakeService
from bot.service.records import drafts
from bot.service.records.sessions import calendar_of
from bot.service.recovery.spool import Spool
from bot.service.reports.storage_probe import StorageProbe
from bot.service.strays import StrayService
from bot.service.transactions import require_manager
from storage.errors import StorageError
from storage.store import Store

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class HealthService:
    """Checks the health of the bot; parts that fail or time out are reported as such."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        intake: IntakeService,
        cards: CardService,
        strays: StrayService,
        spool: Spool,
        backups: BackupService,
        version: str,
        probe: StorageProbe,
        unverified: Callable[[GuildId], Awaitable[int]],
    ) -> None:
        """Check these parts; `unverified` counts a guild's cards that may be deleted."""
        self._store = store
        self._intake = intake
        self._cards = cards
        self._strays = strays
        self._spool = spool
        self._backups = backups
        self._clock = clock
        self._started_at = clock()
        self._versions = _versions(version, store)
        self._probe = probe
        self._unverified = unverified

    async def check(self, actor: Actor) -> Health:
        """Return the current health.

        Raises:
            NotManagerError: the actor does not manage their guild.
        """
        require_manager(actor)
        writes, reads, pictures = self._store.writing, self._store.reading, self._intake.fetching
        storage = await self._probe.check()
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
        probes = (storage.database, storage.pictures, storage.free_for_database, storage.free_for_pictures)
        state = (storage.reserve, waiting, await self._backups.state(), self._versions, self._started_at)
        return Health(*probes, *state, troubles or (), lacking or (), unverified or 0, strays or (), missing or ())


def _versions(own: str, store: Store) -> tuple[tuple[str, str], ...]:
    packages = (("hikari", "hikari"), ("lightbulb", "hikari-lightbulb"))
    return (
        ("Coachbook", own),
        ("Python", platform.python_version()),
        *((name, importlib.metadata.version(package)) for name, package in packages),
        ("SQLite", store.sqlite_version),
    )


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
