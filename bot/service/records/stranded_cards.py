"""Cards whose channel is gone, as parts of acts: they move to the plans' channel, wait, or end."""

import datetime
from collections.abc import Collection
from typing import Final

from peewee import Expression, ModelSelect, fn

from bot.domain.values import CardFailure, ChannelId
from bot.service.records.cards import move
from storage.id_sets import ids_in
from storage.models import CardChannelRow, CardRow, PlanRow

RECENT: Final = datetime.timedelta(days=2)
"""Cards of plans up to so long ago are looked for in Discord, and move when their channel is deleted."""


def first_recent_day(now: datetime.datetime) -> datetime.date:
    """Return the day from which on cards are recent."""
    return now.date() - RECENT


def strand(row: CardRow, plans_channel: ChannelId | None, retry_at: datetime.datetime) -> None:
    """Move a card to the plans' channel, as its own is gone; without one, note that it can't be shown."""
    row.wanted += row.done == row.wanted
    row.tried_at, row.failure, row.retry_at = None, CardFailure.NO_CHANNEL, retry_at
    move(row, plans_channel)


def end_earlier(channels: Collection[ChannelId], now: datetime.datetime) -> None:
    """End the cards in channels that are gone, of plans that are deleted or of earlier days.

    Of an earlier day one stays that somebody has just changed.
    """
    is_new = (CardRow.done < CardRow.asked) & CardRow.failure.is_null()
    is_old = (PlanRow.day < first_recent_day(now)) & ~is_new
    of_useless = PlanRow.select().where((PlanRow.id == CardRow.plan) & (PlanRow.deleted_at.is_null(False) | is_old))
    exists = in_channels(channels) & CardRow.gone_at.is_null()
    ended = {"gone_at": now, "tried_at": None, "failure": None, "retry_at": None, "told_at": None}
    CardRow.update(ended).where(exists & fn.EXISTS(of_useless)).execute()


def in_channels(channels: Collection[ChannelId]) -> Expression:
    """Return the condition for cards in these channels: they are found by the plans of the channels' guilds."""
    guilds = guilds_of(channels)
    of_guilds = PlanRow.select(PlanRow.id).where(PlanRow.guild_id.in_(guilds))
    return CardRow.plan.in_(of_guilds) & CardRow.channel_id.in_(ids_in(channels))


def guilds_of(channels: Collection[ChannelId]) -> "ModelSelect[CardChannelRow]":
    """Return the guilds that have, or had, cards in these channels, for `column.in_(...)`."""
    return CardChannelRow.select(CardChannelRow.guild_id).where(CardChannelRow.channel_id.in_(ids_in(channels)))


def with_public_threads(channels: Collection[ChannelId]) -> set[ChannelId]:
    """Return the channels with those of their public threads in which there are cards."""
    threads = CardChannelRow.select().where(CardChannelRow.public_thread_of.in_(ids_in(channels)))
    return {*channels, *(ChannelId(row.channel_id) for row in threads)}
