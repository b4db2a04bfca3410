"""The CDN: files behind signed links that expire."""

import asyncio
from collections.abc import Iterable, Iterator

from aiohttp import web

from sandbox.faults import Cut, Faults, Overflow, Redirect, Stall
from sandbox.world.media_probe import media_type_of
from sandbox.world.state import World

PATHS = ("/attachments/", "/ephemeral-attachments/", "/media/")
"""The prefixes of the CDN's paths."""
GONE = "This content is no longer available."
"""The body of Discord's answer to a link that has expired or was never signed."""

_ZEROS = bytes(64 * 1024)
_POLL_SECONDS = 0.02


class Cdn:
    """Answers the requests for the files of a world."""

    def __init__(self, world: World, faults: Faults) -> None:
        """Serve the files of `world`, subject to `faults`."""
        self._world = world
        self._faults = faults
        self.streams: set[asyncio.Transport] = set()
        """The connections of responses that a fault keeps open."""

    async def handle(self, request: web.Request, path: str) -> web.StreamResponse:
        """Answer one request."""
        fault = self._faults.take_for_link(request.method, path)
        if fault is None:
            return self._answer(request, path)
        match fault.kind:
            case "slow":
                await fault.pause()
                return self._answer(request, path)
            case "lose_answer" | "lose_request":
                return _broken(request)
            case "fail" | "rate_limit":
                return web.Response(status=fault.status)
            case Redirect(location):
                return web.Response(status=302, headers={"Location": location})
            case Overflow() | Stall() | Cut() as kind:
                return await self._misbehave(request, path, kind)

    def close(self) -> None:
        """Abort the responses that a fault keeps open."""
        for transport in self.streams:
            transport.abort()

    def _answer(self, request: web.Request, path: str) -> web.Response:
        data = self._file(request, path)
        return _gone() if data is None else web.Response(body=data, headers=_headers(path))

    def _file(self, request: web.Request, path: str) -> bytes | None:
        """Return the bytes of the linked file; None: the link is invalid or has expired."""
        world = self._world
        *_, attachment_id, _ = path.split("/")
        known = attachment_id.isdecimal() and int(attachment_id) in world.files
        if not known or int(attachment_id) in world.links.dead_ids or not world.links.is_good(path, request.query):
            return None
        return world.files[int(attachment_id)]

    async def _misbehave(self, request: web.Request, path: str, kind: Overflow | Stall | Cut) -> web.StreamResponse:
        data = self._file(request, path)
        if data is None:
            return _gone()
        response = web.StreamResponse(headers=_headers(path))
        match kind:
            case Overflow(size, declared):
                response.content_length = declared
                await self._stream(request, response, _overflowing(data, size), breaks=(declared or 0) > size)
            case Cut(after):
                response.content_length = len(data)
                await self._stream(request, response, [data[:after]], breaks=True)
            case Stall(after):
                response.content_length = len(data)
                await self._stream(request, response, [data[:after]], stalls=after < len(data))
        return response

    async def _stream(
        self,
        request: web.Request,
        response: web.StreamResponse,
        chunks: Iterable[bytes],
        *,
        breaks: bool = False,
        stalls: bool = False,
    ) -> None:
        transport = request.transport
        if transport is None:
            return
        self.streams.add(transport)
        try:
            await response.prepare(request)
            for chunk in chunks:
                await response.write(chunk)
            while stalls and not transport.is_closing():  # noqa: ASYNC110 - no event reports that the client has gone
                await asyncio.sleep(_POLL_SECONDS)
            if breaks:
                transport.close()
        except ConnectionError:
            pass  # the client may disconnect at any time
        finally:
            self.streams.discard(transport)


def _overflowing(data: bytes, size: int) -> Iterator[bytes]:
    yield data[:size]
    for sent in range(len(data), size, len(_ZEROS)):
        yield _ZEROS[: size - sent]


def _headers(path: str) -> dict[str, str]:
    return {
        "Content-Type": media_type_of(path) or "application/octet-stream",
        "Cache-Control": "public, max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",  # an opened upload must not run scripts
    }


def _broken(request: web.Request) -> web.Response:
    """Abort the connection; the returned response is never sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _gone() -> web.Response:
    return web.Response(status=404, text=GONE)
