"""The server of the API, in the bot's event loop."""

import asyncio
import contextlib
import socket
from collections.abc import Generator
from typing import Final

import structlog
import uvicorn
from starlette.applications import Starlette

from bot.feed.http.connections import ConnectionLimits

CLOSE_SECONDS: Final = 0.5
"""The time that requests have to end when the bot stops."""

_log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    """A server that leaves signals to the bot."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


class FeedServer:
    """Serves an application on a port."""

    def __init__(self, application: Starlette, host: str, port: int, limits: ConnectionLimits | None = None) -> None:
        """Open the port."""
        limits = limits or ConnectionLimits()
        self._listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        # asyncio sets it only for sockets of a named protocol; without it each answer takes 40 ms more
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._server = _Server(
            uvicorn.Config(
                application,
                http=limits.protocol(),
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                headers=[("X-Content-Type-Options", "nosniff")],
                backlog=limits.backlog,
            )
        )
        self._serving = asyncio.create_task(self._server.serve([self._listener]))
        self._serving.add_done_callback(_log_failure)
        _log.info("feed port open", host=host, port=self.port)

    @property
    def port(self) -> int:
        """The number of the port."""
        return int(self._listener.getsockname()[1])

    @property
    def connection_count(self) -> int:
        """The number of connections that are open."""
        return len(self._server.server_state.connections)

    async def close(self) -> None:
        """Close the port; requests that have not ended soon are aborted."""
        self._server.should_exit = True
        await asyncio.wait({self._serving}, timeout=CLOSE_SECONDS)
        self._serving.cancel()
        state = self._server.server_state
        for connection in list(state.connections):
            connection.transport.abort()
        if state.tasks:  # most end now, as their connections did
            await asyncio.wait(state.tasks, timeout=CLOSE_SECONDS)
        for task in state.tasks:
            task.cancel()
        await asyncio.gather(self._serving, *state.tasks, return_exceptions=True)
        self._listener.close()


def _log_failure(serving: asyncio.Task[None]) -> None:
    error = None if serving.cancelled() else serving.exception()
    if error:
        _log.error("feed port failed", exc_info=error)
