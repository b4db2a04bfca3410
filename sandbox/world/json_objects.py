"""The world's things as Discord's JSON: users, members, channels, messages."""

import datetime
import urllib.parse
from typing import TYPE_CHECKING

from sandbox.world import json_media
from sandbox.world.entities import Attachment, Channel, ChannelKind, Json, Member, Message, MessageKind, User

if TYPE_CHECKING:
    from sandbox.world.state import World

SNAPSHOT = (
    *("type", "content", "embeds", "timestamp", "edited_timestamp", "flags"),
    *("mentions", "mention_roles", "components"),
)
"""What a forwarded message shows beside its files (Discord's documentation, Message Snapshot)."""

_REPLY = 0
"""A message reference's type: without one it is a reply."""


def time(moment: datetime.datetime) -> str:
    """A moment as Discord writes it."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds")


def user(one: User) -> Json:
    """A user as others see it."""
    body: Json = {
        "id": str(one.id),
        "username": one.username,
        "discriminator": "0" if not one.bot else f"{one.id % 9999 + 1:04d}",
        "global_name": one.global_name,
        "avatar": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
    }
    return body | {"bot": True} if one.bot else body


def own_user(one: User) -> Json:
    """A user as itself sees it."""
    return user(one) | {
        "mfa_enabled": True,
        "locale": one.locale,
        "verified": True,
        "email": None,
        "premium_type": 0,
    }


def member(world: "World", one: Member, *, with_user: bool = True) -> Json:
    """A member of a guild."""
    body: Json = {
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "collectibles": None,
        "communication_disabled_until": None,
        "deaf": False,
        "flags": 0,
        "joined_at": time(one.joined_at),
        "mute": False,
        "nick": one.nick,
        "pending": False,
        "premium_since": None,
        "roles": [str(role_id) for role_id in one.role_ids],
    }
    return body | {"user": user(world.users[one.user_id])} if with_user else body


def channel(world: "World", one: Channel) -> Json:
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


def attachment(world: "World", one: Attachment) -> Json:
    """An attachment with a fresh link."""
    path = attachment_path(one)
    body: Json = {
        "id": str(one.id),
        "filename": one.filename,
        "size": one.size,
        "url": world.links.sign(path),
        "proxy_url": world.links.sign(f"/media{path}"),
    }
    optional = {
        "content_type": one.content_type,
        "width": one.width,
        "height": one.height,
        "description": one.description,
        "title": one.title,
        "ephemeral": one.ephemeral or None,
    }
    return body | {key: value for key, value in optional.items() if value is not None}


def attachment_path(one: Attachment) -> str:
    """Where an attachment lies on the CDN."""
    folder = "ephemeral-attachments" if one.ephemeral else "attachments"
    return f"/{folder}/{one.owner_id}/{one.id}/{urllib.parse.quote(one.filename, safe='')}"


def message(world: "World", one: Message, *, with_reference: bool = True) -> Json:
    """A message as HTTP gives it (no guild, no member)."""
    shown = json_media.attachments_shown(one)
    body: Json = {
        "id": str(one.id),
        "channel_id": str(one.channel_id),
        "type": int(one.kind),
        "author": user(world.users[one.author_id]),
        "content": one.content,
        "timestamp": time(one.made_at),
        "edited_timestamp": time(one.edited_at) if one.edited_at else None,
        "tts": one.tts,
        "mention_everyone": one.mention_everyone,
        "mentions": [user(world.users[user_id]) for user_id in one.mention_ids if user_id in world.users],
        "mention_roles": [str(role_id) for role_id in one.mention_role_ids],
        "attachments": [attachment(world, each) for each in shown],
        "embeds": [json_media.embed(world, one, each) for each in one.embeds],
        "components": [json_media.component(world, one, each) for each in one.components],
        "pinned": one.pinned_at is not None,
        "flags": int(one.flags),
    }
    body |= one.more
    if one.snapshot is not None:
        files = [attachment(world, each) for each in one.snapshot_attachments]
        body["message_snapshots"] = [{"message": one.snapshot | {"attachments": files}}]
    if one.application_id is not None:
        body["application_id"] = str(one.application_id)
    if one.interaction is not None:
        body |= _interaction_fields(one, one.interaction)
    if one.reference is not None:
        body |= _reference_fields(world, one.reference, with_reference=with_reference)
    return body


def gateway_message(world: "World", one: Message) -> Json:
    """A message as the gateway tells of it: with guild and member, unless it is ephemeral or direct."""
    body = message(world, one)
    if one.nonce is not None:
        body["nonce"] = one.nonce
    if one.guild_id is None or one.ephemeral:
        return body
    body["guild_id"] = str(one.guild_id)
    if (its_member := world.guilds[one.guild_id].members.get(one.author_id)) and one.interaction is None:
        body["member"] = member(world, its_member, with_user=False)
    body["mentions"] = [_mention(world, one.guild_id, user_id, body) for user_id, body in _mentioned(one, body)]
    return body


def _mentioned(one: Message, body: Json) -> list[tuple[int, Json]]:
    return list(zip(one.mention_ids, body["mentions"], strict=False))


def _mention(world: "World", guild_id: int, user_id: int, body: Json) -> Json:
    its_member = world.guilds[guild_id].members.get(user_id)
    return body | {"member": member(world, its_member, with_user=False)} if its_member else body


def _interaction_fields(one: Message, metadata: Json) -> Json:
    fields: Json = {"interaction_metadata": metadata["metadata"]}
    if one.application_id is not None:
        fields["webhook_id"] = str(one.application_id)
    if one.kind in (MessageKind.SLASH_COMMAND, MessageKind.CONTEXT_MENU_COMMAND) and metadata.get("name"):
        its = metadata["metadata"]
        fields["interaction"] = {
            "id": its["id"],
            "type": its["type"],
            "name": metadata["name"],
            "user": its["user"],
        }
    return fields


def _reference_fields(world: "World", reference: Json, *, with_reference: bool) -> Json:
    fields: Json = {"message_reference": reference}
    if with_reference and reference.get("type", _REPLY) == _REPLY:
        found = world.messages.get(int(reference["message_id"]))
        fields["referenced_message"] = (
            message(world, found, with_reference=False) if found and not found.deleted else None
        )
    return fields


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)
