"""Connections of programs, with limits: one that is idle, stuck or one too many is closed."""

import asyncio
import collections
import dataclasses
import functools
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from bot.feed.http.clients import client_of, is_local
from bot.feed.http.problems import ProblemError, new_request_id
from bot.feed.http.streamed import AbortedError

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
    behind_seconds: float = 3600
    """The time in which the client once reads all of an answer that waits for it."""
    is_shared: Callable[[str], bool] = is_local
    """Says of which addresses clients without end may come: of this machine, where a proxy may be."""
    unread_bytes: int = 64 * 2**20
    """Of all answers that wait in memory for clients to read them."""

    @property
    def backlog(self) -> int:
        """Connections that are accepted at once, before those beyond the limit are closed."""
        return max(1, min(100, self.connections // 4))

    @property
    def half(self) -> int:
        """Connections of one client whose address is not shared, and requests that wait for changes."""
        return max(1, self.connections // 2)

    def protocol(self) -> type[asyncio.Protocol]:
        """Return the protocol of the connections of a server."""
        clients = collections.Counter[str]()
        return cast("type[asyncio.Protocol]", functools.partial(Connection, limits=self, clients=clients))


class _CountingTransport:
    """A transport that counts what is written to it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.written: int = 0
        """Bytes."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - what the transport has
        return getattr(self._transport, name)

    @property
    def unsent(self) -> int:
        """The bytes that the client has not taken yet."""
        return int(self._transport.get_write_buffer_size())

    def write(self, data: bytes) -> None:
        """Write to it."""
        self.written += len(data)
        self._transport.write(data)


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
        clients: collections.Counter[str],
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.app = functools.partial(self._answer, self.app)
        self._limits = limits
        self._clients = clients
        self._client: str | None = None
        """The client among those that are counted; None: it is not."""
        self._waits_since = time.monotonic()
        self._taken: int = 0
        """The bytes that the client had taken when something was taken last, or nothing was to be."""
        self._taken_at = time.monotonic()
        self._behind_since = time.monotonic()
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Begin to watch, or refuse one too many."""
        self._counting = _CountingTransport(transport)
        super().connection_made(cast("asyncio.Transport", self._counting))
        if self.client and not self._limits.is_shared(self.client[0]):
            self._client = client_of(self.client[0])
            self._clients[self._client] += 1
        if len(self.connections) > self._limits.connections or self._has_too_many:
            transport.abort()
        else:
            self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """End watching."""
        if self._watch:
            self._watch.cancel()
        if self._client:
            self._clients[self._client] -= 1
            if not self._clients[self._client]:
                del self._clients[self._client]
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait until the client reads; if too much waits in memory, those that have read nothing for longest end."""
        super().pause_writing()
        sizes = {each: each._counting.unsent for each in cast("set[Connection]", self.connections)}
        unread = sum(sizes.values())
        for each in sorted(filter(sizes.get, sizes), key=lambda each: each._taken_at):
            if unread <= self._limits.unread_bytes:
                break
            unread -= sizes[each]
            each.transport.abort()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._waits_since = self._behind_since = time.monotonic()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP as all other failures."""
        if self._is_answering:
            self.transport.abort()
            return
        answer = ProblemError(HTTPStatus.BAD_REQUEST, msg, {"Connection": "close"}).response(new_request_id())
        lines = (b"HTTP/1.1 400 Bad Request", *(name + b": " + value for name, value in answer.raw_headers), b"", b"")
        self.transport.write(b"\r\n".join(lines) + bytes(answer.body))
        self.transport.close()

    async def _answer(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; if that fails after the answer began, close the connection before the answer's end."""
        try:
            await app(scope, receive, send)
        except AbortedError:
            self.transport.abort()
            await asyncio.sleep(0)  # after which the connection is closed

    @property
    def _has_too_many(self) -> bool:
        return self._client is not None and self._clients[self._client] > self._limits.half

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison]

    def _look(self) -> None:
        """Close the connection if nothing went on for too long; look again soon."""
        now, unsent = time.monotonic(), self._counting.unsent
        taken = self._counting.written - unsent
        if not unsent or taken != self._taken:
            self._taken, self._taken_at = taken, now
        if not unsent:
            self._behind_since = now
        is_stuck = now - self._taken_at >= self._limits.stuck_seconds
        is_behind = now - self._behind_since >= self._limits.behind_seconds
        is_idle = not self._is_answering and not unsent and now - self._waits_since >= self._limits.idle_seconds
        if is_stuck or is_behind or is_idle:
            self.transport.abort()
        else:
            self._watch = self.loop.call_later(
                min(self._limits.idle_seconds, self._limits.stuck_seconds) / 2, self._look
            )
