"""Links to files."""

import pytest

from sandbox.entities import Upload
from sandbox.server import Sandbox
from tests.sandbox.conftest import FakeClock, Room
from tests.sandbox.raw import Rest

DATA = b"some bytes"


@pytest.fixture
async def link(sandbox: Sandbox, room: Room, rest: Rest) -> str:
    message = sandbox.interactions.say(room.dana, room.channel, "file", [Upload("a chart.png", DATA)])
    _, body = await rest("GET", f"/channels/{room.channel.id}/messages/{message.id}")
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
