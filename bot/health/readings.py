"""The numbers of the running bot at one moment, from which its metrics are made."""

import dataclasses
import math
from collections.abc import Mapping

import hikari

from bot.domain.values import Totals, Workload
from bot.health.checks import HealthChecks, HealthReport
from bot.interactions.client import Client
from bot.interactions.measurements import Durations, Handled
from bot.service.reports.workload import WorkloadService


@dataclasses.dataclass(frozen=True, slots=True)
class Readings:
    """The numbers at one moment."""

    version: str
    report: HealthReport
    workload: Workload
    totals: Totals | None
    """None: the database can't be read."""
    interactions: Mapping[Handled, Durations]
    in_flight: int
    """Number of interactions in progress."""
    servers: int
    latency: float | None
    """Seconds until Discord acknowledged the last heartbeat; None: none yet."""


class Meter:
    """Reads the numbers of the running bot."""

    def __init__(
        self, version: str, gateway: hikari.GatewayBot, client: Client, checks: HealthChecks, workload: WorkloadService
    ) -> None:
        self._version = version
        self._gateway = gateway
        self._client = client
        self._checks = checks
        self._workload = workload

    async def read(self) -> Readings:
        """Return the numbers now; counts and checks may be some seconds old."""
        latency = self._gateway.heartbeat_latency
        return Readings(
            self._version,
            await self._checks.report(),
            self._workload.now(),
            await self._workload.totals(),
            self._client.measurements.durations,
            self._client.in_flight.count,
            len(self._gateway.cache.get_available_guilds_view()),
            None if math.isnan(latency) else latency,
        )
