"""Servers of the API, each with limits, settings and services of its own."""

import contextlib
import dataclasses
from collections.abc import AsyncGenerator, Sequence

from bot.feed.access import Gate
from bot.feed.application import application
from bot.feed.changes import StreamLimits
from bot.feed.exports import ExportLimits
from bot.feed.http.connections import ConnectionLimits
from bot.feed.http.server import FeedServer
from tests.bot.feed.programs import Program
from tests.service.scene import GUILD, Services

RATE = 10_000


@contextlib.asynccontextmanager
async def serving(
    program: Program,
    *,
    services: Services | None = None,
    local_guild: int = GUILD,
    rate: int = RATE,
    streams: StreamLimits | None = None,
    exports: ExportLimits | None = None,
    connections: ConnectionLimits | None = None,
    base_url: str | None = None,
    origins: Sequence[str] = (),
) -> AsyncGenerator[tuple[FeedServer, Program]]:
    """Serve, and yield the server with the program as one that asks it."""
    used = services or program.services
    app = application(
        used.feed,
        used.changes,
        Gate(used.feed_tokens, local_guild, rate),
        program.health,
        streams,
        exports,
        base_url=base_url,
        cors_origins=origins,
    )
    server = FeedServer(app, "127.0.0.1", 0, connections)
    try:
        yield server, dataclasses.replace(program, port=server.port, services=used)
    finally:
        await server.close()
