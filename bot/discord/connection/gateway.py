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
"""The bot's intents: its guilds, and messages without their content, to notice deleted cards.

Interactions come without any intent.
"""

CACHED: Final = (
    hikari.api.CacheComponents.GUILDS
    | hikari.api.CacheComponents.GUILD_CHANNELS
    | hikari.api.CacheComponents.GUILD_THREADS
    | hikari.api.CacheComponents.ROLES
    | hikari.api.CacheComponents.MEMBERS
    | hikari.api.CacheComponents.ME
)
"""The cached entities: those from which permissions and names are computed.

Without the intent for members, Discord sends the bot itself and those who speak in a channel.
"""

UPLOAD_SECONDS: Final = 180.0
"""The time limit of a request: 24 MiB of charts over a line of a little more than 1 Mbit/s."""

_log = structlog.get_logger(__name__)


def gateway_client(token: SecretStr, rest_url: str, proxy: str | None = None) -> hikari.GatewayBot:
    """Return a client that is not connected yet and sets up no logging; `proxy` is an address."""
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
    """Start the client; a malformed frame costs no more than its event, or a reconnect.

    Args:
        gateway: the client.
        liveness: notified when Discord is heard.

    Raises:
        hikari.HikariError: Discord can't be reached, or closes the connection for good.
    """
    asyncio.get_running_loop().set_exception_handler(_report)
    with _reconnecting_shards(liveness):
        await gateway.start(check_for_updates=False)


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log an event that hikari can't read, but not its content, which users wrote; handle others as usual."""
    if "payload" in context:
        _log.warning("event not understood", why=type(context.get("exception")).__name__)
    else:
        loop.default_exception_handler(context)


@contextlib.contextmanager
def _reconnecting_shards(liveness: Liveness) -> Generator[None]:
    """Have hikari's client make our shards while the block runs: it has no setting for that."""
    theirs = shard.GatewayShardImpl
    ours: Any = functools.partial(ReconnectingShard, liveness=liveness)
    shard.GatewayShardImpl = ours
    try:
        yield
    finally:
        shard.GatewayShardImpl = theirs


@contextlib.contextmanager
def _tokens_of_any_form() -> Generator[None]:
    """Have hikari accept a token that does not begin with the bot's id, as Discord's do, while the block runs.

    Nobody needs that id, but without this the client can't be constructed.
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
