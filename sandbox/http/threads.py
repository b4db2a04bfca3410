"""Threads: their members, and archiving, unarchiving and locking them (Modify Channel)."""

from sandbox import rendering
from sandbox.errors import DiscordError, NotSimulatedError
from sandbox.http.request import Call, Reply, Route
from sandbox.world import threads
from sandbox.world.entities import Json, Thread
from sandbox.world.permissions import Permissions

_CHANGED = frozenset({"archived", "locked"})
"""The supported fields."""


def member(call: Call) -> Reply:
    """Return a member of a thread."""
    channel, user_id = call.channel(), call.number("user_id")
    if channel.thread is None:
        raise DiscordError(400, 50024, "Cannot execute action on this channel type")
    joined_at = channel.thread.joined.get(user_id)
    if joined_at is None:
        raise DiscordError(404, 10007, "Unknown Member")
    return Reply(200, rendering.thread_member(channel, user_id, joined_at))


def change(call: Call) -> Reply:
    """Archive or unarchive, lock or unlock a thread."""
    channel, body = call.channel(), call.json
    if channel.thread is None or not body or body.keys() - _CHANGED:
        raise NotSimulatedError(f"changes of {', '.join(body)} of a channel of type {channel.kind}")
    _check_allowed(call, channel.thread, body)
    threads.change(call.world, channel, is_archived=body.get("archived"), is_locked=body.get("locked"))
    return Reply(200, rendering.channel(call.world, channel))


def _check_allowed(call: Call, thread: Thread, body: Json) -> None:
    """Reject changes without Manage Threads, except unarchiving an unlocked thread."""
    is_opened = body.get("archived") is False
    if thread.is_archived and not is_opened:
        raise DiscordError(400, 50083, "Thread is archived")
    is_free = is_opened and body.keys() == {"archived"} and not thread.is_locked
    call.channel(Permissions.SEND_MESSAGES if is_free else Permissions.MANAGE_THREADS)


ROUTES = [
    Route("PATCH", "/channels/{channel_id}", change),
    Route("GET", "/channels/{channel_id}/thread-members/{user_id}", member),
]
