"""The servers and channels that a user can open, in the order of Discord's sidebar."""

from collections.abc import Iterable, Iterator

from sandbox.world.entities import Channel, ChannelKind, Guild, User
from sandbox.world.permissions import Permissions
from sandbox.world.state import World

_WITHOUT_MESSAGES = frozenset({ChannelKind.CATEGORY, ChannelKind.VOICE})


def servers(world: World, user: User) -> list[Guild]:
    """Return the guilds of a user, oldest first."""
    return [each for each in world.guilds.values() if user.id in each.members]


def channels(world: World, guild: Guild, user: User) -> list[Channel]:
    """Return the channels of a guild that the user sees, each category and thread after its parent."""
    return [each for each in _ordered(guild) if can_see(world, user, each)]


def direct_channels(world: World, user: User, current: Channel) -> list[Channel]:
    """Return the user's direct messages that have any message, and the current channel if it is one."""
    direct = (each for each in world.channels.values() if each.kind == ChannelKind.DIRECT)
    theirs = (each for each in direct if user.id in each.recipient_ids)
    return [each for each in theirs if each is current or any(world.messages_in(each.id))]


def can_open(channel: Channel) -> bool:
    """Return True for channels with messages, and for forums."""
    return channel.kind not in _WITHOUT_MESSAGES


def first_of_guild(world: World, guild: Guild, user: User) -> Channel | None:
    """Return the first channel of a guild that the user can open."""
    return next((each for each in channels(world, guild, user) if can_open(each)), None)


def first_direct(world: World, user: User, current: Channel) -> Channel | None:
    """Return the first direct message; that with a bot is created if the user has none."""
    existing = direct_channels(world, user, current)
    made = (world.direct_channel(user.id, each) for each in world.applications)
    return existing[0] if existing else next(made, None)


def can_see(world: World, user: User, channel: Channel) -> bool:
    """Return True if the user may view a channel."""
    return bool(world.permissions_of(user.id, channel) & Permissions.VIEW_CHANNEL)


def _ordered(guild: Guild) -> Iterator[Channel]:
    for channel in _children(guild.channels.values(), None):
        if channel.kind == ChannelKind.CATEGORY:
            continue
        yield from _with_threads(guild, channel)
    for category in _children(guild.channels.values(), None):
        if category.kind != ChannelKind.CATEGORY:
            continue
        yield category
        for channel in _children(guild.channels.values(), category.id):
            yield from _with_threads(guild, channel)


def _with_threads(guild: Guild, channel: Channel) -> Iterator[Channel]:
    yield channel
    for each in guild.threads.values():
        if each.parent_id == channel.id and each.thread and not each.thread.is_archived:
            yield each


def _children(all_: Iterable[Channel], parent_id: int | None) -> list[Channel]:
    return sorted((each for each in all_ if each.parent_id == parent_id), key=lambda each: each.position)
