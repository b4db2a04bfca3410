"""Listens to events about cards: deleted messages and channels, and changes of what the bot can see and do."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import hikari

from bot.cards.reconcile import Reconciler
from bot.domain.values import ChannelId, GuildId, MessageId

OWN_MEMBER: Final = "GUILD_MEMBER_UPDATE"
"""Sent for the bot itself without an intent (page "Gateway", list of intents); hikari's own event needs one."""

_RoleEvent: TypeAlias = hikari.RoleUpdateEvent | hikari.RoleDeleteEvent


class CardWatch:
    """Passes events to the reconciler from its construction on. Nothing here fails or takes time."""

    def __init__(self, gateway: hikari.GatewayBot, reconciler: Reconciler) -> None:
        self._gateway = gateway
        self._reconciler = reconciler
        listeners: dict[type[hikari.Event], Callable[[Any], None]] = {
            hikari.GuildMessageDeleteEvent: lambda event: reconciler.messages_deleted([MessageId(event.message_id)]),
            hikari.GuildBulkMessageDeleteEvent: lambda event: reconciler.messages_deleted(
                [MessageId(each) for each in event.message_ids]
            ),
            hikari.ShardReadyEvent: lambda _: reconciler.everything_changed(),
            hikari.GuildAvailableEvent: self._guild_changed,
            hikari.GuildJoinEvent: self._guild_changed,
            hikari.GuildUnavailableEvent: self._guild_lost,
            hikari.GuildLeaveEvent: self._guild_lost,
            hikari.GuildChannelCreateEvent: self._channel_changed,
            hikari.GuildChannelUpdateEvent: self._channel_changed,
            hikari.GuildChannelDeleteEvent: self._channel_deleted,
            hikari.GuildThreadAccessEvent: self._thread_accessed,
            hikari.GuildThreadUpdateEvent: self._thread_updated,
            hikari.GuildThreadDeleteEvent: self._thread_deleted,
            hikari.RoleUpdateEvent: self._role_changed,
            hikari.RoleDeleteEvent: self._role_changed,
            hikari.ShardPayloadEvent: self._payload_received,
        }
        for kind, note in listeners.items():
            gateway.subscribe(kind, _listener(note))

    def _guild_changed(self, event: hikari.GuildAvailableEvent | hikari.GuildJoinEvent) -> None:
        self._reconciler.guild_changed(GuildId(event.guild_id))

    def _guild_lost(self, event: hikari.GuildUnavailableEvent | hikari.GuildLeaveEvent) -> None:
        self._reconciler.guild_lost(GuildId(event.guild_id))

    def _channel_changed(self, event: hikari.GuildChannelCreateEvent | hikari.GuildChannelUpdateEvent) -> None:
        self._reconciler.channel_changed(ChannelId(event.channel_id))

    def _channel_deleted(self, event: hikari.GuildChannelDeleteEvent) -> None:
        self._reconciler.channel_deleted(GuildId(event.guild_id), ChannelId(event.channel_id))

    def _thread_accessed(self, event: hikari.GuildThreadAccessEvent) -> None:
        self._reconciler.channel_changed(ChannelId(event.thread_id))

    def _thread_updated(self, event: hikari.GuildThreadUpdateEvent) -> None:
        """Note that a thread is open. The bot opens some itself, so this must not retry cards that failed otherwise."""
        if not event.thread.is_archived:
            self._reconciler.thread_opened(ChannelId(event.thread_id))

    def _thread_deleted(self, event: hikari.GuildThreadDeleteEvent) -> None:
        self._reconciler.channel_deleted(GuildId(event.guild_id), ChannelId(event.thread_id))

    def _role_changed(self, event: _RoleEvent) -> None:
        """Note a change of a role that the bot has: @everyone, or one of its own."""
        me = self._gateway.get_me()
        own = self._gateway.cache.get_member(event.guild_id, me) if me else None
        if own is None or event.role_id == event.guild_id or event.role_id in own.role_ids:
            self._reconciler.guild_changed(GuildId(event.guild_id))

    def _payload_received(self, event: hikari.ShardPayloadEvent) -> None:
        if event.name == OWN_MEMBER:
            self._reconciler.guild_changed(GuildId(int(event.payload["guild_id"])))


def _listener(note: Callable[[Any], None]) -> Callable[[Any], Any]:
    async def listener(event: hikari.Event) -> None:
        note(event)

    return listener
