"""hikari's HTTP client for cards and lookups: a request is sent once, and the caller retries.

The client of the gateway retries by itself, after some rate limits without the pause that Discord asks for. That suits
answers, which are due within 3 seconds, and not work in the background.
"""

import contextlib
import time
from collections.abc import AsyncGenerator
from typing import Final

import aiohttp
import hikari
from pydantic import SecretStr

REQUEST_SECONDS: Final = 180.0
"""The time limit of a request: 24 MiB of charts over a line of a little more than 1 Mbit/s."""
CONNECT_SECONDS: Final = 30.0

_TOO_MANY: Final = 429
_LEAST_PAUSE: Final = 1.0


class RateLimitedError(Exception):
    """Discord refused a request because of a rate limit, and asks for a pause of so many seconds."""

    def __init__(self, seconds: float, *, is_for_all: bool) -> None:
        super().__init__(f"Discord wants a pause of {seconds:.1f} s")
        self.seconds = seconds
        self.is_for_all = is_for_all
        """True: the limit is for all requests, not for this route alone."""


@contextlib.asynccontextmanager
async def background_client(
    gateway: hikari.GatewayBot, token: SecretStr, rest_url: str
) -> AsyncGenerator[hikari.api.RESTClient]:
    """Return a client for the Discord of the gateway's client, open while the block runs."""
    timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS, sock_connect=CONNECT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, middlewares=(_RateLimitGuard(),)) as session:
        client = hikari.impl.RESTClientImpl(
            cache=None,
            entity_factory=gateway.entity_factory,
            executor=gateway.executor,
            http_settings=gateway.http_settings,
            client_session=session,
            client_session_owner=False,
            max_retries=0,
            proxy_settings=gateway.proxy_settings,
            token=token.get_secret_value(),
            token_type=hikari.TokenType.BOT,
            rest_url=rest_url,
        )
        async with client:
            yield client


class _RateLimitGuard:
    """Raises `RateLimitedError` for a rate-limited request, and sends none during a pause for all."""

    def __init__(self) -> None:
        self._paused_until = 0.0

    async def __call__(self, request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        if (left := self._paused_until - time.monotonic()) > 0:
            raise RateLimitedError(left, is_for_all=True)
        response = await send(request)
        if response.status == _TOO_MANY:
            limited = await _rate_limit(response)
            if limited.is_for_all:
                self._paused_until = max(self._paused_until, time.monotonic() + limited.seconds)
            raise limited
        return response


async def _rate_limit(response: aiohttp.ClientResponse) -> RateLimitedError:
    """Return the error for a rate limit: the pause is in the body, or in whole seconds in the header."""
    header = response.headers.get("Retry-After", "")
    try:
        seconds = float((await response.json(content_type=None))["retry_after"])
    except (ValueError, KeyError, TypeError, aiohttp.ClientError):
        seconds = float(header) if header.isdecimal() else _LEAST_PAUSE
    return RateLimitedError(max(seconds, 0.0), is_for_all="X-RateLimit-Global" in response.headers)
