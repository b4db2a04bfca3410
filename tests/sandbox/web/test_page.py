"""The page's server: views, actions, and rejection of foreign origins."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
import yarl

from sandbox.server import Sandbox
from sandbox.web import Page, PageSetting
from sandbox.world.permissions import Permissions
from tests.processes import DEADLINE


class Open:
    """An open page: the messages it received, and its requests."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.told: list[dict[str, Any]] = []
        self._number = 0

    async def until(self, fits: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """Return the next message that fits."""
        async with asyncio.timeout(DEADLINE):
            while True:
                said = await self.socket.receive_json()
                self.told.append(said)
                if fits(said):
                    return said

    async def ask(self, **what: Any) -> dict[str, Any]:
        """Send a request and return the response."""
        self._number += 1
        number = self._number
        await self.socket.send_json({**what, "id": number})
        return await self.until(lambda said: said.get("to") == number)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with await Sandbox.start() as started:
        yield started


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def page(sandbox: Sandbox, session: aiohttp.ClientSession, tmp_path) -> AsyncIterator[Open]:
    world = sandbox.world
    guild = world.add_guild("Opening Bell", world.add_user("Olga"))
    world.add_channel(guild, "plans")
    secret = world.add_channel(guild, "secret")
    people = [world.add_user(name) for name in ("Dana", "Max")]
    manager = world.add_role(guild, "Manager", int(Permissions.ADMINISTRATOR))
    everyone = guild.roles[guild.id]
    world.set_permissions(guild, everyone, everyone.permissions & ~Permissions.VIEW_CHANNEL)
    for user, roles in zip(people, ([], [manager]), strict=True):
        world.add_member(guild, user, roles)
    assert secret
    log = tmp_path / "bot.log"
    log.write_text("ready")
    served = Page(sandbox, PageSetting(guild, [(people[1], "a manager"), (people[0], "a coach")], log))
    sandbox.page = served.handle
    async with session.ws_connect(f"{sandbox.base_url}/page/socket") as socket:
        yield Open(socket)
    await served.close()


async def test_one_sees_what_is_said_as_it_is_said(page: Open, sandbox: Sandbox):
    seen = await page.until(lambda said: "view" in said)
    assert [each["name"] for each in seen["view"]["channels"]] == ["plans", "secret"]
    assert await page.ask(do="send", text="Good morning") == {"to": 1}

    shown = await page.until(lambda said: "view" in said and said["view"]["messages"])

    assert shown["view"]["messages"][0]["content"] == "Good morning"
    deleted = await page.ask(do="delete", message=shown["view"]["messages"][0]["id"])
    assert "error" not in deleted
    assert not (await page.until(lambda said: "view" in said))["view"]["messages"]


async def test_each_sees_what_they_may(page: Open, sandbox: Sandbox):
    users = {user.username: user for user in sandbox.world.users.values()}
    await page.ask(do="send", text="Good morning")

    await page.ask(do="look", person=str(users["dana"].id))

    seen = (await page.until(lambda said: "view" in said))["view"]
    assert (seen["me"], seen["channels"], seen["messages"]) == (str(users["dana"].id), [], [])
    assert "error" in await page.ask(do="send", text="Me too")


async def test_what_discords_client_refuses_is_told(page: Open):
    assert "error" in await page.ask(do="send", text="")
    assert "error" in await page.ask(do="send", text="x" * 2001)
    assert "error" in await page.ask(do="command", path=["plan", "post"], options={})
    assert "error" in await page.ask(do="press", message="1", custom_id="x")
    assert "error" in await page.ask(do="submit", form=7, fields={})
    assert "error" in await page.ask(do="fault", name="unknown")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "7",
        '{"do": NaN}',
        '{"do": "send", "text": "\\ud800"}',
        '{"do": "send", "text": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"do": "send", "text": ' + "[" * 500 + "]" * 500 + "}",
        "{}",
        '{"do": {}}',
        '{"do": "nothing that is known"}',
        '{"do": "command", "path": "plan", "options": {}}',
        '{"do": "command", "path": ["plan"], "options": []}',
        '{"do": "press", "message": 1, "custom_id": "x"}',
        '{"do": "select", "message": "1", "custom_id": "x", "values": "x"}',
        '{"do": "submit", "form": "x", "fields": {}}',
        '{"do": "fault"}',
    ],
)
async def test_what_no_page_sends_closes_its_socket_with_a_reason(page: Open, sandbox: Sandbox, session, caplog, text):
    await page.socket.send_str(text)

    async with asyncio.timeout(DEADLINE):
        while (said := await page.socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
    assert (said.type, said.data) == (aiohttp.WSMsgType.CLOSE, aiohttp.WSCloseCode.POLICY_VIOLATION)
    assert said.extra
    assert not caplog.records
    async with session.get(f"{sandbox.base_url}/") as answer:
        assert answer.status == 200


@pytest.mark.parametrize(("sent", "code"), [(b"x", 1003), ("x" * (2 << 20), 1009)])
async def test_bytes_and_what_is_too_long_close_the_socket(page: Open, sent: bytes | str, code: int):
    await (page.socket.send_bytes(sent) if isinstance(sent, bytes) else page.socket.send_str(sent))

    async with asyncio.timeout(DEADLINE):
        while (said := await page.socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
    assert (said.type, said.data) == (aiohttp.WSMsgType.CLOSE, code)


@pytest.mark.parametrize(
    "asked",
    [
        {"do": "command", "path": [], "options": {}},
        {"do": "command", "path": [None, {}], "options": {"a": []}},
        {"do": "complete", "path": ["plan"], "options": {"a": {}}, "focused": "b"},
        {"do": "press", "message": "x", "custom_id": ""},
        {"do": "press", "message": "9" * 5000, "custom_id": ""},
        {"do": "select", "message": "1", "custom_id": "x", "values": [None, {}]},
        {"do": "submit", "form": 2**63, "fields": {"a": []}},
        {"do": "user_action", "user": "x", "name": "x"},
        {"do": "message_action", "message": "-1", "name": "x"},
        {"do": "send", "text": 7, "files": 7},
        {"do": "send", "text": "x", "files": [None]},
        {"do": "send", "text": "x", "files": [1e300]},
        {"do": "delete", "message": "\u0663"},
        {"do": "fault", "name": "unknown"},
    ],
)
async def test_wrong_values_are_told(page: Open, caplog, asked: dict[str, Any]):
    assert "error" in await page.ask(**asked)
    assert not caplog.records


async def test_a_look_at_what_is_not_there_changes_nothing(page: Open):
    assert await page.ask(do="look", person=[], channel={}) == {"to": 1}


async def test_files_are_taken_in_and_sent(page: Open, sandbox: Sandbox, session: aiohttp.ClientSession):
    async with session.post(f"{sandbox.base_url}/page/upload?name=a%20b.png", data=b"bytes") as answer:
        number = (await answer.json())["upload"]

    await page.ask(do="send", text="", files=[number])

    [message] = sandbox.world.messages.values()
    assert [(each.filename, sandbox.world.files[each.id]) for each in message.attachments] == [("a_b.png", b"bytes")]
    assert "error" in await page.ask(do="send", text="", files=[number])


async def test_what_goes_on_can_be_followed_and_made_to_fail(page: Open, sandbox: Sandbox):
    greeted = await page.until(lambda said: "faults" in said)
    once = {"lose_answer", "lose_request", "fail", "slow", "limit"}
    names = [each["name"] for each in greeted["faults"]]
    assert set(names) == {*once, "drop", "reconnect", "invalidate", "links", "clear"}
    assert names[-1] == "clear"
    assert not greeted["can_reload"]
    for name in names[:-1]:
        assert "error" not in await page.ask(do="fault", name=name)
    pending = await page.until(lambda said: len(said.get("pending", ())) == len(once))
    assert {"words": "Lose the next answer", "left": 1} in pending["pending"]
    assert "error" not in await page.ask(do="fault", name="clear")
    await page.until(lambda said: said.get("pending") == [])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example:80", "Origin": "http://evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/", "/page/main.js", "/page/socket", "/page/log"])
async def test_only_this_machines_own_pages_are_answered(page: Open, sandbox: Sandbox, session, headers, status, path):
    if path == "/page/socket":
        with pytest.raises(aiohttp.WSServerHandshakeError) if status == 403 else contextlib.nullcontext():
            async with session.ws_connect(f"{sandbox.base_url}{path}", headers=headers):
                pass
        return
    async with session.get(f"{sandbox.base_url}{path}", headers=headers) as answer:
        assert answer.status == status


async def test_only_the_pages_own_files_are_served_and_no_script_but_theirs(page: Open, sandbox: Sandbox, session):
    async with session.get(f"{sandbox.base_url}/") as answer:
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
    for path in ("/page/../page.py", "/page/%2e%2e%2fpage.py", "/page/none.js", "/page//etc/passwd", "/page/"):
        async with session.get(yarl.URL(f"{sandbox.base_url}{path}", encoded=True)) as answer:
            assert answer.status == 404, path


async def test_the_log_is_shown(page: Open, sandbox: Sandbox, session):
    async with session.get(f"{sandbox.base_url}/page/log") as answer:
        assert await answer.text() == "ready"


async def test_one_goes_from_server_to_server_and_to_direct_messages(page: Open, sandbox: Sandbox):
    world = sandbox.world
    users = {user.username: user for user in world.users.values()}
    second = world.add_guild("Night Desk", users["max"])
    tokyo = world.add_channel(second, "tokyo")
    world.add_application("Coachbook", users["max"])

    async def go(**where: str) -> tuple[str, str]:
        await page.ask(do="look", **where)
        seen = (await page.until(lambda said: "view" in said))["view"]
        here = {each["id"]: each["name"] for each in seen["channels"]}
        return seen["server"], here.get(seen["channel"], "")

    assert await go(server=str(second.id)) == (str(second.id), "tokyo")
    assert await go(server="home") == ("home", "Coachbook")
    assert await go(channel=str(tokyo.id)) == (str(second.id), "tokyo")
    assert await go(person=str(users["dana"].id)) == (str(second.id), "")  # Dana is in no server with a channel
    world.add_member(second, users["dana"])
    assert await go() == (str(second.id), "tokyo")
