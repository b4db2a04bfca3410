"""Gateway sessions: what an identified bot is told, kept for as long as it may resume."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.gateway import content_intent
from sandbox.world.entities import Application, Json
from sandbox.world.events import Event, Intents

if TYPE_CHECKING:
    from sandbox.gateway.connection import Connection


@dataclass
class Session:
    """One identified bot on one shard, with all it was told."""

    id: str
    application: Application
    intents: int
    shard: tuple[int, int] = (0, 1)
    sent: list[Json] = field(default_factory=list[Json])
    """Every dispatch, in order; the first has the sequence number 1."""
    connection: "Connection | None" = None

    def wants(self, event: Event) -> bool:
        """Whether an event is for this session: its application, its shard, its intents."""
        if self.application.id not in event.application_ids:
            return False
        shard_id, shard_count = self.shard
        if ((event.guild_id or 0) >> 22) % shard_count != shard_id:
            return False
        return not event.intents or bool(self.intents & event.intents)

    def record(self, name: str, body: Json) -> Json:
        """Number a dispatch and keep it for a resume."""
        payload: Json = {"op": 0, "t": name, "s": len(self.sent) + 1, "d": body}
        self.sent.append(payload)
        return payload

    def as_seen(self, event: Event) -> Json:
        """An event's body as this session may read it."""
        if event.name not in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            return event.body
        return content_intent.as_read(
            event.body,
            self.application.id,
            has_intent=bool(self.intents & Intents.MESSAGE_CONTENT),
            is_direct="guild_id" not in event.body,
        )
