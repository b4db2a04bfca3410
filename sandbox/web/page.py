"""Serves the page and its WebSocket: live views of what the chosen user sees, and their actions.

Requests with a foreign Host or Origin are rejected, so that no website can use the page through a browser.
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
from sandbox.web import page_requests, places
from sandbox.web.actions import Actions
from sandbox.web.inspector import Inspector
from sandbox.web.read_marks import ReadMarks
from sandbox.web.views import HOME, Place, view
from sandbox.world.entities import Channel, Guild, Json, Upload, User

_STATIC = pathlib.Path(__file__).parent / "static"
_FOLDERS: Final = (_STATIC, _STATIC / "styles")
_KINDS: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_PAUSE = 0.05
"""Seconds between two views of the same channel, so that changes are batched."""
_LOG_BYTES = 20_000
_SIGNATURE = re.compile(r"[?]ex=[^\"]*")


@dataclasses.dataclass(frozen=True)
class PageSetting:
    """Settings of a page."""

    guild: Guild
    """The guild that is shown first."""
    people: Sequence[tuple[User, str]]
    """The selectable users, each with a short note."""
    log: pathlib.Path | None = None
    """The bot's log."""
    reload: Callable[[], Awaitable[str]] | None = None
    """Reloads the bot's plugins and returns the bot's response."""


class Page:
    """The page of one sandbox; set `Sandbox.page` to its `handle`."""

    def __init__(self, sandbox: Sandbox, setting: PageSetting) -> None:
        self._sandbox = sandbox
        self._setting = setting
        self._actions = Actions()
        self._inspector = Inspector(sandbox)
        self._marks = ReadMarks(sandbox.world)
        self._sockets: set[web.WebSocketResponse] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request for the page or one of its files."""
        if not self._is_from_here(request):
            return web.Response(status=403, text="This page is only available on this machine.")
        path = request.path
        if path == "/page/socket":
            return await self._open_socket(request)
        if path == "/page/upload" and request.method == "POST":
            return await self._upload(request)
        if request.method != "GET":
            return web.Response(status=405)
        if path == "/page/log":
            return web.Response(text=await asyncio.to_thread(self._log))
        return await asyncio.to_thread(_file, "index.html" if path == "/" else path.removeprefix("/page/"))

    async def close(self) -> None:
        """Close all WebSockets."""
        for socket in list(self._sockets):
            await socket.close()

    def _is_from_here(self, request: web.Request) -> bool:
        port = self._sandbox.base_url.rpartition(":")[2]
        hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        origin = request.headers.get("Origin")
        return request.host in hosts and origin in {None, *(f"http://{host}" for host in hosts)}

    async def _upload(self, request: web.Request) -> web.Response:
        data = await request.content.read(ATTACHMENT_SIZE_LIMIT + 1)
        while not request.content.at_eof() and len(data) <= ATTACHMENT_SIZE_LIMIT:
            data += await request.content.read(ATTACHMENT_SIZE_LIMIT)
        name = request.query.get("name", "file")
        return web.json_response({"upload": self._actions.keep(Upload(name, data, content_type=request.content_type))})

    async def _open_socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=30, max_msg_size=1 << 20)
        await socket.prepare(request)
        self._sockets.add(socket)
        connection = _Connection(self._sandbox, self._setting, self._actions, self._inspector, self._marks, socket)
        try:
            await connection.run()
        finally:
            self._sockets.discard(socket)
        return socket

    def _log(self) -> str:
        if self._setting.log is None:
            return ""
        with contextlib.suppress(FileNotFoundError):
            return self._setting.log.read_bytes()[-_LOG_BYTES:].decode(errors="replace")
        return ""


class _Connection:
    """One open page: its user, their channel, and the view sent last."""

    def __init__(
        self,
        sandbox: Sandbox,
        setting: PageSetting,
        actions: Actions,
        inspector: Inspector,
        marks: ReadMarks,
        socket: web.WebSocketResponse,
    ) -> None:
        self._sandbox = sandbox
        self._setting = setting
        self._actions = actions
        self._inspector = inspector
        self._socket = socket
        self._marks = marks
        user = setting.people[0][0]
        first = places.first_of_guild(sandbox.world, setting.guild, user)
        self._place = Place(user, setting.guild, first or next(iter(setting.guild.channels.values())))
        self._shown = ""
        self._line = 0
        self._pending: Sequence[Json] = ()
        self._busy: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve the page until it is closed."""
        people = [_person(user, note) for user, note in self._setting.people]
        await self._send(
            {"people": people, "faults": list(self._inspector.faults), "can_reload": bool(self._setting.reload)}
        )
        showing = asyncio.create_task(self._show_changes())
        try:
            async for message in self._socket:
                if message.type is not WSMsgType.TEXT:
                    await self._socket.close(code=WSCloseCode.UNSUPPORTED_DATA, message=b"Text frames only.")
                    break
                await self._receive(message.data)
        finally:
            showing.cancel()
            for task in self._busy:
                task.cancel()
            await asyncio.gather(showing, *self._busy, return_exceptions=True)

    async def _receive(self, text: str) -> None:
        try:
            request = page_requests.read(text)
        except page_requests.InvalidRequestError as error:
            await self._socket.close(code=WSCloseCode.POLICY_VIOLATION, message=str(error).encode())
            return
        task = asyncio.create_task(self._answer(request))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def _answer(self, request: Json) -> None:
        match request.get("do"):
            case "look":
                self._look(request)
                result: Json = {}
            case "fault":
                result = (
                    {} if await self._inspector.switch_on(str(request.get("name"))) else {"error": "Unknown fault."}
                )
            case "reload" if self._setting.reload:
                result = {"said": await self._setting.reload()}
            case _:
                result = await self._actions.act(Person(self._sandbox, self._place.user, self._place.channel), request)
        await self._send({"to": request.get("id"), **result})

    def _look(self, request: Json) -> None:
        world = self._sandbox.world
        ids = {str(user.id): user for user, _ in self._setting.people}
        user = ids.get(str(request.get("person")), self._place.user)
        self._place = self._at(user, self._wanted(user, request))
        self._shown = ""
        world.changes.wake()

    def _wanted(self, user: User, request: Json) -> Channel | None:
        """Return the channel that is asked for, else the current one, else the first that the user can open."""
        world, current = self._sandbox.world, self._place.channel
        if request.get("server") == HOME:
            return places.first_direct(world, user, current)
        guilds = {str(each.id): each for each in places.servers(world, user)}
        if guild := guilds.get(str(request.get("server"))):
            return places.first_of_guild(world, guild, user)
        open_ = {str(each.id): each for each in world.channels.values() if places.can_see(world, user, each)}
        return (
            open_.get(str(request.get("channel")))
            or open_.get(str(current.id))
            or places.first_of_guild(world, self._place.guild, user)
            or next(filter(None, (places.first_of_guild(world, each, user) for each in guilds.values())), None)
        )

    def _at(self, user: User, channel: Channel | None) -> Place:
        """Return the user's place at a channel; None: nowhere, so that nothing is shown."""
        here = channel or self._place.channel
        guild = self._sandbox.world.guilds.get(here.guild_id or 0, self._place.guild)
        return Place(user, guild, here)

    async def _show_changes(self) -> None:
        while True:
            await self._show()
            await asyncio.sleep(_PAUSE)
            with contextlib.suppress(TimeoutError):
                await self._sandbox.world.changes.until(self._is_new, seconds=60)

    async def _show(self) -> None:
        self._marks.see(self._place.user, self._place.channel)
        seen = self._seen()
        if (mark := _without_links(seen)) != self._shown:
            self._shown = mark
            await self._send_text(seen)
        if lines := self._inspector.after(self._line):
            self._line = lines[-1]["number"]
            await self._send({"inspector": list(lines)})
        if (pending := self._inspector.pending) != self._pending:
            self._pending = pending
            await self._send({"pending": list(pending)})

    def _is_new(self) -> bool:
        return (
            self._inspector.pending != self._pending
            or bool(self._inspector.after(self._line))
            or _without_links(self._seen()) != self._shown
        )

    def _seen(self) -> str:
        world, gateway = self._sandbox.world, self._sandbox.gateway
        offline = [each.id for each in world.applications.values() if not gateway.is_connected(each)]
        return json.dumps({"view": view(world, self._place, self._marks, offline)})

    async def _send(self, what: Json) -> None:
        await self._send_text(json.dumps(what))

    async def _send_text(self, text: str) -> None:
        with contextlib.suppress(ConnectionError):
            await self._socket.send_str(text)


def _person(user: User, note: str) -> Json:
    return {"id": str(user.id), "name": user.global_name or user.username, "note": note}


def _without_links(seen: str) -> str:
    """Return the view without the signatures of links, which change every second."""
    return _SIGNATURE.sub("", seen)


def _file(name: str) -> web.Response:
    path = _STATIC / name
    if path.parent not in _FOLDERS or path.suffix not in _KINDS or not path.is_file():
        return web.Response(status=404, text="Not found.")
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=path.read_bytes(), content_type=_KINDS[path.suffix], charset="utf-8", headers=headers)
