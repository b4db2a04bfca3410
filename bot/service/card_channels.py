"""Cards by channel: the recent ones, and those whose channel is gone or was opened again."""

import datetime
from collections.abc import Collection

from bot.domain.values import Card, CardFailure, ChannelId, GuildId
from bot.service.cards import RETRY
from bot.service.records.cards import card_of, with_plans
from bot.service.records.stranded_cards import (
    end_earlier,
    first_recent_day,
    guilds_of,
    in_channels,
    strand,
    with_public_threads,
)
from bot.service.transactions import Service
from storage.id_sets import ids_in
from storage.models import CardRow, GuildSettingsRow, PlanRow


class CardChannelService(Service):
    """Acts on cards by the channels that they are in."""

    async def recent(
        self, guilds: Collection[GuildId] | None = None, channels: Collection[ChannelId] = ()
    ) -> list[Card]:
        """Return the cards that are messages, of live plans of the last days and later.

        Those of some guilds (None: all), and of some channels with their public threads.
        """
        return await self._read(_recent, first_recent_day(self.clock()), guilds, channels)

    async def channels_gone(self, channels: Collection[ChannelId]) -> None:
        """Move the recent cards of channels that are gone, and of their public threads, to the plans' channel.

        Where there is none, managers are notified. Cards of earlier days end.
        """
        if await self._read(_had_cards, channels):
            await self._write(self._channels_gone, channels)

    async def thread_opened(self, thread_id: ChannelId) -> None:
        """Try again the cards that could not be changed while their thread was archived or locked."""
        if await self._read(_waits_for_thread, thread_id):
            await self._write(_retry_in_thread, thread_id)

    def _channels_gone(self, channels: Collection[ChannelId]) -> None:
        now, deleted = self.clock(), with_public_threads(channels)
        end_earlier(deleted, now)
        for row in with_plans().where(in_channels(deleted) & CardRow.gone_at.is_null()).execute():
            strand(row, self.guilds.settings(GuildId(row.plan.guild_id)).plans_channel_id, now + RETRY)
            row.save()


def _had_cards(channels: Collection[ChannelId]) -> bool:
    return guilds_of(with_public_threads(channels)).exists()


def _recent(since: datetime.date, guilds: Collection[GuildId] | None, channels: Collection[ChannelId]) -> list[Card]:
    is_message = CardRow.message_id.is_null(False) & CardRow.gone_at.is_null()
    has_channel = CardRow.failure.is_null() | (CardRow.failure != CardFailure.NO_CHANNEL)
    rows = with_plans().where((PlanRow.day >= since) & PlanRow.deleted_at.is_null() & is_message & has_channel)
    if guilds is None:
        rows = rows.where(PlanRow.guild_id.in_(GuildSettingsRow.select(GuildSettingsRow.guild_id)))
    else:
        wanted = with_public_threads(channels)
        in_either = PlanRow.guild_id.in_(ids_in(guilds)) | CardRow.channel_id.in_(ids_in(wanted))
        rows = rows.where(PlanRow.guild_id.in_(ids_in(guilds) | guilds_of(wanted)) & in_either)
    return [card_of(row) for row in rows]


def _waits_for_thread(thread_id: ChannelId) -> bool:
    waiting = (CardRow.channel_id == thread_id) & (CardRow.failure == CardFailure.ARCHIVED)
    return CardRow.select().where(waiting).exists()


def _retry_in_thread(thread_id: ChannelId) -> None:
    waiting = (CardRow.channel_id == thread_id) & (CardRow.failure == CardFailure.ARCHIVED)
    CardRow.update(retry_at=None).where(waiting).execute()
