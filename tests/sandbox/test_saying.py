"""What people and webhooks write, as an application is shown it."""

from typing import Any

import pytest

from sandbox import saying
from sandbox.entities import Command, Message, Upload
from sandbox.server import Sandbox
from tests.sandbox.conftest import Room
from tests.sandbox.raw import Rest

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def save(rest: Rest, sandbox: Sandbox, room: Room) -> Command:
    await rest("PUT", f"/applications/{room.application.id}/commands", [{"name": "Save", "type": 3}])
    return next(iter(sandbox.world.commands.values()))


async def shown(sandbox: Sandbox, rest: Rest, room: Room, save: Command, message: Message) -> dict[str, Any]:
    """The message as a message command gives it, which is as a fetch gives it."""
    used = await sandbox.interactions.invoke_command(room.dana, room.channel, save, target=message)
    (body,) = used.payload["data"]["resolved"]["messages"].values()
    status, fetched = await rest("GET", f"/channels/{room.channel.id}/messages/{message.id}")
    assert status == 200
    assert {**fetched, "message_snapshots": 0} == {**body, "message_snapshots": 0}
    return body


async def test_a_forwarded_message_shows_what_it_said(sandbox: Sandbox, rest: Rest, room: Room, save: Command):
    source = saying.say(sandbox.world, room.mia, room.channel, "Long 945", [Upload("a.png", PNG)])

    body = await shown(sandbox, rest, room, save, saying.forward(sandbox.world, room.dana, room.channel, source))

    assert (body["content"], body["attachments"], body["flags"]) == ("", [], 1 << 14)
    assert body["message_reference"]["type"] == 1
    assert "referenced_message" not in body
    (snapshot,) = body["message_snapshots"]
    assert snapshot["message"]["content"] == "Long 945"
    assert "author" not in snapshot["message"]
    assert [each["filename"] for each in snapshot["message"]["attachments"]] == ["a.png"]


async def test_a_forwarded_message_stays_as_it_was(sandbox: Sandbox, rest: Rest, room: Room, save: Command):
    source = saying.say(sandbox.world, room.mia, room.channel, "before")
    forwarded = saying.forward(sandbox.world, room.dana, room.channel, source)
    source.content = "after"
    sandbox.world.delete(source)

    body = await shown(sandbox, rest, room, save, forwarded)

    assert body["message_snapshots"][0]["message"]["content"] == "before"


async def test_stickers_and_polls_have_no_text(sandbox: Sandbox, rest: Rest, room: Room, save: Command):
    sticker = saying.show_sticker(sandbox.world, room.mia, room.channel, "wave")
    poll = saying.ask(sandbox.world, room.mia, room.channel, "Up or down?", ["up", "down"])

    first, second = [await shown(sandbox, rest, room, save, each) for each in (sticker, poll)]

    assert (first["content"], first["sticker_items"][0]["name"]) == ("", "wave")
    assert second["poll"]["question"] == {"text": "Up or down?"}
    assert [each["answer_id"] for each in second["poll"]["answers"]] == [1, 2]


async def test_a_webhook_is_no_member(sandbox: Sandbox, rest: Rest, room: Room, save: Command):
    body = await shown(sandbox, rest, room, save, saying.say_by_webhook(sandbox.world, "News", room.channel, "CPI"))

    assert body["webhook_id"] == body["author"]["id"]
    assert body["author"]["bot"]


def test_a_poll_has_answers(sandbox: Sandbox, room: Room):
    for answers in ([], ["x"] * 11):
        with pytest.raises(ValueError, match="1 to 10"):
            saying.ask(sandbox.world, room.mia, room.channel, "Up?", answers)


def test_one_who_may_not_write_can_not_forward(sandbox: Sandbox, room: Room):
    source = saying.say(sandbox.world, room.mia, room.channel, "hi")
    del room.guild.members[room.mia.id]

    with pytest.raises(PermissionError):
        saying.forward(sandbox.world, room.mia, room.channel, source)
