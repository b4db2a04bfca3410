"""Channels as Discord's JSON."""

import datetime

from sandbox.rendering.members import user
from sandbox.rendering.times import time
from sandbox.world.entities import Channel, ChannelKind, Json, Thread
from sandbox.world.snowflakes import made_at
from sandbox.world.state import World


def channel(world: World, one: Channel) -> Json:
    """Return a channel of a guild or a direct message channel."""
    body: Json = {
        "id": str(one.id),
        "type": int(one.kind),
        "flags": 0,
        "last_message_id": _id(one.last_message_id),
    }
    if one.kind == ChannelKind.DIRECT:
        return body | {"recipients": [user(world.users[user_id]) for user_id in one.recipient_ids]}
    body |= {"guild_id": str(one.guild_id), "name": one.name}
    if one.thread:
        return body | _of_thread(world, one, one.thread)
    body |= {
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
    elif one.kind == ChannelKind.FORUM:
        body |= {"topic": one.topic, "rate_limit_per_user": 0, **_UNSET_OF_FORUM}
    else:
        body |= {"topic": one.topic, "rate_limit_per_user": 0}
    return body


def thread_member(one: Channel, user_id: int, joined_at: datetime.datetime) -> Json:
    """Return a member of a thread."""
    return {"id": str(one.id), "user_id": str(user_id), "join_timestamp": time(joined_at), "flags": 0}


def _of_thread(world: World, one: Channel, thread: Thread) -> Json:
    messages = sum(not each.ephemeral for each in world.messages_in(one.id))
    return {
        "parent_id": _id(one.parent_id),
        "owner_id": str(thread.owner_id),
        "rate_limit_per_user": 0,
        "message_count": messages,
        "total_message_sent": messages,
        "member_count": len(thread.joined),
        "thread_metadata": {
            "archived": thread.is_archived,
            "archive_timestamp": time(thread.changed_at),
            "auto_archive_duration": 1440,
            "locked": thread.is_locked,
            "create_timestamp": time(made_at(one.id)),
        },
    }


_UNSET_OF_FORUM: Json = {
    "available_tags": [],
    "default_reaction_emoji": None,
    "default_sort_order": None,
    "default_forum_layout": 0,
}


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)
