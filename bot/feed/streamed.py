"""Answers that are sent in parts."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


class StreamedResponse(StreamingResponse):
    """An answer that holds something until its end; if it fails, the connection is closed before the last chunk."""

    def __init__(
        self,
        parts: AsyncGenerator[bytes],
        headers: Mapping[str, str],
        media_type: str,
        held: contextlib.ExitStack,
        seconds: float | None = None,
    ) -> None:
        """`seconds`: the time that it may take; None: any."""
        super().__init__(parts, headers=headers, media_type=media_type)
        self._parts = parts
        self._held = held
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the parts, until they end or the client is gone."""
        with self._held:
            async with contextlib.aclosing(self._parts), asyncio.timeout(self._seconds):
                await super().__call__(scope, receive, send)
