"""Answers that are sent in parts."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from bot.domain.errors import RefusalError
from bot.feed.http.problems import REQUEST_ID, ProblemError

_log = structlog.get_logger(__name__)


class AbortedError(Exception):
    """An answer that failed after it began; the log has the reason."""


class StreamedResponse(StreamingResponse):
    """An answer that holds something until its end; one that fails has no last chunk."""

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
        """Send the parts, until they end or the client is gone.

        Raises:
            AbortedError: the parts failed, or took too long.
        """
        request_id = self.headers.get(REQUEST_ID)
        try:
            with self._held:
                async with contextlib.aclosing(self._parts), asyncio.timeout(self._seconds):
                    await super().__call__(scope, receive, send)
        except (ProblemError, RefusalError, TimeoutError) as error:
            _log.info("answer aborted", request_id=request_id, why=type(error).__name__)
            raise AbortedError from error
        except Exception as error:
            _log.exception("answer failed", request_id=request_id)
            raise AbortedError from error
