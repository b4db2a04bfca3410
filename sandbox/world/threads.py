"""Threads: begun, joined, left, archived (Discord's page "Threads")."""

from sandbox.world import events
from sandbox.world.entities import Channel, ChannelKind, Guild, Thread, User
from sandbox.world.state import World


def begin(world: World, parent: Channel, name: str, owner: User, *, private: bool = False) -> Channel:
    """Begin a thread in a channel; its owner is its first member."""
    guild = _guild(world, parent)
    kind = ChannelKind.PRIVATE_THREAD if private else ChannelKind.PUBLIC_THREAD
    made = Thread(owner.id, world.now(), joined={owner.id: world.now()})
    thread = Channel(world.new_id(), kind, name, guild.id, parent_id=parent.id, thread=made)
    guild.threads[thread.id] = world.channels[thread.id] = thread
    world.dispatch(events.ThreadBegun(guild, thread))
    return thread


def join(world: World, thread: Channel, user: User) -> None:
    """Let a user be a member of a thread."""
    _thread(thread).joined[user.id] = world.now()
    world.dispatch(events.ThreadJoined(_guild(world, thread), thread, user))


def archive(world: World, thread: Channel) -> None:
    """Archive a thread: the gateway tells of it once more, and not when a session begins."""
    found = _thread(thread)
    found.is_archived, found.changed_at = True, world.now()
    world.dispatch(events.ThreadUpdated(_guild(world, thread), thread))


def _thread(channel: Channel) -> Thread:
    if channel.thread is None:
        raise ValueError(f"{channel.name} is no thread")
    return channel.thread


def _guild(world: World, channel: Channel) -> Guild:
    if channel.guild_id is None:
        raise ValueError("a direct message has no threads")
    return world.guilds[channel.guild_id]
