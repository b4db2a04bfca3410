"""The health of the running bot, as its supervisor sees it."""

import asyncio
import dataclasses
import math
import time
from typing import Final

import hikari

from bot.discord.connection.liveness import Liveness
from bot.domain.clock import Clock
from bot.domain.values import StorageHealth
from bot.service.backups.scheduler import BackupService
from bot.service.recovery.spool import Spool
from bot.service.reports.storage_probe import StorageProbe

REPORT_SECONDS: Final = 2.0
"""The time for which a report is used again: each one writes to the disk."""
RECONNECT_SECONDS: Final = 5.0
"""The time that a lost connection has to come back: Discord asks for reconnects."""
SILENCE_SECONDS: Final = 50.0
"""The silence after which a connection is as good as none: Discord answers a heartbeat every 41.25 seconds.

It could ask for rarer heartbeats, but has asked for these since there are gateways; bots would be unhealthy between.
"""


@dataclasses.dataclass(frozen=True, slots=True)
class HealthReport:
    """The health of the bot at one moment."""

    gateway: str | None
    """The reason why the bot does not hear from Discord; None: it does."""
    silence: float
    """Seconds since the last event of Discord's."""
    storage: StorageHealth
    queued: int
    """Changes queued in the spool."""
    queued_in_memory: int
    """Changes queued in memory alone."""
    backup_age: float | None
    """Seconds since the last backup; None: there is none, or it is not known."""

    @property
    def components(self) -> dict[str, str | None]:
        """The reason why a component is unhealthy, by component; None: it is healthy."""
        return {"gateway": self.gateway, "database": self.storage.database.why, "disk": _disk_failure(self.storage)}

    @property
    def is_healthy(self) -> bool:
        """True if all components are."""
        return not any(self.components.values())

    @property
    def summary(self) -> str:
        """The health in a line."""
        failures = [f"{name}: {why}" for name, why in self.components.items() if why]
        parts = ["; ".join(failures) or ", ".join(self.components)]
        if waiting := self.queued + self.queued_in_memory:
            parts.append(f"queued changes: {waiting:,}")
        return f"{'unhealthy' if failures else 'healthy'}: {'; '.join(parts)}"


class HealthChecks:
    """Checks the connection to Discord and the storage."""

    def __init__(
        self,
        gateway: hikari.GatewayBot,
        liveness: Liveness,
        probe: StorageProbe,
        spool: Spool,
        backups: BackupService,
        clock: Clock,
    ) -> None:
        self._gateway = gateway
        self._liveness = liveness
        self._probe = probe
        self._spool = spool
        self._backups = backups
        self._clock = clock
        self._turn = asyncio.Lock()
        self._report: HealthReport | None = None
        self._checked_at = 0.0
        """In the time of `time.monotonic`."""
        self._unconnected_since: float | None = -math.inf
        """The first check without a connection, in that time; None: it is there."""

    async def report(self) -> HealthReport:
        """Return the health now, or of a few seconds ago."""
        async with self._turn:
            if self._report is None or time.monotonic() - self._checked_at >= REPORT_SECONDS:
                self._report = await self._check()
                self._checked_at = time.monotonic()
            return self._report

    async def _check(self) -> HealthReport:
        storage, backups = await asyncio.gather(self._probe.check(), self._backups.state())
        in_memory, silence = len(self._spool.in_memory), self._liveness.silence
        return HealthReport(
            gateway_failure(unconnected=self._unconnected(), silence=silence),
            silence,
            storage,
            len(self._spool.waiting) - in_memory,
            in_memory,
            None if backups.last is None else (self._clock() - backups.last).total_seconds(),
        )

    def _unconnected(self) -> float:
        """Return the seconds since a check found no connection, without one since."""
        shards = self._gateway.shards.values()
        if shards and all(shard.is_connected for shard in shards):
            self._unconnected_since = None
            return 0.0
        if self._unconnected_since is None:
            self._unconnected_since = time.monotonic()
        return time.monotonic() - self._unconnected_since


def gateway_failure(*, unconnected: float, silence: float) -> str | None:
    """Return the reason why the bot does not hear from Discord; None: it does."""
    if unconnected > RECONNECT_SECONDS:
        return "not connected to Discord"
    return f"nothing heard from Discord for {silence:.0f} seconds" if silence > SILENCE_SECONDS else None


def _disk_failure(storage: StorageHealth) -> str | None:
    if storage.pictures.why:
        return f"pictures can’t be saved: {storage.pictures.why}"
    if storage.is_database_disk_full:
        return "the database’s disk is full"
    if storage.is_disk_nearly_full:
        return "pictures are refused: the disk has less space than is reserved for texts"
    return None
