"""An HTTP proxy as companies have them, for tests: whoever can't reach a host gets there through it alone."""

import asyncio
import base64
import contextlib
import re
from collections.abc import AsyncGenerator

_REQUEST = re.compile(rb"[A-Z]+ [a-z]+://[^/ ]+(/[^ ?]*)[^ ]* HTTP/1.1\r\n")
_BYTES = 65536


class Proxy:
    """A running proxy that finds every host at one port of this machine.

    Attributes:
        url: its address, with the user and password that it wants.
        paths: the paths that were asked for through it.
    """

    def __init__(self, target: int, port: int) -> None:
        self.url = f"http://user:password@127.0.0.1:{port}"
        self.paths: list[str] = []
        self._target = target

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on one connection, once its first request has the password."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if base64.b64encode(b"user:password") not in head:
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            else:
                await self._pass_on(head, reader, writer)
        writer.close()

    async def _pass_on(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_target, to_target = await asyncio.open_connection("127.0.0.1", self._target)
        self._note(head)
        to_target.write(head)
        back = asyncio.create_task(_copy(from_target, writer))
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(_BYTES):
                self._note(data)
                to_target.write(data)
        to_target.close()
        await back

    def _note(self, data: bytes) -> None:
        self.paths += [path.decode() for path in _REQUEST.findall(data)]


@contextlib.asynccontextmanager
async def proxy_to(target: int) -> AsyncGenerator[Proxy]:
    """Run a proxy to this port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await proxy.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1")
    proxy = Proxy(target, server.sockets[0].getsockname()[1])
    async with server:
        yield proxy


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(_BYTES):
            writer.write(data)
            await writer.drain()
    writer.close()
