"""A shard that reconnects after every failure, and ends only when Discord closes it for good.

hikari ends the whole client after an unexpected frame. Its shard has no public hook to change that;
`tests/bot/discord/connection/test_shard.py` names the private ones used here.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any, Final, cast

import hikari
import structlog
from hikari.impl import GatewayShardImpl

from bot.discord.connection.close_codes import FINAL, NEW_SESSION, explanation
from bot.discord.connection.liveness import Liveness
from bot.discord.connection.paced_transport import PacedTransport, Transport
from bot.discord.connection.session_pace import SessionPace

REPLAY_SECONDS: Final = 120.0
"""A second malformed frame within these seconds is the first, replayed: hikari's longest pause is 60."""
RESUME_TRIES: Final = 3
"""The failures in a row at the address for resuming after which the gateway's own is used."""
CONNECT_SECONDS: Final = 60.0
"""Seconds from the address to READY or RESUMED."""

_IDENTIFY: Final = 2
"""The opcode with which a session begins."""

_log = structlog.get_logger(__name__)


class MalformedFrameError(hikari.GatewayConnectionError):
    """Discord sent a frame that can't be read; hikari reconnects with backoff."""


class ReconnectingShard(GatewayShardImpl):
    """A connection to the gateway that survives malformed frames and dead addresses."""

    def __init__(self, *, loads: Callable[[str | bytes], Any], liveness: Liveness, **settings: Any) -> None:
        def load(frame: str | bytes) -> dict[str, Any]:
            payload = loads(frame)
            self._check(payload)
            if self.is_connected:
                liveness.hear(self.id)
            return payload

        super().__init__(loads=load, **settings)
        self.connect_seconds = CONNECT_SECONDS
        self.pace = SessionPace()
        self._liveness = liveness
        self._malformed_at = -REPLAY_SECONDS
        self._failures = 0
        """Failed attempts to connect since the last success."""
        self._tasks: set[asyncio.Task[Any]] = set()
        """The tasks of the connection that is being made."""
        liveness.hear(self.id)

    async def close(self) -> None:
        """Close the connection; whoever joined it gets the error that ended it for good."""
        with contextlib.suppress(hikari.GatewayServerClosedConnectionError):
            await super().close()

    async def _connect(self) -> tuple[asyncio.Task[None], ...]:
        self._tasks.clear()
        if self._seq is None:
            await self.pace.turn()
        try:
            tasks = await self._connect_in_time()
        except Exception:  # every failure is raised again
            for task in self._tasks:  # hikari forgets those of a connection whose session has not begun
                task.cancel()
            self._note_connect(is_made=False)
            raise
        self._note_connect(is_made=self.is_connected)
        return tasks

    async def _connect_in_time(self) -> tuple[asyncio.Task[None], ...]:
        """Connect as hikari does, but not wait for ever for an address that accepts and sends nothing."""
        try:
            async with asyncio.timeout(self.connect_seconds):
                with self._reconnecting():
                    return await super()._connect()
        except TimeoutError as error:
            raise hikari.GatewayConnectionError(f"no session within {self.connect_seconds:g} seconds") from error

    async def _send_json(self, data: Mapping[str, Any], *, priority: bool = False) -> None:
        if data["op"] == _IDENTIFY:
            self.pace.note()
        await super()._send_json(data, priority=priority)

    async def _heartbeat(self, heartbeat_interval: float) -> None:
        self._note_task()
        await super()._heartbeat(heartbeat_interval)

    async def _poll_events(self) -> None:
        self._note_task()
        paced: Any = PacedTransport(cast("Transport", self._ws))
        self._ws = paced
        with self._reconnecting():
            await super()._poll_events()

    def _note_task(self) -> None:
        if task := asyncio.current_task():
            self._tasks.add(task)

    def _note_connect(self, *, is_made: bool) -> None:
        """Abandon an address for resuming after repeated failures: hikari does so for an invalid session only."""
        if is_made:
            self._failures = 0
            self._liveness.hear(self.id)
            return
        self._failures += 1
        if self._resume_gateway_url and self._failures >= RESUME_TRIES:
            _log.warning("resuming at the gateway's own address", failures=self._failures)
            self._resume_gateway_url = None

    def _check(self, payload: object) -> None:
        """Refuse a frame that hikari would accept unchecked.

        Raises:
            MalformedFrameError: the sequence number is missing, or a session begins within another.
        """
        match payload:
            case {"op": 0, "t": "READY"} if self.is_connected:
                raise MalformedFrameError("a second READY")
            case {"op": 0, "s": int(number)} if not isinstance(number, bool):
                pass
            case {"op": 0}:
                raise MalformedFrameError("a dispatch without a sequence number")
            case _:
                pass

    @contextlib.contextmanager
    def _reconnecting(self) -> Generator[None]:
        """Raise failures of the block as errors after which hikari reconnects, unless the connection ended for good."""
        try:
            yield
        except hikari.GatewayServerClosedConnectionError as error:
            if error.code in NEW_SESSION:
                self._forget_session()
            raise _explained(error) from error
        except MalformedFrameError:
            self._note_malformed()
            raise
        except (ConnectionResetError, hikari.GatewayConnectionError, hikari.GatewayTransportError):
            raise
        except Exception as error:  # hikari's parsing may raise anything
            self._note_malformed()
            raise MalformedFrameError(f"a malformed frame ({type(error).__name__})") from error

    def _note_malformed(self) -> None:
        """Begin a new session if the old one has replayed the malformed frame."""
        now = time.monotonic()
        if now - self._malformed_at < REPLAY_SECONDS:
            self._forget_session()
        self._malformed_at = now

    def _forget_session(self) -> None:
        self._seq = self._session_id = self._resume_gateway_url = None


def _explained(error: hikari.GatewayServerClosedConnectionError) -> hikari.GatewayServerClosedConnectionError:
    if error.code is None:
        return error
    reason = "" if error.reason == "None" else error.reason
    return hikari.GatewayServerClosedConnectionError(
        explanation(int(error.code), reason), error.code, error.code not in FINAL
    )
