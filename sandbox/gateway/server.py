"""The gateway: its connections, sessions and dispatches."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from sandbox import rendering
from sandbox.gateway import payloads
from sandbox.gateway.compression import RawFrame, encoder_for
from sandbox.gateway.connection import Connection, Direction
from sandbox.gateway.dispatches import dispatch_of
from sandbox.gateway.sessions import Session
from sandbox.world.entities import Application, Guild, Json
from sandbox.world.events import Event, GuildUnavailable
from sandbox.world.intents import Intents
from sandbox.world.state import World
from sandbox.world.tokens import session_id

HEARTBEAT_SECONDS = 41.25
"""The heartbeat interval in Discord's Hello."""

SESSIONS_A_DAY = 1000


@dataclass(frozen=True, slots=True)
class GatewayPayload:
    """A payload on a gateway connection as observers see it (the token is removed)."""

    direction: Direction
    application_id: int | None
    payload: Json


class Gateway:
    """All gateway connections and sessions of the sandbox."""

    def __init__(self, world: World) -> None:
        """Dispatch the events of `world`."""
        self.world = world
        self.url = ""
        self.heartbeat_seconds = HEARTBEAT_SECONDS
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.observers: list[Callable[[GatewayPayload], None]] = []
        self.unknown: list[str] = []
        self.identified: dict[int, int] = {}
        """Number of sessions started, by application."""
        self.resumes = 0
        """Number of resumed sessions."""
        self.resumes_to_refuse = 0
        self.is_resume_host_dead = False
        self.resume_host_status = 0
        """Status of the disabled resume URL; 0: it aborts the connection."""
        self.heartbeats_to_ignore = 0
        self.replacements: dict[str, list[RawFrame]] = {}
        """Frames sent instead of the next payloads, by name (a dispatch's, or HELLO)."""
        self.no_sessions_until = 0.0
        """Monotonic time until which no application has a session left."""
        world.observers.append(self.dispatch)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one WebSocket until it is closed."""
        if self.is_resume_host_dead and request.path == "/gateway/resume":
            return self._refuse_resume(request)
        encoder = encoder_for(request.query.get("compress"))
        if encoder is None or request.query.get("encoding", "json") != "json":
            self.unknown.append(f"GATEWAY {request.query_string}")
            return web.Response(status=501, text="The sandbox does not know this encoding or compression.")
        socket = web.WebSocketResponse(max_msg_size=1 << 20, autoping=True)
        await socket.prepare(request)
        connection = Connection(self, request, socket, encoder)
        self.connections.add(connection)
        try:
            await connection.serve(request.query.get("v", "10"))
        finally:
            self.connections.discard(connection)
            self.world.changes.wake()
        return socket

    def dispatch(self, event: Event) -> None:
        """Dispatch an event to the sessions that receive it; those without a connection get it when they resume."""
        dispatch = dispatch_of(self.world, event)
        guild = self.world.guilds.get(dispatch.guild_id or 0)
        if guild and not guild.available and not isinstance(event, GuildUnavailable):
            return
        for session in [each for each in self.sessions.values() if each.wants(dispatch)]:
            payload = session.record(dispatch.name, session.as_read(dispatch))
            if session.connection is not None:
                session.connection.put(payload)

    def replacement(self, name: str) -> RawFrame | None:
        """Return the frame to send instead of the payload of this name; None: the payload itself."""
        waiting = self.replacements.get(name)
        return waiting.pop(0) if waiting else None

    def begin(self, application: Application, intents: int, shard: tuple[int, int]) -> Session:
        """Start a session: READY, then each guild of the shard."""
        session = Session(session_id(), application, intents, shard)
        self.sessions[session.id] = session
        self.identified[application.id] = self.identified.get(application.id, 0) + 1
        guilds = [self.world.guilds[each] for each in application.guild_ids if (each >> 22) % shard[1] == shard[0]]
        session.record("READY", self._ready(session, guilds))
        if intents & Intents.GUILDS:
            for guild in guilds:
                if guild.available:
                    session.record("GUILD_CREATE", payloads.guild(self.world, guild, application.id))
                else:
                    session.record("GUILD_DELETE", payloads.unavailable(guild))
        return session

    def resume(self, session_id: str, application: Application) -> Session | None:
        """Return the session to resume, if it exists and belongs to the application."""
        if self.resumes_to_refuse:
            self.resumes_to_refuse -= 1
            self.sessions.pop(session_id, None)
            return None
        session = self.sessions.get(session_id)
        if session is None or session.application is not application:
            return None
        self.resumes += 1
        return session

    def end(self, session: Session) -> None:
        """End a session so that it can't be resumed."""
        self.sessions.pop(session.id, None)

    def start_limit(self, application_id: int) -> Json:
        """Return an application's `session_start_limit`; `reset_after` in milliseconds."""
        remaining = max(0, SESSIONS_A_DAY - self.identified.get(application_id, 0))
        pause = self.no_sessions_until - time.monotonic()
        return {
            "total": SESSIONS_A_DAY,
            "remaining": 0 if pause > 0 else remaining,
            "reset_after": math.ceil(pause * 1000) if pause > 0 else 86_400_000,
            "max_concurrency": 1,
        }

    def is_connected(self, application: Application) -> bool:
        """Return whether a session of the application is connected."""
        return any(each.application is application and each.connection for each in self.sessions.values())

    def observe(self, direction: Direction, application: Application | None, payload: Json) -> None:
        """Pass a payload to the observers."""
        for observer in self.observers:
            observer(GatewayPayload(direction, application.id if application else None, payload))

    def send(self, frame: RawFrame) -> None:
        """Send a frame on every connection."""
        for connection in set(self.connections):
            connection.put(frame)

    def drop(self) -> None:
        """Abort every connection without a close frame."""
        for connection in set(self.connections):
            connection.drop()

    async def ask_to_reconnect(self) -> None:
        """Send Reconnect (opcode 7) on every connection."""
        for connection in set(self.connections):
            connection.put({"op": 7, "d": None, "s": None, "t": None})

    async def invalidate(self, *, resumable: bool) -> None:
        """Send Invalid Session (opcode 9) on every connection."""
        for connection in set(self.connections):
            if connection.session and not resumable:
                self.end(connection.session)
            connection.put({"op": 9, "d": resumable, "s": None, "t": None})

    async def close_all(self, code: int, reason: str = "") -> None:
        """Close every connection with a close code."""
        for connection in set(self.connections):
            await connection.close(code, reason)

    def _refuse_resume(self, request: web.Request) -> web.Response:
        if self.resume_host_status == 0 and request.transport is not None:
            request.transport.abort()
        return web.Response(status=self.resume_host_status or 503)

    def _ready(self, session: Session, guilds: list[Guild]) -> Json:
        application = session.application
        return {
            "v": 10,
            "user": rendering.own_user(self.world.users[application.id]),
            "guilds": [payloads.unavailable(each) for each in guilds],
            "session_id": session.id,
            "resume_gateway_url": f"{self.url}/resume",
            "shard": list(session.shard),
            "application": {"id": str(application.id), "flags": 0},
            "session_type": "normal",
            "private_channels": [],
            "presences": [],
            "relationships": [],
            "user_settings": {},
            "_trace": ["sandbox"],
        }
