"""The driver: its people can do what a person's client lets them, and nothing else."""

import pytest

from sandbox.driver import CouldNotError, NoAnswerError
from sandbox.entities import Command, CommandKind, Message, Overwrite, Upload
from sandbox.payloads import ATTACHMENT_SIZE_LIMIT
from sandbox.permissions import Permissions
from tests.conftest import Room

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_command_that_is_not_there_cannot_be_used(room: Room):
    for path in ("nothing", "plan nothing", "plan"):
        with pytest.raises(CouldNotError):
            await room.mia.slash(path)


async def test_options_are_checked_as_the_client_does(room: Room):
    with pytest.raises(CouldNotError, match="no option"):
        await room.dana.slash("plan post", colour="red")
    with pytest.raises(CouldNotError):
        await room.dana.slash("plan post", text="x" * 4001)
    with pytest.raises(CouldNotError):
        await room.dana.slash("plan list", mine="yes")


async def test_a_command_hidden_by_its_permissions_is_offered_to_those_who_have_them(room: Room):
    [command] = [each for each in room.discord.sandbox.world.commands.values() if each.name == "plan"]
    command.body["default_member_permissions"] = str(int(Permissions.MANAGE_GUILD))
    try:
        with pytest.raises(CouldNotError, match="is offered no"):
            await room.mia.slash("plan list")
        assert (await room.max.slash("plan list")).text
    finally:
        command.body["default_member_permissions"] = None


async def test_a_private_message_of_somebody_else_cannot_be_touched(room: Room):
    await room.dana.slash("plan post", text="a plan")
    asked = await room.dana.slash("plan delete")

    with pytest.raises(CouldNotError, match="does not see"):
        await room.max.click(asked, "Delete it")
    assert asked.text not in [seen.text for seen in room.max.see()]


async def test_buttons_that_are_not_there_or_disabled_cannot_be_pressed(room: Room):
    for ahead in ("today", "tomorrow", "2026-01-02", "2026-01-05"):
        await room.dana.slash("plan post", day=ahead, text="a plan")
    listed = await room.mia.slash("plan list")

    with pytest.raises(CouldNotError, match="there is no button"):
        await room.mia.click(listed, "Nothing")
    with pytest.raises(CouldNotError, match="can't be pressed"):
        await room.mia.click(listed, "Newer")
    with pytest.raises(CouldNotError, match="no menu offers"):
        await room.mia.select(listed, "Nothing")


async def test_a_form_takes_what_its_fields_take_and_is_sent_once(room: Room):
    form = await room.dana.slash("plan post")

    with pytest.raises(CouldNotError, match="takes 1 to 4000"):
        await room.dana.submit(form)
    with pytest.raises(CouldNotError, match="no field"):
        await room.dana.submit(form, Colour="red")
    await room.dana.submit(form, Plan="a plan")
    with pytest.raises(CouldNotError, match="not open any more"):
        await room.dana.submit(form, Plan="a plan")


async def test_a_phone_remembers_a_form_by_its_custom_id_and_a_fresh_one_forgets(room: Room):
    first = await room.dana.slash("plan post")
    room.dana.type(first, Plan="typed and left")

    second = await room.dana.slash("plan post")

    assert second.form
    assert second.form.field("Plan").value == ""
    assert "typed and left" in (await room.dana.submit(first)).text


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
    with pytest.raises(CouldNotError):
        room.mia.send(text, [Upload(f"{number}.png", b"x") for number in range(files)])


async def test_a_file_that_is_too_large_is_refused(room: Room):
    with pytest.raises(CouldNotError, match="bytes"):
        room.mia.send("", [Upload("large.png", bytes(ATTACHMENT_SIZE_LIMIT + 1))])


async def test_who_may_not_write_or_look_cannot(room: Room):
    world = room.discord.sandbox.world
    world.set_overwrite(room.channel, Overwrite(room.guild.id, is_member=False, deny=int(Permissions.SEND_MESSAGES)))
    with pytest.raises(CouldNotError, match="may not write"):
        room.mia.send("hello")

    world.set_overwrite(room.channel, Overwrite(room.guild.id, is_member=False, deny=int(Permissions.VIEW_CHANNEL)))
    with pytest.raises(CouldNotError, match="does not see this channel"):
        await room.mia.slash("plan list")


async def test_a_deleted_message_cannot_be_touched(room: Room):
    await room.dana.slash("plan post", text="a plan " + "of words " * 440)
    [*_, seen] = room.mia.see()
    message: Message = seen.shown
    room.discord.sandbox.world.delete(message)

    with pytest.raises(CouldNotError, match="does not see"):
        await room.mia.click(seen, "Read on")


async def test_a_bot_that_is_not_there_does_not_answer(own_room: Room):
    own_room.discord.sandbox.world.commands.update(_command_of(own_room))

    with pytest.raises(NoAnswerError):
        await own_room.mia.slash("ping")


def _command_of(room: Room):
    application = room.discord.application.id
    body = {"name": "ping", "description": "Ping.", "options": [], "contexts": [0], "type": 1}
    return {7: Command(7, application, None, CommandKind.SLASH, "ping", 1, body)}
