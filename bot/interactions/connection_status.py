"""The bot's connection to Discord, what Discord has of its commands, and the interactions in flight."""

import datetime
import math

import hikari

from bot.discord.commands.deployment import CommandDeployment
from bot.discord.connection.liveness import Liveness
from bot.domain.clock import Clock
from bot.domain.values import Connection
from bot.interactions.client import Client


class ConnectionWatch:
    """Watches the connection from the start."""

    def __init__(
        self,
        gateway: hikari.GatewayBot,
        client: Client,
        clock: Clock,
        liveness: Liveness,
        deployment: CommandDeployment,
    ) -> None:
        self._gateway = gateway
        self._liveness = liveness
        self._deployment = deployment
        self._client = client
        self._clock = clock
        self._since: datetime.datetime | None = None
        gateway.subscribe(hikari.ShardReadyEvent, self._connected)
        gateway.subscribe(hikari.ShardResumedEvent, self._connected)
        gateway.subscribe(hikari.ShardDisconnectedEvent, self._disconnected)

    def status(self) -> Connection:
        """Return the status of the connection now."""
        latency = self._gateway.heartbeat_latency
        return Connection(
            None if math.isnan(latency) else latency,
            self._since,
            self._client.in_flight.count,
            self._liveness.outage,
            self._deployment.state,
            self._client.conflicts.count,
        )

    async def _connected(self, _: hikari.ShardReadyEvent | hikari.ShardResumedEvent) -> None:
        self._since = self._clock()

    async def _disconnected(self, _: hikari.ShardDisconnectedEvent) -> None:
        self._since = None
