"""Messages of users and webhooks, as an application receives them."""

from typing import Any

import pytest

from sandbox.messages import user_actions
from sandbox.server import Sandbox
from sandbox.world.entities import Command, Message, Overwrite, Upload, User
from sandbox.world.intents import Intents
from sandbox.world.permissions import Permissions
from tests.sandbox.conftest import FakeClock, Room
from tests.sandbox.raw_clients import Rest

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def save(rest: Rest, sandbox: Sandbox, room: Room) -> Command:
    await rest("PUT", f"/applications/{room.application.id}/commands", [{"name": "Save", "type": 3}])
    return next(iter(sandbox.world.commands.values()))


async def shown(sandbox: Sandbox, rest: Rest, room: Room, save: Command, message: Message) -> dict[str, Any]:
    """Return the message as in a message command's payload: as a fetch with the content intent returns it."""
    room.application.privileged_intents = int(Intents.MESSAGE_CONTENT)
    used = await sandbox.interactions.invoke_command(room.dana, room.channel, save, target=message)
    (body,) = used.payload["data"]["resolved"]["messages"].values()
    status, fetched = await rest("GET", f"/channels/{room.channel.id}/messages/{message.id}")
    assert status == 200
    assert {**fetched, "message_snapshots": 0} == {**body, "message_snapshots": 0}
    return body


async def test_a_forwarded_message_shows_what_it_said(sandbox: Sandbox, rest: Rest, room: Room, save: Command):
    source = user_actions.say(sandbox.world, room.mia, room.channel, "Long 945", [Upload("a.png", PNG)])

    body = await shown(sandbox, rest, room, save, user_actions.forward(sandbox.world, room.dana, room.channel, source))

    assert (body["content"], body["attachments"], body["flags"]) == ("", [], 1 << 14)
    assert body["message_reference"]["type"] == 1
    assert "referenced_message" not in body
    (snapshot,) = body["message_snapshots"]
    assert snapshot["message"]["content"] == "Long 945"
    assert "author" not in snapshot["message"]
    assert [each["filename"] for each in snapshot["message"]["attachments"]] == ["a.png"]


async def test_a_forwarded_message_stays_as_it_was(sandbox: Sandbox, rest: Rest, room: Room, save: Command):
    source = user_actions.say(sandbox.world, room.mia, room.channel, "before")
    forwarded = user_actions.forward(sandbox.world, room.dana, room.channel, source)
    source.content = "after"
    sandbox.world.delete(source)

    body = await shown(sandbox, rest, room, save, forwarded)

    assert body["message_snapshots"][0]["message"]["content"] == "before"


async def test_stickers_and_polls_have_no_text(sandbox: Sandbox, rest: Rest, room: Room, save: Command):
    sticker = user_actions.show_sticker(sandbox.world, room.mia, room.channel, "wave")
    poll = user_actions.ask(sandbox.world, room.mia, room.channel, "Up or down?", ["up", "down"])

    first, second = [await shown(sandbox, rest, room, save, each) for each in (sticker, poll)]

    assert (first["content"], first["sticker_items"][0]["name"]) == ("", "wave")
    assert second["poll"]["question"] == {"text": "Up or down?"}
    assert [each["answer_id"] for each in second["poll"]["answers"]] == [1, 2]


async def test_a_webhook_is_no_member(sandbox: Sandbox, rest: Rest, room: Room, save: Command):
    body = await shown(
        sandbox, rest, room, save, user_actions.say_by_webhook(sandbox.world, "News", room.channel, "CPI")
    )

    assert body["webhook_id"] == body["author"]["id"]
    assert body["author"]["bot"]


def test_a_poll_has_answers(sandbox: Sandbox, room: Room):
    for answers in ([], ["x"] * 11):
        with pytest.raises(ValueError, match="1 to 10"):
            user_actions.ask(sandbox.world, room.mia, room.channel, "Up?", answers)


def test_one_who_may_not_write_can_not_forward(sandbox: Sandbox, room: Room):
    source = user_actions.say(sandbox.world, room.mia, room.channel, "hi")
    del room.guild.members[room.mia.id]

    with pytest.raises(PermissionError):
        user_actions.forward(sandbox.world, room.mia, room.channel, source)


def allow(sandbox: Sandbox, room: Room, user: User) -> None:
    """Grant a user Manage Messages in the channel."""
    allowed = int(Permissions.MANAGE_MESSAGES)
    sandbox.world.set_overwrite(room.channel, Overwrite(user.id, is_member=True, allow=allowed))


def test_people_delete_their_own_messages(sandbox: Sandbox, room: Room):
    mine, other = [user_actions.say(sandbox.world, user, room.channel, "x") for user in (room.mia, room.dana)]

    user_actions.delete(sandbox.world, room.mia, mine)
    with pytest.raises(PermissionError, match="may not delete"):
        user_actions.delete(sandbox.world, room.mia, other)

    assert (mine.deleted, other.deleted) == (True, False)


def test_one_who_manages_messages_deletes_any(sandbox: Sandbox, room: Room):
    messages = [user_actions.say(sandbox.world, room.dana, room.channel, str(number)) for number in range(3)]
    allow(sandbox, room, room.mia)

    user_actions.delete(sandbox.world, room.mia, messages[0])
    user_actions.purge(sandbox.world, room.mia, messages[1:])

    assert list(sandbox.world.messages_in(room.channel.id)) == []


def test_a_direct_message_is_deleted_by_its_author_alone(sandbox: Sandbox, room: Room):
    direct = sandbox.world.direct_channel(room.dana.id, room.mia.id)
    message = user_actions.say(sandbox.world, room.dana, direct, "x")

    with pytest.raises(PermissionError):
        user_actions.delete(sandbox.world, room.mia, message)
    user_actions.delete(sandbox.world, room.dana, message)


def test_what_is_not_seen_is_not_deleted(sandbox: Sandbox, room: Room):
    message = user_actions.say(sandbox.world, room.mia, room.channel, "x")
    del room.guild.members[room.mia.id]

    with pytest.raises(PermissionError):
        user_actions.delete(sandbox.world, room.mia, message)


def test_own_messages_are_not_purged_without_the_permission(sandbox: Sandbox, room: Room):
    messages = [user_actions.say(sandbox.world, room.mia, room.channel, text) for text in ("one", "two")]

    with pytest.raises(PermissionError, match="at once"):
        user_actions.purge(sandbox.world, room.mia, messages)


def test_so_many_are_purged_and_no_older_ones(sandbox: Sandbox, room: Room, clock: FakeClock):
    allow(sandbox, room, room.mia)
    elsewhere = user_actions.say(sandbox.world, room.mia, sandbox.world.add_channel(room.guild, "archive"), "x")
    messages = [user_actions.say(sandbox.world, room.mia, room.channel, "x") for _ in range(101)]

    for wrong, words in (
        (messages[:1], "2 to 100"),
        (messages, "2 to 100"),
        ([messages[0], messages[0]], "2 to 100"),
        ([messages[0], elsewhere], "one channel"),
    ):
        with pytest.raises(ValueError, match=words):
            user_actions.purge(sandbox.world, room.mia, wrong)
    clock.forward(days=14, seconds=1)
    with pytest.raises(ValueError, match="14 days"):
        user_actions.purge(sandbox.world, room.mia, messages[:2])
