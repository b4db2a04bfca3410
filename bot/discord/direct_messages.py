"""Private messages to users whose interaction is over."""

import asyncio
import time
from typing import Final

import hikari
import structlog

from bot.discord.pace import Pace
from bot.domain.values import Actor, Quotas
from bot.replies.layout import Reply

SECONDS: Final = 20.0
"""The time limit of a message: later ones wait for it."""
FAREWELL_SECONDS: Final = 2.0
"""The seconds for which a stop waits for messages that are being sent."""

_log = structlog.get_logger(__name__)


class DirectMessages:
    """Sends private messages, or a hint in the channel of the interaction to a user who takes none."""

    def __init__(self, rest: hikari.api.RESTClient, quotas: Quotas) -> None:
        self._rest = rest
        self._quotas = quotas
        self._pace = Pace(time.monotonic)
        self._sending: set[asyncio.Task[None]] = set()

    def send(self, actor: Actor, reply: Reply, *, instead: str = "", is_urgent: bool = False) -> None:
        """Send a message in the background: in its turn, or at once if it is urgent.

        `instead`: the text for the channel of the interaction, if there is one and the user accepts no direct messages.
        """
        sending = asyncio.create_task(self._send_in_turn(actor, reply, instead, is_urgent=is_urgent))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    async def finish(self) -> None:
        """Send all waiting messages at once, and wait a moment for them: the bot is stopping."""
        self._pace.end()
        if self._sending:
            _, unsent = await asyncio.wait(self._sending, timeout=FAREWELL_SECONDS)
            if unsent:
                _log.warning("direct messages not sent in time", messages=len(unsent))

    async def _send_in_turn(self, actor: Actor, reply: Reply, instead: str, *, is_urgent: bool) -> None:
        """Send a message, or log the failure."""
        guild, user = actor.guild_id, (actor.guild_id, actor.user_id)
        if not is_urgent:
            await self._pace.turn({guild: self._quotas.server_messages, user: self._quotas.user_messages})
        try:
            async with asyncio.timeout(SECONDS):
                await self._send(actor, reply, instead)
        except (hikari.HikariError, OSError, TimeoutError) as error:
            _log.warning("sending a direct message failed", user_id=actor.user_id, why=str(error) or "no answer")

    async def _send(self, actor: Actor, reply: Reply, instead: str) -> None:
        try:
            channel = await self._rest.create_dm_channel(actor.user_id)
            await channel.send(**reply)
        except (hikari.ForbiddenError, hikari.BadRequestError, hikari.NotFoundError):
            if actor.channel_id is None:
                raise
            await self._rest.create_message(actor.channel_id, instead, user_mentions=[actor.user_id])
