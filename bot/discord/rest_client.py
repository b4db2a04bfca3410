"""hikari's HTTP client as cards and lookups need it: a request is sent once, and trying again is left to us.

The client of the gateway tries again by itself, and after some refusals for haste without the pause that Discord asks
for; that suits answers, which have 3 seconds, and not work that has all the time there is.
"""

import contextlib
from collections.abc import AsyncGenerator
from typing import Final

import aiohttp
import hikari
from pydantic import SecretStr

REQUEST_SECONDS: Final = 180.0
"""How long a request may take: 24 MiB of charts over a line of a little more than 1 Mbit/s."""
CONNECT_SECONDS: Final = 30.0

_TOO_MANY: Final = 429
_LEAST_PAUSE: Final = 1.0


class HasteError(Exception):
    """Discord wants a pause of so many seconds; the request was not carried out."""

    def __init__(self, seconds: float, *, is_for_all: bool) -> None:
        super().__init__(f"Discord wants a pause of {seconds:g} s")
        self.seconds = seconds
        self.is_for_all = is_for_all
        """Not for this kind of request alone."""


@contextlib.asynccontextmanager
async def background_client(
    gateway: hikari.GatewayBot, token: SecretStr, rest_url: str
) -> AsyncGenerator[hikari.api.RESTClient]:
    """A client for the same Discord as the gateway's, while the block runs."""
    timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS, sock_connect=CONNECT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, middlewares=(_refuse_haste,)) as session:
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


async def _refuse_haste(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """End a request with a `HasteError` where Discord wants a pause."""
    response = await send(request)
    if response.status == _TOO_MANY:
        raise await _haste(response)
    return response


async def _haste(response: aiohttp.ClientResponse) -> HasteError:
    """How long the pause is: as the body says, or the header, which has whole seconds."""
    header = response.headers.get("Retry-After", "")
    try:
        said = (await response.json(content_type=None))["retry_after"]
        seconds = float(said)
    except (ValueError, KeyError, TypeError, aiohttp.ClientError):
        seconds = float(header) if header.isdecimal() else _LEAST_PAUSE
    return HasteError(max(seconds, 0.0), is_for_all="X-RateLimit-Global" in response.headers)
