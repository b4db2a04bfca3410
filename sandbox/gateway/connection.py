"""One gateway connection: hello, heartbeats, identify or resume, and dispatches (page "Gateway")."""

import asyncio
import collections
import contextlib
import time
from typing import Any, Literal, Protocol

import orjson
from aiohttp import WSMessage, WSMsgType, web

from sandbox import rendering
from sandbox.gateway.close_codes import CloseCode, ClosingError
from sandbox.gateway.compression import Encoder, Plain, RawFrame
from sandbox.gateway.sessions import Session
from sandbox.world.entities import AnyJson, Application, Json, as_list, as_object
from sandbox.world.intents import KNOWN, PRIVILEGED, Intents
from sandbox.world.state import World

MAX_BYTES = 4096
"""Size limit of a client's payload."""

MAX_PAYLOADS = 120
"""Payloads that a client may send per minute."""

Direction = Literal["sent", "received"]
"""Direction of a payload from the gateway's view."""

_HEARTBEAT, _IDENTIFY, _PRESENCE, _RESUME, _MEMBERS, _HELLO = 1, 2, 3, 6, 8, 10


class Host(Protocol):
    """The gateway's interface for its connections."""

    world: World
    heartbeat_seconds: float
    heartbeats_to_ignore: int
    unknown: list[str]

    def replacement(self, name: str) -> RawFrame | None:
        """Return the frame to send instead of the payload of this name; None: the payload itself."""
        ...

    def begin(self, application: Application, intents: int, shard: tuple[int, int]) -> Session:
        """Begin a session."""
        ...

    def resume(self, session_id: str, application: Application) -> Session | None:
        """Return the session to resume; None: it does not exist."""
        ...

    def end(self, session: Session) -> None:
        """End a session so that it can't be resumed."""
        ...

    def observe(self, direction: Direction, application: Application | None, payload: Json) -> None:
        """Report a payload sent or received on a connection."""
        ...


class Connection:
    """A WebSocket with its session (after identify or resume)."""

    def __init__(
        self,
        gateway: Host,
        request: web.Request,
        socket: web.WebSocketResponse,
        encoder: Encoder,
    ) -> None:
        """Serve `socket` for `gateway`."""
        self._gateway = gateway
        self._request = request
        self._socket = socket
        self._encoder = encoder
        self._outgoing: asyncio.Queue[Json | RawFrame] = asyncio.Queue()
        self._received: collections.deque[float] = collections.deque()
        self._heard_at = time.monotonic()
        self.session: Session | None = None

    async def serve(self, version: str) -> None:
        """Run the protocol until either side closes the connection."""
        if version != "10":
            await self.close(CloseCode.INVALID_VERSION, "Invalid API version")
            return
        milliseconds = int(self._gateway.heartbeat_seconds * 1000)
        self.put(
            {
                "op": 10,
                "d": {"heartbeat_interval": milliseconds, "_trace": ["sandbox"]},
                "s": None,
                "t": None,
            }
        )
        writer = asyncio.create_task(self._write())
        watcher = asyncio.create_task(self._watch())
        try:
            await self._read()
        finally:
            self._leave()
            for task in (writer, watcher):
                task.cancel()
            with contextlib.suppress(ConnectionError):
                await asyncio.gather(writer, watcher, return_exceptions=True)

    def put(self, payload: Json | RawFrame) -> None:
        """Queue a payload for sending."""
        self._outgoing.put_nowait(payload)

    def drop(self) -> None:
        """Abort the connection without a close frame."""
        if self._request.transport is not None:
            self._request.transport.abort()
        self._leave()

    async def close(self, code: int, reason: str = "") -> None:
        """Close with a code; one that does not allow resuming ends the session."""
        if self.session and code not in CloseCode.resumable():
            self._gateway.end(self.session)
        self._leave()
        await self._socket.close(code=code, message=reason.encode())

    async def _write(self) -> None:
        while True:
            sent = await self._outgoing.get()
            if not isinstance(sent, RawFrame):
                self._gateway.observe("sent", self._application, sent)
                name = "HELLO" if sent["op"] == _HELLO else str(sent["t"])
                sent = self._gateway.replacement(name) or RawFrame(orjson.dumps(sent))
            with contextlib.suppress(ConnectionError):
                await self._send(sent)

    async def _send(self, frame: RawFrame) -> None:
        if frame.is_compressed:
            await self._encoder.send(self._socket, frame.data)
        else:
            await self._socket.send_bytes(frame.data)

    async def _watch(self) -> None:
        """Close a connection whose client sends no heartbeats."""
        patience = self._gateway.heartbeat_seconds * 1.5
        while True:
            left = self._heard_at + patience - time.monotonic()
            if left <= 0:
                await self.close(CloseCode.SESSION_TIMED_OUT, "Session timed out")
                return
            await asyncio.sleep(left)

    async def _read(self) -> None:
        async for message in self._socket:
            try:
                self._take(message)
            except ClosingError as closing:
                await self.close(closing.code, closing.reason)
            except (KeyError, ValueError, TypeError, AttributeError):
                await self.close(CloseCode.DECODE_ERROR, "Error while decoding payload.")
        if self.session and self._socket.close_code in (1000, 1001):
            self._gateway.end(self.session)

    def _take(self, message: WSMessage) -> None:
        payload = self._decode(message)
        self._count()
        self._gateway.observe("received", self._application, _without_token(payload))
        operation, data = payload["op"], payload.get("d")
        if operation == _HEARTBEAT:
            self._heartbeat()
        elif operation == _IDENTIFY:
            self._identify(data)
        elif operation == _RESUME:
            self._resume(data)
        elif self.session is None:
            raise ClosingError(CloseCode.NOT_AUTHENTICATED, "Not authenticated")
        elif operation == _MEMBERS:
            self._members(self.session, data)
        elif operation in (4, 31, 43):
            self._gateway.unknown.append(f"GATEWAY opcode {operation}")
        elif operation != _PRESENCE:
            raise ClosingError(CloseCode.UNKNOWN_OPCODE, "Unknown opcode")

    def _decode(self, message: WSMessage) -> Json:
        data = message.data.encode() if message.type == WSMsgType.TEXT else message.data
        if len(data) > MAX_BYTES:
            raise ClosingError(CloseCode.DECODE_ERROR, "Payload too large")
        try:
            payload = as_object(orjson.loads(data))
        except orjson.JSONDecodeError as error:
            raise ClosingError(CloseCode.DECODE_ERROR, "Error while decoding payload.") from error
        if payload is None or not isinstance(payload.get("op"), int):
            raise ClosingError(CloseCode.DECODE_ERROR, "Error while decoding payload.")
        return payload

    def _count(self) -> None:
        now = time.monotonic()
        while self._received and self._received[0] < now - 60:
            self._received.popleft()
        self._received.append(now)
        if len(self._received) > MAX_PAYLOADS:
            raise ClosingError(CloseCode.RATE_LIMITED, "Rate limited.")

    def _heartbeat(self) -> None:
        self._heard_at = time.monotonic()
        if self._gateway.heartbeats_to_ignore:
            self._gateway.heartbeats_to_ignore -= 1
            return
        self.put({"op": 11, "d": None, "s": None, "t": None})

    def _identify(self, value: AnyJson) -> None:
        data = self._opening(value, {"token", "properties", "intents"})
        application = self._authenticate(data["token"])
        intents = _intents_of(data["intents"], application)
        shard = _shard_of(data.get("shard") or [0, 1])
        if isinstance(self._encoder, Plain):
            self._encoder.each = bool(data.get("compress"))
        session = self._gateway.begin(application, intents, shard)
        self._take_over(session, after=0)

    def _resume(self, value: AnyJson) -> None:
        data = self._opening(value, {"token", "session_id", "seq"})
        application = self._authenticate(data["token"])
        session = self._gateway.resume(str(data["session_id"]), application)
        if session is None:
            self.put({"op": 9, "d": False, "s": None, "t": None})
            return
        if not isinstance(data["seq"], int) or data["seq"] > len(session.sent):
            raise ClosingError(CloseCode.INVALID_SEQUENCE, "Invalid seq")
        self._take_over(session, after=data["seq"])
        self.put(session.record("RESUMED", {"_trace": ["sandbox"]}))

    def _opening(self, value: AnyJson, needed: set[str]) -> Json:
        """Return the body of an identify or resume, of which a connection may have only one."""
        if self.session is not None:
            raise ClosingError(CloseCode.ALREADY_AUTHENTICATED, "Already authenticated")
        data = as_object(value)
        if data is None or not needed <= data.keys():
            raise ClosingError(CloseCode.DECODE_ERROR, "Error while decoding payload.")
        return data

    def _take_over(self, session: Session, after: int) -> None:
        if session.connection is not None:
            session.connection.drop()
        self.session = session
        session.connection = self
        for payload in session.sent[after:]:
            self.put(payload)

    def _members(self, session: Session, data: AnyJson) -> None:
        guild = self._gateway.world.guilds.get(int(data["guild_id"]))
        if guild is None or guild.id not in session.application.guild_ids:
            return
        wanted = [int(each) for each in _listed(data.get("user_ids"))]
        if not wanted and not session.intents & Intents.GUILD_MEMBERS:
            raise ClosingError(CloseCode.DISALLOWED_INTENTS, "Disallowed intent(s).")
        ids = wanted or list(guild.members)
        found = [rendering.member(self._gateway.world, guild.members[each]) for each in ids if each in guild.members]
        missing = [str(each) for each in wanted if each not in guild.members]
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": found,
            "chunk_index": 0,
            "chunk_count": 1,
        }
        if missing:
            chunk["not_found"] = missing
        if "nonce" in data:
            chunk["nonce"] = data["nonce"]
        self.put(session.record("GUILD_MEMBERS_CHUNK", chunk))

    def _authenticate(self, token: AnyJson) -> Application:
        application = self._gateway.world.application_of(str(token).removeprefix("Bot "))
        if application is None:
            raise ClosingError(CloseCode.AUTHENTICATION_FAILED, "Authentication failed.")
        return application

    def _leave(self) -> None:
        if self.session and self.session.connection is self:
            self.session.connection = None

    @property
    def _application(self) -> Application | None:
        return self.session.application if self.session else None


def _intents_of(value: AnyJson, application: Application) -> int:
    if not isinstance(value, int) or value & ~int(KNOWN):
        raise ClosingError(CloseCode.INVALID_INTENTS, "Invalid intent(s).")
    if value & PRIVILEGED & ~application.privileged_intents:
        raise ClosingError(CloseCode.DISALLOWED_INTENTS, "Disallowed intent(s).")
    return value


def _shard_of(value: AnyJson) -> tuple[int, int]:
    match value:
        case [int(shard_id), int(shard_count)] if 0 <= shard_id < shard_count:
            return shard_id, shard_count
        case _:
            raise ClosingError(CloseCode.INVALID_SHARD, "Invalid shard.")


def _listed(value: AnyJson) -> list[Any]:
    return [] if value is None else as_list(value) or [value]


def _without_token(payload: Json) -> Json:
    data = as_object(payload.get("d"))
    if data is not None and "token" in data:
        return payload | {"d": data | {"token": "***"}}
    return payload
