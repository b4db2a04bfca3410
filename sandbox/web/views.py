"""A user's view of a channel as JSON for the page: messages in the HTTP API's format, channels, commands, names."""

from collections.abc import Sequence

from sandbox import rendering
from sandbox.driver import menu
from sandbox.world import permissions
from sandbox.world.entities import Channel, ChannelKind, Command, CommandKind, Guild, Json, User
from sandbox.world.permissions import Permissions
from sandbox.world.state import World

MAX_MESSAGES = 100
"""Limit of messages in a view (the newest), as many as Discord's client loads at once."""


def view(world: World, guild: Guild, user: User, channel: Channel) -> Json:
    """Return everything on the page for `user`, who views `channel`."""
    return {
        "me": str(user.id),
        "guild": guild.name,
        "channel": str(channel.id),
        "channels": [_channel(world, user, each) for each in channels(world, guild, user)],
        "messages": [rendering.message(world, each) for each in world.visible_messages(user, channel)[-MAX_MESSAGES:]],
        "commands": [_command(each) for each in _offered(world, user, channel)],
        "names": _names(world, guild),
        "may_write": bool(world.permissions_of(user.id, channel) & permissions.to_write(channel)),
    }


def channels(world: World, guild: Guild, user: User) -> list[Channel]:
    """Return the channels that the user sees: the guild's, then direct messages."""
    direct = [each for each in world.channels.values() if each.kind == ChannelKind.DIRECT]
    theirs = [each for each in direct if user.id in each.recipient_ids and world.messages_in(each.id)]
    seen = [each for each in guild.channels.values() if world.permissions_of(user.id, each) & Permissions.VIEW_CHANNEL]
    return [*seen, *theirs]


def _channel(world: World, user: User, channel: Channel) -> Json:
    if channel.kind == ChannelKind.DIRECT:
        others = [world.users[each] for each in channel.recipient_ids if each != user.id]
        return {"id": str(channel.id), "name": ", ".join(_name(each) for each in others), "is_direct": True}
    return {"id": str(channel.id), "name": channel.name, "is_direct": False}


def _offered(world: World, user: User, channel: Channel) -> Sequence[Command]:
    return [each for kind in CommandKind for each in menu.offered(world, user, channel, kind)]


def _command(command: Command) -> Json:
    return {
        "name": command.name,
        "kind": int(command.kind),
        "description": command.body.get("description") or "",
        "options": command.body.get("options") or [],
    }


def _names(world: World, guild: Guild) -> Json:
    return {
        "users": {str(each.id): _name(each) for each in world.users.values()},
        "members": [str(each) for each in guild.members],
        "roles": {str(each.id): each.name for each in guild.roles.values()},
        "channels": [
            {"id": str(each.id), "name": each.name, "kind": int(each.kind)} for each in guild.channels.values()
        ],
    }


def _name(user: User) -> str:
    return user.global_name or user.username
