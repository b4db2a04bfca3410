"""What people are told who are not in the middle of an interaction any more."""

import asyncio
import time
from typing import Final

import hikari
import structlog

from bot import replies
from bot.discord.pace import Pace
from bot.domain.values import Actor, Quotas
from bot.replies.layout import Reply

SECONDS: Final = 20.0
"""How long a letter may take; it matters less than what comes after it."""

_log = structlog.get_logger(__name__)


class Letters:
    """Sends private messages; who takes none is told in the channel where they acted that there is something."""

    def __init__(self, rest: hikari.api.RESTClient, quotas: Quotas) -> None:
        self._rest = rest
        self._quotas = quotas
        self._pace = Pace(time.monotonic)

    def hurry(self) -> None:
        """Send what waits for its turn, and what follows, at once: the bot is being stopped."""
        self._pace.end()

    async def send(self, actor: Actor, reply: Reply, *, is_urgent: bool, instead: str | None = None) -> None:
        """Send it when it is its turn, or at once where it is urgent, or log that it could not be sent.

        `instead`: what is said in the channel where they acted; None: that it was about an outage.
        """
        guild, user = actor.guild_id, (actor.guild_id, actor.user_id)
        if not is_urgent:
            await self._pace.turn({guild: self._quotas.server_messages, user: self._quotas.user_messages})
        try:
            async with asyncio.timeout(SECONDS):
                await self._send(actor, reply, instead or replies.no_letter(actor.user_id))
        except (hikari.HikariError, OSError, TimeoutError) as error:
            _log.warning("letter not sent", user_id=actor.user_id, why=str(error) or "no answer")

    async def _send(self, actor: Actor, reply: Reply, instead: str) -> None:
        try:
            channel = await self._rest.create_dm_channel(actor.user_id)
            await channel.send(**reply)
        except (hikari.ForbiddenError, hikari.BadRequestError, hikari.NotFoundError):
            if actor.channel_id is None:
                raise
            await self._rest.create_message(actor.channel_id, instead, user_mentions=[actor.user_id])
