"""The gateway protocol, through a raw client."""

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from sandbox.messages import user_actions
from sandbox.server import Sandbox
from sandbox.world.entities import Overwrite, Upload
from sandbox.world.intents import Intents
from sandbox.world.permissions import Permissions
from tests.processes import DEADLINE
from tests.sandbox.conftest import Room
from tests.sandbox.raw_clients import RawGateway, eventually

VIEW = Permissions.VIEW_CHANNEL
MESSAGES = int(Intents.GUILDS | Intents.GUILD_MESSAGES)

Connect = Callable[..., Awaitable[RawGateway]]


@pytest.fixture
async def connect(sandbox: Sandbox) -> AsyncIterator[Connect]:
    async with aiohttp.ClientSession() as session:

        async def connect_(**more: Any) -> RawGateway:
            return await RawGateway.connect(session, sandbox.gateway_url, **more)

        yield connect_


@pytest.mark.parametrize("compress", [None, "zlib-stream", "zstd-stream"])
async def test_identify_gives_ready_and_guilds(connect: Connect, room: Room, compress: str | None) -> None:
    gateway = await connect(compress=compress)

    ready = await gateway.identify(room.token)
    created = await gateway.receive()

    assert (ready["t"], ready["s"]) == ("READY", 1)
    assert ready["d"]["guilds"] == [{"id": str(room.guild.id), "unavailable": True}]
    assert (created["t"], created["s"]) == ("GUILD_CREATE", 2)
    assert [each["user"]["id"] for each in created["d"]["members"]] == [str(room.application.id)]


async def test_guilds_are_not_told_without_their_intent(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token, intents=int(Intents.GUILD_MESSAGES))
    user_actions.say(sandbox.world, room.dana, room.channel, "hi")

    assert (await gateway.receive())["t"] == "MESSAGE_CREATE"


async def test_heartbeat_is_acknowledged(connect: Connect, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token, intents=0)
    await gateway.send(1, 1)

    assert (await gateway.receive())["op"] == 11


async def test_stopped_heart_times_the_session_out(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    sandbox.gateway.heartbeat_seconds = 0.1
    gateway = await connect()
    await gateway.identify(room.token)

    assert await gateway.close_code() == 4009


async def test_content_is_emptied_without_its_intent(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token, MESSAGES)
    user_actions.say(sandbox.world, room.dana, room.channel, "secret")
    user_actions.say(sandbox.world, room.dana, room.channel, f"hey <@{room.application.id}>")

    plain = await gateway.until("MESSAGE_CREATE")
    mention = await gateway.until("MESSAGE_CREATE")

    assert plain["d"]["content"] == ""
    assert plain["d"]["member"]["roles"] == [str(room.coach.id)]
    assert mention["d"]["content"] == f"hey <@{room.application.id}>"


async def test_content_is_whole_with_its_intent(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    room.application.privileged_intents = int(Intents.MESSAGE_CONTENT)
    gateway = await connect()
    await gateway.identify(room.token, MESSAGES | Intents.MESSAGE_CONTENT)
    user_actions.say(sandbox.world, room.dana, room.channel, "open")

    assert (await gateway.until("MESSAGE_CREATE"))["d"]["content"] == "open"


async def test_nothing_that_was_written_is_told_without_its_intent(
    connect: Connect, sandbox: Sandbox, room: Room
) -> None:
    gateway = await connect()
    await gateway.identify(room.token, MESSAGES)
    message = user_actions.say(sandbox.world, room.dana, room.channel, "secret", [Upload("a.png", b"a")])
    message.embeds, message.components = [{"title": "secret"}], [{"type": 10, "content": "secret", "id": 1}]
    sandbox.world.changed(message)
    user_actions.forward(sandbox.world, room.mia, room.channel, message)

    made, changed, forwarded = [await gateway.until(f"MESSAGE_{kind}") for kind in ("CREATE", "UPDATE", "CREATE")]

    snapshot = forwarded["d"]["message_snapshots"][0]["message"]
    for body in (made["d"], changed["d"], snapshot):
        assert [body[name] for name in ("content", "embeds", "attachments", "components")] == ["", [], [], []]


async def test_messages_are_told_with_their_intent_alone(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token, int(Intents.GUILDS | Intents.DIRECT_MESSAGES))
    message = user_actions.say(sandbox.world, room.dana, room.channel, "hi")
    sandbox.world.changed(message)
    sandbox.world.delete_many([message])
    direct = sandbox.world.direct_channel(room.dana.id, room.application.id)
    user_actions.say(sandbox.world, room.dana, direct, "whole, as it is direct")

    await gateway.until("GUILD_CREATE")
    told = await gateway.receive()

    assert (told["t"], told["d"]["content"]) == ("MESSAGE_CREATE", "whole, as it is direct")


async def test_each_event_shows_the_message_as_it_was_then(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token, MESSAGES)
    message = user_actions.say(sandbox.world, room.dana, room.channel, f"first <@{room.application.id}>")
    for words in ("second", "third"):
        message.content = words
        sandbox.world.changed(message)
    sandbox.world.delete(message)
    sandbox.world.remove_channel(room.channel)

    told = [await gateway.until(f"MESSAGE_{kind}") for kind in ("CREATE", "UPDATE", "UPDATE", "DELETE")]

    assert [each["d"].get("content") for each in told[1:]] == ["second", "third", None]
    assert told[0]["d"]["content"].startswith("first")
    assert (await gateway.until("CHANNEL_DELETE"))["d"]["id"] == str(room.channel.id)


async def test_messages_of_a_hidden_channel_are_not_told(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token, MESSAGES)
    hidden = sandbox.world.add_channel(room.guild, "hidden")
    sandbox.world.set_overwrite(hidden, Overwrite(room.application.id, is_member=True, deny=int(VIEW)))
    user_actions.say(sandbox.world, room.dana, hidden, "not for bots")
    seen = user_actions.say(sandbox.world, room.dana, room.channel, "hi")

    assert (await gateway.until("MESSAGE_CREATE"))["d"]["id"] == str(seen.id)


async def test_messages_deleted_at_once_are_told_of_together(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token, MESSAGES)
    one, two = [user_actions.say(sandbox.world, room.dana, room.channel, text) for text in ("one", "two")]
    sandbox.world.delete_many([one, two])

    for _ in range(2):
        await gateway.until("MESSAGE_CREATE")
    told = await gateway.receive()

    assert told["t"] == "MESSAGE_DELETE_BULK"
    assert told["d"] == {
        "ids": [str(one.id), str(two.id)],
        "channel_id": str(room.channel.id),
        "guild_id": str(room.guild.id),
    }


async def test_changes_of_channels_and_roles_are_told(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token, int(Intents.GUILDS))
    message = user_actions.say(sandbox.world, room.dana, room.channel, "hi")
    sandbox.world.set_overwrite(room.channel, Overwrite(room.coach.id, is_member=False, allow=int(VIEW)))
    sandbox.world.set_permissions(room.guild, room.coach, int(VIEW))
    sandbox.world.remove_channel(room.channel)

    overwritten = (await gateway.until("CHANNEL_UPDATE"))["d"]
    role = (await gateway.until("GUILD_ROLE_UPDATE"))["d"]
    removed = await gateway.receive()

    assert overwritten["permission_overwrites"] == [
        {"id": str(room.coach.id), "type": 0, "allow": str(int(VIEW)), "deny": "0"}
    ]
    assert (role["guild_id"], role["role"]["id"]) == (str(room.guild.id), str(room.coach.id))
    assert role["role"]["permissions"] == str(int(VIEW))
    assert (removed["t"], removed["d"]["id"]) == ("CHANNEL_DELETE", str(room.channel.id))
    assert message.deleted


async def test_resume_replays_what_was_missed(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    first = await connect(compress="zlib-stream")
    ready = await first.identify(room.token, MESSAGES)
    seen = (await first.until("GUILD_CREATE"))["s"]
    sandbox.faults.drop_socket()
    missed = [user_actions.say(sandbox.world, room.dana, room.channel, text) for text in ("one", "two")]

    second = await connect(compress="zstd-stream")
    assert (await second.receive())["op"] == 10
    await second.send(6, {"token": room.token, "session_id": ready["d"]["session_id"], "seq": seen})

    assert [(await second.until("MESSAGE_CREATE"))["d"]["id"] for _ in missed] == [str(each.id) for each in missed]
    assert (await second.receive())["t"] == "RESUMED"


async def test_unknown_session_is_invalid(connect: Connect, room: Room) -> None:
    gateway = await connect()
    await gateway.receive()
    await gateway.send(6, {"token": room.token, "session_id": "nonsense", "seq": 1})

    payload = await gateway.receive()

    assert (payload["op"], payload["d"]) == (9, False)


async def test_session_closed_by_its_client_is_gone(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token)
    await gateway.socket.close(code=1000)

    await eventually(lambda: not sandbox.gateway.sessions)


async def test_faults_reach_the_connection(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token, intents=0)

    await sandbox.faults.reconnect()
    await sandbox.faults.invalidate_session()

    assert (await gateway.receive())["op"] == 7
    assert (await gateway.receive())["op"] == 9
    assert sandbox.gateway.sessions == {}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"op": 2, "d": {"token": "wrong", "intents": 0, "properties": {}}}, 4004),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 1 << 60, "properties": {}}}, 4013),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 1 << 15, "properties": {}}}, 4014),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 0, "properties": {}, "shard": [2, 2]}}, 4010),
        ({"op": 2, "d": {"token": "TOKEN"}}, 4002),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 77, "d": {}}, 4003),
        ({"no": "op"}, 4002),
    ],
)
async def test_bad_payload_closes(connect: Connect, room: Room, payload: Any, code: int) -> None:
    if payload.get("d", {}).get("token") == "TOKEN":
        payload = payload | {"d": payload["d"] | {"token": room.token}}
    gateway = await connect()
    await gateway.receive()
    await gateway.socket.send_json(payload)

    assert await gateway.close_code() == code


async def test_bad_payloads_of_a_session_close(connect: Connect, room: Room) -> None:
    for payload, code in (({"op": 77}, 4001), ({"op": 2, "d": {}}, 4005)):
        gateway = await connect()
        await gateway.identify(room.token, intents=0)
        await gateway.socket.send_json(payload)
        assert await gateway.close_code() == code


async def test_payloads_too_long_or_too_many_close(connect: Connect, room: Room) -> None:
    long, many = await connect(), await connect()
    await long.socket.send_str("x" * 5000)
    for _ in range(121):
        await many.send(1, None)

    assert await long.close_code() == 4002
    assert await many.close_code() == 4008


async def test_old_version_closes(connect: Connect) -> None:
    gateway = await connect(version="6")

    assert await gateway.close_code() == 4012


async def test_sequence_of_the_future_closes(connect: Connect, room: Room) -> None:
    first = await connect()
    ready = await first.identify(room.token)
    second = await connect()
    await second.receive()
    await second.send(6, {"token": room.token, "session_id": ready["d"]["session_id"], "seq": 99})

    assert await second.close_code() == 4007


async def test_events_go_to_the_shard_of_their_guild(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    own = (room.guild.id >> 22) % 2
    mine, other = await connect(), await connect()
    await mine.identify(room.token, MESSAGES, shard=[own, 2])
    ready = await other.identify(room.token, MESSAGES, shard=[1 - own, 2])
    user_actions.say(sandbox.world, room.dana, room.channel, "hi")

    assert (await mine.until("MESSAGE_CREATE"))["d"]["channel_id"] == str(room.channel.id)
    assert ready["d"]["guilds"] == []
    await other.send(1, None)
    assert (await other.receive())["op"] == 11


async def test_unknown_encoding_is_not_faked(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        answer = await session.get(sandbox.gateway_url.replace("ws:", "http:") + "?encoding=etf")

    assert answer.status == 501
    assert sandbox.unknown == ["GATEWAY encoding=etf"]


async def test_members_are_given_when_asked_for(connect: Connect, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token, intents=0)
    await gateway.send(8, {"guild_id": str(room.guild.id), "user_ids": [str(room.dana.id), "1"], "limit": 0})

    chunk = (await gateway.until("GUILD_MEMBERS_CHUNK"))["d"]

    assert [each["user"]["username"] for each in chunk["members"]] == ["dana"]
    assert chunk["not_found"] == ["1"]


async def test_guild_the_bot_left_is_told_of(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token)
    sandbox.world.remove_bot(room.application, room.guild)

    assert (await gateway.until("GUILD_DELETE"))["d"] == {"id": str(room.guild.id)}


async def test_payloads_alone_are_compressed_when_identify_asks(connect: Connect, room: Room) -> None:
    gateway = await connect()
    await gateway.receive()
    await gateway.send(2, {"token": room.token, "intents": 1, "properties": {}, "compress": True})
    await gateway.receive()
    message = await gateway.socket.receive(timeout=DEADLINE)

    assert b"GUILD_CREATE" in zlib.decompress(message.data)


async def test_a_bots_own_roles_are_told_without_the_members_intent(
    connect: Connect, sandbox: Sandbox, room: Room
) -> None:
    world, own = sandbox.world, room.guild.members[room.application.id]
    gateway = await connect()
    await gateway.identify(room.token, intents=int(Intents.GUILDS))
    muted = world.add_role(room.guild, "Muted")

    world.set_roles(room.guild.members[room.mia.id], [muted])
    world.set_roles(own, [muted])
    told = (await gateway.until("GUILD_MEMBER_UPDATE"))["d"]
    world.remove_role(room.guild, muted)
    gone = (await gateway.receive())["d"]

    assert (told["user"]["id"], told["roles"]) == (str(room.application.id), [str(muted.id)])
    assert gone == {"guild_id": str(room.guild.id), "role_id": str(muted.id)}
    assert own.role_ids == []


async def test_nothing_is_told_of_a_guild_during_an_outage(connect: Connect, sandbox: Sandbox, room: Room) -> None:
    gateway = await connect()
    await gateway.identify(room.token, intents=MESSAGES)
    await gateway.until("GUILD_CREATE")

    sandbox.world.begin_outage(room.guild)
    user_actions.say(sandbox.world, room.mia, room.channel, "unheard")
    later = await connect()
    await later.identify(room.token, intents=MESSAGES)
    sandbox.world.end_outage(room.guild)

    for each in (gateway, later):
        lost, back = await each.receive(), await each.receive()
        assert (lost["t"], lost["d"]) == ("GUILD_DELETE", {"id": str(room.guild.id), "unavailable": True})
        assert (back["t"], back["d"]["unavailable"]) == ("GUILD_CREATE", False)


async def test_of_a_guild_that_is_joined_again_no_outage_is_told(
    connect: Connect, sandbox: Sandbox, room: Room
) -> None:
    gateway = await connect()
    await gateway.identify(room.token, intents=int(Intents.GUILDS))
    sandbox.world.remove_bot(room.application, room.guild)
    sandbox.world.install(room.application, room.guild)

    assert (await gateway.until("GUILD_DELETE"))["d"] == {"id": str(room.guild.id)}
    assert "unavailable" not in (await gateway.until("GUILD_CREATE"))["d"]
