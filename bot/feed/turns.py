"""Requests that take turns in the event loop, so that many at once do not hold up everything else in it."""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send


class Turns:
    """Begins with one request in each round of the event loop, in the order in which they came."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._lock = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the request's turn, and answer it."""
        async with self._lock:
            await asyncio.sleep(0)
        await self._app(scope, receive, send)
