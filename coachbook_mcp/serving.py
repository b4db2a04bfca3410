"""The transports of the MCP server: standard input and output, or a port of this machine."""

import contextlib
import dataclasses
import logging
import socket
from collections.abc import Callable, Generator
from typing import Final

import uvicorn
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

from coachbook_client import AsyncClient
from coachbook_mcp.reader import Reader
from coachbook_mcp.server import server_of

HOST: Final = "127.0.0.1"
PATH: Final = "/mcp"
_SECURITY: Final = TransportSecuritySettings(allowed_hosts=[f"{name}:*" for name in (HOST, "localhost")])
"""No page is allowed, also none of this machine: programs send no origin."""
_RETRIES: Final = 1
_SECONDS: Final = 20
"""The longest wait for an answer of the API, as the caller of a tool waits too."""


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """The API that a server reads."""

    url: str
    token: str | None = dataclasses.field(repr=False)
    as_of: str | None = None
    """The moment of all answers; None: the one that a question names."""

    def client(self) -> AsyncClient:
        """Return a client of it.

        Raises:
            ValueError: the address or the token can’t be one.
        """
        return AsyncClient(self.url, self.token, deadline=_SECONDS, retries=_RETRIES)


_log = logging.getLogger(__name__)


class _Port(uvicorn.Server):
    """A server that leaves signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


async def serve_stdio(source: Source) -> None:
    """Serve the program at the other end of standard input and output until it closes them.

    Raises:
        ValueError: the address or the token can’t be one.
    """
    try:
        async with source.client() as client, stdio_server() as (incoming, outgoing):
            server = server_of(Reader(client, source.as_of))
            await server.run(incoming, outgoing, server.create_initialization_options())
    except* BrokenPipeError:
        _log.info("the program no longer reads")


async def serve_http(source: Source, port: int, on_open: Callable[[str], None]) -> None:
    """Serve programs of this machine on a port; requests that name another host are refused, as are foreign pages.

    Raises:
        OSError: the port can’t be opened.
        ValueError: the address or the token can’t be one.
    """
    async with source.client() as client:
        with socket.create_server((HOST, port)) as listener:
            app = server_of(Reader(client, source.as_of)).streamable_http_app(
                streamable_http_path=PATH, stateless_http=True, json_response=True, transport_security=_SECURITY
            )
            settings = uvicorn.Config(app, log_config=None, log_level="error", access_log=False, ws="none")
            on_open(f"http://{HOST}:{listener.getsockname()[1]}{PATH}")
            await _Port(settings).serve([listener])
