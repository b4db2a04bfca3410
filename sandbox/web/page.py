"""Serves the page and its socket: what the chosen person sees, as it changes, and what they do.

Only this machine may ask, and only a page from here: requests with a foreign Host or Origin are refused, so that no
page of the web can use it through a browser.
"""

import asyncio
import contextlib
import dataclasses
import json
import pathlib
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

from sandbox.driver import Person
from sandbox.messages.message_body import ATTACHMENT_SIZE_LIMIT
from sandbox.server import Sandbox
from sandbox.web import wishes
from sandbox.web.actions import Acts
from sandbox.web.inspector import Hood
from sandbox.web.views import channels, view
from sandbox.world.entities import Guild, Json, Upload, User

_STATIC = pathlib.Path(__file__).parent / "static"
_KINDS: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_PAUSE = 0.05
"""Seconds between two views of the same channel: changes that come together are sent together."""
_LOG_BYTES = 20_000
_SIGNATURE = re.compile(r"[?]ex=[^\"]*")


@dataclasses.dataclass(frozen=True)
class PageSetting:
    """Whose page it is."""

    guild: Guild
    people: Sequence[tuple[User, str]]
    """Who one can be, and a word about each."""
    log: pathlib.Path | None = None
    """The bot's log."""
    reload: Callable[[], Awaitable[str]] | None = None
    """Has the bot read its plugins anew; what it says."""


class Page:
    """The page of one sandbox; `Sandbox.page` is to be its `handle`."""

    def __init__(self, sandbox: Sandbox, setting: PageSetting) -> None:
        self._sandbox = sandbox
        self._setting = setting
        self._acts = Acts()
        self._hood = Hood(sandbox)
        self._sockets: set[web.WebSocketResponse] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request for the page, or for a part of it."""
        if not self._is_from_here(request):
            return web.Response(status=403, text="This page is for this machine alone.")
        path = request.path
        if path == "/page/socket":
            return await self._talk(request)
        if path == "/page/upload" and request.method == "POST":
            return await self._take_in(request)
        if request.method != "GET":
            return web.Response(status=405)
        if path == "/page/log":
            return web.Response(text=await asyncio.to_thread(self._log))
        return await asyncio.to_thread(_file, "index.html" if path == "/" else path.removeprefix("/page/"))

    async def close(self) -> None:
        """End all conversations."""
        for socket in list(self._sockets):
            await socket.close()

    def _is_from_here(self, request: web.Request) -> bool:
        port = self._sandbox.base_url.rpartition(":")[2]
        hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        origin = request.headers.get("Origin")
        return request.host in hosts and origin in {None, *(f"http://{host}" for host in hosts)}

    async def _take_in(self, request: web.Request) -> web.Response:
        data = await request.content.read(ATTACHMENT_SIZE_LIMIT + 1)
        while not request.content.at_eof() and len(data) <= ATTACHMENT_SIZE_LIMIT:
            data += await request.content.read(ATTACHMENT_SIZE_LIMIT)
        name = request.query.get("name", "file")
        return web.json_response({"upload": self._acts.keep(Upload(name, data, content_type=request.content_type))})

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=30, max_msg_size=1 << 20)
        await socket.prepare(request)
        self._sockets.add(socket)
        conversation = _Conversation(self._sandbox, self._setting, self._acts, self._hood, socket)
        try:
            await conversation.go_on()
        finally:
            self._sockets.discard(socket)
        return socket

    def _log(self) -> str:
        if self._setting.log is None:
            return ""
        with contextlib.suppress(FileNotFoundError):
            return self._setting.log.read_bytes()[-_LOG_BYTES:].decode(errors="replace")
        return ""


class _Conversation:
    """One open page: who looks at which channel, and what was shown there last."""

    def __init__(
        self, sandbox: Sandbox, setting: PageSetting, acts: Acts, hood: Hood, socket: web.WebSocketResponse
    ) -> None:
        self._sandbox = sandbox
        self._setting = setting
        self._acts = acts
        self._hood = hood
        self._socket = socket
        self._user = setting.people[0][0]
        self._channel = channels(sandbox.world, setting.guild, self._user)[0]
        self._shown = ""
        self._line = 0
        self._busy: set[asyncio.Task[None]] = set()

    async def go_on(self) -> None:
        """Talk until the page is closed."""
        people = [_person(user, note) for user, note in self._setting.people]
        await self._say({"people": people, "faults": list(self._hood.faults), "can_reload": bool(self._setting.reload)})
        showing = asyncio.create_task(self._show_changes())
        try:
            async for message in self._socket:
                if message.type is not WSMsgType.TEXT:
                    await self._socket.close(code=WSCloseCode.UNSUPPORTED_DATA, message=b"The page sends text.")
                    break
                await self._hear(message.data)
        finally:
            showing.cancel()
            for task in self._busy:
                task.cancel()
            await asyncio.gather(showing, *self._busy, return_exceptions=True)

    async def _hear(self, text: str) -> None:
        try:
            asked = wishes.read(text)
        except wishes.NotAWishError as error:
            await self._socket.close(code=WSCloseCode.POLICY_VIOLATION, message=str(error).encode())
            return
        task = asyncio.create_task(self._answer(asked))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def _answer(self, asked: Json) -> None:
        match asked.get("do"):
            case "look":
                self._look(asked)
                result: Json = {}
            case "fault":
                result = {} if self._hood.switch_on(str(asked.get("name"))) else {"error": "There is no such fault."}
            case "reload" if self._setting.reload:
                result = {"said": await self._setting.reload()}
            case _:
                result = await self._acts.act(Person(self._sandbox, self._user, self._channel), asked)
        await self._say({"to": asked.get("id"), **result})

    def _look(self, asked: Json) -> None:
        ids = {str(user.id): user for user, _ in self._setting.people}
        self._user = ids.get(str(asked.get("person")), self._user)
        seen = {str(each.id): each for each in channels(self._sandbox.world, self._setting.guild, self._user)}
        first = next(iter(seen.values()), self._channel)
        self._channel = seen.get(str(asked.get("channel"))) or seen.get(str(self._channel.id)) or first
        self._shown = ""
        self._sandbox.world.changes.wake()

    async def _show_changes(self) -> None:
        while True:
            await self._show()
            await asyncio.sleep(_PAUSE)
            with contextlib.suppress(TimeoutError):
                await self._sandbox.world.changes.until(self._is_new, seconds=60)

    async def _show(self) -> None:
        seen = self._seen()
        if (mark := _without_links(seen)) != self._shown:
            self._shown = mark
            await self._say_text(seen)
        if lines := self._hood.after(self._line):
            self._line = lines[-1]["number"]
            await self._say({"hood": list(lines)})

    def _is_new(self) -> bool:
        return bool(self._hood.after(self._line)) or _without_links(self._seen()) != self._shown

    def _seen(self) -> str:
        return json.dumps({"view": view(self._sandbox.world, self._setting.guild, self._user, self._channel)})

    async def _say(self, what: Json) -> None:
        await self._say_text(json.dumps(what))

    async def _say_text(self, text: str) -> None:
        with contextlib.suppress(ConnectionError):
            await self._socket.send_str(text)


def _person(user: User, note: str) -> Json:
    return {"id": str(user.id), "name": user.global_name or user.username, "note": note}


def _without_links(seen: str) -> str:
    """The view without the signatures of links, which are others each second."""
    return _SIGNATURE.sub("", seen)


def _file(name: str) -> web.Response:
    path = _STATIC / name
    if path.parent != _STATIC or path.suffix not in _KINDS or not path.is_file():
        return web.Response(status=404, text="There is no such page.")
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=path.read_bytes(), content_type=_KINDS[path.suffix], charset="utf-8", headers=headers)
