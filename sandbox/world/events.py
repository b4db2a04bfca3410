"""The events of the world; each carries the entities that it is about.

Observers are called synchronously, so they see an entity's state at the time of the event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.world.entities import Application, Channel, Guild, Member, Message, Role, User


@dataclass(frozen=True)
class Event:
    """An event of the world."""


Observer = Callable[[Event], None]


@dataclass(frozen=True)
class ChannelEvent(Event):
    """An event of a guild's channel."""

    guild: Guild
    channel: Channel


class ChannelCreated(ChannelEvent):
    """A new channel."""


class ChannelUpdated(ChannelEvent):
    """A channel's overwrites have changed."""


class ChannelDeleted(ChannelEvent):
    """A channel was deleted, with its messages."""


class ThreadCreated(ChannelEvent):
    """A new thread."""


class ThreadUpdated(ChannelEvent):
    """A thread was archived, unarchived, locked or unlocked."""


class ThreadDeleted(ChannelEvent):
    """A thread was deleted, with its messages."""


@dataclass(frozen=True)
class ThreadJoined(ChannelEvent):
    """A thread has a new member."""

    user: User


@dataclass(frozen=True)
class RoleEvent(Event):
    """An event of a guild's role."""

    guild: Guild
    role: Role


class RoleCreated(RoleEvent):
    """A new role."""


class RoleUpdated(RoleEvent):
    """A role's permissions have changed."""


class RoleDeleted(RoleEvent):
    """A role was deleted, and removed from its members and from the channels' overwrites."""


@dataclass(frozen=True)
class MemberEvent(Event):
    """An event of a guild's member."""

    member: Member


class MemberJoined(MemberEvent):
    """A new member."""


class MemberUpdated(MemberEvent):
    """A member's roles have changed."""


@dataclass(frozen=True)
class MemberLeft(Event):
    """A user left a guild."""

    guild: Guild
    user: User


@dataclass(frozen=True)
class BotEvent(Event):
    """An event of an application's bot in a guild."""

    application: Application
    guild: Guild


class BotInstalled(BotEvent):
    """The bot has joined the guild."""


class BotRemoved(BotEvent):
    """The bot has left the guild."""


class GuildUnavailable(BotEvent):
    """An outage has begun: no events of the guild are dispatched until it ends."""


class GuildAvailable(BotEvent):
    """An outage has ended."""


@dataclass(frozen=True)
class MessageEvent(Event):
    """An event of a message."""

    message: Message


class MessagePosted(MessageEvent):
    """A new message."""


class MessageUpdated(MessageEvent):
    """A message has changed."""


class MessageDeleted(MessageEvent):
    """A single message was deleted."""


@dataclass(frozen=True)
class MessagesDeleted(Event):
    """One or more messages of a channel were deleted in bulk."""

    messages: Sequence[Message]
