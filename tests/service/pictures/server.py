"""A server of pictures, which may misbehave."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self

from aiohttp import hdrs, web

from bot.service.pictures.downloads import CHUNK_BYTES
from tests import image_samples

PICTURE = image_samples.png()

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Answers any request as it was told to, and knows what it was asked."""

    def __init__(self) -> None:
        self.answer: Answer = self.give
        self.data = PICTURE
        self.asked: list[web.Request] = []
        self.was_asked = asyncio.Event()
        self.sent = 0
        """Bytes of endless bodies."""
        application = web.Application()
        application.router.add_route("*", "/{anything:.*}", self._handle)
        self.runner = web.AppRunner(application, shutdown_timeout=0.1, handler_cancellation=True)

    @classmethod
    async def start(cls) -> Self:
        server = cls()
        await server.runner.setup()
        await web.TCPSite(server.runner, "127.0.0.1", 0).start()
        return server

    async def stop(self) -> None:
        await self.runner.cleanup()

    @property
    def port(self) -> int:
        return self.runner.addresses[0][1]

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def link(self) -> str:
        return f"http://{self.host}/attachments/1/2/chart.png?ex=1&hm=2"

    async def give(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=self.data)

    async def give_endlessly(self, request: web.Request) -> web.StreamResponse:
        """A body in chunks that has no end."""
        return await self._write_on(request, web.StreamResponse(), bytes(CHUNK_BYTES), 0)

    async def declare_too_much(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={hdrs.CONTENT_LENGTH: f"{2**40}"})
        return await self._write_on(request, response, bytes(CHUNK_BYTES), 0)

    async def trickle(self, request: web.Request) -> web.StreamResponse:
        """A body that has no end, and comes too slowly to become large."""
        return await self._write_on(request, web.StreamResponse(), b"x", 0.01)

    async def say_nothing(self, request: web.Request) -> web.StreamResponse:
        return await asyncio.get_running_loop().create_future()

    def status(self, *statuses: int) -> None:
        """Answer with these, one after the other, and the last of them for ever; 200 has the data."""

        async def answer(request: web.Request) -> web.StreamResponse:
            status = statuses[min(len(self.asked), len(statuses)) - 1]
            return web.Response(status=status, body=self.data if status == 200 else None)

        self.answer = answer

    def raw(self, *answers: bytes) -> None:
        """Write these instead of an answer, one for each request, and hang up; then give the data."""
        left = list(answers)

        async def answer(request: web.Request) -> web.StreamResponse:
            if left and request.transport:
                request.transport.write(left.pop(0))
                request.transport.close()
            return web.Response(body=self.data)

        self.answer = answer

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        self.was_asked.set()
        return await self.answer(request)

    async def _write_on(
        self, request: web.Request, response: web.StreamResponse, piece: bytes, pause: float
    ) -> web.StreamResponse:
        await response.prepare(request)
        while True:
            await response.write(piece)
            self.sent += len(piece)
            await asyncio.sleep(pause)
