"""The CDN's signed links."""

import asyncio
import time

import aiohttp
import pytest

from sandbox.rendering import attachment
from sandbox.server import Sandbox
from sandbox.world.entities import Upload
from tests.sandbox.conftest import FakeClock, Room
from tests.sandbox.raw_clients import Rest, eventually

DATA = b"some bytes"


@pytest.fixture
async def link(room: Room, rest: Rest) -> str:
    path = f"/channels/{room.channel.id}/messages"
    _, body = await rest.upload("POST", path, {"content": "file"}, ("a chart.png", DATA))
    return body["attachments"][0]["url"]


async def fetch(rest: Rest, link: str) -> tuple[int, bytes]:
    async with rest.session.get(link) as answer:
        return answer.status, await answer.read()


async def test_link_gives_the_bytes(rest: Rest, link: str) -> None:
    async with rest.session.get(link) as answer:
        assert (await answer.read(), answer.content_type) == (DATA, "image/png")


async def test_link_dies_after_a_day_and_a_fresh_one_works(
    rest: Rest, sandbox: Sandbox, link: str, clock: FakeClock
) -> None:
    clock.forward(hours=25)
    path = link.removeprefix(sandbox.cdn_url).partition("?")[0]

    assert (await fetch(rest, link))[0] == 404
    assert await fetch(rest, sandbox.world.links.sign(path)) == (200, DATA)


@pytest.mark.parametrize("change", [("hm=", "hm=0"), ("ex=", "ex=f"), ("a_chart", "b_chart"), ("?", "?x=")])
async def test_forged_link_is_dead(rest: Rest, link: str, change: tuple[str, str]) -> None:
    assert (await fetch(rest, link.replace(*change)))[0] == 404


async def test_links_die_on_demand(rest: Rest, sandbox: Sandbox, link: str) -> None:
    sandbox.faults.kill_links()

    assert await fetch(rest, link) == (404, b"This content is no longer available.")


async def test_cdn_fails_on_demand(rest: Rest, sandbox: Sandbox, link: str) -> None:
    sandbox.faults.fail("GET", "/attachments/*", status=503)

    assert [(await fetch(rest, link))[0] for _ in range(2)] == [503, 200]


@pytest.mark.parametrize("status", [403, 404, 429, 500])
async def test_link_is_answered_with_any_status(rest: Rest, sandbox: Sandbox, link: str, status: int) -> None:
    sandbox.faults.fail("GET", "*chart.png", status=status)

    assert await fetch(rest, link) == (status, b"")
    assert await fetch(rest, link) == (200, DATA)


async def test_link_leads_elsewhere_as_often_as_asked(rest: Rest, sandbox: Sandbox, link: str) -> None:
    fault = sandbox.faults.redirect("*chart.png", "http://127.0.0.1:9/elsewhere.png", count=2)

    for _ in range(2):
        async with rest.session.get(link, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (302, "http://127.0.0.1:9/elsewhere.png")
    assert await fetch(rest, link) == (200, DATA)
    assert fault.hits == 2


@pytest.mark.parametrize("size", [4, len(DATA), len(DATA) + 1, 200_001])
@pytest.mark.parametrize("declared", [False, True])
async def test_link_gives_more_than_the_file(
    rest: Rest, sandbox: Sandbox, link: str, size: int, *, declared: bool
) -> None:
    sandbox.faults.overflow("*chart.png", size, size if declared else None)

    async with rest.session.get(link) as answer:
        data = await answer.read()

    assert data == DATA[:size].ljust(size, b"\0")
    assert answer.content_length == (size if declared else None)
    assert (answer.headers.get("Transfer-Encoding") == "chunked") is not declared
    assert await fetch(rest, link) == (200, DATA)


async def test_no_more_than_declared_is_carried(rest: Rest, sandbox: Sandbox, link: str) -> None:
    sandbox.faults.overflow("*chart.png", 200_000, declared=20)

    assert await fetch(rest, link) == (200, DATA.ljust(20, b"\0"))
    assert await fetch(rest, link) == (200, DATA)


async def test_less_than_declared_breaks_off(rest: Rest, sandbox: Sandbox, link: str) -> None:
    sandbox.faults.overflow("*chart.png", 20, declared=10**9)

    async with rest.session.get(link) as answer:
        assert answer.content_length == 10**9
        assert await answer.content.readexactly(20) == DATA.ljust(20, b"\0")
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


async def test_client_may_leave_an_endless_body(
    rest: Rest, sandbox: Sandbox, link: str, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.faults.overflow("*chart.png", 1 << 50)

    async with rest.session.get(link) as answer:
        assert len(await answer.content.readexactly(1_000_000)) == 1_000_000
        answer.close()

    await eventually(lambda: not sandbox.cdn.streams)
    assert await fetch(rest, link) == (200, DATA)
    assert not caplog.records


@pytest.mark.parametrize("after", [0, 4])
async def test_link_stalls_until_the_client_leaves(
    rest: Rest, sandbox: Sandbox, link: str, caplog: pytest.LogCaptureFixture, after: int
) -> None:
    fault = sandbox.faults.stall("*chart.png", after)

    async with rest.session.get(link) as answer:
        assert answer.content_length == len(DATA)
        assert await answer.content.readexactly(after) == DATA[:after]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(answer.content.read(1), 0.1)
        assert sandbox.cdn.streams
        answer.close()

    await eventually(lambda: not sandbox.cdn.streams)
    assert await fetch(rest, link) == (200, DATA)
    assert (fault.hits, caplog.records) == (1, [])


async def test_nothing_stalls_when_all_was_sent(rest: Rest, sandbox: Sandbox, link: str) -> None:
    sandbox.faults.stall("*chart.png", len(DATA))

    assert await fetch(rest, link) == (200, DATA)
    assert await fetch(rest, link) == (200, DATA)


@pytest.mark.parametrize("after", [0, 4])
async def test_link_is_cut(
    rest: Rest, sandbox: Sandbox, link: str, caplog: pytest.LogCaptureFixture, after: int
) -> None:
    sandbox.faults.cut("*chart.png", after)

    async with rest.session.get(link) as answer:
        assert (answer.status, answer.content_length) == (200, len(DATA))
        assert await answer.content.readexactly(after) == DATA[:after]
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()

    assert await fetch(rest, link) == (200, DATA)
    assert not caplog.records


@pytest.mark.parametrize("lose", ["lose_answer", "lose_request"])
async def test_link_is_not_answered(rest: Rest, sandbox: Sandbox, link: str, lose: str) -> None:
    getattr(sandbox.faults, lose)("GET", "*chart.png", count=2)  # aiohttp tries a GET a second time by itself

    with pytest.raises(aiohttp.ClientConnectionError):
        await fetch(rest, link)
    assert await fetch(rest, link) == (200, DATA)


async def test_slow_link_gives_the_file_late(rest: Rest, sandbox: Sandbox, link: str) -> None:
    sandbox.faults.slow("GET", "*chart.png", seconds=0.2)
    began = time.monotonic()

    assert await fetch(rest, link) == (200, DATA)
    assert time.monotonic() - began >= 0.2


async def test_a_dead_link_stays_dead_under_a_fault(rest: Rest, sandbox: Sandbox, link: str) -> None:
    sandbox.faults.kill_links()
    sandbox.faults.overflow("*chart.png", 100)

    assert (await fetch(rest, link))[0] == 404


async def test_faults_of_links_do_not_meet_the_api(rest: Rest, sandbox: Sandbox, link: str) -> None:
    fault = sandbox.faults.redirect("*", "http://127.0.0.1:9/")

    assert (await rest("GET", "/users/@me"))[0] == 200
    assert fault.hits == 0


@pytest.mark.parametrize("fault", ["stall", "overflow"])
async def test_the_sandbox_stops_in_the_middle_of_a_file(fault: str) -> None:
    sandbox = await Sandbox.start()
    kept = sandbox.world.keep_file(Upload("chart.png", DATA), 1)
    getattr(sandbox.faults, fault)("*chart.png", {"stall": 4, "overflow": 1 << 50}[fault])

    async with aiohttp.ClientSession() as session, session.get(attachment(sandbox.world, kept)["url"]) as answer:
        await answer.content.readexactly(4)
        async with asyncio.timeout(0.9):  # the server gives a handler a second before it looks further
            await sandbox.stop()
        with pytest.raises(aiohttp.ClientError):
            await answer.read()
