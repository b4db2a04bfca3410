"""Threads: create, join, archive, unarchive, lock (Discord's page "Threads")."""

from sandbox.world import events
from sandbox.world.entities import Channel, ChannelKind, Guild, Message, Thread, User
from sandbox.world.state import World


def begin(world: World, parent: Channel, name: str, owner: User, *, private: bool = False) -> Channel:
    """Create a thread in a channel; its owner is its first member."""
    guild = _guild(world, parent)
    kind = ChannelKind.PRIVATE_THREAD if private else ChannelKind.PUBLIC_THREAD
    made = Thread(owner.id, world.now(), joined={owner.id: world.now()})
    thread = Channel(world.new_id(), kind, name, guild.id, parent_id=parent.id, thread=made)
    guild.threads[thread.id] = world.channels[thread.id] = thread
    world.dispatch(events.ThreadCreated(guild, thread))
    return thread


def join(world: World, thread: Channel, user: User) -> None:
    """Add a user to a thread."""
    _thread(thread).joined[user.id] = world.now()
    world.dispatch(events.ThreadJoined(_guild(world, thread), thread, user))


def begin_post(world: World, forum: Channel, title: str, owner: User, text: str) -> Channel:
    """Create a forum post: a thread whose first message has the same id.

    Raises:
        ValueError: the channel is not a forum.
    """
    if forum.kind != ChannelKind.FORUM:
        raise ValueError(f"{forum.name} is no forum")
    post = begin(world, forum, title, owner)
    world.post(Message(post.id, post.id, post.guild_id, owner.id, world.now(), text))
    return post


def archive(world: World, thread: Channel) -> None:
    """Archive a thread: THREAD_UPDATE is dispatched, and GUILD_CREATE no longer lists it."""
    change(world, thread, is_archived=True)


def change(world: World, thread: Channel, *, is_archived: bool | None = None, is_locked: bool | None = None) -> None:
    """Archive or unarchive, lock or unlock a thread; None: unchanged."""
    found = _thread(thread)
    if is_archived is not None and is_archived != found.is_archived:
        found.is_archived, found.changed_at = is_archived, world.now()
    if is_locked is not None:
        found.is_locked = is_locked
    world.dispatch(events.ThreadUpdated(_guild(world, thread), thread))


def wake(world: World, channel: Channel) -> None:
    """Unarchive a thread, as sending a message to it does; no effect on other channels."""
    if channel.thread and channel.thread.is_archived:
        change(world, channel, is_archived=False)


def _thread(channel: Channel) -> Thread:
    if channel.thread is None:
        raise ValueError(f"{channel.name} is no thread")
    return channel.thread


def _guild(world: World, channel: Channel) -> Guild:
    if channel.guild_id is None:
        raise ValueError("a direct message has no threads")
    return world.guilds[channel.guild_id]
