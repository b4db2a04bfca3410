"""A user's view of a channel as JSON for the page: servers, channels, members, messages, commands, names."""

import dataclasses
from collections.abc import Collection, Iterable, Sequence

from sandbox import rendering
from sandbox.driver import menu
from sandbox.web import places
from sandbox.web.members import members
from sandbox.web.read_marks import ReadMarks
from sandbox.world import permissions
from sandbox.world.entities import Channel, ChannelKind, Command, CommandKind, Guild, Json, User
from sandbox.world.state import World

MAX_MESSAGES = 100
"""Limit of messages in a view (the newest), as many as Discord's client loads at once."""
HOME = "home"
"""The id of the direct messages among the servers."""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A user's place on the page."""

    user: User
    guild: Guild
    """The guild of the channel, or the last one before a direct message."""
    channel: Channel


def view(world: World, place: Place, marks: ReadMarks, offline: Collection[int]) -> Json:
    """Return everything on the page for a user at a place; `offline` are ids of applications."""
    user, channel = place.user, place.channel
    direct = places.direct_channels(world, user, channel)
    is_direct = channel.guild_id is None
    shown = direct if is_direct else places.channels(world, place.guild, user)
    may_write = world.permissions_of(user.id, channel) & permissions.to_write(channel)
    return {
        "me": str(user.id),
        "server": HOME if is_direct else str(place.guild.id),
        "servers": [
            {"id": HOME, "name": "Direct Messages", **_news(marks, user, direct)},
            *(_server(world, marks, user, each) for each in places.servers(world, user)),
        ],
        "channel": str(channel.id),
        "channels": [_channel(world, marks, user, each) for each in shown],
        "members": members(world, place.guild, channel, offline),
        "messages": [rendering.message(world, each) for each in world.visible_messages(user, channel)[-MAX_MESSAGES:]],
        "commands": [_command(each) for each in _offered(world, user, channel)],
        "names": _names(world, place.guild),
        "may_write": bool(may_write) and channel.kind != ChannelKind.FORUM,
    }


def _server(world: World, marks: ReadMarks, user: User, guild: Guild) -> Json:
    return {"id": str(guild.id), "name": guild.name, **_news(marks, user, places.channels(world, guild, user))}


def _channel(world: World, marks: ReadMarks, user: User, channel: Channel) -> Json:
    others = [_name(world.users[each]) for each in channel.recipient_ids if each != user.id]
    return {
        "id": str(channel.id),
        "name": channel.name or ", ".join(others),
        "kind": int(channel.kind),
        "parent": str(channel.parent_id),
        "topic": channel.topic or "",
        **_news(marks, user, [channel]),
    }


def _news(marks: ReadMarks, user: User, channels: Iterable[Channel]) -> Json:
    unread = [each for each in channels if marks.is_unread(user, each)]
    return {"unread": bool(unread), "mentions": sum(marks.mentions(user, each) for each in unread)}


def _offered(world: World, user: User, channel: Channel) -> Sequence[Command]:
    return [each for kind in CommandKind for each in menu.offered(world, user, channel, kind)]


def _command(command: Command) -> Json:
    return {
        "name": command.name,
        "kind": int(command.kind),
        "application": str(command.application_id),
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
