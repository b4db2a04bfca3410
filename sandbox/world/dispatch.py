"""Telling the applications what happens: which of them hears of what, and by which intents."""

from typing import TYPE_CHECKING

from sandbox.world.entities import Application, Guild, Json, Message
from sandbox.world.events import Event, Intents, Observer
from sandbox.world.permissions import Permissions

if TYPE_CHECKING:
    from sandbox.world.state import World


class Telling:
    """Hands events to whoever listens (the gateway)."""

    def __init__(self, world: "World") -> None:
        """Tell of `world`."""
        self._world = world
        self.observers: list[Observer] = []

    def dispatch(self, event: Event) -> None:
        """Hand an event on."""
        for observer in self.observers:
            observer(event)
        self._world.changes.wake()

    def to_guild(self, guild_id: int, name: str, body: Json, intents: int) -> None:
        """Tell the applications of a guild which asked for one of `intents`."""
        ids = frozenset(each.id for each in self._world.applications.values() if guild_id in each.guild_ids)
        self.dispatch(Event(name, body, ids, intents, guild_id))

    def to_application(self, application: Application, name: str, body: Json, guild: Guild) -> None:
        """Tell one application of a guild it joined or left."""
        self.dispatch(Event(name, body, frozenset({application.id}), Intents.GUILDS, guild.id))

    def about(self, message: Message, name: str, body: Json) -> None:
        """Tell of a message; Discord tells of an ephemeral one as if it were a direct message."""
        private = message.guild_id is None or message.ephemeral
        intents = Intents.DIRECT_MESSAGES if private else Intents.GUILD_MESSAGES
        ids = frozenset(each.id for each in self._world.applications.values() if self._hears(each, message))
        self.dispatch(Event(name, body, ids, intents, None if private else message.guild_id, message.author_id))

    def _hears(self, application: Application, message: Message) -> bool:
        if message.ephemeral:
            return message.author_id == application.id
        channel = self._world.channels[message.channel_id]
        return bool(self._world.permissions_of(application.id, channel) & Permissions.VIEW_CHANNEL)
