"""Messages of channels: create, fetch, list, edit, delete, pin."""

import datetime

from sandbox import rendering, rules
from sandbox.errors import DiscordError, NotSimulatedError
from sandbox.http.request import Call, Reply, Route
from sandbox.interactions import responses
from sandbox.messages import message_body
from sandbox.world import threads
from sandbox.world.entities import Channel, ChannelKind, Json, Message, MessageKind
from sandbox.world.intents import Intents
from sandbox.world.permissions import Permissions
from sandbox.world.snowflakes import made_at

NONCE_LIFE = datetime.timedelta(minutes=5)
"""Time in which a repeated nonce returns the first message; Discord documents "the past few minutes"."""

_BULK_COUNT = (
    "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete."
)


def create(call: Call) -> Reply:
    """Create a message."""
    channel = call.channel(Permissions.SEND_MESSAGES)
    _check_writable(call, channel)
    body = call.json
    rules.check_message(body, call.upload_names)
    _check_contents(call, channel, body)
    if again := _same_nonce(call, body):
        return Reply(200, rendering.message(call.world, again))
    message = _new(call, channel, body)
    message_body.fill(call.world, message, body, call.uploads, may_ping=_may_ping(call, channel))
    threads.wake(call.world, channel)
    call.world.post(message)
    shown = rendering.message(call.world, message)
    return Reply(200, shown if message.nonce is None else shown | {"nonce": message.nonce})


def fetch(call: Call) -> Reply:
    """Fetch one message."""
    channel = _readable(call)
    call.channel(Permissions.READ_MESSAGE_HISTORY)
    return Reply(200, _shown(call, call.message(channel)))


def fetch_many(call: Call) -> Reply:
    """List messages, newest first; with `after`, the next ones after that message."""
    channel = _readable(call)
    rules.check_message_query(dict(call.query))
    granted = call.world.permissions_of(call.application.id, channel)
    if not granted & Permissions.READ_MESSAGE_HISTORY:
        return Reply(200, [])
    found = [each for each in call.world.messages_in(channel.id) if not each.ephemeral]
    chosen = _page(call, found, call.query_number("limit", 50))
    return Reply(200, [_shown(call, each) for each in reversed(chosen)])


def edit(call: Call) -> Reply:
    """Edit one of the bot's own messages."""
    channel = call.channel()
    message = call.message(channel)
    _check_open(channel)
    _check_unlocked(call, channel)
    body = call.json
    if message.author_id != call.application.id:
        _check_foreign_edit(call, channel, body)
    rules.check_message_edit(body, message_body.shown_whole(call.world, message), call.upload_names)
    message_body.change(call.world, message, body, call.uploads, may_ping=_may_ping(call, channel))
    call.world.changed(message)
    return Reply(200, _shown(call, message))


def delete(call: Call) -> Reply:
    """Delete a message; another user's needs Manage Messages."""
    channel = call.channel()
    message = call.message(channel)
    if channel.thread and channel.thread.is_archived:
        _check_unlocked(call, channel)
    if message.author_id != call.application.id:
        if channel.guild_id is None:
            raise DiscordError(403, 50003, "Cannot execute action on a DM channel")
        call.channel(Permissions.MANAGE_MESSAGES)
    call.world.delete(message)
    return Reply(204)


def delete_many(call: Call) -> Reply:
    """Delete 2 to 100 messages at once, none older than two weeks."""
    channel = call.channel()
    if channel.guild_id is None:
        raise DiscordError(403, 50003, "Cannot execute action on a DM channel")
    call.channel(Permissions.MANAGE_MESSAGES)
    rules.check_bulk_delete(call.json)
    ids = {int(each) for each in call.json["messages"]}
    if not rules.MIN_BULK_DELETE <= len(ids) <= rules.MAX_BULK_DELETE:
        raise DiscordError(400, 50016, _BULK_COUNT)
    if any(made_at(each) < call.world.now() - rules.MAX_BULK_DELETE_AGE for each in ids):
        raise DiscordError(400, 50034, "A message provided was too old to bulk delete")
    found = [each for each in call.world.messages_in(channel.id) if each.id in ids and not each.ephemeral]
    call.world.delete_many(found)
    return Reply(204)


def pin(call: Call) -> Reply:
    """Pin a message."""
    channel = call.channel(Permissions.PIN_MESSAGES)
    message = call.message(channel)
    _check_open(channel)
    message.pinned_at = call.world.now()
    call.world.changed(message, edited=False)
    return Reply(204)


def unpin(call: Call) -> Reply:
    """Unpin a message."""
    channel = call.channel(Permissions.PIN_MESSAGES)
    message = call.message(channel)
    _check_open(channel)
    message.pinned_at = None
    call.world.changed(message, edited=False)
    return Reply(204)


def pins(call: Call) -> Reply:
    """List the pinned messages, the last pinned first."""
    channel = call.channel(Permissions.READ_MESSAGE_HISTORY)
    found = [(each.pinned_at, each) for each in call.world.messages_in(channel.id) if each.pinned_at]
    items = [
        {"pinned_at": rendering.time(pinned_at), "message": _shown(call, each)}
        for pinned_at, each in sorted(found, key=lambda pair: pair[0], reverse=True)
    ]
    return Reply(200, {"items": items, "has_more": False})


def type_(call: Call) -> Reply:
    """Show that the bot is typing."""
    call.channel(Permissions.SEND_MESSAGES)
    return Reply(204)


def _new(call: Call, channel: Channel, body: Json) -> Message:
    message = Message(
        call.world.new_id(),
        channel.id,
        channel.guild_id,
        call.application.id,
        call.world.now(),
        flags=body.get("flags") or 0,
        nonce=body.get("nonce"),
    )
    if reference := body.get("message_reference"):
        message.kind = MessageKind.REPLY
        message.reference = _reference(call, channel, reference)
    return message


def _reference(call: Call, channel: Channel, reference: Json) -> Json | None:
    if reference.get("type", 0) != 0:
        raise NotSimulatedError("forwarded messages")
    found = call.world.messages.get(int(reference["message_id"]))
    if found is None or found.deleted or found.channel_id != channel.id:
        if reference.get("fail_if_not_exists", True):
            fault = {"code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "message": "Unknown message"}
            raise DiscordError(400, 50035, "Invalid Form Body", {"message_reference": {"_errors": [fault]}})
        return None
    return responses.reference_to(found)


def _check_writable(call: Call, channel: Channel) -> None:
    if channel.kind in (ChannelKind.CATEGORY, ChannelKind.FORUM):
        raise DiscordError(400, 50008, "Cannot send messages in a non-text channel")
    _check_unlocked(call, channel)
    for user_id in channel.recipient_ids:
        shared = any(user_id in call.world.guilds[each].members for each in call.application.guild_ids)
        if user_id != call.application.id and not (shared and call.world.users[user_id].takes_direct_messages):
            raise DiscordError(403, 50007, "Cannot send messages to this user")


def _check_open(channel: Channel) -> None:
    """Reject other changes in an archived thread than sending and deleting messages (page "Threads")."""
    if channel.thread and channel.thread.is_archived:
        raise DiscordError(400, 50083, "Thread is archived")


def _check_unlocked(call: Call, channel: Channel) -> None:
    """Reject changes in a locked thread without Manage Threads."""
    granted = call.world.permissions_of(call.application.id, channel)
    if channel.thread and channel.thread.is_locked and not granted & Permissions.MANAGE_THREADS:
        raise DiscordError(403, 160005, "Thread is locked")


def _check_contents(call: Call, channel: Channel, body: Json) -> None:
    granted = call.world.permissions_of(call.application.id, channel)
    lacks_files = call.uploads and not granted & Permissions.ATTACH_FILES
    lacks_history = body.get("message_reference") and not granted & Permissions.READ_MESSAGE_HISTORY
    if lacks_files or lacks_history:
        raise DiscordError(403, 50013, "Missing Permissions")


def _check_foreign_edit(call: Call, channel: Channel, body: Json) -> None:
    if body.keys() != {"flags"}:
        raise DiscordError(403, 50005, "Cannot edit a message authored by another user")
    call.channel(Permissions.MANAGE_MESSAGES)


def _same_nonce(call: Call, body: Json) -> Message | None:
    """Return the author's message with this nonce, from any channel.

    Raises:
        DiscordError: 10008, the message was deleted: Discord then creates no new one (from the pull request that
            documented the field in discord-api-docs).
    """
    if not body.get("enforce_nonce") or body.get("nonce") is None:
        return None
    since = call.world.now() - NONCE_LIFE
    for message in call.world.messages.values():
        same = str(message.nonce) == str(body["nonce"]) and message.author_id == call.application.id
        if same and message.made_at >= since:
            if message.deleted:
                raise DiscordError(404, 10008, "Unknown Message")
            return message
    return None


def _may_ping(call: Call, channel: Channel) -> bool:
    return bool(call.world.permissions_of(call.application.id, channel) & Permissions.MENTION_EVERYONE)


def _shown(call: Call, message: Message) -> Json:
    """Return a message as the application may read it: the content intent applies to HTTP too."""
    has_intent = bool(call.application.privileged_intents & Intents.MESSAGE_CONTENT)
    body = rendering.message(call.world, message)
    is_direct = message.guild_id is None
    return rendering.as_read(body, call.application.id, has_intent=has_intent, is_direct=is_direct)


def _readable(call: Call) -> Channel:
    """Return the channel; reading needs View Channel, and Connect in a voice channel."""
    channel = call.channel()
    granted = call.world.permissions_of(call.application.id, channel)
    if channel.kind == ChannelKind.VOICE and not granted & Permissions.CONNECT:
        raise DiscordError(403, 50001, "Missing Access")
    return channel


def _page(call: Call, found: list[Message], limit: int) -> list[Message]:
    """Return the requested page of `found`, which is ordered oldest first."""
    asked = [name for name in ("around", "before", "after") if name in call.query]
    if len(asked) > 1:
        raise NotSimulatedError(f"messages {' and '.join(asked)}, which are mutually exclusive")
    if "before" in asked:
        return [each for each in found if each.id < call.query_number("before")][-limit:]
    if "after" in asked:
        return [each for each in found if each.id > call.query_number("after")][:limit]
    if "around" not in asked:
        return found[-limit:]
    middle = call.query_number("around")
    older = [each for each in found if each.id < middle][::-1][: limit // 2][::-1]
    return older + [each for each in found if each.id >= middle][: limit - len(older)]


_MESSAGES = "/channels/{channel_id}/messages"

ROUTES = [
    Route("GET", f"{_MESSAGES}/pins", pins),
    Route("PUT", f"{_MESSAGES}/pins/{{message_id}}", pin),
    Route("DELETE", f"{_MESSAGES}/pins/{{message_id}}", unpin),
    Route("POST", f"{_MESSAGES}/bulk-delete", delete_many),
    Route("POST", _MESSAGES, create),
    Route("GET", _MESSAGES, fetch_many),
    Route("GET", f"{_MESSAGES}/{{message_id}}", fetch),
    Route("PATCH", f"{_MESSAGES}/{{message_id}}", edit),
    Route("DELETE", f"{_MESSAGES}/{{message_id}}", delete),
    Route("POST", "/channels/{channel_id}/typing", type_),
]
