"""Requests that begin one by one, so that many at once do not hold up everything else in the event loop."""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send


class OnePerRound:
    """Begins one request in each round of the event loop, in the order in which they came."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._lock = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin the request in a round of its own, and answer it."""
        async with self._lock:
            await asyncio.sleep(0)
        await self._app(scope, receive, send)
