"""Guilds and messages as gateway payloads, which have more fields than HTTP's."""

from sandbox import rendering
from sandbox.world.entities import Channel, Guild, Json, Member, Message
from sandbox.world.permissions import Permissions
from sandbox.world.state import World


def guild(world: World, one: Guild, application_id: int) -> Json:
    """Return a guild as in GUILD_CREATE, with the bot as its only member, as without the presences intent."""
    own = one.members[application_id]
    return rendering.guild(one) | {
        "joined_at": rendering.time(own.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(one.members),
        "voice_states": [],
        "members": [rendering.member(world, own)],
        "channels": [rendering.channel(world, channel) for channel in one.channels.values()],
        "threads": [thread(world, each, application_id) for each in _open_threads(world, one, application_id)],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def unavailable(one: Guild) -> Json:
    """Return a guild during an outage."""
    return {"id": str(one.id), "unavailable": True}


def thread(world: World, one: Channel, application_id: int) -> Json:
    """Return a thread with the bot's membership, if any."""
    body = rendering.channel(world, one)
    joined_at = one.thread and one.thread.joined.get(application_id)
    return body | {"member": rendering.thread_member(one, application_id, joined_at)} if joined_at else body


def _open_threads(world: World, one: Guild, application_id: int) -> list[Channel]:
    """Return the active threads that the bot sees."""
    return [
        each
        for each in one.threads.values()
        if each.thread
        and not each.thread.is_archived
        and world.permissions_of(application_id, each) & Permissions.VIEW_CHANNEL
    ]


def message(world: World, one: Message) -> Json:
    """Return a message with its guild and member, unless it is ephemeral or direct."""
    body = rendering.message(world, one)
    if one.nonce is not None:
        body["nonce"] = one.nonce
    if one.guild_id is None or one.ephemeral:
        return body
    body["guild_id"] = str(one.guild_id)
    members = world.guilds[one.guild_id].members
    if (author := members.get(one.author_id)) and one.interaction is None:
        body["member"] = rendering.member(world, author, with_user=False)
    mentioned = zip(one.mention_ids, body["mentions"], strict=False)
    body["mentions"] = [_mention(world, members.get(user_id), user) for user_id, user in mentioned]
    return body


def _mention(world: World, member: Member | None, user: Json) -> Json:
    return user | {"member": rendering.member(world, member, with_user=False)} if member else user
