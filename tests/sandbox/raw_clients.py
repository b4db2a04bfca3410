"""Raw clients of the HTTP API and the gateway."""

import asyncio
import io
import json
import zlib
from collections.abc import Callable
from typing import Any

import aiohttp
from backports import zstd

from tests.processes import DEADLINE


class Rest:
    """Sends requests with a bot token; returns status and JSON."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        """Send to `url`."""
        self.session = session
        self.url = url
        self.headers = {"Authorization": f"Bot {token}"}
        self.last_headers: dict[str, str] = {}

    async def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        """Send one request."""
        headers = more.pop("headers", self.headers)
        if body is not None:
            more["json"] = body
        async with self.session.request(method, self.url + path, headers=headers, **more) as response:
            self.last_headers = dict(response.headers)
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else await response.text()

    async def upload(self, method: str, path: str, body: Any, *files: tuple[str, bytes]) -> tuple[int, Any]:
        """Send a request with files, by name."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", json.dumps(body), content_type="application/json")
        for at, (name, data) in enumerate(files):
            form.add_field(f"files[{at}]", io.BytesIO(data), filename=name, content_type="application/octet-stream")
        return await self(method, path, data=form)


class RawGateway:
    """One raw gateway connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, compress: str | None) -> None:
        """Read `socket`."""
        self.socket = socket
        self._zlib = zlib.decompressobj() if compress == "zlib-stream" else None
        self._zstd = zstd.ZstdDecompressor() if compress == "zstd-stream" else None

    @classmethod
    async def connect(
        cls, session: aiohttp.ClientSession, url: str, compress: str | None = None, version: str = "10"
    ) -> "RawGateway":
        """Connect without sending anything."""
        query = f"?v={version}&encoding=json" + (f"&compress={compress}" if compress else "")
        return cls(await session.ws_connect(url + query, autoclose=False), compress)

    async def receive(self) -> dict[str, Any]:
        """Return the next payload."""
        message = await self.socket.receive(timeout=DEADLINE)
        if message.type == aiohttp.WSMsgType.TEXT:
            return json.loads(message.data)
        assert message.type == aiohttp.WSMsgType.BINARY, message
        if self._zlib:
            return json.loads(self._zlib.decompress(message.data))
        assert self._zstd
        return json.loads(self._zstd.decompress(message.data))

    async def until(self, name: str) -> dict[str, Any]:
        """Return the next dispatch of this name, skipping others."""
        while True:
            payload = await self.receive()
            if payload["t"] == name:
                return payload

    async def send(self, operation: int, data: Any) -> None:
        """Send one payload."""
        await self.socket.send_json({"op": operation, "d": data})

    async def identify(self, token: str, intents: int = 513, **more: Any) -> dict[str, Any]:
        """Receive Hello and identify; return READY."""
        assert (await self.receive())["op"] == 10
        await self.send(2, {"token": token, "intents": intents, "properties": {}, **more})
        return await self.receive()

    async def close_code(self) -> int | None:
        """Wait for the server's close frame and return its code."""
        while True:
            message = await self.socket.receive(timeout=DEADLINE)
            if message.type == aiohttp.WSMsgType.CLOSE:
                return int(message.data)
            if message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                return None


async def eventually(condition: Callable[[], Any], seconds: float = DEADLINE) -> None:
    """Wait for a condition with a deadline."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.01)
