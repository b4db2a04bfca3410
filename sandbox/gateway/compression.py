"""Compression of the gateway's payloads: none, per payload, or one stream per connection."""

import zlib
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web
from backports import zstd


@dataclass(frozen=True, slots=True)
class RawFrame:
    """A frame with arbitrary bytes."""

    data: bytes
    is_compressed: bool = True
    """True: `data` is compressed like payloads. False: it is sent as a binary frame, unchanged."""


class Encoder(Protocol):
    """Sends payloads (serialized JSON) on one connection."""

    async def send(self, socket: web.WebSocketResponse, payload: bytes) -> None:
        """Send one payload."""
        ...


class Plain:
    """JSON text; with `each` set, long payloads are compressed one by one with zlib (identify's `compress`)."""

    def __init__(self) -> None:
        """Start without compression."""
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


def encoder_for(name: str | None) -> Encoder | None:
    """Return the encoder of a connection's `compress` parameter (None: plain); None: unknown compression."""
    match name:
        case None | "":
            return Plain()
        case "zlib-stream":
            return ZlibStream()
        case "zstd-stream":
            return ZstdStream()
        case _:
            return None
