"""Messages of ours in Discord that look like cards, and that no card knows."""

from collections.abc import Sequence
from typing import cast

from bot.domain.values import Actor, ChannelId, FoundMessage, GuildId, MessageId, StrayMessage
from bot.service.records import strays
from bot.service.transactions import Service, reads, require_manager
from storage.models import CardChannelRow


class StrayService(Service):
    """Distinguishes cards from messages that only look like them."""

    async def channels(self) -> list[tuple[GuildId, ChannelId]]:
        """Return the channels in which there are, or were, cards."""
        return await self._read(_channels)

    async def note(self, guild_id: GuildId, messages: Sequence[FoundMessage]) -> list[StrayMessage]:
        """Note those of the messages that no card knows, to be deleted or reported."""
        unknown = await self._read(strays.unknown, guild_id, messages) if messages else []
        if unknown:
            await self._write(strays.note, unknown, self.clock())
        return unknown

    async def removable(self) -> list[StrayMessage]:
        """Return the messages that are to be deleted: copies of cards."""
        return await self._read(strays.noted, is_removable=True)

    async def reported(self) -> list[StrayMessage]:
        """Return the messages that somebody has to check: they show what this database never had."""
        return await self._read(strays.noted, is_removable=False)

    async def has_open_try(self, channel_id: ChannelId) -> bool:
        """Return whether a card of the channel may be a message that is not known yet."""
        return await self._read(strays.has_open_try, channel_id)

    async def message_deleted(self, message_id: MessageId) -> None:
        """Note that the message is deleted."""
        await self._write(strays.forget, [message_id])

    @reads
    def of_guild(self, actor: Actor) -> tuple[StrayMessage, ...]:
        """Return the stray messages in the actor's guild, the oldest first.

        Raises:
            NotManagerError: the actor does not manage their guild.
        """
        require_manager(actor)
        return strays.in_guild(actor.guild_id)


def _channels() -> list[tuple[GuildId, ChannelId]]:
    rows = CardChannelRow.select(CardChannelRow.guild_id, CardChannelRow.channel_id).tuples()
    return cast("list[tuple[GuildId, ChannelId]]", list(rows))
