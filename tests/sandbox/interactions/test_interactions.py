"""Interactions: deadlines, tokens, initial responses, followups."""

from typing import Any

import pytest

from sandbox.interactions.invoke import Interaction, NoAnswerError, ResponseKind
from sandbox.messages import user_actions
from sandbox.server import Sandbox
from sandbox.world.entities import Command, Upload
from tests.sandbox.conftest import FakeClock, Room
from tests.sandbox.raw_clients import Rest

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (3).to_bytes(4, "big") + (2).to_bytes(4, "big")
BUTTON = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}
EPHEMERAL = 64


class Answering:
    """Answers one interaction as a bot would."""

    def __init__(self, rest: Rest, interaction: Interaction) -> None:
        self._rest = rest
        self._callback = f"/interactions/{interaction.id}/{interaction.token}/callback"
        self._webhook = f"/webhooks/{interaction.application_id}/{interaction.token}"

    async def callback(self, kind: int, data: Any = None, query: str = "") -> tuple[int, Any]:
        return await self._rest("POST", self._callback + query, {"type": kind, "data": data or {}}, headers={})

    async def webhook(self, method: str, path: str = "", body: Any = None) -> tuple[int, Any]:
        return await self._rest(method, self._webhook + path, body, headers={})


@pytest.fixture
async def plan(rest: Rest, sandbox: Sandbox, room: Room) -> Command:
    options = [{"name": "file", "description": "d", "type": 11}, {"name": "who", "description": "d", "type": 6}]
    body = {"name": "plan", "description": "d", "options": options}
    await rest("PUT", f"/applications/{room.application.id}/commands", [body, {"name": "Save", "type": 3}])
    return next(each for each in sandbox.world.commands.values() if each.name == "plan")


@pytest.fixture
async def used(sandbox: Sandbox, room: Room, plan: Command) -> Interaction:
    return await sandbox.interactions.invoke_command(room.dana, room.channel, plan)


@pytest.fixture
def bot(rest: Rest, used: Interaction) -> Answering:
    return Answering(rest, used)


async def test_payload_has_what_discord_says(sandbox: Sandbox, room: Room, plan: Command) -> None:
    options = [{"name": "file", "type": 11, "value": 7}, {"name": "who", "type": 6, "value": str(room.mia.id)}]

    used = await sandbox.interactions.invoke_command(
        room.dana, room.channel, plan, options, {7: Upload("chart.png", PNG)}
    )

    payload = used.payload
    assert payload["member"]["permissions"].isdecimal()
    assert payload["app_permissions"].isdecimal()
    assert (payload["context"], payload["attachment_size_limit"]) == (0, 10485760)
    assert payload["authorizing_integration_owners"] == {"0": str(room.guild.id)}
    (file,) = payload["data"]["resolved"]["attachments"].values()
    assert (file["filename"], file["ephemeral"]) == ("chart.png", True)
    assert str(room.mia.id) in payload["data"]["resolved"]["members"]
    assert payload["data"]["options"][0]["value"] == file["id"]


async def test_no_answer_in_time_is_dead(sandbox: Sandbox, room: Room, plan: Command, rest: Rest) -> None:
    sandbox.interactions.first_answer_seconds = 0.05
    used = await sandbox.interactions.invoke_command(room.dana, room.channel, plan)

    with pytest.raises(NoAnswerError):
        await used.first_answer()
    status, body = await Answering(rest, used).callback(4, {"content": "late"})

    assert (status, body["code"]) == (404, 10062)
    assert (await Answering(rest, used).webhook("POST", "", {"content": "x"}))[1]["code"] == 10015


def test_discord_waits_three_seconds(sandbox: Sandbox) -> None:
    assert sandbox.interactions.first_answer_seconds == 3.0


async def test_second_answer_40060(bot: Answering) -> None:
    assert await bot.callback(4, {"content": "one"}) == (204, "")

    status, body = await bot.callback(4, {"content": "two"})

    assert (status, body["code"]) == (400, 40060)


async def test_wrong_token_10062(rest: Rest, used: Interaction) -> None:
    status, body = await rest("POST", f"/interactions/{used.id}/wrong/callback", {"type": 5}, headers={})

    assert (status, body["code"]) == (404, 10062)


async def test_with_response_gives_the_message(bot: Answering, used: Interaction) -> None:
    status, body = await bot.callback(4, {"content": "hi", "flags": EPHEMERAL}, "?with_response=true")

    assert status == 200
    assert body["resource"]["type"] == 4
    assert body["resource"]["message"]["content"] == "hi"
    told = body["interaction"]
    assert (told["id"], told["response_message_ephemeral"]) == (str(used.id), True)


async def test_before_the_first_answer_there_is_no_webhook(bot: Answering) -> None:
    for method, path in (("POST", ""), ("GET", "/messages/@original"), ("PATCH", "/messages/@original")):
        status, body = await bot.webhook(method, path, {"content": "x"} if method != "GET" else None)
        assert (status, body["code"]) == (404, 10015)


async def test_token_ends_after_fifteen_minutes(bot: Answering, clock: FakeClock) -> None:
    await bot.callback(5)
    clock.forward(minutes=14)
    assert (await bot.webhook("PATCH", "/messages/@original", {"content": "in time"}))[0] == 200
    clock.forward(minutes=2)

    status, body = await bot.webhook("PATCH", "/messages/@original", {"content": "late"})

    assert (status, body["code"]) == (401, 50027)


async def test_ephemeral_answer_is_no_message_of_the_channel(
    rest: Rest, bot: Answering, used: Interaction, room: Room
) -> None:
    await bot.callback(4, {"content": "psst", "flags": EPHEMERAL})
    assert used.original

    by_channel = await rest("GET", f"/channels/{room.channel.id}/messages/{used.original.id}")
    by_token = await bot.webhook("GET", "/messages/@original")

    assert by_channel[1]["code"] == 10008
    assert (by_token[0], by_token[1]["content"]) == (200, "psst")
    assert (await rest("GET", f"/channels/{room.channel.id}/messages"))[1] == []


async def test_first_follow_up_fills_the_deferred_answer(bot: Answering, used: Interaction) -> None:
    await bot.callback(5, {"flags": EPHEMERAL})
    assert used.loading

    _, filled = await bot.webhook("POST", "", {"content": "public?"})
    _, second = await bot.webhook("POST", "", {"content": "yes"})
    _, changed = await bot.webhook("PATCH", "/messages/@original", {"content": "private"})
    _, edited = await bot.webhook("PATCH", f"/messages/{second['id']}", {"content": "no"})

    assert used.original
    assert filled["id"] == str(used.original.id)
    assert filled["flags"] == EPHEMERAL
    assert filled["edited_timestamp"] is None
    assert (changed["content"], changed["edited_timestamp"]) == ("private", None)
    assert edited["edited_timestamp"]
    assert second["flags"] == 0
    assert second["interaction_metadata"]["original_response_message_id"] == filled["id"]
    assert second["message_reference"]["message_id"] == filled["id"]


async def test_deleted_original_is_unknown(bot: Answering) -> None:
    await bot.callback(4, {"content": "x"})

    assert (await bot.webhook("DELETE", "/messages/@original"))[0] == 204
    assert (await bot.webhook("GET", "/messages/@original"))[1]["code"] == 10008


async def test_follow_up_is_edited_by_its_own_token_only(
    rest: Rest, sandbox: Sandbox, room: Room, plan: Command, bot: Answering
) -> None:
    await bot.callback(4, {"content": "x"})
    _, made = await bot.webhook("POST", "", {"content": "more"})
    other = await sandbox.interactions.invoke_command(room.mia, room.channel, plan)
    await Answering(rest, other).callback(4, {"content": "y"})

    assert (await bot.webhook("PATCH", f"/messages/{made['id']}", {"content": "z"}))[1]["content"] == "z"
    foreign = await Answering(rest, other).webhook("PATCH", f"/messages/{made['id']}", {"content": "z"})
    assert foreign[1]["code"] == 10008


async def test_pressed_button_updates_its_message(
    rest: Rest, sandbox: Sandbox, room: Room, bot: Answering, used: Interaction
) -> None:
    await bot.callback(4, {"content": "card", "components": [BUTTON]})
    assert used.original
    pressed = await sandbox.interactions.press(room.mia, used.original, "go")

    await Answering(rest, pressed).callback(7, {"content": "pressed", "components": []})

    assert pressed.payload["message"]["components"][0]["components"][0]["id"] == 2
    assert pressed.answer is ResponseKind.UPDATE
    assert (used.original.content, used.original.components) == ("pressed", [])
    with pytest.raises(LookupError):
        await sandbox.interactions.press(room.mia, used.original, "go")


async def test_modal_with_labels_and_files_is_submitted(
    rest: Rest, sandbox: Sandbox, room: Room, bot: Answering, used: Interaction
) -> None:
    text = {"type": 18, "label": "Text", "component": {"type": 4, "style": 2, "custom_id": "text", "value": "preset"}}
    file = {"type": 18, "label": "File", "component": {"type": 19, "custom_id": "file"}}
    await bot.callback(9, {"title": "Plan", "custom_id": "m1", "components": [text, file]})
    assert used.modal

    submitted = await sandbox.interactions.submit(room.dana, used, {"file": [Upload("a.png", PNG)]})

    data = submitted.payload["data"]
    first, second = (each["component"] for each in data["components"])
    assert (data["custom_id"], first["value"]) == ("m1", "preset")
    assert list(data["resolved"]["attachments"]) == second["values"]
    await Answering(rest, submitted).callback(4, {"content": "saved"})
    assert submitted.original
    metadata = sandbox.world.messages[submitted.original.id].interaction
    assert metadata
    assert metadata["metadata"]["triggering_interaction_metadata"]["id"] == str(used.id)


async def test_modal_with_choices_is_submitted_with_whom_they_name(
    sandbox: Sandbox, room: Room, bot: Answering, used: Interaction
) -> None:
    options = [{"label": name, "value": name, "default": name == "b"} for name in ("a", "b")]
    components = [
        {"type": 5, "custom_id": "who", "max_values": 2},
        {"type": 8, "custom_id": "where", "default_values": [{"id": str(room.channel.id), "type": "channel"}]},
        {"type": 22, "custom_id": "ticked", "options": options},
        {"type": 21, "custom_id": "one", "options": options},
        {"type": 23, "custom_id": "sure"},
    ]
    labels = [{"type": 18, "label": each["custom_id"], "component": each} for each in components]
    await bot.callback(9, {"title": "Choose", "custom_id": "m2", "components": labels})
    dana, mia = str(room.dana.id), str(room.mia.id)

    submitted = await sandbox.interactions.submit(room.dana, used, {"who": [dana, mia], "sure": True})

    data = submitted.payload["data"]
    who, where, ticked, one, sure = (each["component"] for each in data["components"])
    assert (who["values"], where["values"], ticked["values"]) == ([dana, mia], [str(room.channel.id)], ["b"])
    assert (one["value"], sure["value"]) == ("b", True)
    assert data["resolved"]["users"].keys() == data["resolved"]["members"].keys() == {dana, mia}
    assert list(data["resolved"]["channels"]) == [str(room.channel.id)]


async def test_choices_are_given(rest: Rest, sandbox: Sandbox, room: Room, plan: Command) -> None:
    option = {"name": "coach", "type": 3, "value": "d", "focused": True}
    typed = await sandbox.interactions.autocomplete(room.dana, room.channel, plan, [option])

    await Answering(rest, typed).callback(8, {"choices": [{"name": "Coach D", "value": "d"}]})

    assert typed.choices == [{"name": "Coach D", "value": "d"}]
    assert typed.payload["data"]["options"] == [option]


async def test_message_command_carries_its_message(rest: Rest, sandbox: Sandbox, room: Room, plan: Command) -> None:
    save = next(each for each in sandbox.world.commands.values() if each.name == "Save")
    target = user_actions.say(sandbox.world, room.mia, room.channel, "look", [Upload("a.png", PNG)])

    used = await sandbox.interactions.invoke_command(room.dana, room.channel, save, target=target)
    await Answering(rest, used).callback(4, {"content": "saved"})

    resolved = used.payload["data"]["resolved"]["messages"][str(target.id)]
    assert (resolved["content"], resolved["attachments"][0]["filename"]) == ("look", "a.png")
    assert used.original
    assert used.original.kind == 23


async def test_command_in_a_direct_message(sandbox: Sandbox, room: Room, plan: Command) -> None:
    channel = sandbox.world.direct_channel(room.dana.id, room.application.id)

    used = await sandbox.interactions.invoke_command(room.dana, channel, plan)

    assert used.payload["context"] == 1
    assert "member" not in used.payload
    assert used.payload["user"]["username"] == "dana"
