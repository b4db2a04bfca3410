"""Stray messages of ours, which look like cards and belong to none: noted, deleted or reported, as parts of acts."""

import datetime
from collections.abc import Collection, Sequence

from peewee import SQL

from bot.domain.values import Card, ChannelId, FoundMessage, GuildId, MessageId, PlanId, StrayMessage
from storage.id_sets import ids_in
from storage.models import CARD_HAS_OPEN_TRY, CardRow, PlanRow, RevisionRow, StrayMessageRow


def note_copy(card: Card, message_id: MessageId, now: datetime.datetime) -> None:
    """Note a message that was made for a card which is another message by now, so that it is deleted."""
    if not CardRow.select().where(CardRow.message_id == message_id).exists():
        _note(StrayMessage(message_id, card.guild_id, card.channel_id, card.plan_id, is_removable=True), now)


def unknown(guild_id: GuildId, messages: Sequence[FoundMessage]) -> list[StrayMessage]:
    """Return those of the messages that no card knows, nor may come to know.

    One is removable if it shows a revision of the plan as this database has it. Others show what it never had: perhaps
    it was restored from a backup, or another bot's database made them.
    """
    cards = {
        row.plan_id: row
        for row in CardRow.select().where(CardRow.plan.in_(ids_in({each.plan_id for each in messages})))
    }
    return [
        StrayMessage(each.message_id, guild_id, each.channel_id, each.plan_id, _is_ours(guild_id, each))
        for each in messages
        if not _is_known(cards.get(each.plan_id), each)
    ]


def has_open_try(channel_id: ChannelId) -> bool:
    """Return whether a card of the channel was perhaps sent, and its message is not known."""
    return CardRow.select().where((CardRow.channel_id == channel_id) & CARD_HAS_OPEN_TRY).exists()


def note(messages: Sequence[StrayMessage], now: datetime.datetime) -> None:
    """Note messages that were found, unless they are noted or became cards."""
    for each in messages:
        if not CardRow.select().where(CardRow.message_id == each.message_id).exists():
            _note(each, now)


def noted(*, is_removable: bool) -> list[StrayMessage]:
    """Return the messages that are to be deleted, or those that are only reported, the oldest first."""
    rows = StrayMessageRow.select().where(StrayMessageRow.is_removable == SQL(str(int(is_removable))))
    return [_stray_of(row) for row in rows.order_by(StrayMessageRow.message_id)]


def in_guild(guild_id: GuildId) -> tuple[StrayMessage, ...]:
    """Return the messages of a guild, the oldest first."""
    rows = StrayMessageRow.select().where(StrayMessageRow.guild_id == guild_id)
    return tuple(_stray_of(row) for row in rows.order_by(StrayMessageRow.message_id))


def forget(messages: Collection[MessageId]) -> None:
    """Delete the notes of messages that are gone."""
    StrayMessageRow.delete().where(StrayMessageRow.message_id.in_(ids_in(messages))).execute()


def faults() -> list[str]:
    """Return the stray messages in Discord, for the operator."""
    return [
        f"message {row.message_id} in channel {row.channel_id} looks like the card of plan {row.plan_id} and is not: "
        + ("the running bot deletes it" if row.is_removable else "delete it by hand")
        for row in StrayMessageRow.select().order_by(StrayMessageRow.message_id)
    ]


def _is_known(card: CardRow | None, found: FoundMessage) -> bool:
    """Return whether the message is the card, or may be what came of a try whose answer is not known."""
    if card is None:
        return False
    is_open = card.message_id is None and card.tried_at is not None and card.channel_id == found.channel_id
    return is_open or card.message_id == found.message_id


def _is_ours(guild_id: GuildId, found: FoundMessage) -> bool:
    revisions = RevisionRow.select(RevisionRow.hash).join(PlanRow)
    rows = revisions.where((PlanRow.id == found.plan_id) & (PlanRow.guild_id == guild_id))
    return any(row.hash.startswith(found.hashes) for row in rows)


def _note(message: StrayMessage, now: datetime.datetime) -> None:
    StrayMessageRow.insert(
        message_id=message.message_id,
        guild_id=message.guild_id,
        channel_id=message.channel_id,
        plan_id=message.plan_id,
        is_removable=int(message.is_removable),
        found_at=now,
    ).on_conflict_ignore().execute()


def _stray_of(row: StrayMessageRow) -> StrayMessage:
    return StrayMessage(
        MessageId(row.message_id),
        GuildId(row.guild_id),
        ChannelId(row.channel_id),
        PlanId(row.plan_id),
        bool(row.is_removable),
    )
