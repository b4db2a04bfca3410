"""The driver: its users can do only what Discord's client allows."""

import asyncio
import datetime
from collections.abc import Coroutine
from typing import Any

import aiohttp
import pytest

from sandbox.driver import ActionFailedError, NoAnswerError, Picture, Seen
from sandbox.messages import message_body
from sandbox.messages.message_body import ATTACHMENT_SIZE_LIMIT
from sandbox.world.entities import Command, CommandKind, Message, MessageFlag, Overwrite, Upload
from sandbox.world.permissions import Permissions
from tests.conftest import Room, today
from tests.sandbox.raw_clients import Rest, eventually

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_command_that_is_not_there_cannot_be_used(room: Room):
    for path in ("nothing", "plan nothing", "plan"):
        with pytest.raises(ActionFailedError):
            await room.mia.slash(path)


async def test_options_are_checked_as_the_client_does(room: Room):
    with pytest.raises(ActionFailedError, match="no option"):
        await room.dana.slash("plan post", colour="red")
    with pytest.raises(ActionFailedError):
        await room.dana.slash("plan post", text="x" * 4001)
    with pytest.raises(ActionFailedError):
        await room.dana.slash("plan list", mine="yes")


async def test_a_command_hidden_by_its_permissions_is_offered_to_those_who_have_them(room: Room):
    [command] = [each for each in room.discord.sandbox.world.commands.values() if each.name == "plan"]
    command.body["default_member_permissions"] = str(int(Permissions.MANAGE_GUILD))
    try:
        with pytest.raises(ActionFailedError, match="is offered no"):
            await room.mia.slash("plan list")
        assert (await room.max.slash("plan list")).text
    finally:
        command.body["default_member_permissions"] = None


async def test_a_private_message_of_somebody_else_cannot_be_touched(room: Room):
    await room.dana.slash("plan post", text="a plan")
    asked = await room.dana.slash("plan delete")

    with pytest.raises(ActionFailedError, match="does not see"):
        await room.max.click(asked, "Delete")
    assert asked.text not in [seen.text for seen in room.max.see()]


async def test_buttons_that_are_not_there_or_disabled_cannot_be_pressed(room: Room):
    for ahead in ("today", "tomorrow", "2026-01-02", "2026-01-05"):
        await room.dana.slash("plan post", day=ahead, text="a plan")
    listed = await room.mia.slash("plan list")

    with pytest.raises(ActionFailedError, match="there is no button"):
        await room.mia.click(listed, "Nothing")
    with pytest.raises(ActionFailedError, match="can't be pressed"):
        await room.mia.click(listed, "Newer")
    with pytest.raises(ActionFailedError, match="no menu offers"):
        await room.mia.select(listed, "Nothing")


async def test_a_form_takes_what_its_fields_take_and_is_sent_once(room: Room):
    form = await room.dana.slash("plan post")

    with pytest.raises(ActionFailedError, match="This field is required"):
        await room.dana.submit(form)
    with pytest.raises(ActionFailedError, match="no field"):
        await room.dana.submit(form, Colour="red")
    with pytest.raises(ActionFailedError, match="Charts: Must be between"):
        await room.dana.submit(form, Plan="a plan", Charts=[Upload("a.png", b"a")] * 11)
    with pytest.raises(ActionFailedError, match="bytes at most"):
        await room.dana.submit(form, Plan="a plan", Charts=[Upload("a.png", bytes(ATTACHMENT_SIZE_LIMIT + 1))])
    with pytest.raises(ActionFailedError, match="Day: Value must be one of"):
        await room.dana.submit(form, Plan="a plan", Day=["2020-01-01"])
    await room.dana.submit(form, Plan="a plan", Charts=[], Day=[today().isoformat()])
    with pytest.raises(ActionFailedError, match="not open any more"):
        await room.dana.submit(form, Plan="a plan")


async def test_a_phone_remembers_a_form_by_its_custom_id_and_a_fresh_one_forgets(room: Room):
    first = await room.dana.slash("plan post")
    room.dana.type(first, Plan="typed and left")

    second = await room.dana.slash("plan post")

    assert second.form
    assert second.form.field("Plan").value == ""
    await room.dana.submit(first)
    assert await room.shows("typed and left")


async def test_people_write_messages_as_discord_takes_them(room: Room):
    sent = room.mia.send("hello <@1> @everyone", [Upload("chart.png", b"not really")])

    assert room.dana.see()[-1].message is sent
    assert not sent.mention_everyone
    assert room.dana.see()[-1].files == ["chart.png"]


@pytest.mark.parametrize(
    ("text", "files"),
    [("  ", 0), ("x" * 2001, 0), ("", 11)],
)
async def test_messages_that_a_client_would_not_send_are_refused(room: Room, text: str, files: int):
    with pytest.raises(ActionFailedError):
        room.mia.send(text, [Upload(f"{number}.png", b"x") for number in range(files)])


async def test_a_file_that_is_too_large_is_refused(room: Room):
    with pytest.raises(ActionFailedError, match="bytes"):
        room.mia.send("", [Upload("large.png", bytes(ATTACHMENT_SIZE_LIMIT + 1))])


async def test_who_may_not_write_or_look_cannot(room: Room):
    world = room.discord.sandbox.world
    world.set_overwrite(room.channel, Overwrite(room.guild.id, is_member=False, deny=int(Permissions.SEND_MESSAGES)))
    with pytest.raises(ActionFailedError, match="may not write"):
        room.mia.send("hello")

    world.set_overwrite(room.channel, Overwrite(room.guild.id, is_member=False, deny=int(Permissions.VIEW_CHANNEL)))
    with pytest.raises(ActionFailedError, match="does not see this channel"):
        await room.mia.slash("plan list")


async def test_a_deleted_message_cannot_be_touched(room: Room):
    await room.dana.slash("plan post", text="a plan " + "of words " * 440)
    seen = await room.shows("a plan of words")
    message: Message = seen.shown
    room.discord.sandbox.world.delete(message)

    with pytest.raises(ActionFailedError, match="does not see"):
        await room.mia.click(seen, "Show more")


async def test_a_bot_that_is_not_there_does_not_answer(own_room: Room):
    add_command(own_room, CommandKind.SLASH, "ping")
    own_room.discord.sandbox.interactions.first_answer_seconds = 0.1

    with pytest.raises(NoAnswerError):
        await own_room.mia.slash("ping")


async def test_a_command_of_a_message_is_used_on_that_message(own_room: Room):
    add_command(own_room, CommandKind.MESSAGE, "Keep")
    target = own_room.mia.send("Long above 21,450")

    for seen in (target, own_room.dana.see()[-1]):
        answer = await answered(own_room, own_room.dana.message_action("Keep", seen), "kept")

        assert answer.text == "kept"
        assert answer.interaction
        data = answer.interaction.payload["data"]
        assert (data["type"], data["target_id"]) == (CommandKind.MESSAGE, str(target.id))
        assert data["resolved"]["messages"][str(target.id)]["content"] == "Long above 21,450"


async def test_a_command_of_a_user_is_used_on_that_user(own_room: Room):
    add_command(own_room, CommandKind.USER, "Look up")

    answer = await answered(own_room, own_room.mia.user_action("Look up", own_room.dana.user), "a coach")

    assert answer.text == "a coach"
    assert answer.interaction
    data = answer.interaction.payload["data"]
    assert (data["type"], data["target_id"]) == (CommandKind.USER, str(own_room.dana.user.id))
    assert data["resolved"]["users"].keys() == {str(own_room.dana.user.id)}


async def test_a_command_is_offered_only_in_its_own_menu(own_room: Room):
    for kind, name in ((CommandKind.SLASH, "ping"), (CommandKind.MESSAGE, "Keep"), (CommandKind.USER, "Look up")):
        add_command(own_room, kind, name)
    message = own_room.mia.send("hello")

    for name in ("ping", "Look up"):
        with pytest.raises(ActionFailedError, match="is offered no"):
            await own_room.mia.message_action(name, message)
    for name in ("ping", "Keep"):
        with pytest.raises(ActionFailedError, match="is offered no"):
            await own_room.mia.user_action(name, own_room.dana.user)


async def test_a_command_of_a_message_is_not_used_on_one_that_is_not_seen(own_room: Room):
    add_command(own_room, CommandKind.MESSAGE, "Keep")
    deleted, private = own_room.mia.send("deleted"), own_room.mia.send("private")
    own_room.discord.sandbox.world.delete(deleted)
    private.visible_to = own_room.dana.user.id

    for message in (deleted, private):
        with pytest.raises(ActionFailedError, match="does not see this message"):
            await own_room.mia.message_action("Keep", message)


async def test_pictures_are_those_of_the_galleries_from_top_to_bottom(own_room: Room):
    message = post_galleries(own_room)

    for target in (message, own_room.mia.see()[-1]):
        assert await own_room.mia.pictures(target) == [
            Picture("b.png", b"bytes of b.png", "the second"),
            Picture("a.png", b"bytes of a.png", None),
            Picture("b.png", b"bytes of b.png", None),
        ]
    assert await own_room.mia.pictures(own_room.mia.send("a file", [Upload("chart.png", b"chart")])) == []


async def test_pictures_have_fresh_links(own_room: Room):
    message = post_galleries(own_room)
    own_room.discord.sandbox.faults.kill_links()

    assert len(await own_room.mia.pictures(message)) == 3


async def test_pictures_that_are_gone_are_not_seen(own_room: Room):
    message = post_galleries(own_room)
    faults = own_room.discord.sandbox.faults

    for fault in (
        lambda: faults.fail("GET", "*a.png", status=500),
        lambda: faults.redirect("*a.png", "http://127.0.0.1:9/"),
        lambda: faults.cut("*a.png", 3),
        lambda: faults.kill_links(message.attachments[0].id),
    ):
        fault()
        with pytest.raises(ActionFailedError, match=r"a\.png"):
            await own_room.mia.pictures(message)
    own_room.discord.sandbox.world.delete(message)
    with pytest.raises(ActionFailedError, match="does not see this message"):
        await own_room.mia.pictures(message)


async def test_a_picture_by_a_link_that_has_ended_or_leads_elsewhere_is_not_seen(own_room: Room):
    chart = own_room.mia.send("", [Upload("chart.png", b"chart")])
    path = f"/attachments/{chart.channel_id}/{chart.attachments[0].id}/chart.png"
    link = own_room.discord.sandbox.world.links.sign(path)
    copied = post(own_room, gallery({"media": {"url": link}}))
    foreign = post(own_room, gallery({"media": {"url": "https://example.com/chart.png"}}))

    assert [picture.data for picture in await own_room.mia.pictures(copied)] == [b"chart"]
    own_room.discord.sandbox.faults.kill_links()
    with pytest.raises(ActionFailedError, match="answered with 404"):
        await own_room.mia.pictures(copied)
    with pytest.raises(ActionFailedError, match="not lie on the CDN"):
        await own_room.mia.pictures(foreign)


def add_command(room: Room, kind: CommandKind, name: str) -> None:
    """Register another command without options."""
    commands = room.discord.sandbox.world.commands
    body = {"name": name, "description": "", "options": [], "contexts": [0], "type": int(kind)}
    number = len(commands) + 1
    commands[number] = Command(number, room.discord.application.id, None, kind, name, 1, body)


async def answered(room: Room, act: Coroutine[Any, Any, Seen], text: str) -> Seen:
    """Run an action to which the application responds with a text; return its view."""
    sandbox = room.discord.sandbox
    before = set(sandbox.interactions.by_id)
    acting = asyncio.ensure_future(act)
    await eventually(lambda: acting.done() or sandbox.interactions.by_id.keys() > before)
    if not acting.done():
        [interaction] = (each for number, each in sandbox.interactions.by_id.items() if number not in before)
        async with aiohttp.ClientSession() as session:
            rest = Rest(session, sandbox.rest_url, room.discord.application.token)
            path = f"/interactions/{interaction.id}/{interaction.token}/callback"
            assert (await rest("POST", path, {"type": 4, "data": {"content": text}}))[0] == 204
    return await acting


def gallery(*items: dict[str, Any]) -> dict[str, Any]:
    return {"type": 12, "items": list(items)}


def post_galleries(room: Room) -> Message:
    """Post a message with a gallery in a container and one below it."""
    a, b = ({"media": {"url": f"attachment://{name}.png"}} for name in "ab")
    inside = {
        "type": 17,
        "components": [{"type": 10, "content": "Charts"}, gallery({**b, "description": "the second"}, a)],
    }
    return post(room, inside, gallery(b), files=("a.png", "b.png"))


def post(room: Room, *components: dict[str, Any], files: tuple[str, ...] = ()) -> Message:
    """Post a message of the application with these components."""
    world, application = room.discord.sandbox.world, room.discord.application.id
    now = datetime.datetime.now(datetime.UTC)
    message = Message(world.new_id(), room.channel.id, room.guild.id, application, now)
    uploads = {str(at): Upload(name, f"bytes of {name}".encode()) for at, name in enumerate(files)}
    body = {"flags": int(MessageFlag.COMPONENTS_V2), "components": list(components)}
    message_body.fill(world, message, body, uploads, may_ping=False)
    return world.post(message)
