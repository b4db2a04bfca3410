"""Who may read which plans: those who see the channel that a plan's card is in, or is meant to be in."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from typing import Protocol, TypeAlias

import structlog

from bot.domain.values import Actor, ChannelId, GuildId, Reader, View
from storage.cached_reads import cached_read
from storage.errors import StorageError
from storage.models import CardChannelRow, GuildSettingsRow
from storage.store import Store

_log = structlog.get_logger(__name__)


Channels: TypeAlias = tuple[ChannelId | None, Mapping[ChannelId, ChannelId | None]]
"""The plans' channel, and the channels in which a guild has, or had, cards, with a thread's parent."""


class ChannelViews(Protocol):
    """The views that the people of a guild have of its channels."""

    async def of(
        self, actor: Actor, channels: Collection[ChannelId], parents: Mapping[ChannelId, ChannelId]
    ) -> Mapping[ChannelId, View]:
        """Return what the actor sees of each of the channels; `parents` are those of public threads seen before."""
        ...

    def public_parents(self, channels: Iterable[ChannelId]) -> Mapping[ChannelId, ChannelId]:
        """Return the parents of those of the channels that are known to be public threads."""
        ...


class NoViews:
    """The views where nobody acts in Discord: all is hidden."""

    async def of(
        self, actor: Actor, channels: Collection[ChannelId], parents: Mapping[ChannelId, ChannelId]
    ) -> Mapping[ChannelId, View]:
        """Return that everything is hidden."""
        del actor, parents
        return dict.fromkeys(channels, View.HIDDEN)

    def public_parents(self, channels: Iterable[ChannelId]) -> Mapping[ChannelId, ChannelId]:
        """Return that no threads are known."""
        del channels
        return {}


class Readers:
    """Finds out what people may read, and stores which channels are public threads, as that never changes."""

    def __init__(self, store: Store, views: ChannelViews) -> None:
        self._store = store
        self._views = views
        self._storing: asyncio.Task[None] | None = None

    async def of(self, actor: Actor) -> Reader:
        """Return the actor with the channels that they can see, of those in which the guild has cards.

        A plan without a card, or in a channel that was deleted, is read by those who see the plans' channel. The
        channel that they act in is never asked about: they are in it, or it was chosen for a program.

        Raises:
            StorageError: the database can't be read.
        """
        if actor.is_manager:
            return Reader.of(actor)
        plans_channel, used = await self._channels(actor.guild_id)
        wanted = used.keys() if plans_channel is None else used.keys() | {plans_channel}
        stored = {channel: parent for channel, parent in used.items() if parent is not None}
        seen = await self._views.of(actor, wanted - {actor.channel_id}, stored)
        gone = {channel for channel, view in seen.items() if view is View.GONE}
        self._store_parents(actor.guild_id, stored, self._views.public_parents(used), gone)
        visible = {channel for channel, view in seen.items() if view is View.SEEN} | (wanted & {actor.channel_id})
        if reads_unplaced := plans_channel in visible:
            visible |= gone
        is_partial = View.UNKNOWN in seen.values()
        asked = plans_channel, frozenset(used)
        return Reader.of(actor, visible, reads_unplaced=reads_unplaced, is_partial=is_partial, asked=asked)

    def is_current(self, reader: Reader) -> bool:
        """Return whether the channels that were asked about are those of the guild now; inside a transaction."""
        if reader.asked is None:
            return True
        plans_channel, used = _channels(reader.guild_id)
        return reader.asked == (plans_channel, used.keys())

    async def _channels(self, guild_id: GuildId) -> Channels:
        return _channels.peek(guild_id) or await self._store.read_first(_channels, guild_id)

    def _store_parents(
        self,
        guild_id: GuildId,
        stored: Mapping[ChannelId, ChannelId],
        known: Mapping[ChannelId, ChannelId],
        gone: Collection[ChannelId],
    ) -> None:
        """Have what is new stored beside the act; what is not stored now comes with a later one."""
        new: dict[ChannelId, ChannelId | None] = {each: at for each, at in known.items() if stored.get(each) != at}
        new |= dict.fromkeys(stored.keys() & gone)
        if new and (self._storing is None or self._storing.done()):
            self._storing = asyncio.create_task(self._try_to_store(guild_id, new))

    async def _try_to_store(self, guild_id: GuildId, parents: Mapping[ChannelId, ChannelId | None]) -> None:
        try:
            await self._store.write(_set_parents, guild_id, parents)
        except (StorageError, OSError) as error:
            _log.warning("threads not stored", guild_id=guild_id, why=str(error))


@cached_read(GuildSettingsRow, CardChannelRow)
def _channels(guild_id: int) -> Channels:
    """Return the plans' channel, and the channels in which the guild has, or had, cards, with a thread's parent."""
    settings = GuildSettingsRow.get_by_id(guild_id)
    used = CardChannelRow.select().where(CardChannelRow.guild_id == guild_id)
    plans_channel = None if settings.plans_channel_id is None else ChannelId(settings.plans_channel_id)
    return plans_channel, {
        ChannelId(row.channel_id): None if row.public_thread_of is None else ChannelId(row.public_thread_of)
        for row in used
    }


def _set_parents(guild_id: GuildId, parents: Mapping[ChannelId, ChannelId | None]) -> None:
    for channel_id, parent_id in parents.items():
        row = (CardChannelRow.guild_id == guild_id) & (CardChannelRow.channel_id == channel_id)
        CardChannelRow.update(public_thread_of=parent_id).where(row).execute()
