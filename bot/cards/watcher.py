"""Hears from Discord what concerns cards: messages that were deleted, channels and roles that have changed."""

import hikari

from bot.cards.publisher import Publisher
from bot.domain.values import ChannelId, GuildId, MessageId


class CardWatch:
    """Tells the publisher, from its making on."""

    def __init__(self, gateway: hikari.GatewayBot, publisher: Publisher) -> None:
        self._publisher = publisher
        gateway.subscribe(hikari.GuildMessageDeleteEvent, self._deleted)
        gateway.subscribe(hikari.GuildBulkMessageDeleteEvent, self._deleted_many)
        gateway.subscribe(hikari.ShardReadyEvent, self._connected)
        gateway.subscribe(hikari.GuildChannelCreateEvent, self._channel_changed)
        gateway.subscribe(hikari.GuildChannelUpdateEvent, self._channel_changed)
        for kind in (hikari.RoleUpdateEvent, hikari.GuildAvailableEvent, hikari.GuildJoinEvent):
            gateway.subscribe(kind, self._guild_changed)

    async def _deleted(self, event: hikari.GuildMessageDeleteEvent) -> None:
        await self._publisher.deleted([MessageId(event.message_id)])

    async def _deleted_many(self, event: hikari.GuildBulkMessageDeleteEvent) -> None:
        await self._publisher.deleted([MessageId(each) for each in event.message_ids])

    async def _connected(self, _: hikari.ShardReadyEvent) -> None:
        await self._publisher.look()

    async def _channel_changed(self, event: hikari.GuildChannelEvent) -> None:
        await self._publisher.reopened(GuildId(event.guild_id), ChannelId(event.channel_id))

    async def _guild_changed(
        self, event: hikari.RoleUpdateEvent | hikari.GuildAvailableEvent | hikari.GuildJoinEvent
    ) -> None:
        await self._publisher.reopened(GuildId(event.guild_id))
