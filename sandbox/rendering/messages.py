"""Messages as Discord's JSON."""

from sandbox.rendering.attachments import attachment
from sandbox.rendering.media import attachments_shown, component, embed
from sandbox.rendering.members import user
from sandbox.rendering.times import time
from sandbox.world.entities import Json, Message, MessageKind
from sandbox.world.state import World

SNAPSHOT = (
    *("type", "content", "embeds", "timestamp", "edited_timestamp", "flags"),
    *("mentions", "mention_roles", "components"),
)
"""Fields of a message snapshot beside its attachments (Discord's documentation, Message Snapshot)."""

_REPLY = 0
"""The default type of a message reference: a reply."""


def message(world: World, one: Message, *, with_reference: bool = True) -> Json:
    """Return a message as in HTTP responses (without guild and member)."""
    shown = attachments_shown(one)
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
        "embeds": [embed(world, one, each) for each in one.embeds],
        "components": [component(world, one, each) for each in one.components],
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


def _reference_fields(world: World, reference: Json, *, with_reference: bool) -> Json:
    fields: Json = {"message_reference": reference}
    if with_reference and reference.get("type", _REPLY) == _REPLY:
        found = world.messages.get(int(reference["message_id"]))
        fields["referenced_message"] = (
            message(world, found, with_reference=False) if found and not found.deleted else None
        )
    return fields
