"""Archived and locked threads, and forums, through the HTTP API."""

import pytest

from sandbox.messages import user_actions
from sandbox.server import Sandbox
from sandbox.world import threads
from sandbox.world.entities import Channel, ChannelKind, Thread
from sandbox.world.permissions import Permissions
from tests.sandbox.conftest import Room
from tests.sandbox.raw_clients import Rest


@pytest.fixture
def thread(sandbox: Sandbox, room: Room) -> Channel:
    return threads.begin(sandbox.world, room.channel, "Monday", room.dana)


def allow_managing(sandbox: Sandbox, room: Room) -> None:
    role = next(each for each in room.guild.roles.values() if each.bot_id == room.application.id)
    sandbox.world.set_permissions(room.guild, role, int(Permissions.MANAGE_THREADS))


def state(thread: Channel) -> tuple[bool, bool]:
    """Return a thread's `archived` and `locked`."""
    assert isinstance(thread.thread, Thread)
    return thread.thread.is_archived, thread.thread.is_locked


async def posted(rest: Rest, thread: Channel) -> str:
    status, body = await rest("POST", f"/channels/{thread.id}/messages", {"content": "a card"})
    assert status == 200
    return f"/channels/{thread.id}/messages/{body['id']}"


async def test_messages_of_an_archived_thread_can_only_be_deleted(
    rest: Rest, sandbox: Sandbox, thread: Channel
) -> None:
    message = await posted(rest, thread)
    threads.archive(sandbox.world, thread)

    status, refusal = await rest("PATCH", message, {"content": "changed"})
    assert (status, refusal["code"]) == (400, 50083)
    assert (await rest("GET", message))[1]["content"] == "a card"
    assert (await rest("DELETE", message))[0] == 204


async def test_a_message_opens_an_archived_thread_that_is_not_locked(
    rest: Rest, sandbox: Sandbox, room: Room, thread: Channel
) -> None:
    threads.archive(sandbox.world, thread)
    await posted(rest, thread)
    assert state(thread) == (False, False)
    threads.archive(sandbox.world, thread)
    user_actions.say(sandbox.world, room.mia, thread, "hi")
    assert state(thread) == (False, False)

    threads.change(sandbox.world, thread, is_archived=True, is_locked=True)
    status, refusal = await rest("POST", f"/channels/{thread.id}/messages", {"content": "hi"})
    assert (status, refusal["code"]) == (403, 160005)
    with pytest.raises(PermissionError):
        user_actions.say(sandbox.world, room.mia, thread, "hi")
    allow_managing(sandbox, room)
    await posted(rest, thread)
    assert state(thread) == (False, True)


async def test_only_those_who_manage_threads_write_in_a_locked_thread(
    rest: Rest, sandbox: Sandbox, room: Room, thread: Channel
) -> None:
    message = await posted(rest, thread)
    threads.change(sandbox.world, thread, is_locked=True)

    assert (await rest("PATCH", message, {"content": "changed"}))[1]["code"] == 160005
    allow_managing(sandbox, room)
    assert (await rest("PATCH", message, {"content": "changed"}))[0] == 200


async def test_who_may_write_opens_a_thread_and_who_manages_threads_does_all_else(
    rest: Rest, sandbox: Sandbox, room: Room, thread: Channel
) -> None:
    path = f"/channels/{thread.id}"
    threads.archive(sandbox.world, thread)

    assert (await rest("PATCH", path, {"locked": True}))[1]["code"] == 50083
    status, body = await rest("PATCH", path, {"archived": False})
    assert (status, body["thread_metadata"]["archived"]) == (200, False)
    for change in ({"archived": True}, {"locked": True}, {"archived": False, "locked": False}):
        assert (await rest("PATCH", path, change))[1]["code"] == 50013
    threads.change(sandbox.world, thread, is_archived=True, is_locked=True)
    assert (await rest("PATCH", path, {"archived": False}))[1]["code"] == 50013
    allow_managing(sandbox, room)
    assert (await rest("PATCH", path, {"archived": False}))[0] == 200
    assert (await rest("PATCH", path, {"archived": True}))[1]["thread_metadata"]["locked"] is True


async def test_a_forum_has_posts_and_no_messages_of_its_own(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    forum = sandbox.world.add_channel(room.guild, "ideas", ChannelKind.FORUM)
    post = threads.begin_post(sandbox.world, forum, "Monday", room.dana, "What do you think?")

    assert (await rest("POST", f"/channels/{forum.id}/messages", {"content": "hi"}))[1]["code"] == 50008
    with pytest.raises(PermissionError):
        user_actions.say(sandbox.world, room.mia, forum, "hi")
    with pytest.raises(ValueError, match="no forum"):
        threads.begin_post(sandbox.world, room.channel, "Monday", room.dana, "text")
    assert (await rest("GET", f"/channels/{post.id}/messages/{post.id}"))[1]["author"]["id"] == str(room.dana.id)
    assert (await rest("GET", f"/channels/{forum.id}"))[1]["available_tags"] == []
    await posted(rest, post)
