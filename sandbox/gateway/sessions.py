"""Gateway sessions, with the dispatches that are replayed on resume."""

from dataclasses import dataclass, field
from typing import Protocol

from sandbox import rendering
from sandbox.gateway.dispatches import Dispatch
from sandbox.world.entities import Application, Json
from sandbox.world.intents import Intents


class Line(Protocol):
    """A connection's interface for its session."""

    def put(self, payload: Json) -> None:
        """Queue a payload for sending."""
        ...

    def drop(self) -> None:
        """Abort the connection without a close frame."""
        ...


@dataclass
class Session:
    """One identified bot on one shard, with all its dispatches."""

    id: str
    application: Application
    intents: int
    shard: tuple[int, int] = (0, 1)
    sent: list[Json] = field(default_factory=list[Json])
    """Every dispatch, in order; the first has the sequence number 1."""
    connection: Line | None = None

    def wants(self, dispatch: Dispatch) -> bool:
        """Return whether the application, shard and intents of this session match a dispatch."""
        if self.application.id not in dispatch.application_ids:
            return False
        shard_id, shard_count = self.shard
        if ((dispatch.guild_id or 0) >> 22) % shard_count != shard_id:
            return False
        is_own = dispatch.own_id == self.application.id
        return not dispatch.intents or is_own or bool(self.intents & dispatch.intents)

    def record(self, name: str, body: Json) -> Json:
        """Number a dispatch and store it for a resume."""
        payload: Json = {"op": 0, "t": name, "s": len(self.sent) + 1, "d": body}
        self.sent.append(payload)
        return payload

    def as_read(self, dispatch: Dispatch) -> Json:
        """Return a dispatch's body as this session may read it."""
        if not dispatch.is_message:
            return dispatch.body
        return rendering.as_read(
            dispatch.body,
            self.application.id,
            has_intent=bool(self.intents & Intents.MESSAGE_CONTENT),
            is_direct="guild_id" not in dispatch.body,
        )
