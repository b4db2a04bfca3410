"""The state of cards: the work of the publisher, its outcomes, and the problems that managers are shown."""

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, cast

from peewee import Select, fn

from bot.domain.values import (
    MAX_COUNTED,
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
from bot.domain.zones import today_in
from bot.service import comparisons
from bot.service.plan_base import PlanActs
from bot.service.records import card_work, strays
from bot.service.records import cards as card_rows
from bot.service.records.cards import card_of, channels_of, with_plans
from bot.service.records.plans import plans, plans_of
from bot.service.records.stranded_cards import end_earlier
from bot.service.transactions import reads, require_manager, writes
from storage.id_sets import id_list, ids_in, values_from
from storage.models import (
    CARD_IS_ASKED,
    CARD_IS_FAILING,
    CARD_IS_LACKING,
    CARD_IS_PENDING,
    CARD_IS_RENEWABLE,
    CardChannelRow,
    CardRow,
    PlanRow,
    StrayMessageRow,
)
from storage.queries import Parameter, Prepared

RETRY: Final = datetime.timedelta(hours=1)
"""The pause before a failed card is retried, unless an event suggests that it may succeed earlier."""
MAX_REPOSTS: Final = 5
"""Times that a deleted card is posted again: against two bots that work against each other for ever."""
MAX_NAMED: Final = 25
"""Cards that wait for pictures, on a page."""

_MESSAGES: Final = values_from(Parameter("messages"))
_IS_KNOWN: Final = Prepared(
    lambda: Select(
        columns=[
            fn.EXISTS(CardRow.select().where(CardRow.message_id.in_(_MESSAGES)))
            | fn.EXISTS(StrayMessageRow.select().where(StrayMessageRow.message_id.in_(_MESSAGES)))
        ]
    )
)


class CardService(PlanActs):
    """The state of the messages that show plans."""

    async def pending(self) -> list[tuple[CardId, ChannelId]]:
        """Return the cards that do not show the last change of their plan, the latest change first."""
        return await self._read(card_work.asked_for)

    async def renewable_channels(self) -> list[ChannelId]:
        """Return the channels with cards that are out of date though their plans have not changed."""
        return await self._read(card_work.renewable_channels)

    async def renewal(self, channel_id: ChannelId) -> CardId | None:
        """Return the channel's next card that is out of date though its plan has not changed, the latest days first."""
        return await self._read(card_work.renewal, channel_id)

    async def retries(self) -> dict[ChannelId, list[CardId]]:
        """Return the failed cards that may be retried now, by channel; if one succeeds, the others are pending."""
        return await self._read(card_work.retries, self.clock())

    async def begin(self, card_id: CardId) -> CardWork | None:
        """Note that an update of the card begins; None: there is nothing to do."""
        return await self._write(self._begin, card_id)

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
        """Note that messages were deleted, and return how many were cards; these are posted again, or end.

        Nearly all are other people's: they cost a read, not a write. Ids in memory would grow with the database.
        """
        if not await self._read(_is_any_known, messages):
            return 0
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
        """Return the number of cards that are out of date, `MAX_COUNTED` at most."""
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

    def _begin(self, card_id: CardId) -> CardWork | None:
        now = self.clock()
        work = card_work.begin(card_id, now)
        if work is None or not work.plan.changes:
            return work
        timezone = self.guilds.timezone(work.card.guild_id)
        is_today = today_in(timezone, comparisons.changed_at(work.plan)) == today_in(timezone, now)
        return dataclasses.replace(work, is_changed_today=is_today)

    def _failed(self, work: CardWork, failure: CardFailure) -> None:
        now = self.clock()
        if failure is CardFailure.NO_CHANNEL:
            end_earlier([work.card.channel_id], now)
        plans_channel = self.guilds.settings(work.card.guild_id).plans_channel_id
        card_work.failed(work, failure, now + RETRY, plans_channel)

    def _messages_deleted(self, messages: Collection[MessageId]) -> int:
        rows = list(with_plans().where(CardRow.message_id.in_(ids_in(messages))))
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


def _is_any_known(messages: Collection[MessageId]) -> bool:
    return _IS_KNOWN.row(messages=id_list(messages)) == (True,)


def _waiting() -> int:
    is_failing = CARD_IS_FAILING & CARD_IS_PENDING & CardRow.retry_at.is_null(False)
    is_lacking = CARD_IS_LACKING & (CardRow.done >= CardRow.wanted)
    waiting = (CARD_IS_ASKED, CARD_IS_RENEWABLE, is_failing, is_lacking)  # each has an index
    return min(MAX_COUNTED, sum(CardRow.select().where(each).limit(MAX_COUNTED).count() for each in waiting))


def _lacking() -> tuple[CardId, ...]:
    rows = CardRow.select(CardRow.id).where(CARD_IS_LACKING).tuples()
    return tuple(CardId(card_id) for (card_id,) in cast("Iterable[tuple[int]]", rows))


def _lacked_by(cards: Collection[CardId]) -> dict[CardId, tuple[LackingPicture, ...]]:
    rows = CardRow.select().where(CardRow.id.in_(ids_in(cards)) & CARD_IS_LACKING)
    return {CardId(row.id): card_rows.lacking_in(row) for row in rows}


def _lacking_of(guild_id: GuildId) -> tuple[LackingCard, ...]:
    of_channel = CardRow.select(CardRow.id).where((CardRow.channel_id == CardChannelRow.channel_id) & CARD_IS_LACKING)
    newest = of_channel.order_by(CardRow.id.desc()).limit(MAX_NAMED)
    rows = CardRow.select().join(CardChannelRow, on=CardRow.id.in_(newest)).where(CardChannelRow.guild_id == guild_id)
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
        .where(CardRow.channel_id.in_(channels_of(guild_id)) & CARD_IS_FAILING)
        .group_by(CardRow.channel_id, CardRow.failure)
    )
    if is_unreported:
        rows = rows.where(CardRow.told_at.is_null())
    problems = cast("list[tuple[int, str, int]]", list(rows.tuples()))
    return tuple(CardProblem(ChannelId(channel), CardFailure(why), cards) for channel, why, cards in problems)


def _report(guild_id: GuildId, now: datetime.datetime) -> tuple[CardProblem, ...]:
    problems = _problems(guild_id, is_unreported=True)
    theirs = CardRow.channel_id.in_(channels_of(guild_id))
    CardRow.update(told_at=now).where(theirs & CARD_IS_FAILING & CardRow.told_at.is_null()).execute()
    return problems
