"""Rate limits: their responses, and clients that violate them."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.http.limits import Rate
from sandbox.server import Sandbox
from sandbox.world.entities import Command, CommandKind
from tests.sandbox.conftest import FakeClock, Room
from tests.sandbox.raw_clients import Rest


@pytest.fixture
def limits_clock(sandbox: Sandbox) -> FakeClock:
    """The clock of the limits, which does not advance by itself."""
    clock = FakeClock()
    sandbox.limits.clock = lambda: clock.now.timestamp()
    return clock


@pytest.fixture
async def other_connection(sandbox: Sandbox, room: Room) -> AsyncIterator[Rest]:
    """The same bot on another connection."""
    async with aiohttp.ClientSession() as session:
        yield Rest(session, sandbox.rest_url, room.token)


@pytest.fixture
def messages(room: Room) -> str:
    return f"/channels/{room.channel.id}/messages"


async def use_up(rest: Rest, room: Room) -> None:
    """Exhaust the application's requests of one second, on two routes."""
    paths = ("/users/@me", f"/guilds/{room.guild.id}")
    assert {(await rest("GET", paths[n % 2]))[0] for n in range(50)} == {200}


@pytest.mark.usefixtures("limits_clock")
async def test_51st_request_of_a_second_is_refused_on_every_route(rest: Rest, room: Room, messages: str) -> None:
    await use_up(rest, room)

    status, body = await rest("POST", messages, {"content": "x"})

    assert (status, body["global"]) == (429, True)
    assert body["retry_after"] == pytest.approx(1.0, abs=0.002)
    told = {name: value for name, value in rest.last_headers.items() if name.startswith(("X-RateLimit", "Retry"))}
    assert told == {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global", "Retry-After": "1"}


async def test_global_limit_ends_with_its_second(rest: Rest, room: Room, limits_clock: FakeClock) -> None:
    await use_up(rest, room)
    assert (await rest("GET", "/users/@me"))[0] == 429

    limits_clock.forward(seconds=1.01)

    assert (await rest("GET", "/users/@me"))[0] == 200


@pytest.mark.usefixtures("limits_clock")
async def test_global_limit_is_each_applications_own(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    _, token = sandbox.world.add_application("Other", room.dana)
    await use_up(rest, room)

    assert (await rest("GET", "/users/@me"))[0] == 429
    assert (await rest("GET", "/users/@me", headers={"Authorization": f"Bot {token}"}))[0] == 200


@pytest.mark.usefixtures("limits_clock")
async def test_interactions_are_answered_beside_the_global_limit(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    command = Command(1, room.application.id, None, CommandKind.SLASH, "plan", 1, {"name": "plan"})
    used = await sandbox.interactions.invoke_command(room.dana, room.channel, command)
    await use_up(rest, room)
    assert (await rest("GET", "/users/@me"))[0] == 429
    answers = f"/webhooks/{room.application.id}/{used.token}"

    first = await rest("POST", f"/interactions/{used.id}/{used.token}/callback", {"type": 5})
    filled = await rest("PATCH", f"{answers}/messages/@original", {"content": "x"})
    more = await rest("POST", answers, {"content": "more"})

    assert [status for status, _ in (first, filled, more)] == [204, 200, 200]
    assert sandbox.early_requests == []


async def test_strict_limits_are_five_messages_in_five_seconds_a_channel(
    rest: Rest, sandbox: Sandbox, room: Room, messages: str, limits_clock: FakeClock
) -> None:
    sandbox.limits.strict()
    elsewhere = sandbox.world.add_channel(room.guild, "archive")
    for left in (4, 3, 2, 1, 0):
        status, _ = await rest("POST", messages, {"content": "x"})
        told = (rest.last_headers["X-RateLimit-Limit"], rest.last_headers["X-RateLimit-Remaining"])
        assert (status, told) == (200, ("5", str(left)))
    limits_clock.forward(seconds=2)

    status, body = await rest("POST", messages, {"content": "x"})

    assert (status, body["global"], rest.last_headers["X-RateLimit-Scope"]) == (429, False, "user")
    assert body["retry_after"] == pytest.approx(3.0, abs=0.002)
    assert (await rest("POST", f"/channels/{elsewhere.id}/messages", {"content": "x"}))[0] == 200
    limits_clock.forward(seconds=3.01)
    assert (await rest("POST", messages, {"content": "x"}))[0] == 200


@pytest.mark.usefixtures("limits_clock")
async def test_strict_limits_count_the_edits_of_a_channel_together(rest: Rest, sandbox: Sandbox, messages: str) -> None:
    sandbox.limits.strict()
    made = [(await rest("POST", messages, {"content": "x"}))[1]["id"] for _ in range(3)]

    statuses = [(await rest("PATCH", f"{messages}/{made[n % 3]}", {"content": str(n)}))[0] for n in range(6)]

    assert statuses == [200, 200, 200, 200, 200, 429]


@pytest.mark.usefixtures("limits_clock")
async def test_limits_are_generous_again(rest: Rest, sandbox: Sandbox, messages: str) -> None:
    sandbox.limits.strict()
    sandbox.limits.generous()

    assert {(await rest("POST", messages, {"content": "x"}))[0] for _ in range(6)} == {200}


@pytest.mark.usefixtures("limits_clock")
async def test_a_test_may_set_the_rate_of_a_route(rest: Rest, sandbox: Sandbox) -> None:
    sandbox.limits.rates[("GET", "/users/@me")] = Rate(1, 60.0)

    assert [(await rest("GET", "/users/@me"))[0] for _ in range(2)] == [200, 429]


async def test_invalid_requests_are_counted_for_ten_minutes(
    rest: Rest, sandbox: Sandbox, room: Room, messages: str, limits_clock: FakeClock
) -> None:
    del room.guild.members[room.application.id]
    sandbox.faults.rate_limit("GET", "/users/@me", scope="shared")
    sandbox.faults.rate_limit("GET", "/users/@me", scope="user")

    shared, limited = await rest("GET", "/users/@me"), await rest("GET", "/users/@me")
    unauthorized = await rest("GET", "/users/@me", headers={"Authorization": "Bot nonsense"})
    forbidden, unknown = await rest("GET", messages), await rest("GET", "/channels/1")

    assert [status for status, _ in (shared, limited, unauthorized, forbidden, unknown)] == [429, 429, 401, 403, 404]
    assert sandbox.invalid_requests == 3
    limits_clock.forward(minutes=10)
    assert sandbox.invalid_requests == 0


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
@pytest.mark.usefixtures("limits_clock")
async def test_one_who_does_not_wait_makes_an_early_request(
    rest: Rest, sandbox: Sandbox, messages: str, scope: str
) -> None:
    sandbox.faults.rate_limit("POST", messages, retry_after=2.5, scope=scope)  # pyright: ignore[reportArgumentType]
    await rest("POST", messages, {"content": "first"})
    assert sandbox.early_requests == []

    await rest("POST", messages, {"content": "again"})

    assert [(each.method, each.path, each.body) for each in sandbox.early_requests] == [
        ("POST", messages, {"content": "again"})
    ]


async def test_one_who_waits_makes_no_early_request(
    rest: Rest, sandbox: Sandbox, messages: str, limits_clock: FakeClock
) -> None:
    sandbox.faults.rate_limit("POST", messages, retry_after=2.5)
    _, body = await rest("POST", messages, {"content": "first"})

    limits_clock.forward(seconds=body["retry_after"])
    await rest("POST", messages, {"content": "again"})

    assert sandbox.early_requests == []


@pytest.mark.parametrize(("scope", "count"), [("user", 0), ("global", 1)])
@pytest.mark.usefixtures("limits_clock")
async def test_other_routes_need_only_wait_when_the_limit_is_global(
    rest: Rest, sandbox: Sandbox, messages: str, scope: str, count: int
) -> None:
    sandbox.faults.rate_limit("POST", messages, scope=scope)  # pyright: ignore[reportArgumentType]
    await rest("POST", messages, {"content": "first"})

    await rest("GET", "/users/@me")

    assert len(sandbox.early_requests) == count


async def test_what_was_on_its_way_is_no_early_request(
    rest: Rest, other_connection: Rest, sandbox: Sandbox, messages: str, limits_clock: FakeClock
) -> None:
    sandbox.faults.rate_limit("POST", messages, retry_after=2.5)
    await rest("POST", messages, {"content": "first"})

    await other_connection("POST", messages, {"content": "at the same time"})
    assert sandbox.early_requests == []
    limits_clock.forward(seconds=0.2)
    await other_connection("POST", messages, {"content": "later"})

    assert [each.body["content"] for each in sandbox.early_requests] == ["later"]
