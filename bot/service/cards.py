"""The state of cards: the work of the publisher, its outcomes, and the problems that managers are shown."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, cast

from peewee import fn

from bot.domain.values import (
    Actor,
    Card,
    CardFailure,
    CardId,
    CardProblem,
    CardWork,
    ChannelId,
    DeletedCards,
    GuildId,
    LackingCard,
    LackingPicture,
    MessageId,
    Plan,
    PlanId,
    Reader,
)
from bot.service.plan_base import PlanActs
from bot.service.records import card_work, strays
from bot.service.records import cards as card_rows
from bot.service.records.cards import card_of, with_plans
from bot.service.records.plans import plans, plans_of
from bot.service.records.stranded_cards import end_earlier
from bot.service.transactions import reads, require_manager, writes
from storage.id_sets import ids_in
from storage.models import CardRow, PlanRow

RETRY: Final = datetime.timedelta(hours=1)
"""The pause before a failed card is retried, unless an event suggests that it may succeed earlier."""
MAX_REPOSTS: Final = 5
"""Times that a deleted card is posted again: against two bots that work against each other for ever."""
MAX_NAMED: Final = 25
"""Cards that wait for pictures, on a page."""

_IS_LACKING = CardRow.lacking != card_rows.NOTHING


class CardService(PlanActs):
    """The state of the messages that show plans."""

    async def pending(self) -> list[tuple[CardId, ChannelId]]:
        """Return the cards that do not show the last change of their plan, the latest change first."""
        return await self._read(card_work.asked_for)

    async def renewals(self) -> list[tuple[CardId, ChannelId]]:
        """Return one card of each channel that is out of date though its plan has not changed, the latest day first."""
        return await self._read(card_work.renewals)

    async def retries(self) -> dict[ChannelId, list[CardId]]:
        """Return the failed cards that may be retried now, by channel; if one succeeds, the others are pending."""
        return await self._read(card_work.retries, self.clock())

    async def begin(self, card_id: CardId) -> CardWork | None:
        """Note that an update of the card begins; None: there is nothing to do."""
        return await self._write(card_work.begin, card_id, self.clock())

    async def shown(
        self,
        work: CardWork,
        message_id: MessageId,
        *,
        is_whole: bool = True,
        lacking: Sequence[LackingPicture] = (),
    ) -> None:
        """Note that the card is this message, and shows the plan, but for the pictures it lacks.

        Not `is_whole`: the message is there, but perhaps as an earlier try left it. If the card is another message by
        now, this one is deleted later.
        """
        await self._write(card_work.shown, work, message_id, is_whole, lacking, self.clock())

    async def lacking(self) -> tuple[CardId, ...]:
        """Return the cards that wait for pictures, in all guilds."""
        return await self._read(_lacking)

    async def lacked_by(self, cards: Collection[CardId]) -> dict[CardId, tuple[LackingPicture, ...]]:
        """Return the pictures that each of these cards waits for; without those that do no longer."""
        return await self._read(_lacked_by, cards)

    async def send_again(self, card_id: CardId) -> None:
        """Send the card again, as its pictures have changed."""
        await self._write(_send_again, card_id)

    async def not_tried(self, work: CardWork) -> None:
        """Note that the try that began with this work was not made."""
        if work.tried_at is None:
            await self._write(card_work.not_tried, work)

    async def failed(self, work: CardWork, failure: CardFailure) -> None:
        """Note that the try has sent no message; an earlier one may have.

        Where the channel is gone, its cards of deleted plans and of earlier days end.
        """
        await self._write(self._failed, work, failure)

    async def messages_deleted(self, messages: Collection[MessageId]) -> int:
        """Note that messages were deleted, and return how many were cards; these are posted again, or end."""
        return await self._write(self._messages_deleted, messages)

    async def message_deleted(self, work: CardWork) -> None:
        """Note that the message of this work was deleted: the card is posted again, or ends."""
        await self._write(self._message_deleted, work)

    async def failing_channels(
        self, guilds: Collection[GuildId], channels: Collection[ChannelId] = ()
    ) -> tuple[ChannelId, ...]:
        """Return the channels in which cards failed: those of some guilds, and some channels with their threads."""
        return await self._read(card_work.failing_channels, guilds, channels)

    async def retry(self, seconds: Mapping[ChannelId, float]) -> None:
        """Retry failed cards of each channel in so many seconds: something may have changed there."""
        now = self.clock()
        await self._write(card_work.retry, {each: now + datetime.timedelta(0, late) for each, late in seconds.items()})

    async def card(self, plan_id: PlanId) -> Card | None:
        """Return the card of the plan; None: it has none."""
        return await self._read(_card, plan_id)

    async def waiting(self) -> int:
        """Return the number of cards that are out of date."""
        return await self._read(_waiting)

    @reads
    def problems(self, actor: Actor) -> tuple[CardProblem, ...]:
        """Return the problems of cards in the actor's guild, by channel.

        Raises:
            NotManagerError: the actor does not manage their guild.
        """
        require_manager(actor)
        return _problems(actor.guild_id)

    @reads
    def lacking_of(self, actor: Actor) -> tuple[LackingCard, ...]:
        """Return the newest cards of the actor's guild that wait for pictures, a page of them.

        Raises:
            NotManagerError: the actor does not manage their guild.
        """
        require_manager(actor)
        return _lacking_of(actor.guild_id)

    async def unreported_problems(self, actor: Actor) -> tuple[CardProblem, ...]:
        """Return the problems that no manager has seen yet, for a manager; then they count as seen."""
        if not actor.is_manager or not await self._read(_problems, actor.guild_id, is_unreported=True):
            return ()
        return await self._write(_report, actor.guild_id, self.clock())

    @writes
    def show_again(self, actor: Reader, plan_id: PlanId) -> Plan:
        """Post the plan's card again, which had ended.

        Raises:
            NotYourPlanError: the actor is neither a member of the coach nor a manager.
            PlanGoneError: the plan is deleted, or there is none in the actor's guild that they may read.
        """
        plan = self.to_delete(actor, plan_id)
        self.mark_card_dirty(actor, plan.id, again=True)
        return plan

    def _failed(self, work: CardWork, failure: CardFailure) -> None:
        now = self.clock()
        if failure is CardFailure.NO_CHANNEL:
            end_earlier([work.card.channel_id], now)
        plans_channel = self.guilds.settings(work.card.guild_id).plans_channel_id
        card_work.failed(work, failure, now + RETRY, plans_channel)

    def _messages_deleted(self, messages: Collection[MessageId]) -> int:
        rows = list(with_plans().where(CardRow.message_id.in_(list(messages))))
        for row in rows:
            self._repost_or_end(row)
        strays.forget(messages)
        return len(rows)

    def _message_deleted(self, work: CardWork) -> None:
        row = with_plans().where((CardRow.id == work.card.id) & (CardRow.nonce == work.nonce)).get_or_none()
        if row:
            self._repost_or_end(row)

    def _repost_or_end(self, row: CardRow) -> None:
        setting = self.guilds.settings(GuildId(row.plan.guild_id)).deleted_cards
        may_return = row.plan.deleted_at is None and row.put_back < MAX_REPOSTS
        if setting is DeletedCards.POST_AGAIN and may_return:
            row.put_back += 1
        else:
            row.gone_at = self.clock()
        card_rows.reset_message(row)
        row.save()


def _card(plan_id: PlanId) -> Card | None:
    row = with_plans().where(CardRow.plan == plan_id).get_or_none()
    return row and card_of(row)


def _waiting() -> int:
    cards = CardRow.select().where(CardRow.gone_at.is_null())
    is_sent = CardRow.done >= CardRow.wanted
    return cards.where(~is_sent).count() + cards.where(_IS_LACKING & is_sent).count()  # two indexes: OR would use none


def _lacking() -> tuple[CardId, ...]:
    rows = CardRow.select(CardRow.id).where(_IS_LACKING & CardRow.gone_at.is_null()).tuples()
    return tuple(CardId(card_id) for (card_id,) in cast("Iterable[tuple[int]]", rows))


def _lacked_by(cards: Collection[CardId]) -> dict[CardId, tuple[LackingPicture, ...]]:
    rows = CardRow.select().where(CardRow.id.in_(ids_in(cards)) & _IS_LACKING & CardRow.gone_at.is_null())
    return {CardId(row.id): card_rows.lacking_in(row) for row in rows}


def _lacking_of(guild_id: GuildId) -> tuple[LackingCard, ...]:
    rows = with_plans().where(_IS_LACKING & CardRow.gone_at.is_null() & (PlanRow.guild_id == guild_id))
    lacking = {row.plan_id: row for row in rows.order_by(CardRow.id.desc()).limit(MAX_NAMED)}
    return tuple(
        LackingCard(CardId(lacking[plan.id].id), plan, card_rows.lacking_in(lacking[plan.id]))
        for plan in plans_of(plans().where(PlanRow.id.in_(list(lacking))))
    )


def _send_again(card_id: CardId) -> None:
    CardRow.update(wanted=CardRow.wanted + 1).where(CardRow.id == card_id).execute()


def _problems(guild_id: GuildId, *, is_unreported: bool = False) -> tuple[CardProblem, ...]:
    rows = (
        CardRow.select(CardRow.channel_id, CardRow.failure, fn.COUNT(CardRow.id).alias("cards"))
        .join(PlanRow)
        .where((PlanRow.guild_id == guild_id) & CardRow.failure.is_null(False) & CardRow.gone_at.is_null())
        .group_by(CardRow.channel_id, CardRow.failure)
    )
    if is_unreported:
        rows = rows.where(CardRow.told_at.is_null())
    problems = cast("list[tuple[int, str, int]]", list(rows.tuples()))
    return tuple(CardProblem(ChannelId(channel), CardFailure(why), cards) for channel, why, cards in problems)


def _report(guild_id: GuildId, now: datetime.datetime) -> tuple[CardProblem, ...]:
    problems = _problems(guild_id, is_unreported=True)
    theirs = PlanRow.select(PlanRow.id).where(PlanRow.guild_id == guild_id)
    CardRow.update(told_at=now).where(CardRow.plan.in_(theirs) & CardRow.failure.is_null(False)).execute()
    return problems
