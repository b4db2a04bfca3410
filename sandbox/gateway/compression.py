"""How the gateway's payloads are packed: plain, each alone, or in one stream for the connection."""

import zlib
from typing import Protocol

import orjson
from aiohttp import web
from backports import zstd

from sandbox.world.entities import Json


class Packing(Protocol):
    """Sends payloads on one connection."""

    async def send(self, socket: web.WebSocketResponse, payload: Json) -> None:
        """Send one payload."""
        ...


class Plain:
    """JSON text; with `each` set, what is long enough is a zlib document of its own (identify's `compress`)."""

    def __init__(self) -> None:
        """Send text."""
        self.each = False

    async def send(self, socket: web.WebSocketResponse, payload: Json) -> None:
        """Send one payload."""
        data = orjson.dumps(payload)
        if self.each and len(data) > 1024:
            await socket.send_bytes(zlib.compress(data))
        else:
            await socket.send_str(data.decode())


class ZlibStream:
    """`compress=zlib-stream`: one zlib stream, flushed after each payload."""

    def __init__(self) -> None:
        """Begin a stream."""
        self._stream = zlib.compressobj()

    async def send(self, socket: web.WebSocketResponse, payload: Json) -> None:
        """Send one payload."""
        data = self._stream.compress(orjson.dumps(payload)) + self._stream.flush(zlib.Z_SYNC_FLUSH)
        await socket.send_bytes(data)


class ZstdStream:
    """`compress=zstd-stream`: one zstd frame, flushed after each payload."""

    def __init__(self) -> None:
        """Begin a stream."""
        self._stream = zstd.ZstdCompressor()

    async def send(self, socket: web.WebSocketResponse, payload: Json) -> None:
        """Send one payload."""
        await socket.send_bytes(self._stream.compress(orjson.dumps(payload), mode=zstd.ZstdCompressor.FLUSH_BLOCK))


def packing_for(name: str | None) -> Packing | None:
    """The packing which a connection asked for with `compress` (None: plain); None: there is no such."""
    match name:
        case None | "":
            return Plain()
        case "zlib-stream":
            return ZlibStream()
        case "zstd-stream":
            return ZstdStream()
        case _:
            return None
