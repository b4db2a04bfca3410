"""The cards of plans in the database, as parts of acts on plans, coaches and settings."""

import dataclasses
import datetime
import json
import secrets
from collections.abc import Collection, Sequence
from typing import Final

from peewee import Expression, ModelSelect

from bot.domain.sessions import Exchange
from bot.domain.values import (
    Card,
    CardFailure,
    CardId,
    ChannelId,
    CoachId,
    GuildId,
    LackingPicture,
    MessageId,
    PictureProblem,
    PlanId,
)
from storage.models import CARD_IS_FAILING, CardChannelRow, CardRow, GuildSettingsRow, PlanRow
from storage.queries import Parameter, Prepared, insertion

_NONCE_BYTES = 12
"""24 characters: Discord takes 25 (Create Message)."""
NOTHING = "[]"
"""The value for a card that lacks no picture."""


def create(plan_id: PlanId, channel_id: ChannelId | None) -> None:
    """Give a plan that has no card one in the channel; None: it has none."""
    if channel_id is not None:
        _CREATE.insert(plan=plan_id, channel_id=channel_id, nonce=_nonce())


def mark_dirty(
    plan_id: PlanId, channel_id: ChannelId | None, *, moves_to: ChannelId | None = None, again: bool = False
) -> None:
    """Mark the plan's card for an update; a plan without a card gets one in the channel.

    A card stays in its channel, whoever acts where: those who see another channel may not read the plan.

    Args:
        plan_id: the plan.
        channel_id: where a plan without a card gets one; None: nowhere.
        moves_to: the plans' channel, to which a card moves that no message shows; None: there is none.
        again: also where the card had ended.
    """
    if not again and _MARK_DIRTY.change(plan=plan_id, moves_to=moves_to):
        return
    card = CardRow.get_or_none(CardRow.plan == plan_id)
    if card is None:
        create(plan_id, channel_id)
        return
    if again and card.gone_at is not None:
        reset_message(card)
        card.gone_at, card.put_back = None, 0
    move(card, moves_to)
    card.wanted += 1
    card.asked, card.retry_at = card.wanted, None
    card.save()


def mark_coach_dirty(coach_id: CoachId) -> None:
    """Mark all cards of the coach for an update at low priority: its name has changed."""
    _mark_all_dirty(PlanRow.coach == coach_id)


def mark_day_dirty(guild_id: GuildId, day: datetime.date) -> None:
    """Mark the cards of all plans for the day for an update at low priority: its session has changed."""
    _mark_all_dirty((PlanRow.guild_id == guild_id) & (PlanRow.day == day))


def mark_days_dirty_from(guild_id: GuildId, first: datetime.date) -> None:
    """Mark the cards of all plans for the day and later ones so: the guild follows another exchange."""
    _mark_all_dirty((PlanRow.guild_id == guild_id) & (PlanRow.day >= first))


def mark_exchange_days_dirty(exchange: Exchange, days: Collection[datetime.date]) -> None:
    """Mark the cards of all plans for these days so, in the guilds that follow the exchange: they became known."""
    guild_ids = GuildSettingsRow.select(GuildSettingsRow.guild_id).where(GuildSettingsRow.exchange == exchange)
    _mark_all_dirty(PlanRow.guild_id.in_(guild_ids) & PlanRow.day.in_(days))


def move_stranded(guild_id: GuildId, channel_id: ChannelId, now: datetime.datetime) -> None:
    """Move the cards that could not be shown in their channels to this channel."""
    for card in with_plans().where(CardRow.channel_id.in_(channels_of(guild_id)) & CARD_IS_FAILING):
        if not move(card, channel_id):
            card.retry_at = now
        card.save()


def move(card: CardRow, channel_id: ChannelId | None) -> bool:
    """Move a card that no message shows, nor may come to show, to a channel; return whether it moves.

    `channel_id` None: there is none to move to.
    """
    if channel_id is None or channel_id == card.channel_id or not _is_nowhere(card):
        return False
    reset_message(card)
    card.channel_id = channel_id
    return True


def reset_message(card: CardRow) -> None:
    """Make the card a new message; no try may be open whose message is not known."""
    card.message_id = card.revision = card.tried_at = card.failure = card.told_at = card.retry_at = None
    card.nonce, card.lacking = _nonce(), NOTHING
    card.wanted += 1


def card_of(row: CardRow) -> Card:
    """Return the row as a value; it was selected with its plan."""
    return Card(
        id=CardId(row.id),
        plan_id=PlanId(row.plan_id),
        guild_id=GuildId(row.plan.guild_id),
        channel_id=ChannelId(row.channel_id),
        message_id=None if row.message_id is None else MessageId(row.message_id),
        is_current=row.done == row.wanted,
        is_gone=row.gone_at is not None,
        failure=None if row.failure is None or row.retry_at is None else CardFailure(row.failure),
    )


def lacking_written(pictures: Sequence[LackingPicture]) -> str:
    """Return the pictures that a card lacks as a JSON array."""
    return json.dumps([dataclasses.asdict(each) for each in pictures])


def lacking_in(row: CardRow) -> tuple[LackingPicture, ...]:
    """Return the pictures that `lacking_written` wrote."""
    return tuple(
        LackingPicture(each["sha256"], each["filename"], PictureProblem(each["problem"]), each["why"])
        for each in json.loads(row.lacking)
    )


def faults() -> list[str]:
    """Return the cards that count as current and are not, for the operator."""
    rows = (
        with_plans()
        .where((CardRow.done == CardRow.wanted) & CardRow.gone_at.is_null() & CardRow.failure.is_null())
        .where(CardRow.revision.is_null() | (CardRow.revision != PlanRow.revision) | CardRow.message_id.is_null())
    )
    return [
        f"plan {row.plan_id}: its card counts as current, and shows revision {row.revision or 'none'}, "
        f"not {row.plan.revision}"
        for row in rows
    ]


def with_plans() -> "ModelSelect[CardRow]":
    """Return all cards with their plans, in one query."""
    return CardRow.select(CardRow, PlanRow).join(PlanRow)


def channels_of(guild_id: GuildId) -> "ModelSelect[CardChannelRow]":
    """Return the channels in which a guild has cards, for `column.in_(...)`."""
    return CardChannelRow.select(CardChannelRow.channel_id).where(CardChannelRow.guild_id == guild_id)


def _mark_all_dirty(plans: Expression) -> None:
    plan_ids = PlanRow.select(PlanRow.id).where(plans)
    CardRow.update(wanted=CardRow.wanted + 1).where(CardRow.plan.in_(plan_ids) & CardRow.gone_at.is_null()).execute()


def _is_nowhere(card: CardRow) -> bool:
    """Return whether no message shows it, nor may one that is on its way: there was none, or its channel is gone."""
    return card.tried_at is None and (card.message_id is None or card.failure == CardFailure.NO_CHANNEL)


def _nonce() -> str:
    return secrets.token_hex(_NONCE_BYTES)


_CREATE: Final = insertion(CardRow, "plan", "channel_id", "nonce")
_STAYS: Final = (
    Parameter("moves_to").is_null()
    | (CardRow.channel_id == Parameter("moves_to"))
    | CardRow.tried_at.is_null(False)
    | (CardRow.message_id.is_null(False) & (CardRow.failure.is_null() | (CardRow.failure != CardFailure.NO_CHANNEL)))
)
"""The condition of a card that `move` does not move."""
_MARK_DIRTY: Final = Prepared(
    lambda: CardRow.update(wanted=CardRow.wanted + 1, asked=CardRow.wanted + 1, retry_at=None).where(
        CardRow.plan == Parameter("plan"), _STAYS
    )
)
