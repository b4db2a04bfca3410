"""hikari's gateway client, for Discord and for any other server that speaks its protocol."""

import asyncio
import contextlib
import functools
from collections.abc import Generator
from typing import Any, Final

import hikari
import structlog
from hikari.impl import shard
from pydantic import SecretStr

from bot.discord.attachments import marking_spoilers
from bot.discord.connection.liveness import Liveness
from bot.discord.connection.shard import ReconnectingShard

INTENTS: Final = hikari.Intents.GUILDS | hikari.Intents.GUILD_MESSAGES
"""What the bot hears of: the guilds it is in, and messages without their contents, to notice a card that was deleted.

Interactions come without any intent.
"""

CACHED: Final = hikari.api.CacheComponents.ALL & ~hikari.api.CacheComponents.MESSAGES
"""Messages are looked at as they come, and not kept."""

UPLOAD_SECONDS: Final = 180.0
"""How long a request may take: 24 MiB of charts over a line of a little more than 1 Mbit/s."""

_log = structlog.get_logger(__name__)


def gateway_client(token: SecretStr, rest_url: str, proxy: str | None = None) -> hikari.GatewayBot:
    """A client that is not connected yet, and leaves logging to us; `proxy` is an address."""
    with _tokens_of_any_form(), marking_spoilers():
        return hikari.GatewayBot(
            token.get_secret_value(),
            rest_url=rest_url,
            intents=INTENTS,
            banner=None,
            logs=None,
            suppress_optimization_warning=True,
            cache_settings=hikari.impl.CacheSettings(components=CACHED),
            proxy_settings=hikari.impl.ProxySettings(url=proxy),
            http_settings=hikari.impl.HTTPSettings(timeouts=hikari.impl.HTTPTimeoutSettings(total=UPLOAD_SECONDS)),
        )


async def connect(gateway: hikari.GatewayBot, liveness: Liveness) -> None:
    """Start the client; what Discord sends malformed costs no more than that event, or a reconnect.

    Args:
        gateway: the client.
        liveness: is told when Discord is heard.

    Raises:
        hikari.HikariError: Discord can't be reached, or closes the connection for good.
    """
    asyncio.get_running_loop().set_exception_handler(_report)
    with _reconnecting_shards(liveness):
        await gateway.start(check_for_updates=False)


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log an event that hikari can't read without what it holds, which people wrote; and all else as ever."""
    if "payload" in context:
        _log.warning("event not understood", why=type(context.get("exception")).__name__)
    else:
        loop.default_exception_handler(context)


@contextlib.contextmanager
def _reconnecting_shards(liveness: Liveness) -> Generator[None]:
    """Inside, hikari's client makes shards of ours: it has no setting for it."""
    theirs = shard.GatewayShardImpl
    ours: Any = functools.partial(ReconnectingShard, liveness=liveness)
    shard.GatewayShardImpl = ours
    try:
        yield
    finally:
        shard.GatewayShardImpl = theirs


@contextlib.contextmanager
def _tokens_of_any_form() -> Generator[None]:
    """Inside, hikari takes a token that does not begin with the bot's id, as Discord's own do.

    Nothing of hikari's or ours needs that id; without this the client can't even be made.
    """
    read = hikari.applications.get_token_id

    def read_or_zero(token: str) -> hikari.Snowflake:
        try:
            return read(token)
        except ValueError:
            return hikari.Snowflake(0)

    hikari.applications.get_token_id = read_or_zero
    try:
        yield
    finally:
        hikari.applications.get_token_id = read
