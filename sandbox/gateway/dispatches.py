"""The world's events as gateway dispatches: name, body, recipients and intents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sandbox import rendering
from sandbox.gateway import payloads
from sandbox.interactions.interaction import InteractionStarted
from sandbox.world import events
from sandbox.world.entities import Application, Channel, Json, Message
from sandbox.world.intents import Intents
from sandbox.world.permissions import Permissions
from sandbox.world.state import World

_NAMES: dict[type[events.Event], str] = {
    events.ChannelCreated: "CHANNEL_CREATE",
    events.ChannelUpdated: "CHANNEL_UPDATE",
    events.ChannelDeleted: "CHANNEL_DELETE",
    events.ThreadCreated: "THREAD_CREATE",
    events.ThreadJoined: "THREAD_CREATE",
    events.ThreadUpdated: "THREAD_UPDATE",
    events.ThreadDeleted: "THREAD_DELETE",
    events.RoleCreated: "GUILD_ROLE_CREATE",
    events.RoleUpdated: "GUILD_ROLE_UPDATE",
    events.RoleDeleted: "GUILD_ROLE_DELETE",
    events.MemberJoined: "GUILD_MEMBER_ADD",
    events.MemberUpdated: "GUILD_MEMBER_UPDATE",
    events.MemberLeft: "GUILD_MEMBER_REMOVE",
    events.BotInstalled: "GUILD_CREATE",
    events.BotRemoved: "GUILD_DELETE",
    events.GuildUnavailable: "GUILD_DELETE",
    events.GuildAvailable: "GUILD_CREATE",
    events.MessagePosted: "MESSAGE_CREATE",
    events.MessageUpdated: "MESSAGE_UPDATE",
    events.MessageDeleted: "MESSAGE_DELETE",
    events.MessagesDeleted: "MESSAGE_DELETE_BULK",
    InteractionStarted: "INTERACTION_CREATE",
}


@dataclass(frozen=True, slots=True)
class Dispatch:
    """An event for the sessions of the applications in `application_ids` that have one of `intents`."""

    name: str
    body: Json
    application_ids: frozenset[int]
    intents: int
    """0: no intent is needed."""
    guild_id: int | None
    """Determines the shard; None: shard 0."""
    own_id: int | None = None
    """The application that the event is about; it needs no intent."""

    @property
    def is_message(self) -> bool:
        """True if its body is a message."""
        return self.name in ("MESSAGE_CREATE", "MESSAGE_UPDATE")


def dispatch_of(world: World, event: events.Event) -> Dispatch:
    """Render an event now, so that sessions that resume later get the same body."""
    name = _NAMES[type(event)]
    match event:
        case events.ThreadCreated() | events.ThreadJoined() | events.ThreadUpdated() | events.ThreadDeleted():
            return _about_thread(world, name, event)
        case events.ChannelEvent(guild, channel):
            return _to_guild(world, guild.id, name, rendering.channel(world, channel), Intents.GUILDS)
        case events.RoleDeleted(guild, role):
            body = {"guild_id": str(guild.id), "role_id": str(role.id)}
            return _to_guild(world, guild.id, name, body, Intents.GUILDS)
        case events.RoleEvent(guild, role):
            body = {"guild_id": str(guild.id), "role": rendering.role(role)}
            return _to_guild(world, guild.id, name, body, Intents.GUILDS)
        case events.MemberEvent(member):
            body = rendering.member(world, member) | {"guild_id": str(member.guild_id)}
            told = _to_guild(world, member.guild_id, name, body, Intents.GUILD_MEMBERS)
            return replace(told, own_id=member.user_id) if isinstance(event, events.MemberUpdated) else told
        case events.MemberLeft(guild, user):
            body = {"guild_id": str(guild.id), "user": rendering.user(user)}
            return _to_guild(world, guild.id, name, body, Intents.GUILD_MEMBERS)
        case events.BotEvent(application, guild):
            body = _of_bot(world, event)
            return Dispatch(name, body, frozenset({application.id}), Intents.GUILDS, guild.id)
        case InteractionStarted(interaction):
            return Dispatch(name, interaction.payload, frozenset({interaction.application_id}), 0, interaction.guild_id)
        case _:
            return _about_messages(world, name, event)


def _of_bot(world: World, event: events.BotEvent) -> Json:
    """Return the guild or, if unavailable or left, its id; `unavailable` is set only for outages."""
    guild = event.guild
    match event:
        case events.GuildAvailable():
            return payloads.guild(world, guild, event.application.id)
        case events.BotInstalled():
            body = payloads.guild(world, guild, event.application.id)
            return {key: value for key, value in body.items() if key != "unavailable"}
        case events.GuildUnavailable():
            return payloads.unavailable(guild)
        case _:
            return {"id": str(guild.id)}


def _about_thread(world: World, name: str, event: events.ChannelEvent) -> Dispatch:
    """Return the dispatch to applications that see the thread; a new member's own needs no members intent."""
    guild, thread = event.guild, event.channel
    seeing = {each.id for each in world.applications.values() if _may_see(world, each, thread)}
    match event:
        case events.ThreadDeleted():
            seeing = {each.id for each in world.applications.values() if guild.id in each.guild_ids}
            body: Json = {"id": str(thread.id), "guild_id": str(guild.id), "parent_id": str(thread.parent_id)}
            body["type"] = int(thread.kind)
        case events.ThreadJoined(_, _, user):
            seeing &= {user.id}
            body = payloads.thread(world, thread, user.id)
        case events.ThreadCreated():
            body = rendering.channel(world, thread) | {"newly_created": True}
        case _:
            body = rendering.channel(world, thread)
    return Dispatch(name, body, frozenset(seeing), Intents.GUILDS, guild.id)


def _about_messages(world: World, name: str, event: events.Event) -> Dispatch:
    match event:
        case events.MessageDeleted(message):
            return _about(world, message, name, _deleted(message))
        case events.MessageEvent(message):
            return _about(world, message, name, payloads.message(world, message))
        case events.MessagesDeleted(messages):
            return _about(world, messages[0], name, _deleted_at_once(messages))
        case _:
            raise TypeError(f"the gateway does not know {event}")


def _deleted(message: Message) -> Json:
    body: Json = {"id": str(message.id), "channel_id": str(message.channel_id)}
    if message.guild_id is not None and not message.ephemeral:
        body["guild_id"] = str(message.guild_id)
    return body


def _deleted_at_once(messages: Sequence[Message]) -> Json:
    first = messages[0]
    body: Json = {"ids": [str(each.id) for each in messages], "channel_id": str(first.channel_id)}
    return body if first.guild_id is None else body | {"guild_id": str(first.guild_id)}


def _to_guild(world: World, guild_id: int, name: str, body: Json, intents: Intents) -> Dispatch:
    """Return the dispatch to the applications of a guild."""
    ids = frozenset(each.id for each in world.applications.values() if guild_id in each.guild_ids)
    return Dispatch(name, body, ids, intents, guild_id)


def _about(world: World, message: Message, name: str, body: Json) -> Dispatch:
    """Return the dispatch to applications that see a message; ephemeral ones need the direct messages intent."""
    private = message.guild_id is None or message.ephemeral
    intents = Intents.DIRECT_MESSAGES if private else Intents.GUILD_MESSAGES
    ids = frozenset(each.id for each in world.applications.values() if _sees(world, each, message))
    return Dispatch(name, body, ids, intents, None if private else message.guild_id)


def _sees(world: World, application: Application, message: Message) -> bool:
    if message.ephemeral:
        return message.author_id == application.id
    return _may_see(world, application, world.channels[message.channel_id])


def _may_see(world: World, application: Application, channel: Channel) -> bool:
    return bool(world.permissions_of(application.id, channel) & Permissions.VIEW_CHANNEL)
