"""The work on cards: which are to be sent to Discord, in what order, and the outcome of each try, as parts of acts."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import cast

from peewee import Expression, Select, fn

from bot.domain.values import CardFailure, CardId, CardWork, ChannelId, GuildId, LackingPicture, MessageId, PlanId
from bot.service.records import cards as card_rows
from bot.service.records import strays
from bot.service.records.cards import card_of, with_plans
from bot.service.records.plans import plan_with_id
from storage.id_sets import ids_in
from storage.models import (
    CARD_IS_ASKED,
    CARD_IS_FAILING,
    CARD_IS_PENDING,
    CARD_IS_RENEWABLE,
    CardChannelRow,
    CardRow,
    PlanRow,
)

OF_CHANNELS = (CardFailure.CLOSED, CardFailure.NO_CHANNEL)
"""The failures that all cards of a channel share."""

_RENEWALS_COMPARED = 25
_MAX_RETRIES = 500


def asked_for() -> list[tuple[CardId, ChannelId]]:
    """Return the cards of plans that somebody changed, the last change first."""
    rows = CardRow.select(CardRow.id, CardRow.channel_id).join(PlanRow).where(CARD_IS_ASKED)
    cards = cast("Iterable[tuple[int, int]]", rows.order_by(PlanRow.changed_at.desc()).tuples())
    return [(CardId(card_id), ChannelId(channel_id)) for card_id, channel_id in cards]


def renewable_channels() -> list[ChannelId]:
    """Return the channels with cards that are out of date though nobody asked for a change; one step for each."""
    first = CardRow.select(fn.MIN(CardRow.channel_id).alias("channel_id")).where(CARD_IS_RENEWABLE)
    channels = first.cte("channels", recursive=True, columns=("channel_id",))
    following = first.where(CardRow.channel_id > channels.c.channel_id)
    further = Select([channels], [following]).where(channels.c.channel_id.is_null(False))
    every = channels.union_all(further)
    found = every.select_from(every.c.channel_id).where(every.c.channel_id.is_null(False)).bind(CardRow._meta.database)
    return [ChannelId(row["channel_id"]) for row in found.dicts()]


def renewal(channel_id: ChannelId) -> CardId | None:
    """Return the next card of the channel that nobody asked for: of the newest ones one of the latest day."""
    newest = CardRow.select(CardRow.id).where((CardRow.channel_id == channel_id) & CARD_IS_RENEWABLE)
    page = newest.order_by(CardRow.id.desc()).limit(_RENEWALS_COMPARED)
    rows = CardRow.select(CardRow.id).join(PlanRow).where(CardRow.id.in_(page))
    row = rows.order_by(PlanRow.day.desc(), CardRow.id).limit(1).get_or_none()
    return row and CardId(row.id)


def retries(now: datetime.datetime) -> dict[ChannelId, list[CardId]]:
    """Return cards that failed and may be tried again by now, by channel: a part of them, those that failed first."""
    due = CARD_IS_FAILING & CARD_IS_PENDING & (CardRow.retry_at <= now)
    rows = CardRow.select(CardRow.channel_id, CardRow.id).where(due).order_by(CardRow.retry_at).limit(_MAX_RETRIES)
    cards: dict[ChannelId, list[CardId]] = {}
    for channel_id, card_id in cast("Iterable[tuple[int, int]]", rows.tuples()):
        cards.setdefault(ChannelId(channel_id), []).append(CardId(card_id))
    return cards


def begin(card_id: CardId, now: datetime.datetime) -> CardWork | None:
    """Note that a try begins; None: the card needs none, or not yet."""
    row = with_plans().where(CardRow.id == card_id).get()
    is_later = row.failure is not None and row.retry_at is not None and row.retry_at > now
    if row.done == row.wanted or row.gone_at is not None or is_later:
        return None
    plan = plan_with_id(PlanId(row.plan_id))
    work = CardWork(card_of(row), plan, row.wanted, row.nonce, row.tried_at)
    row.tried_at = row.tried_at or now
    row.save()
    return work


def shown(
    work: CardWork, message_id: MessageId, is_whole: bool, lacking: Sequence[LackingPicture], now: datetime.datetime
) -> None:
    """Note that the message shows the card; if the card is another message by now, this one is a stray."""
    row = _current(work)
    if row is None:
        strays.note_copy(work.card, message_id, now)
        return
    if row.failure in OF_CHANNELS:
        _reopen(ChannelId(row.channel_id))
    row.message_id = message_id
    row.lacking = card_rows.lacking_written(lacking)
    row.tried_at = row.failure = row.retry_at = row.told_at = None
    if is_whole:
        row.done, row.revision = work.wanted, work.plan.revision
    row.save()


def not_tried(work: CardWork) -> None:
    """Note that the try was not made; one before it may have been."""
    if row := _current(work):
        row.tried_at = work.tried_at
        row.save()


def failed(
    work: CardWork, failure: CardFailure, retry_at: datetime.datetime, plans_channel_id: ChannelId | None
) -> None:
    """Note that Discord refused the try.

    After a failure of the channel, its renewals wait. A card that no message shows, nor may come to show, goes to the
    plans' channel.
    """
    row = _current(work)
    if row is None or row.gone_at is not None:
        return
    of_channel = CardRow.channel_id == row.channel_id
    same = CardRow.select().where(of_channel & (CardRow.failure == failure))
    reported = same.where(CardRow.told_at.is_null(False)).get_or_none()
    row.tried_at = None if failure is CardFailure.NO_CHANNEL else work.tried_at
    row.failure, row.retry_at = failure, retry_at
    row.told_at = reported and reported.told_at
    card_rows.move(row, plans_channel_id)
    row.save()
    if failure in OF_CHANNELS:
        _postpone(of_channel, failure, retry_at, row.told_at)


def retry(moments: Mapping[ChannelId, datetime.datetime]) -> None:
    """Retry failed cards of each channel at a moment, unless they are retried earlier."""
    for channel_id, at in moments.items():
        of_channel = CARD_IS_FAILING & (CardRow.channel_id == channel_id)
        CardRow.update(retry_at=at).where(of_channel & (CardRow.retry_at > at)).execute()


def failing_channels(guilds: Collection[GuildId], channels: Collection[ChannelId]) -> tuple[ChannelId, ...]:
    """Return the channels in which cards failed: those of some guilds, and some channels with their public threads."""
    of_guilds = CardChannelRow.select(CardChannelRow.channel_id).where(CardChannelRow.guild_id.in_(ids_in(guilds)))
    threads = CardChannelRow.select(CardChannelRow.channel_id).where(
        CardChannelRow.public_thread_of.in_(ids_in(channels))
    )
    meant = ids_in(channels) | threads | of_guilds
    may_be_retried = CARD_IS_FAILING & CardRow.retry_at.is_null(False)
    rows = CardRow.select(CardRow.channel_id).where(CardRow.channel_id.in_(meant) & may_be_retried).distinct()
    return tuple(ChannelId(row.channel_id) for row in rows)


def _current(work: CardWork) -> CardRow | None:
    """Return the row, if it still means the message that was worked on."""
    return CardRow.get_or_none((CardRow.id == work.card.id) & (CardRow.nonce == work.nonce))


def _reopen(channel_id: ChannelId) -> None:
    """Try all cards of a channel again, as one of those that failed there is shown now."""
    shared = (CardRow.channel_id == channel_id) & CardRow.failure.in_(OF_CHANNELS)
    CardRow.update(failure=None, retry_at=None, told_at=None).where(shared).execute()


def _postpone(
    of_channel: Expression, failure: CardFailure, retry_at: datetime.datetime, told_at: datetime.datetime | None
) -> None:
    """Postpone the channel's renewals, and the cards with the same failure."""
    alike = of_channel & CardRow.failure.in_(OF_CHANNELS) & CardRow.retry_at.is_null(False)
    CardRow.update(retry_at=retry_at).where(alike).execute()
    waiting = of_channel & CARD_IS_RENEWABLE & CardRow.failure.is_null() & CardRow.tried_at.is_null()
    CardRow.update(failure=failure, retry_at=retry_at, told_at=told_at).where(waiting).execute()
