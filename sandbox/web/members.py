"""The members that see a channel, grouped by their highest separate role, with colors, as JSON for the page."""

from collections.abc import Collection

from sandbox.web.places import can_see
from sandbox.world.entities import Channel, Guild, Json, Member, Role, User
from sandbox.world.state import World

_NO_GROUP = "Members"


def members(world: World, guild: Guild, channel: Channel, offline: Collection[int] = ()) -> list[Json]:
    """Return the members that see a channel of the guild, or the users of a direct message; by group, then name.

    `offline` are the ids of the users that are shown so: applications without a connection.
    """
    if channel.guild_id is None:
        return [_entry(world.users[each], offline, [], []) for each in channel.recipient_ids]
    seeing = [each for each in guild.members.values() if can_see(world, world.users[each.user_id], channel)]
    ranked = sorted(seeing, key=lambda each: _rank(world, guild, each))
    return [_entry(world.users[each.user_id], offline, *_hoisted_and_colored(guild, each)) for each in ranked]


def _entry(user: User, offline: Collection[int], hoisted: list[Role], colored: list[Role]) -> Json:
    return {
        "id": str(user.id),
        "name": user.global_name or user.username,
        "is_bot": user.bot,
        "is_online": user.id not in offline,
        "group": hoisted[0].name if hoisted else _NO_GROUP,
        "color": f"#{colored[0].color:06x}" if colored else None,
    }


def _rank(world: World, guild: Guild, member: Member) -> tuple[int, str]:
    hoisted, _ = _hoisted_and_colored(guild, member)
    user = world.users[member.user_id]
    return -hoisted[0].position if hoisted else 0, (user.global_name or user.username).lower()


def _hoisted_and_colored(guild: Guild, member: Member) -> tuple[list[Role], list[Role]]:
    """Return the member's roles that are listed separately, and those with a color; highest first."""
    roles = sorted((guild.roles[each] for each in member.role_ids), key=lambda role: -role.position)
    return [each for each in roles if each.is_hoisted], [each for each in roles if each.color]
