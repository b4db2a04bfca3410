"""Channels as Discord's JSON."""

from sandbox.rendering.members import user
from sandbox.world.entities import Channel, ChannelKind, Json
from sandbox.world.state import World


def channel(world: World, one: Channel) -> Json:
    """A channel, of a guild or direct."""
    body: Json = {
        "id": str(one.id),
        "type": int(one.kind),
        "flags": 0,
        "last_message_id": _id(one.last_message_id),
    }
    if one.kind == ChannelKind.DIRECT:
        return body | {"recipients": [user(world.users[user_id]) for user_id in one.recipient_ids]}
    body |= {
        "guild_id": str(one.guild_id),
        "name": one.name,
        "position": one.position,
        "parent_id": _id(one.parent_id),
        "nsfw": False,
        "permission_overwrites": [
            {
                "id": str(o.id),
                "type": int(o.is_member),
                "allow": str(int(o.allow)),
                "deny": str(int(o.deny)),
            }
            for o in one.overwrites.values()
        ],
    }
    if one.kind == ChannelKind.CATEGORY:
        del body["last_message_id"]
    else:
        body |= {"topic": one.topic, "rate_limit_per_user": 0}
    return body


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)
