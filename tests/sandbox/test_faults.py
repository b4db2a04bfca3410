"""Fault injection."""

import time

import aiohttp
import pytest

from sandbox.server import Sandbox
from tests.sandbox.conftest import Room
from tests.sandbox.raw_clients import Rest


@pytest.fixture
def path(room: Room) -> str:
    return f"/channels/{room.channel.id}/messages"


def posted(sandbox: Sandbox, room: Room) -> int:
    return len(list(sandbox.world.messages_in(room.channel.id)))


async def test_fails_as_often_as_asked(rest: Rest, sandbox: Sandbox, room: Room, path: str) -> None:
    fault = sandbox.faults.fail("POST", "/channels/*/messages", status=502, count=2)

    assert [(await rest("POST", path, {"content": "x"}))[0] for _ in range(3)] == [502, 502, 200]
    assert (fault.hits, posted(sandbox, room)) == (2, 1)


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_rate_limit_says_so(rest: Rest, sandbox: Sandbox, path: str, scope: str) -> None:
    sandbox.faults.rate_limit("*", "/channels/{channel_id}/messages", retry_after=2.5, scope=scope)  # pyright: ignore

    status, body = await rest("POST", path, {"content": "x"})

    assert status == 429
    assert (body["retry_after"], body["global"]) == (2.5, scope == "global")
    assert rest.last_headers["X-RateLimit-Scope"] == scope
    assert ("X-RateLimit-Global" in rest.last_headers) == (scope == "global")
    assert rest.last_headers.get("X-RateLimit-Remaining") == (None if scope == "global" else "0")


async def test_too_many_requests_429(rest: Rest) -> None:
    statuses = [(await rest("GET", "/users/@me"))[0] for _ in range(60)]

    assert 429 in statuses


async def test_lost_answer_is_carried_out(rest: Rest, sandbox: Sandbox, room: Room, path: str) -> None:
    sandbox.faults.lose_answer("POST", path)

    with pytest.raises(aiohttp.ClientConnectionError):
        await rest("POST", path, {"content": "x"})
    assert posted(sandbox, room) == 1


async def test_lost_request_is_not_carried_out(rest: Rest, sandbox: Sandbox, room: Room, path: str) -> None:
    sandbox.faults.lose_request("POST", path)

    with pytest.raises(aiohttp.ClientConnectionError):
        await rest("POST", path, {"content": "x"})
    assert posted(sandbox, room) == 0


async def test_slow_answer_comes_late(rest: Rest, sandbox: Sandbox, path: str) -> None:
    sandbox.faults.slow("POST", path, seconds=0.2)
    began = time.monotonic()

    status, _ = await rest("POST", path, {"content": "x"})

    assert status == 200
    assert time.monotonic() - began >= 0.2


async def test_cleared_faults_are_gone(rest: Rest, sandbox: Sandbox, path: str) -> None:
    sandbox.faults.fail("POST", path)
    sandbox.faults.clear()

    assert (await rest("POST", path, {"content": "x"}))[0] == 200
