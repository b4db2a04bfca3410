"""Connections of clients that send and read bytes."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator

from bot.feed.http.server import FeedServer
from tests.bot.feed.programs import Program
from tests.processes import DEADLINE

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def connected(
    server: Program | FeedServer, sent: bytes = b"", *, is_small: bool = False
) -> AsyncGenerator[Streams]:
    """Connect and send; a small connection holds little of what nobody reads, so as one over a network."""
    with socket.socket() as opened:
        if is_small:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**14)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1_400)
        opened.connect(("127.0.0.1", server.port))
        reader, writer = await asyncio.open_connection(sock=opened, limit=2**10)
        writer.write(sent)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def rest_of(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the end; a connection may end by a reset."""
    got = b""
    async with asyncio.timeout(DEADLINE):
        with contextlib.suppress(ConnectionResetError):
            while part := await reader.read(2**16):
                got += part
    return got
