"""The conditions under which the bot can connect: an answer from Discord, and a session that may begin today."""

import asyncio
import datetime
from typing import Final

import hikari
import structlog

from bot.domain.clock import Clock

FIRST_PAUSE_SECONDS: Final = 5.0
"""The pause after the first failure; each further one is twice as long."""
MAX_PAUSE_SECONDS: Final = 60.0
MAX_WAIT_SECONDS: Final = 3600.0
"""The longest wait before Discord is asked again whether a session may begin."""

_TOO_MANY: Final = 429

_log = structlog.get_logger(__name__)


async def wait_to_start(rest: hikari.api.RESTClient, clock: Clock) -> None:
    """Wait until Discord answers and has a session left; the log has the reason and the end.

    Raises:
        HikariError: Discord refuses the bot, and retrying is of no use.
    """
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            gateway = await rest.fetch_gateway_bot_info()
        except (hikari.HikariError, OSError) as error:
            if not is_passing(error):
                raise
            await _wait(str(error).partition("\n")[0], clock, pause)
            pause = min(2 * pause, MAX_PAUSE_SECONDS)
            continue
        limit = gateway.session_start_limit
        if limit.remaining >= gateway.shard_count:
            return
        why = f"all {limit.total:,} sessions that may begin in a day are used up"
        left = (limit.reset_at - clock()).total_seconds()
        await _wait(why, clock, max(1.0, left))


def is_passing(error: Exception) -> bool:
    """Return true if the same request may succeed later: the network, an outage, or a ban of the address."""
    match error:
        case hikari.InternalServerError() | hikari.ForbiddenError() | hikari.RateLimitTooLongError():
            return True
        case hikari.HTTPResponseError():
            return int(error.status) == _TOO_MANY
        case _:
            return isinstance(error, hikari.HTTPError | OSError)


async def _wait(why: str, clock: Clock, seconds: float) -> None:
    until = clock() + datetime.timedelta(seconds=seconds)
    _log.warning("waiting for Discord", why=why, until=until.isoformat(timespec="seconds"))
    await asyncio.sleep(min(seconds, MAX_WAIT_SECONDS))
