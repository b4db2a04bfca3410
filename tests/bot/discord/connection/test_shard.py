"""The connection to the gateway: what Discord sends malformed costs a reconnect, never the client."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterable
from typing import Any, TypeVar

import hikari
import pytest
from hikari.impl import GatewayShardImpl, shard
from pydantic import SecretStr

from bot.discord.connection import gateway
from bot.discord.connection.close_codes import FINAL
from bot.discord.connection.gateway import gateway_client
from bot.discord.connection.liveness import ConnectionLostError, Liveness
from bot.discord.connection.paced_transport import PacedTransport
from bot.discord.connection.session_pace import PAUSES, SessionPace
from bot.discord.connection.shard import ReconnectingShard
from bot.domain.clock import utc_now
from sandbox.gateway.compression import RawFrame
from sandbox.gateway.server import GatewayPayload
from sandbox.server import Sandbox
from tests.processes import DEADLINE
from tests.sandbox.raw_clients import eventually

T = TypeVar("T")

PRIVATE = ("_connect", "_heartbeat", "_poll_events", "_send_json")
"""The methods of hikari's shard that ours overrides."""
PRIVATE_VALUES = ("_seq", "_session_id", "_resume_gateway_url", "_ws")
"""And the values that it sets."""


async def connect(client: hikari.GatewayBot, liveness: Liveness | None = None) -> None:
    await gateway.connect(client, liveness or Liveness(utc_now, exit_seconds=0))


def dispatch(name: Any, data: Any, number: Any = 2) -> RawFrame:
    return RawFrame(json.dumps({"op": 0, "t": name, "s": number, "d": data}).encode())


SECOND_READY = {
    "v": 10,
    "user": {"id": "5", "username": "x", "discriminator": "0"},
    "guilds": [],
    "session_id": "made up",
    "resume_gateway_url": "ws://127.0.0.1:1",
    "application": {"id": "5", "flags": 0},
    "shard": [0, 1],
}
RECONNECTING = {
    "no JSON": RawFrame(b'{"op":'),
    "nothing": RawFrame(b""),
    "null": RawFrame(b"null"),
    "a list": RawFrame(b"[]"),
    "a number": RawFrame(b"7"),
    "NaN": RawFrame(b'{"op":NaN}'),
    "a lone surrogate": RawFrame(b'{"op":0,"t":"X","s":2,"d":"\\ud800"}'),
    "no UTF-8": RawFrame(b'{"op":11,"d":"\xff"}'),
    "deep nesting": RawFrame(b"[" * 100_000),
    "no opcode": RawFrame(b"{}"),
    "no name": RawFrame(b'{"op":0,"s":2,"d":{}}'),
    "no number": RawFrame(b'{"op":0,"t":"X","d":{}}'),
    "no data": RawFrame(b'{"op":0,"t":"X","s":2}'),
    "a name that is none": dispatch(5, {}),
    "a list as name": dispatch([], {}),
    "a number that is none": dispatch("X", {}, "abc"),
    "true as number": dispatch("X", {}, True),
    "null as number": dispatch("X", {}, None),
    "READY without data": dispatch("READY", None),
    "READY without fields": dispatch("READY", {}),
    "a second READY": dispatch("READY", SECOND_READY),
    "RATE_LIMITED without fields": dispatch("RATE_LIMITED", {}),
    "an invalid session without data": RawFrame(b'{"op":9}'),
    "a broken stream": RawFrame(b"garbage", is_compressed=False),
    "an empty binary frame": RawFrame(b"", is_compressed=False),
}
IGNORED = {
    "an opcode that is none": RawFrame(b'{"op":"x"}'),
    "an unknown opcode": RawFrame(b'{"op":99}'),
    "a second HELLO": RawFrame(b'{"op":10,"d":{"heartbeat_interval":1},"s":null,"t":null}'),
    "an unknown event": dispatch("X", {}),
    "a guild without data": dispatch("GUILD_CREATE", None),
    "a guild without fields": dispatch("GUILD_CREATE", {}),
    "a list as message": dispatch("MESSAGE_CREATE", []),
    "an interaction without fields": dispatch("INTERACTION_CREATE", {}),
    "RESUMED once more": dispatch("RESUMED", None),
    "50 MB": dispatch("X", "x" * 50_000_000),
}


@contextlib.asynccontextmanager
async def a_client() -> AsyncGenerator[tuple[hikari.GatewayBot, Sandbox]]:
    """A client that is not connected yet, and its local Discord."""
    async with await Sandbox.start() as sandbox:
        owner = sandbox.world.add_user("olga")
        application, _ = sandbox.world.add_application("Coachbook", owner)
        sandbox.world.install(application, sandbox.world.add_guild("Opening Bell", owner))
        client = gateway_client(SecretStr(application.token), sandbox.rest_url)
        yield client, sandbox
        if client.is_alive:
            await client.close()


@pytest.fixture
async def connection() -> AsyncIterator[tuple[hikari.GatewayBot, Sandbox]]:
    async with a_client() as made:
        yield made


@pytest.fixture
def client(connection: tuple[hikari.GatewayBot, Sandbox]) -> hikari.GatewayBot:
    return connection[0]


@pytest.fixture
def sandbox(connection: tuple[hikari.GatewayBot, Sandbox]) -> Sandbox:
    return connection[1]


async def each(cases: Iterable[T], act: Callable[[hikari.GatewayBot, Sandbox, T], Coroutine[Any, Any, None]]) -> None:
    """Act on a connected client for each case, all at the same time, as hikari waits long before it connects again."""
    async with contextlib.AsyncExitStack() as stack:
        made = [(await stack.enter_async_context(a_client()), case) for case in cases]
        for (client, _), _ in made:
            await connect(client)
        async with asyncio.TaskGroup() as group:
            for (client, sandbox), case in made:
                group.create_task(act(client, sandbox, case), name=str(case))


async def opened(sandbox: Sandbox) -> None:
    """Wait until a session has a connection."""
    await eventually(lambda: any(each.connection for each in sandbox.gateway.sessions.values()))


async def sees(client: hikari.GatewayBot, sandbox: Sandbox, name: str) -> None:
    """Have a channel made, and wait until the client knows it."""
    [guild] = sandbox.world.guilds.values()
    made = asyncio.Event()

    async def listen(event: hikari.GuildChannelCreateEvent) -> None:
        if event.channel.name == name:
            made.set()

    client.subscribe(hikari.GuildChannelCreateEvent, listen)
    await opened(sandbox)
    sandbox.world.add_channel(guild, name)
    async with asyncio.timeout(DEADLINE):
        await made.wait()
    client.unsubscribe(hikari.GuildChannelCreateEvent, listen)


def received(sandbox: Sandbox) -> list[int]:
    """The opcodes that the client sends from now on."""
    codes: list[int] = []

    def observe(payload: GatewayPayload) -> None:
        if payload.direction == "received":
            codes.append(payload.payload["op"])

    sandbox.gateway.observers.append(observe)
    return codes


async def test_a_malformed_frame_costs_a_reconnect():
    async def act(client: hikari.GatewayBot, sandbox: Sandbox, name: str) -> None:
        codes = received(sandbox)

        sandbox.faults.send_frame(RECONNECTING[name])

        await eventually(lambda: {2, 6} & set(codes))
        await sees(client, sandbox, "afterwards")

    await each(RECONNECTING, act)


@pytest.mark.parametrize("frame", IGNORED.values(), ids=IGNORED)
async def test_what_hikari_does_not_know_is_passed_over(client: hikari.GatewayBot, sandbox: Sandbox, frame: RawFrame):
    await connect(client)
    codes = received(sandbox)

    sandbox.faults.send_frame(frame)

    await sees(client, sandbox, "afterwards")
    assert not {2, 6} & set(codes)


@pytest.mark.parametrize("name", ["HELLO", "READY", "GUILD_CREATE"])
@pytest.mark.parametrize("frame", [RawFrame(b"null"), RawFrame(b"{}"), dispatch("READY", {}, 1)])
async def test_a_malformed_beginning_is_begun_again(
    client: hikari.GatewayBot, sandbox: Sandbox, name: str, frame: RawFrame
):
    sandbox.faults.replace_frames(name, frame)

    await connect(client)

    await sees(client, sandbox, "afterwards")


async def test_a_frame_that_is_replayed_malformed_is_left_behind_with_its_session(
    client: hikari.GatewayBot, sandbox: Sandbox
):
    await connect(client)
    [application] = sandbox.world.applications.values()
    sandbox.faults.replace_frames("CHANNEL_CREATE", *[RECONNECTING["a lone surrogate"]] * 2)

    [guild] = sandbox.world.guilds.values()
    sandbox.world.add_channel(guild, "unreadable")

    await eventually(lambda: sandbox.gateway.identified[application.id] == 2)
    assert sandbox.gateway.resumes == 1
    await sees(client, sandbox, "afterwards")


async def test_a_connection_that_failed_early_leaves_no_heartbeat(client: hikari.GatewayBot, sandbox: Sandbox):
    sandbox.faults.replace_frames("READY", RawFrame(b"null"))

    await connect(client)

    assert [each.get_name() for each in asyncio.all_tasks()].count("heartbeat (shard 0)") == 1


async def test_the_client_connects_again_where_discord_says_that_it_may():
    async def act(client: hikari.GatewayBot, sandbox: Sandbox, code: int) -> None:
        codes = received(sandbox)

        await sandbox.faults.close_gateway(code)

        await eventually(lambda: {2, 6} & set(codes))
        assert next(each for each in codes if each in {2, 6}) == (2 if code in {4003, 4007, 4009} else 6), code
        await sees(client, sandbox, "afterwards")

    await each([4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009, 4999, 1000, 1001], act)


@pytest.mark.parametrize("code", FINAL)
async def test_the_client_ends_where_discord_says_so(client: hikari.GatewayBot, sandbox: Sandbox, code: int):
    await connect(client)
    await opened(sandbox)

    await sandbox.faults.close_gateway(code)

    with pytest.raises(hikari.GatewayServerClosedConnectionError) as caught:
        await client.join()
    assert caught.value.reason == FINAL[code]


async def test_a_dead_address_for_resuming_is_left_and_no_event_is_lost():
    async def act(client: hikari.GatewayBot, sandbox: Sandbox, status: int) -> None:
        sandbox.faults.kill_resume_host(status)
        sandbox.faults.drop_socket()
        [guild] = sandbox.world.guilds.values()
        missed = sandbox.world.add_channel(guild, "made meanwhile")

        await eventually(lambda: sandbox.gateway.resumes == 1)
        await sees(client, sandbox, "afterwards")
        assert client.cache.get_guild_channel(missed.id)

    await each([0, 503], act)


async def test_a_session_that_is_gone_begins_again_at_the_gateways_address(client: hikari.GatewayBot, sandbox: Sandbox):
    await connect(client)
    [application] = sandbox.world.applications.values()
    sandbox.faults.kill_resume_host()
    sandbox.faults.refuse_resume()
    sandbox.faults.drop_socket()

    await eventually(lambda: sandbox.gateway.identified[application.id] == 2)
    await sees(client, sandbox, "afterwards")


async def test_a_session_that_is_never_confirmed_is_tried_again(client: hikari.GatewayBot, sandbox: Sandbox):
    await connect(client)
    [connected] = client.shards.values()
    assert isinstance(connected, ReconnectingShard)
    connected.connect_seconds = 1.0
    sandbox.faults.replace_frames("RESUMED", IGNORED["an unknown opcode"])

    sandbox.faults.drop_socket()

    await eventually(lambda: sandbox.gateway.resumes == 2)
    connected.connect_seconds = DEADLINE
    await sees(client, sandbox, "afterwards")
    assert [each.get_name() for each in asyncio.all_tasks()].count("heartbeat (shard 0)") == 1


async def test_sessions_that_discord_ends_as_soon_as_they_begin_are_paced(client: hikari.GatewayBot, sandbox: Sandbox):
    await connect(client)
    [application] = sandbox.world.applications.values()
    [connected] = client.shards.values()
    assert isinstance(connected, ReconnectingShard)
    waited: list[float] = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    async def end(_: hikari.ShardReadyEvent) -> None:
        if len(waited) < 2:
            await sandbox.faults.close_gateway(4009)

    connected.pace = SessionPace(lambda: 0.0, note)
    client.subscribe(hikari.ShardReadyEvent, end)
    await sandbox.faults.close_gateway(4009)

    await eventually(lambda: sandbox.gateway.identified[application.id] == 4)
    await sees(client, sandbox, "afterwards")
    assert waited == list(PAUSES[1:3])


async def test_a_silence_is_reported_with_its_end(client: hikari.GatewayBot, sandbox: Sandbox):
    liveness = Liveness(utc_now, exit_seconds=0, report_seconds=0.2)
    await connect(client, liveness)
    watching = asyncio.create_task(liveness.watch())
    sandbox.faults.kill_resume_host()

    sandbox.faults.drop_socket()

    await eventually(lambda: liveness.outage)
    await eventually(lambda: liveness.outage and liveness.outage.ended_at)
    assert not watching.done()
    watching.cancel()


async def test_a_silence_that_lasts_too_long_is_the_end(client: hikari.GatewayBot, sandbox: Sandbox):
    liveness = Liveness(utc_now, exit_seconds=0.5, report_seconds=0.2)
    await connect(client, liveness)

    await sandbox.stop()

    with pytest.raises(ConnectionLostError):
        async with asyncio.timeout(DEADLINE):
            await liveness.watch()
    assert liveness.outage
    assert liveness.outage.ended_at is None


async def test_the_private_names_of_hikari_are_still_there(client: hikari.GatewayBot, sandbox: Sandbox):
    for name in PRIVATE:
        assert name in vars(GatewayShardImpl)
        assert name in vars(ReconnectingShard)
    theirs = shard.GatewayShardImpl

    await connect(client)

    assert isinstance(client.shards[0], ReconnectingShard)
    assert all(hasattr(client.shards[0], name) for name in PRIVATE_VALUES)
    assert isinstance(getattr(client.shards[0], PRIVATE_VALUES[-1]), PacedTransport)
    assert shard.GatewayShardImpl is theirs
