"""Cards whose channel is gone, as parts of acts: they move to the plans' channel, wait, or are let go."""

import datetime
from collections.abc import Collection

from peewee import Expression

from bot.domain.values import CardFailure, ChannelId
from bot.service.records.cards import move
from storage.id_sets import ids_in
from storage.models import CardChannelRow, CardRow, PlanRow


def strand(row: CardRow, plans_channel: ChannelId | None, retry_at: datetime.datetime) -> None:
    """Move a card to the plans' channel, as its own is gone; without one, note that it can't be shown."""
    row.wanted += row.done == row.wanted
    row.tried_at, row.failure, row.retry_at = None, CardFailure.NO_CHANNEL, retry_at
    move(row, plans_channel)


def let_go(nonce: str, now: datetime.datetime) -> None:
    """Let go of the card that is the message with this nonce."""
    _let_go(CardRow.nonce == nonce, now)


def let_go_of_earlier(channels: Collection[ChannelId], since: datetime.date, now: datetime.datetime) -> None:
    """Let go of the cards in channels that are gone, of plans for days before `since` and of deleted ones."""
    of_no_use = PlanRow.select(PlanRow.id).where((PlanRow.day < since) | PlanRow.deleted_at.is_null(False))
    _let_go(CardRow.channel_id.in_(ids_in(channels)) & CardRow.gone_at.is_null() & CardRow.plan.in_(of_no_use), now)


def with_public_threads(channels: Collection[ChannelId]) -> set[ChannelId]:
    """Return the channels with those of their public threads in which there are cards."""
    threads = CardChannelRow.select().where(CardChannelRow.public_thread_of.in_(ids_in(channels)))
    return {*channels, *(ChannelId(row.channel_id) for row in threads)}


def _let_go(those: Expression, now: datetime.datetime) -> None:
    CardRow.update(gone_at=now, tried_at=None, failure=None, retry_at=None, told_at=None).where(those).execute()
