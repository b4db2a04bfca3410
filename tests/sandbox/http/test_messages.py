"""Messages over HTTP: create, fetch, list, delete."""

import pytest

from sandbox.interactions import responses
from sandbox.messages import user_actions
from sandbox.server import Sandbox
from sandbox.world.entities import ChannelKind, Overwrite, Upload
from sandbox.world.intents import Intents
from sandbox.world.permissions import Permissions
from tests.sandbox.conftest import FakeClock, Room
from tests.sandbox.raw_clients import Rest


def deny(sandbox: Sandbox, room: Room, what: Permissions) -> None:
    """Deny @everyone, and so the bot, permissions in the channel."""
    sandbox.world.set_overwrite(room.channel, Overwrite(room.guild.id, is_member=False, deny=int(what)))


async def test_message_is_created_fetched_edited_and_deleted(rest: Rest, room: Room) -> None:
    path = f"/channels/{room.channel.id}/messages"
    status, made = await rest("POST", path, {"content": "one"})
    assert status == 200
    assert await rest("GET", f"{path}/{made['id']}") == (200, made)

    status, edited = await rest("PATCH", f"{path}/{made['id']}", {"content": "two"})

    assert (status, edited["content"]) == (200, "two")
    assert edited["edited_timestamp"]
    assert (await rest("DELETE", f"{path}/{made['id']}"))[0] == 204
    assert (await rest("GET", f"{path}/{made['id']}"))[1]["code"] == 10008


async def test_enforced_nonce_gives_the_first_message_back(rest: Rest, room: Room, clock: FakeClock) -> None:
    path = f"/channels/{room.channel.id}/messages"
    body = {"content": "once", "nonce": "n1", "enforce_nonce": True}
    _, first = await rest("POST", path, body)
    _, again = await rest("POST", path, body)
    clock.forward(minutes=6)
    _, later = await rest("POST", path, body)
    _, free = await rest("POST", path, {"content": "free", "nonce": "n1"})

    assert first["nonce"] == "n1"
    assert again["id"] == first["id"]
    assert len({first["id"], later["id"], free["id"]}) == 3


async def test_enforced_nonce_is_the_authors_in_every_channel(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    elsewhere = sandbox.world.add_channel(room.guild, "archive")
    body = {"content": "once", "nonce": "n1", "enforce_nonce": True}
    _, first = await rest("POST", f"/channels/{room.channel.id}/messages", body)

    _, again = await rest("POST", f"/channels/{elsewhere.id}/messages", body | {"content": "elsewhere"})

    assert (again["id"], again["channel_id"], again["content"]) == (first["id"], str(room.channel.id), "once")
    assert list(sandbox.world.messages_in(elsewhere.id)) == []


async def test_enforced_nonce_is_not_shared_with_another_author(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    other, token = sandbox.world.add_application("Other", room.dana)
    sandbox.world.install(other, room.guild)
    path = f"/channels/{room.channel.id}/messages"
    body = {"content": "once", "nonce": "n1", "enforce_nonce": True}
    _, first = await rest("POST", path, body)

    _, theirs = await rest("POST", path, body, headers={"Authorization": f"Bot {token}"})

    assert theirs["id"] != first["id"]


async def test_enforced_nonce_of_a_deleted_message_makes_no_new_one(
    rest: Rest, sandbox: Sandbox, room: Room, clock: FakeClock
) -> None:
    path = f"/channels/{room.channel.id}/messages"
    body = {"content": "once", "nonce": "n1", "enforce_nonce": True}
    _, first = await rest("POST", path, body)
    await rest("DELETE", f"{path}/{first['id']}")

    status, again = await rest("POST", path, body)

    assert (status, again["code"]) == (404, 10008)
    assert list(sandbox.world.messages_in(room.channel.id)) == []
    clock.forward(minutes=6)
    assert (await rest("POST", path, body))[0] == 200


async def test_messages_are_listed_newest_first(rest: Rest, room: Room) -> None:
    path = f"/channels/{room.channel.id}/messages"
    ids = [(await rest("POST", path, {"content": str(n)}))[1]["id"] for n in range(5)]

    async def listed(query: str) -> list[int]:
        return [ids.index(each["id"]) for each in (await rest("GET", f"{path}?{query}"))[1]]

    assert await listed("limit=2") == [4, 3]
    assert await listed(f"before={ids[2]}&limit=1") == [1]
    assert await listed(f"after={ids[2]}") == [4, 3]
    assert await listed(f"after={ids[0]}&limit=2") == [2, 1]
    assert await listed(f"after={ids[4]}") == []
    assert await listed(f"before={ids[0]}") == []
    assert await listed(f"around={ids[2]}&limit=3") == [3, 2, 1]
    assert await listed(f"around={ids[2]}&limit=1") == [2]
    assert await listed(f"around={ids[4]}&limit=4") == [4, 3, 2]


async def test_fifty_messages_are_listed_unless_another_number_is_asked_for(
    rest: Rest, sandbox: Sandbox, room: Room
) -> None:
    path = f"/channels/{room.channel.id}/messages"
    said = [user_actions.say(sandbox.world, room.dana, room.channel, str(n)) for n in range(101)]

    _, some = await rest("GET", path)
    _, most = await rest("GET", f"{path}?limit=100")

    assert [each["id"] for each in some] == [str(each.id) for each in said[:-51:-1]]
    assert (len(most), most[-1]["id"]) == (100, str(said[1].id))


@pytest.mark.parametrize(
    ("query", "path", "code"),
    [
        ("limit=0", "limit", "NUMBER_TYPE_MIN"),
        ("limit=101", "limit", "NUMBER_TYPE_MAX"),
        ("limit=many", "limit", "NUMBER_TYPE_COERCE"),
        ("before=yesterday", "before", "NUMBER_TYPE_COERCE"),
    ],
)
async def test_messages_that_can_not_be_asked_for(rest: Rest, room: Room, query: str, path: str, code: str) -> None:
    status, body = await rest("GET", f"/channels/{room.channel.id}/messages?{query}")

    assert (status, body["code"]) == (400, 50035)
    assert body["errors"][path]["_errors"][0]["code"] == code


async def test_messages_before_and_after_are_not_faked(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    status, _ = await rest("GET", f"/channels/{room.channel.id}/messages?before=2&after=1")

    assert status == 501
    assert sandbox.unknown == ["messages before and after, which are mutually exclusive"]


async def test_messages_are_read_by_those_who_see_the_channel_and_its_history(
    rest: Rest, sandbox: Sandbox, room: Room
) -> None:
    path = f"/channels/{room.channel.id}/messages"
    await rest("POST", path, {"content": "x"})

    deny(sandbox, room, Permissions.READ_MESSAGE_HISTORY)
    assert await rest("GET", path) == (200, [])
    deny(sandbox, room, Permissions.VIEW_CHANNEL)
    status, body = await rest("GET", path)

    assert (status, body["code"]) == (403, 50001)


async def test_messages_of_a_voice_channel_are_read_by_those_who_may_enter(
    rest: Rest, sandbox: Sandbox, room: Room
) -> None:
    voice = sandbox.world.add_channel(room.guild, "desk", ChannelKind.VOICE)
    assert await rest("GET", f"/channels/{voice.id}/messages") == (200, [])

    sandbox.world.set_overwrite(voice, Overwrite(room.guild.id, is_member=False, deny=int(Permissions.CONNECT)))
    status, body = await rest("GET", f"/channels/{voice.id}/messages")

    assert (status, body["code"]) == (403, 50001)


async def test_anothers_message_is_not_edited_nor_deleted(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    message = user_actions.say(sandbox.world, room.dana, room.channel, "mine")
    path = f"/channels/{room.channel.id}/messages/{message.id}"

    assert (await rest("PATCH", path, {"content": "yours"}))[1]["code"] == 50005
    assert (await rest("DELETE", path))[1]["code"] == 50013


async def test_pins_and_bulk_delete(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    sandbox.world.set_overwrite(
        room.channel,
        Overwrite(
            room.application.id, is_member=True, allow=int(Permissions.PIN_MESSAGES | Permissions.MANAGE_MESSAGES)
        ),
    )
    path = f"/channels/{room.channel.id}/messages"
    ids = [(await rest("POST", path, {"content": str(n)}))[1]["id"] for n in range(2)]

    assert (await rest("PUT", f"{path}/pins/{ids[0]}"))[0] == 204
    assert [each["message"]["id"] for each in (await rest("GET", f"{path}/pins"))[1]["items"]] == [ids[0]]
    assert (await rest("POST", f"{path}/bulk-delete", {"messages": ids}))[0] == 204
    assert (await rest("GET", path))[1] == []


@pytest.mark.parametrize(
    ("ids", "code"),
    [
        ([], 50016),
        (["1"], 50016),
        ([str(n) for n in range(1, 102)], 50016),
        (["1", "1"], 50035),
        (["1", "a"], 50035),
        (["1", "2"], 50034),
        (None, 50035),
    ],
)
async def test_lists_that_are_not_deleted_at_once(
    rest: Rest, sandbox: Sandbox, room: Room, ids: list[str] | None, code: int
) -> None:
    allow = int(Permissions.MANAGE_MESSAGES)
    sandbox.world.set_overwrite(room.channel, Overwrite(room.application.id, is_member=True, allow=allow))

    status, body = await rest("POST", f"/channels/{room.channel.id}/messages/bulk-delete", {"messages": ids})

    assert (status, body["code"]) == (400, code)


async def test_unknown_messages_count_among_those_deleted_at_once(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    allow = int(Permissions.MANAGE_MESSAGES)
    sandbox.world.set_overwrite(room.channel, Overwrite(room.application.id, is_member=True, allow=allow))
    message = user_actions.say(sandbox.world, room.dana, room.channel, "x")
    unknown = str(sandbox.world.new_id())

    path = f"/channels/{room.channel.id}/messages/bulk-delete"

    assert (await rest("POST", path, {"messages": [str(message.id), unknown]}))[0] == 204
    assert message.deleted


async def test_bulk_delete_is_for_guilds_and_those_who_manage_messages(rest: Rest, room: Room) -> None:
    _, direct = await rest("POST", "/users/@me/channels", {"recipient_id": str(room.mia.id)})

    for channel_id, code in ((direct["id"], 50003), (room.channel.id, 50013)):
        status, body = await rest("POST", f"/channels/{channel_id}/messages/bulk-delete", {"messages": ["1", "2"]})
        assert (status, body["code"]) == (403, code)


async def test_what_others_wrote_is_read_with_the_intent_alone(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    path = f"/channels/{room.channel.id}/messages"
    source = user_actions.say(sandbox.world, room.dana, room.channel, "secret", [Upload("a.png", b"a")])
    user_actions.say(sandbox.world, room.dana, room.channel, f"for <@{room.application.id}>")
    user_actions.forward(sandbox.world, room.dana, room.channel, source)
    await rest("POST", path, {"content": "own"})

    own, forwarded, mention, other = (await rest("GET", path))[1]
    fetched = (await rest("GET", f"{path}/{source.id}"))[1]
    room.application.privileged_intents = int(Intents.MESSAGE_CONTENT)
    whole = (await rest("GET", f"{path}/{source.id}"))[1]

    assert (own["content"], mention["content"]) == ("own", f"for <@{room.application.id}>")
    snapshot = forwarded["message_snapshots"][0]["message"]
    for body in (other, fetched, snapshot):
        assert (body["content"], body["attachments"]) == ("", [])
    assert (whole["content"], len(whole["attachments"])) == ("secret", 1)


async def test_a_message_that_is_answered_is_read_with_the_intent_alone(
    rest: Rest, sandbox: Sandbox, room: Room
) -> None:
    path = f"/channels/{room.channel.id}/messages"
    source = user_actions.say(sandbox.world, room.dana, room.channel, "secret")
    reply = user_actions.say(sandbox.world, room.mia, room.channel, "yes")
    reply.reference = responses.reference_to(source)

    _, fetched = await rest("GET", f"{path}/{reply.id}")

    assert (fetched["content"], fetched["referenced_message"]["content"]) == ("", "")


async def test_direct_messages_are_read_whole(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    direct = sandbox.world.direct_channel(room.mia.id, room.application.id)
    user_actions.say(sandbox.world, room.mia, direct, "hi")

    assert [each["content"] for each in (await rest("GET", f"/channels/{direct.id}/messages"))[1]] == ["hi"]
