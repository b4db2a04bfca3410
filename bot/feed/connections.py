"""Connections of programs, with limits: one that is idle, stuck or one too many is closed."""

import asyncio
import dataclasses
import functools
import time
from http import HTTPStatus
from typing import Any, Final, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from bot.feed.problems import REQUEST_ID, ProblemError, new_request_id

MAX_CONNECTIONS: Final = 1_000


def _most_connections() -> int:
    """Return a number that leaves at least half of the file descriptors to the rest of the bot."""
    try:
        import resource
    except ImportError:
        return MAX_CONNECTIONS
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if files == resource.RLIM_INFINITY else max(1, min(MAX_CONNECTIONS, files // 3))


@dataclasses.dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Limits of connections."""

    connections: int = dataclasses.field(default_factory=_most_connections)
    idle_seconds: float = 10
    """The time for a complete request."""
    stuck_seconds: float = 30
    """The time in which the client reads something of an answer."""

    @property
    def backlog(self) -> int:
        """Connections that are accepted at once, before those beyond the limit are closed."""
        return max(1, min(100, self.connections // 4))

    @property
    def protocol(self) -> type[asyncio.Protocol]:
        """The protocol of a connection, for the server."""
        return cast("type[asyncio.Protocol]", functools.partial(Connection, limits=self))


class Connection(H11Protocol):
    """A connection that is closed if it makes no progress."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: ConnectionLimits,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = limits
        self._waits_since = time.monotonic()
        self._unsent, self._unsent_since = 0, time.monotonic()
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Begin to watch, or refuse one too many."""
        super().connection_made(transport)
        if len(self.connections) > self._limits.connections:
            transport.abort()
        else:
            self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """End watching."""
        if self._watch:
            self._watch.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._waits_since = time.monotonic()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP as all other failures."""
        if self._is_answering:
            self.transport.abort()
            return
        request_id = new_request_id()
        headers = {REQUEST_ID: request_id, "Connection": "close"}
        answer = ProblemError(HTTPStatus.BAD_REQUEST, msg, headers).response(request_id)
        lines = (b"HTTP/1.1 400 Bad Request", *(name + b": " + value for name, value in answer.raw_headers), b"", b"")
        self.transport.write(b"\r\n".join(lines) + bytes(answer.body))
        self.transport.close()

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison]

    def _look(self) -> None:
        """Close the connection if nothing went on for too long; look again soon."""
        now, unsent = time.monotonic(), self.transport.get_write_buffer_size()
        if not unsent or unsent != self._unsent:
            self._unsent, self._unsent_since = unsent, now
        is_stuck = now - self._unsent_since >= self._limits.stuck_seconds
        is_idle = not self._is_answering and not unsent and now - self._waits_since >= self._limits.idle_seconds
        if is_stuck or is_idle:
            self.transport.abort()
        else:
            self._watch = self.loop.call_later(
                min(self._limits.idle_seconds, self._limits.stuck_seconds) / 2, self._look
            )
