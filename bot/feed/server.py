"""The server of the API, in the bot's event loop."""

import asyncio
import contextlib
import socket
from collections.abc import Generator
from typing import Final

import structlog
import uvicorn
from starlette.applications import Starlette

CLOSE_SECONDS: Final = 0.5
"""The time that requests have to end when the bot stops."""
MAX_CONNECTIONS: Final = 1_000

_log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    """A server that leaves signals to the bot."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


class FeedServer:
    """Serves an application on a port."""

    def __init__(self, application: Starlette, host: str, port: int) -> None:
        self._listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        # asyncio sets it only for sockets of a named protocol; without it each answer takes 40 ms more
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._server = _Server(
            uvicorn.Config(
                application,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="warning",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                limit_concurrency=MAX_CONNECTIONS,
            )
        )
        self._serving = asyncio.create_task(self._server.serve([self._listener]))
        _log.info("feed port open", host=host, port=self.port)

    @property
    def port(self) -> int:
        """The number of the port."""
        return int(self._listener.getsockname()[1])

    async def close(self) -> None:
        """Close the port; requests that have not ended soon are aborted."""
        self._server.should_exit = True
        await asyncio.wait({self._serving}, timeout=CLOSE_SECONDS)
        self._server.force_exit = True
        self._serving.cancel()
        await asyncio.gather(self._serving, return_exceptions=True)
        self._listener.close()
