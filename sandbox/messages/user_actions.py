"""Messages that users and webhooks send, and users' deletions."""

import copy
import datetime
from collections.abc import Sequence

from sandbox import rendering, rules
from sandbox.messages import message_body
from sandbox.world import permissions, threads
from sandbox.world.entities import Channel, ChannelKind, Json, Message, MessageFlag, Upload, User
from sandbox.world.permissions import Permissions
from sandbox.world.state import World

POLL_ANSWERS = 10
"""Limit of answers (Discord's documentation, Poll Resource)."""

_FORWARD = 1
"""A message reference's type (Discord's documentation, Message Resource)."""
_PNG = 1
"""A sticker's format type (Discord's documentation, Sticker Resource)."""


def say(world: World, user: User, channel: Channel, text: str = "", uploads: Sequence[Upload] = ()) -> Message:
    """Send a user's message, optionally with files.

    Raises:
        PermissionError: the user may not.
    """
    ping = bool(_permitted(world, user, channel) & Permissions.MENTION_EVERYONE)
    return world.post(_filled(world, _begun(world, user, channel), text, uploads, may_ping=ping))


def forward(world: World, user: User, channel: Channel, source: Message) -> Message:
    """Forward a message as a user; later edits of the source do not change the copy.

    Raises:
        PermissionError: the user may not.
    """
    _permitted(world, user, channel)
    message = _begun(world, user, channel)
    message.flags |= MessageFlag.HAS_SNAPSHOT
    message.reference = {
        "type": _FORWARD,
        "message_id": str(source.id),
        "channel_id": str(source.channel_id),
        **({} if source.guild_id is None else {"guild_id": str(source.guild_id)}),
    }
    shown = rendering.message(world, source)
    message.snapshot = {name: copy.deepcopy(shown[name]) for name in rendering.SNAPSHOT}
    message.snapshot_attachments = [copy.copy(each) for each in source.attachments]
    return world.post(message)


def show_sticker(world: World, user: User, channel: Channel, name: str) -> Message:
    """Send a user's sticker without text.

    Raises:
        PermissionError: the user may not.
    """
    _permitted(world, user, channel)
    message = _begun(world, user, channel)
    message.more = {"sticker_items": [{"id": str(world.new_id()), "name": name, "format_type": _PNG}]}
    return world.post(message)


def ask(world: World, user: User, channel: Channel, question: str, answers: Sequence[str]) -> Message:
    """Create a user's poll.

    Raises:
        PermissionError: the user may not.
        ValueError: no answers, or too many.
    """
    if not 1 <= len(answers) <= POLL_ANSWERS:
        raise ValueError(f"a poll has 1 to {POLL_ANSWERS} answers")
    _permitted(world, user, channel)
    message = _begun(world, user, channel)
    message.more = {"poll": _poll(question, answers, message.made_at + datetime.timedelta(days=1))}
    return world.post(message)


def say_by_webhook(
    world: World, name: str, channel: Channel, text: str = "", uploads: Sequence[Upload] = (), **more: list[Json]
) -> Message:
    """Send a message as a webhook with this name.

    `more`: its `embeds`, or its `components` (then without other content).
    """
    webhook = User(world.new_id(), name, bot=True)
    world.users[webhook.id] = webhook
    message = _begun(world, webhook, channel)
    message.more = {"webhook_id": str(webhook.id)}
    if "components" in more:
        message.flags |= MessageFlag.COMPONENTS_V2
    return world.post(_filled(world, message, text, uploads, may_ping=False, **more))


def delete(world: World, user: User, message: Message) -> None:
    """Delete a message as a user: their own or, with Manage Messages, any in a guild.

    Raises:
        PermissionError: the user may not.
    """
    channel = world.channels.get(message.channel_id)
    granted = world.permissions_of(user.id, channel) if channel else 0
    owns = message.author_id == user.id
    manages = bool(message.guild_id and granted & Permissions.MANAGE_MESSAGES)
    if message.ephemeral or not granted & Permissions.VIEW_CHANNEL or not (owns or manages):
        raise PermissionError(f"{user.username} may not delete this message")
    world.delete(message)


def purge(world: World, user: User, messages: Sequence[Message]) -> None:
    """Bulk delete messages of one channel as a user with Manage Messages.

    Raises:
        PermissionError: the user may not.
        ValueError: too few, too many or too old messages, or several channels.
    """
    if not rules.MIN_BULK_DELETE <= len({each.id for each in messages}) <= rules.MAX_BULK_DELETE:
        raise ValueError(f"{rules.MIN_BULK_DELETE} to {rules.MAX_BULK_DELETE} messages are deleted at once")
    if len({each.channel_id for each in messages}) > 1:
        raise ValueError("messages of one channel are deleted at once")
    if any(each.made_at < world.now() - rules.MAX_BULK_DELETE_AGE for each in messages):
        raise ValueError(f"a message that is older than {rules.MAX_BULK_DELETE_AGE.days} days is deleted alone")
    channel = world.channels.get(messages[0].channel_id)
    manages = channel and channel.guild_id and world.permissions_of(user.id, channel) & Permissions.MANAGE_MESSAGES
    if not manages or any(each.ephemeral for each in messages):
        raise PermissionError(f"{user.username} may not delete these messages at once")
    world.delete_many(messages)


def _permitted(world: World, user: User, channel: Channel) -> int:
    granted = world.permissions_of(user.id, channel)
    is_locked = channel.thread is not None and channel.thread.is_locked
    if not granted & permissions.to_write(channel) or (is_locked and not granted & Permissions.MANAGE_THREADS):
        raise PermissionError(f"{user.username} may not write in {channel.name}")
    if channel.kind == ChannelKind.FORUM:
        raise PermissionError(f"{channel.name} is a forum, which has posts and no messages of its own")
    threads.wake(world, channel)
    return granted


def _begun(world: World, user: User, channel: Channel) -> Message:
    return Message(world.new_id(), channel.id, channel.guild_id, user.id, world.now())


def _filled(
    world: World, message: Message, text: str, uploads: Sequence[Upload], *, may_ping: bool, **more: list[Json]
) -> Message:
    files = {str(at): upload for at, upload in enumerate(uploads)}
    message_body.fill(world, message, {"content": text, **more}, files, may_ping=may_ping)
    return message


def _poll(question: str, answers: Sequence[str], end: datetime.datetime) -> Json:
    return {
        "question": {"text": question},
        "answers": [{"answer_id": number, "poll_media": {"text": answer}} for number, answer in enumerate(answers, 1)],
        "expiry": rendering.time(end),
        "allow_multiselect": False,
        "layout_type": 1,
        "results": {"answer_counts": [], "is_finalized": False},
    }
