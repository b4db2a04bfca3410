"""What happens in the world: each event carries what it happened to.

Observers are called at once, so what they read of an entity is its state at the time of the event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.world.entities import Application, Channel, Guild, Member, Message, Role, User


@dataclass(frozen=True)
class Event:
    """Something that has happened."""


Observer = Callable[[Event], None]


@dataclass(frozen=True)
class ChannelEvent(Event):
    """What happened to a channel of a guild."""

    guild: Guild
    channel: Channel


class ChannelCreated(ChannelEvent):
    """A new channel."""


class ChannelUpdated(ChannelEvent):
    """A channel's overwrites have changed."""


class ChannelDeleted(ChannelEvent):
    """A channel is gone, with its messages."""


class ThreadBegun(ChannelEvent):
    """A new thread."""


class ThreadUpdated(ChannelEvent):
    """A thread was archived or opened again, locked or unlocked."""


class ThreadDeleted(ChannelEvent):
    """A thread is gone, with its messages."""


@dataclass(frozen=True)
class ThreadJoined(ChannelEvent):
    """A thread has a new member."""

    user: User


@dataclass(frozen=True)
class RoleEvent(Event):
    """What happened to a role of a guild."""

    guild: Guild
    role: Role


class RoleCreated(RoleEvent):
    """A new role."""


class RoleUpdated(RoleEvent):
    """A role's permissions have changed."""


class RoleDeleted(RoleEvent):
    """A role is gone, from its members and from the channels' overwrites too."""


@dataclass(frozen=True)
class MemberEvent(Event):
    """What happened to a member of a guild."""

    member: Member


class MemberJoined(MemberEvent):
    """A new member."""


class MemberUpdated(MemberEvent):
    """A member's roles have changed."""


@dataclass(frozen=True)
class MemberLeft(Event):
    """A user is no member of a guild any more."""

    guild: Guild
    user: User


@dataclass(frozen=True)
class BotEvent(Event):
    """What happened to an application's bot in a guild."""

    application: Application
    guild: Guild


class BotInstalled(BotEvent):
    """It has joined the guild."""


class BotRemoved(BotEvent):
    """It has left the guild."""


class GuildUnavailable(BotEvent):
    """An outage has begun: nothing is told of the guild until it ends."""


class GuildAvailable(BotEvent):
    """An outage has ended."""


@dataclass(frozen=True)
class MessageEvent(Event):
    """What happened to a message."""

    message: Message


class MessagePosted(MessageEvent):
    """A new message."""


class MessageUpdated(MessageEvent):
    """A message has changed."""


class MessageDeleted(MessageEvent):
    """A message was deleted alone."""


@dataclass(frozen=True)
class MessagesDeleted(Event):
    """Messages of one channel were deleted at once; there is at least one."""

    messages: Sequence[Message]
