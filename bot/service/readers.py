"""Who may read which plans: those who see the channel that a plan's card is in, or is meant to be in."""

from collections.abc import Collection, Mapping
from typing import Protocol

from bot.domain.values import Actor, ChannelId, GuildId, Reader, View
from storage.models import CardChannelRow, GuildSettingsRow
from storage.store import Store


class ChannelViews(Protocol):
    """The views that the people of a guild have of its channels."""

    async def of(self, actor: Actor, channels: Collection[ChannelId]) -> Mapping[ChannelId, View]:
        """Return what the actor sees of each of the channels; what can't be found out is hidden."""
        ...


class NoViews:
    """The views where nobody acts in Discord: all is hidden."""

    async def of(self, actor: Actor, channels: Collection[ChannelId]) -> Mapping[ChannelId, View]:
        """Return that everything is hidden."""
        del actor
        return dict.fromkeys(channels, View.HIDDEN)


async def reader_of(actor: Actor, store: Store, views: ChannelViews) -> Reader:
    """Return the actor with the channels that they can see, of those in which the guild has cards.

    A plan without a card, or in a channel that was deleted, is read by those who see the plans' channel.

    Raises:
        StorageError: the database can't be read.
    """
    if actor.is_manager:
        return Reader.of(actor)
    plans_channel, used = await store.read_first(_channels, actor.guild_id)
    wanted = used if plans_channel is None else used | {plans_channel}
    seen = await views.of(actor, wanted - {actor.channel_id})
    visible = {channel for channel, view in seen.items() if view is View.SEEN} | (wanted & {actor.channel_id})
    if reads_unplaced := plans_channel in visible:
        visible |= {channel for channel, view in seen.items() if view is View.GONE}
    return Reader.of(actor, visible, reads_unplaced=reads_unplaced)


def _channels(guild_id: GuildId) -> tuple[ChannelId | None, set[ChannelId]]:
    """Return the plans' channel, and the channels in which the guild has, or had, cards."""
    settings = GuildSettingsRow.get_by_id(guild_id)
    used = CardChannelRow.select().where(CardChannelRow.guild_id == guild_id)
    plans_channel = None if settings.plans_channel_id is None else ChannelId(settings.plans_channel_id)
    return plans_channel, {ChannelId(row.channel_id) for row in used}
