"""The permissions that the bot lacks where cards can't be shown: from the interaction, or computed."""

from collections.abc import Iterable, Mapping
from typing import Final

import hikari

from bot.discord.permissions import GuildPermissions
from bot.domain.values import CardPermission, ChannelId

_THREADS: Final = frozenset(
    {
        hikari.ChannelType.GUILD_NEWS_THREAD,
        hikari.ChannelType.GUILD_PUBLIC_THREAD,
        hikari.ChannelType.GUILD_PRIVATE_THREAD,
    }
)
_BITS: Final = {
    CardPermission.VIEW_CHANNEL: hikari.Permissions.VIEW_CHANNEL,
    CardPermission.SEND_MESSAGES: hikari.Permissions.SEND_MESSAGES,
    CardPermission.SEND_IN_THREADS: hikari.Permissions.SEND_MESSAGES_IN_THREADS,
    CardPermission.ATTACH_FILES: hikari.Permissions.ATTACH_FILES,
    CardPermission.READ_HISTORY: hikari.Permissions.READ_MESSAGE_HISTORY,
    CardPermission.MANAGE_THREADS: hikari.Permissions.MANAGE_THREADS,
}


class MissingPermissions:
    """Finds the permissions that the bot lacks in channels."""

    def __init__(self, gateway: hikari.GatewayBot) -> None:
        self._gateway = gateway

    def of(
        self, interaction: hikari.PartialInteraction, channels: Iterable[ChannelId]
    ) -> Mapping[ChannelId, tuple[CardPermission, ...]]:
        """Return the permissions that the bot lacks in each of these channels, where any is missing."""
        return {each: missing for each in channels if (missing := self._in_channel(interaction, each))}

    def _in_channel(self, interaction: hikari.PartialInteraction, channel_id: ChannelId) -> tuple[CardPermission, ...]:
        if interaction.channel.id == channel_id and interaction.app_permissions is not None:
            return lacking(interaction.app_permissions, interaction.channel.type)
        cache = self._gateway.cache
        channel = cache.get_guild_channel(channel_id) or cache.get_thread(channel_id)
        is_thread = isinstance(channel, hikari.GuildThreadChannel)
        place = cache.get_guild_channel(channel.parent_id) if is_thread else channel
        if channel is None or not isinstance(place, hikari.PermissibleGuildChannel):
            return ()
        granted = self._granted(place)
        return () if granted is None else lacking(granted, channel.type)

    def _granted(self, channel: hikari.PermissibleGuildChannel) -> hikari.Permissions | None:
        """Return the bot's permissions in a channel; None: its roles are not cached yet."""
        cache, me = self._gateway.cache, self._gateway.get_me()
        guild, own = cache.get_guild(channel.guild_id), me and cache.get_member(channel.guild_id, me)
        if guild is None or own is None:
            return None
        roles = {int(each.id): each.permissions for each in cache.get_roles_view_for_guild(guild.id).values()}
        permissions = GuildPermissions(int(guild.id), int(guild.owner_id), roles)
        return permissions.in_channel(own.id, own.role_ids, channel.permission_overwrites.values())


def lacking(granted: hikari.Permissions, kind: hikari.ChannelType | int) -> tuple[CardPermission, ...]:
    """Return the missing permissions for cards in a channel or thread, without implied ones."""
    if not granted & hikari.Permissions.VIEW_CHANNEL:
        return (CardPermission.VIEW_CHANNEL,)
    to_write = CardPermission.SEND_IN_THREADS if kind in _THREADS else CardPermission.SEND_MESSAGES
    wanted = [to_write, CardPermission.READ_HISTORY]
    if granted & _BITS[to_write]:
        wanted.append(CardPermission.ATTACH_FILES)
    missing = tuple(each for each in wanted if not granted & _BITS[each])
    is_private = kind == hikari.ChannelType.GUILD_PRIVATE_THREAD
    if is_private and not missing and not granted & hikari.Permissions.MANAGE_THREADS:
        return (CardPermission.MANAGE_THREADS,)
    return missing
