"""An API that answers each path with the same text: what Starlette and the server take alone.

python -m bench.bare_feed PORT BYTES
"""

import asyncio
import signal
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.feed.http.server import FeedServer


async def main(port: int, size: int) -> None:
    """Serve until the process is to stop."""
    body = b"x" * size

    async def endpoint(_: Request) -> Response:
        return Response(body, media_type="application/json")

    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    server = FeedServer(Starlette(routes=[Route("/{path:path}", endpoint)]), "127.0.0.1", port)
    print("ready", flush=True)
    await stopping.wait()
    await server.close()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
