"""How the gateway's payloads are packed: plain, each alone, or in one stream for the connection."""

import zlib
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web
from backports import zstd


@dataclass(frozen=True, slots=True)
class RawFrame:
    """A frame that no gateway should send."""

    data: bytes
    is_packed: bool = True
    """True: `data` is compressed as payloads are; else it is sent as a binary frame, as it is."""


class Packing(Protocol):
    """Sends payloads, written as JSON, on one connection."""

    async def send(self, socket: web.WebSocketResponse, payload: bytes) -> None:
        """Send one payload."""
        ...


class Plain:
    """JSON text; with `each` set, what is long enough is a zlib document of its own (identify's `compress`)."""

    def __init__(self) -> None:
        """Send text."""
        self.each = False

    async def send(self, socket: web.WebSocketResponse, payload: bytes) -> None:
        """Send one payload."""
        if self.each and len(payload) > 1024:
            await socket.send_bytes(zlib.compress(payload))
        else:
            await socket.send_str(payload.decode())


class ZlibStream:
    """`compress=zlib-stream`: one zlib stream, flushed after each payload."""

    def __init__(self) -> None:
        """Begin a stream."""
        self._stream = zlib.compressobj()

    async def send(self, socket: web.WebSocketResponse, payload: bytes) -> None:
        """Send one payload."""
        data = self._stream.compress(payload) + self._stream.flush(zlib.Z_SYNC_FLUSH)
        await socket.send_bytes(data)


class ZstdStream:
    """`compress=zstd-stream`: one zstd frame, flushed after each payload."""

    def __init__(self) -> None:
        """Begin a stream."""
        self._stream = zstd.ZstdCompressor()

    async def send(self, socket: web.WebSocketResponse, payload: bytes) -> None:
        """Send one payload."""
        await socket.send_bytes(self._stream.compress(payload, mode=zstd.ZstdCompressor.FLUSH_BLOCK))


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
