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
FAREWELL_SECONDS: Final = 2.0
"""Seconds that a stop waits for letters that are on their way."""

_log = structlog.get_logger(__name__)


class Letters:
    """Sends private messages; who takes none is told in the channel where they acted that there is something."""

    def __init__(self, rest: hikari.api.RESTClient, quotas: Quotas) -> None:
        self._rest = rest
        self._quotas = quotas
        self._pace = Pace(time.monotonic)
        self._sending: set[asyncio.Task[None]] = set()

    def send(self, actor: Actor, reply: Reply, *, is_urgent: bool, instead: str | None = None) -> None:
        """Have it sent when it is its turn, or at once where it is urgent; nobody waits for that.

        `instead`: what is said in the channel where they acted; None: that it was about an outage.
        """
        sending = asyncio.create_task(self._send_in_turn(actor, reply, instead, is_urgent=is_urgent))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    async def finish(self) -> None:
        """Send at once what waits for its turn, and wait a moment for all of it: the bot is being stopped."""
        self._pace.end()
        if self._sending:
            _, unsent = await asyncio.wait(self._sending, timeout=FAREWELL_SECONDS)
            if unsent:
                _log.warning("letters not sent in time", letters=len(unsent))

    async def _send_in_turn(self, actor: Actor, reply: Reply, instead: str | None, *, is_urgent: bool) -> None:
        """Send it, or log that it could not be sent."""
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
