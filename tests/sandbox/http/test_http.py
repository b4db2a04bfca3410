"""The HTTP API: authorization, permissions, messages, commands, errors."""

from typing import Any

import pytest

from sandbox.server import Sandbox
from sandbox.world.entities import Command, CommandKind, MessageFlag, Overwrite
from sandbox.world.permissions import Permissions
from tests.sandbox.conftest import Room
from tests.sandbox.raw_clients import Rest

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (3).to_bytes(4, "big") + (2).to_bytes(4, "big")
UNAUTHORIZED = {"message": "401: Unauthorized", "code": 0}


def deny(sandbox: Sandbox, room: Room, what: Permissions) -> None:
    """Deny @everyone, and so the bot, permissions in the channel."""
    sandbox.world.set_overwrite(room.channel, Overwrite(room.guild.id, is_member=False, deny=int(what)))


@pytest.mark.parametrize("header", [None, "Bot nonsense", "Bearer x"])
async def test_without_a_bot_token_401(rest: Rest, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}

    assert await rest("GET", "/users/@me", headers=headers) == (401, UNAUTHORIZED)


async def test_every_answer_tells_its_rate_limit(rest: Rest) -> None:
    await rest("GET", "/users/@me")

    told = {key for key in rest.last_headers if key.startswith("X-RateLimit")}
    names = ("Limit", "Remaining", "Reset", "Reset-After", "Bucket")
    assert told == {f"X-RateLimit-{name}" for name in names}


async def test_unknown_route_501(rest: Rest, sandbox: Sandbox) -> None:
    status, _ = await rest("GET", "/stage-instances/1")

    assert status == 501
    assert sandbox.unknown == ["GET /stage-instances/1"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/channels/1", 404, 10003),
        ("/guilds/1", 404, 10004),
        ("/users/1", 404, 10013),
        ("/guilds/GUILD/members/1", 404, 10013),
        ("/guilds/GUILD/roles/1", 404, 10011),
        ("/channels/CHANNEL/messages/1", 404, 10008),
        ("/channels/CHANNEL/messages/abc", 400, 50035),
        ("/channels/CHANNEL/messages?limit=101", 400, 50035),
        ("/applications/APP/commands/1", 404, 10063),
        ("/applications/1/commands", 403, 20012),
    ],
)
async def test_what_is_not_there(rest: Rest, room: Room, path: str, status: int, code: int) -> None:
    for name, found in (("GUILD", room.guild), ("CHANNEL", room.channel), ("APP", room.application)):
        path = path.replace(name, str(found.id))

    answer = await rest("GET", path)

    assert (answer[0], answer[1]["code"]) == (status, code)


async def test_body_that_is_no_json_50109(rest: Rest, room: Room) -> None:
    headers = rest.headers | {"Content-Type": "application/json"}

    answer = await rest("POST", f"/channels/{room.channel.id}/messages", data="{", headers=headers)

    assert (answer[0], answer[1]["code"]) == (400, 50109)


@pytest.mark.parametrize(
    ("denied", "code"),
    [(Permissions.VIEW_CHANNEL, 50001), (Permissions.SEND_MESSAGES, 50013)],
)
async def test_channel_overwrites_are_obeyed(
    rest: Rest, sandbox: Sandbox, room: Room, denied: Permissions, code: int
) -> None:
    deny(sandbox, room, denied)

    status, body = await rest("POST", f"/channels/{room.channel.id}/messages", {"content": "x"})

    assert (status, body["code"]) == (403, code)


async def test_files_need_their_permission(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    deny(sandbox, room, Permissions.ATTACH_FILES)

    status, body = await rest.upload("POST", f"/channels/{room.channel.id}/messages", {}, ("a.png", PNG))

    assert (status, body["code"]) == (403, 50013)


async def test_upload_has_type_and_size_and_a_kept_one_survives_an_edit(rest: Rest, room: Room) -> None:
    path = f"/channels/{room.channel.id}/messages"
    about = {"attachments": [{"id": 0, "description": "chart"}]}
    _, made = await rest.upload("POST", path, about, ("my chart.png", PNG), ("b.txt", b"b"))
    first, second = made["attachments"]

    _, edited = await rest("PATCH", f"{path}/{made['id']}", {"attachments": [{"id": second["id"]}]})

    assert (first["filename"], first["title"], first["width"], first["height"]) == ("my_chart.png", "my chart", 3, 2)
    assert (first["content_type"], first["description"]) == ("image/png", "chart")
    assert [each["id"] for each in edited["attachments"]] == [second["id"]]


async def test_file_over_the_limit_40005(rest: Rest, room: Room) -> None:
    big = bytes(10 * 1024 * 1024 + 1)

    status, body = await rest.upload("POST", f"/channels/{room.channel.id}/messages", {}, ("big.bin", big))

    assert (status, body["code"]) == (413, 40005)


async def test_upload_shown_by_a_component_or_embed_is_not_listed(rest: Rest, room: Room) -> None:
    path = f"/channels/{room.channel.id}/messages"
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}
    v2 = {
        "flags": int(MessageFlag.COMPONENTS_V2),
        "components": [gallery],
        "attachments": [{"id": 0, "filename": "a.png"}],
    }
    embed = {"embeds": [{"title": "t", "image": {"url": "attachment://a.png"}}]}

    _, shown = await rest.upload("POST", path, v2, ("a.png", PNG))
    _, embedded = await rest.upload("POST", path, embed, ("a.png", PNG))

    assert shown["attachments"] == embedded["attachments"] == []
    media = shown["components"][0]["items"][0]["media"]
    assert (media["width"], media["content_type"]) == (3, "image/png")
    assert "a.png?ex=" in embedded["embeds"][0]["image"]["url"]


async def test_mentions_follow_what_is_allowed(rest: Rest, room: Room) -> None:
    path = f"/channels/{room.channel.id}/messages"
    text = f"@everyone <@{room.dana.id}> <@{room.mia.id}> <@&{room.coach.id}>"

    async def mentioned(allowed: Any) -> tuple[int, list[str], bool]:
        body = {"content": text} | ({"allowed_mentions": allowed} if allowed is not None else {})
        _, made = await rest("POST", path, body)
        return len(made["mentions"]), made["mention_roles"], made["mention_everyone"]

    assert await mentioned(None) == (2, [str(room.coach.id)], False)
    assert await mentioned({"parse": []}) == (0, [], False)
    assert await mentioned({"parse": [], "users": [str(room.mia.id)]}) == (1, [], False)


async def test_overwritten_commands_keep_their_ids_by_name(rest: Rest, room: Room) -> None:
    path = f"/applications/{room.application.id}/commands"
    one, two = ({"name": name, "description": "d"} for name in ("one", "two"))
    _, first = await rest("PUT", path, [one, two])

    status, second = await rest("PUT", path, [two | {"description": "changed"}, {"name": "Three", "type": 3}])

    assert status == 200
    assert second[0]["id"] == first[1]["id"]
    assert second[0]["version"] != first[1]["version"]
    assert [each["name"] for each in (await rest("GET", path))[1]] == ["two", "Three"]


async def test_an_overwrite_without_the_entry_point_is_refused(rest: Rest, room: Room) -> None:
    path = f"/applications/{room.application.id}/commands"
    entry = {"name": "launch", "type": 4, "handler": 2}
    plan = {"name": "plan", "description": "d"}
    assert (await rest("POST", path, entry))[0] == 201

    status, refused = await rest("PUT", path, [plan])
    assert (status, refused["code"]) == (400, 50240)
    _, kept = await rest("PUT", path, [plan, entry])

    assert [(each["name"], each.get("handler")) for each in kept] == [("plan", None), ("launch", 2)]


async def test_200_commands_are_created_in_a_day(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    path = f"/applications/{room.application.id}/commands"
    plan, other = ({"name": name, "description": "d"} for name in ("plan", "other"))
    await rest("PUT", path, [plan])
    sandbox.faults.use_up_command_creates()

    assert (await rest("PUT", path, [plan | {"description": "e"}]))[0] == 200
    status, refused = await rest("PUT", path, [plan, other])
    assert (status, refused["code"]) == (400, 30034)
    assert (await rest("POST", path, other))[1]["code"] == 30034


async def test_command_is_created_edited_and_deleted(rest: Rest, room: Room) -> None:
    path = f"/applications/{room.application.id}/guilds/{room.guild.id}/commands"
    localized = {"name": "plan", "description": "d", "name_localizations": {"de": "tagesplan"}}
    status, made = await rest("POST", path, localized)
    assert (status, made["guild_id"]) == (201, str(room.guild.id))
    assert (await rest("POST", path, localized))[0] == 200

    _, edited = await rest("PATCH", f"{path}/{made['id']}", {"description": "e"})

    assert (edited["description"], edited["id"]) == ("e", made["id"])
    assert "name_localizations" not in (await rest("GET", path))[1][0]
    assert (await rest("GET", f"{path}?with_localizations=true"))[1][0]["name_localizations"] == {"de": "tagesplan"}
    assert (await rest("DELETE", f"{path}/{made['id']}"))[0] == 204
    assert (await rest("GET", path))[1] == []


async def test_direct_message_reaches_its_user(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    _, channel = await rest("POST", "/users/@me/channels", {"recipient_id": str(room.mia.id)})
    await rest("POST", f"/channels/{channel['id']}/messages", {"content": "hi"})

    direct = sandbox.world.channels[int(channel["id"])]
    assert [each.content for each in sandbox.world.visible_messages(room.mia, direct)] == ["hi"]
    assert sandbox.world.visible_messages(room.dana, direct) == []


async def test_observers_see_exchanges_without_the_token(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    seen: list[Any] = []
    sandbox.exchanges.append(seen.append)

    await rest("POST", f"/channels/{room.channel.id}/messages", {"content": "x"})

    (exchange,) = seen
    assert (exchange.method, exchange.template) == ("POST", "/channels/{channel_id}/messages")
    assert (exchange.body, exchange.status, exchange.response["content"]) == ({"content": "x"}, 200, "x")
    assert room.token not in repr(exchange)


async def test_channel_that_was_deleted_takes_no_answers(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    command = Command(1, room.application.id, None, CommandKind.SLASH, "plan", 1, {"name": "plan"})
    first, second = [await sandbox.interactions.invoke_command(room.dana, room.channel, command) for _ in range(2)]
    await rest("POST", f"/interactions/{first.id}/{first.token}/callback", {"type": 5})
    sandbox.world.remove_channel(room.channel)
    answers = f"/webhooks/{room.application.id}/{first.token}"

    for method, path, body in (
        ("POST", f"/interactions/{second.id}/{second.token}/callback", {"type": 5}),
        ("PATCH", f"{answers}/messages/@original", {"content": "x"}),
        ("POST", answers, {"content": "x"}),
        ("POST", f"/channels/{room.channel.id}/messages", {"content": "x"}),
    ):
        status, refused = await rest(method, path, body)
        assert (status, refused["code"]) == (404, 10003)


async def test_direct_message_to_one_who_takes_none_50007(rest: Rest, room: Room) -> None:
    _, channel = await rest("POST", "/users/@me/channels", {"recipient_id": str(room.mia.id)})
    room.mia.takes_direct_messages = False

    status, body = await rest("POST", f"/channels/{channel['id']}/messages", {"content": "hi"})

    assert (status, body["code"]) == (403, 50007)


async def test_blanks_round_a_message_are_taken_off(rest: Rest, room: Room) -> None:
    path = f"/channels/{room.channel.id}/messages"

    assert (await rest("POST", path, {"content": " a\n"}))[1]["content"] == "a"
    assert (await rest("POST", path, {"content": " \n"}))[1]["code"] == 50006


async def test_rules_refuse_with_the_path_of_the_field(rest: Rest, room: Room) -> None:
    path = f"/channels/{room.channel.id}/messages"

    status, body = await rest("POST", path, {"content": "x" * 2001})

    assert (status, body["code"]) == (400, 50035)
    assert body["errors"]["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"


async def test_kept_attachment_is_shown_by_an_edit_of_a_card(rest: Rest, room: Room) -> None:
    path = f"/channels/{room.channel.id}/messages"
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}
    body = {"flags": int(MessageFlag.COMPONENTS_V2), "components": [gallery]}
    _, made = await rest.upload("POST", path, body | {"attachments": [{"id": 0, "filename": "a.png"}]}, ("a.png", PNG))
    media = made["components"][0]["items"][0]["media"]

    by_link = {"type": 12, "items": [{"media": {"url": media["url"]}}]}
    status, edited = await rest("PATCH", f"{path}/{made['id']}", {"components": [by_link]})

    assert status == 200
    assert edited["components"][0]["items"][0]["media"]["attachment_id"] == media["attachment_id"]
