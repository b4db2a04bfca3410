"""Answers that are sent in parts."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncGenerator, Mapping

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from bot.domain.errors import RefusalError
from bot.feed.http.problems import REQUEST_ID, ProblemError
from bot.feed.http.slots import Slot

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
        slot: Slot,
        seconds: float | None = None,
    ) -> None:
        """`slot` is its own, which is among what is held; `seconds`: the time that it may take; None: any."""
        super().__init__(parts, headers=headers, media_type=media_type)
        self._parts = parts
        self._held = held
        self._slot = slot
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the parts, until they end or the client is gone.

        Raises:
            AbortedError: the parts failed, took too long, or another answer needs the slot.
        """
        request_id = self.headers.get(REQUEST_ID)
        try:
            with self._held:
                async with asyncio.timeout(self._seconds) as limit, contextlib.aclosing(self._parts):
                    self._slot.end = functools.partial(_expire, limit)
                    await super().__call__(scope, receive, send)
        except (ProblemError, RefusalError, TimeoutError) as error:
            _log.info("answer aborted", request_id=request_id, why=type(error).__name__)
            raise AbortedError from error
        except Exception as error:
            _log.exception("answer failed", request_id=request_id)
            raise AbortedError from error


def _expire(limit: asyncio.Timeout) -> None:
    """Have the time end now, unless it has ended already."""
    if not limit.expired():
        limit.reschedule(asyncio.get_running_loop().time())
