"""What the book knows of cards: what each is to show, what it shows, and what keeps it from that."""

import dataclasses
import datetime

import pytest

from bot.domain import errors
from bot.domain.commands import DeletePlan, EditPlan, PostPlan, RestorePlan
from bot.domain.values import (
    MAX_COUNTED,
    Actor,
    CardFailure,
    CardProblem,
    CardWork,
    ChannelId,
    CoachChange,
    DeletedCards,
    LackingCard,
    LackingPicture,
    MessageId,
    PictureProblem,
    Plan,
    PlanId,
    PlanOfDay,
    SettingsChange,
)
from bot.service.cards import MAX_NAMED, MAX_REPOSTS, RETRY, CardService
from bot.service.records import cards as card_rows
from storage.connections import database
from storage.models import CardChannelRow, CardRow
from tests.service import scene
from tests.service.scene import DAY, GUILD, Services, fresh

HERE, PLANS = scene.CHANNEL, ChannelId(801)
MESSAGE = MessageId(900)
MANY = 40_000
"""More than SQLite takes variables."""


@pytest.fixture
def dana() -> Actor:
    """A coach, in a channel."""
    return dataclasses.replace(scene.DANA, channel_id=HERE)


@pytest.fixture
async def plan(services: Services, dana: Actor) -> Plan:
    return await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())


async def begun(cards: CardService) -> CardWork:
    """The work on the only card that is due."""
    retries = [card for failed in (await cards.retries()).values() for card in failed]
    [card_id] = [*(card for card, _ in (*await cards.pending(), *await scene.renewals(cards))), *retries]
    work = await cards.begin(card_id)
    assert work
    return work


async def show(cards: CardService, message_id: MessageId = MESSAGE) -> None:
    """Do what is due, as the publisher does."""
    await cards.shown(await begun(cards), message_id)


async def edit(services: Services, dana: Actor, plan: Plan, text: str) -> Plan:
    edited = await services.plans.edit(dana, EditPlan(PlanOfDay(None, DAY), text), fresh())
    return edited.plan


async def set_plans_channel(services: Services, max: Actor, **wanted) -> None:
    await services.settings.change(max, SettingsChange(**wanted))


async def test_a_post_wants_a_card_where_the_command_was_used(cards, plan):
    work = await begun(cards)

    assert (work.card.channel_id, work.card.message_id, work.plan, work.tried_at) == (HERE, None, plan, None)
    assert not work.card.is_settled


async def test_a_post_wants_a_card_in_the_guilds_channel(services, cards, dana, max):
    await set_plans_channel(services, max, plans_channel_id=PLANS)

    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())

    assert [channel for _, channel in await cards.pending()] == [PLANS]


async def test_who_acts_in_no_channel_gets_no_card(services, cards):
    dana = dataclasses.replace(scene.DANA, channel_id=None)
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())

    assert await cards.pending() == []
    assert await cards.card(plan.id) is None


async def test_a_card_that_shows_the_plan_is_settled(cards, plan):
    await show(cards)

    card = await cards.card(plan.id)
    assert card.is_current
    assert card.is_settled
    assert card.message_id == MESSAGE
    assert await cards.pending() == []


async def test_changes_that_come_while_a_card_is_made_are_shown_next(services, cards, dana, plan):
    work = await begun(cards)
    edited = await edit(services, dana, plan, "Short")

    await cards.shown(work, MESSAGE)

    again = await begun(cards)
    assert (again.plan, again.card.message_id) == (edited, MESSAGE)
    await cards.shown(again, MESSAGE)
    assert await cards.pending() == []


async def test_deleting_and_restoring_are_shown(services, cards, dana, plan):
    await show(cards)
    await services.plans.delete(dana, DeletePlan(plan.id, seen=1), fresh())
    deleted = await begun(cards)
    await cards.shown(deleted, MESSAGE)

    await services.plans.restore(dana, RestorePlan(plan.id), fresh())

    assert deleted.plan.deleted_at
    assert (await begun(cards)).card.message_id == MESSAGE


async def test_a_try_that_nobody_knows_the_end_of_is_remembered(cards, clock, plan):
    first = await begun(cards)
    clock.now += datetime.timedelta(minutes=1)

    second = await begun(cards)

    assert first.tried_at is None
    assert second.tried_at == clock.now - datetime.timedelta(minutes=1)
    assert second.nonce == first.nonce


async def test_a_try_that_was_not_carried_out_is_forgotten(cards, plan):
    await cards.not_tried(await begun(cards))

    assert (await begun(cards)).tried_at is None


async def test_a_message_that_may_be_an_earlier_try_is_changed_once_more(cards, plan):
    await cards.shown(await begun(cards), MESSAGE, is_whole=False)

    work = await begun(cards)
    assert (work.card.message_id, work.tried_at) == (MESSAGE, None)


async def test_a_card_that_can_not_be_shown_is_tried_again_later(cards, clock, plan):
    await cards.failed(await begun(cards), CardFailure.CLOSED)

    assert (await cards.card(plan.id)).failure is CardFailure.CLOSED
    assert await cards.pending() == []
    assert await cards.retries() == {}
    clock.now += RETRY
    assert len((await cards.retries())[HERE]) == 1


async def test_a_card_that_could_not_be_shown_is_tried_again_after_a_change(services, cards, dana, plan):
    await cards.failed(await begun(cards), CardFailure.CLOSED)

    await edit(services, dana, plan, "Short")

    assert not (await cards.card(plan.id)).is_settled
    await show(cards)
    assert (await cards.card(plan.id)).is_current


async def test_what_failed_is_tried_again_when_something_changed_in_its_channel(cards, clock, plan):
    await cards.failed(await begun(cards), CardFailure.CLOSED)

    both = [GUILD, scene.OTHER_GUILD]
    assert await cards.failing_channels(both) == await cards.failing_channels([], [PLANS, HERE]) == (HERE,)
    assert await cards.failing_channels([], [PLANS]) == await cards.failing_channels([scene.OTHER_GUILD]) == ()
    await cards.retry({PLANS: 0, HERE: 5})

    assert await cards.retries() == {}
    clock.move(seconds=5)
    assert len((await cards.retries())[HERE]) == 1


async def test_what_failed_in_a_public_thread_is_tried_again_when_something_changed_in_its_channel(cards, store, plan):
    await cards.failed(await begun(cards), CardFailure.CLOSED)

    await store.write(lambda: CardChannelRow.update(public_thread_of=PLANS).execute())

    assert await cards.failing_channels([], [PLANS]) == (HERE,)


async def test_a_card_that_was_deleted_by_hand_is_put_back_as_another_message(cards, plan):
    work = await begun(cards)
    await cards.shown(work, MESSAGE)

    assert await cards.messages_deleted([MessageId(1), MESSAGE]) == 1

    again = await begun(cards)
    assert again.card.message_id is None
    assert again.nonce != work.nonce


async def test_what_came_of_a_message_that_is_no_longer_meant_counts_for_nothing(cards, plan):
    await show(cards)
    await cards.messages_deleted([MESSAGE])
    work = await begun(cards)
    await cards.shown(work, MESSAGE)
    await cards.messages_deleted([MESSAGE])

    await cards.shown(work, MESSAGE)
    await cards.failed(work, CardFailure.CLOSED)

    assert (await begun(cards)).card.message_id is None


async def test_a_card_is_put_back_only_so_often(cards, plan):
    for number in range(MAX_REPOSTS + 1):
        await show(cards, MessageId(number + 1))
        await cards.messages_deleted([MessageId(number + 1)])

    assert await cards.pending() == []
    assert (await cards.card(plan.id)).is_gone


async def test_a_guild_can_let_go_of_deleted_cards(services, cards, dana, max, plan):
    await set_plans_channel(services, max, deleted_cards=DeletedCards.LEAVE_DELETED)
    await show(cards)

    await cards.messages_deleted([MESSAGE])
    await edit(services, dana, plan, "Short")

    assert await cards.pending() == []
    assert (await cards.card(plan.id)).is_gone


async def test_a_deleted_plans_card_is_let_go(services, cards, dana, plan):
    await show(cards)
    await services.plans.delete(dana, DeletePlan(plan.id, seen=1), fresh())
    await show(cards)

    await cards.messages_deleted([MESSAGE])

    assert await cards.pending() == []
    await services.plans.restore(dana, RestorePlan(plan.id), fresh())
    assert (await begun(cards)).card.message_id is None


async def test_a_card_that_was_let_go_can_be_shown_again(services, cards, dana, max, plan):
    await set_plans_channel(services, max, deleted_cards=DeletedCards.LEAVE_DELETED)
    await show(cards)
    await cards.messages_deleted([MESSAGE])

    assert await cards.show_again(dana, plan.id) == plan

    assert (await begun(cards)).card.message_id is None


async def test_only_those_who_may_delete_a_plan_show_it_again(cards, mia, plan):
    with pytest.raises(errors.NotYourPlanError):
        await cards.show_again(mia, plan.id)
    with pytest.raises(errors.PlanGoneError):
        await cards.show_again(scene.elsewhere(mia), plan.id)


async def test_another_name_of_the_coach_is_shown(services, cards, max, plan):
    await show(cards)

    await services.coaches.change(max, "d", CoachChange("Dana"))

    assert (await begun(cards)).plan.coach.name == "Dana"


async def test_cards_of_a_channel_that_is_gone_go_to_the_new_one(services, cards, max, plan):
    await show(cards)
    await services.coaches.change(max, "d", CoachChange("Dana"))
    await cards.failed(await begun(cards), CardFailure.NO_CHANNEL)

    await set_plans_channel(services, max, plans_channel_id=PLANS)

    work = await begun(cards)
    assert (work.card.channel_id, work.card.message_id) == (PLANS, None)


async def test_a_message_in_a_closed_channel_is_not_made_twice(services, cards, dana, max, plan):
    await show(cards)
    await edit(services, dana, plan, "Short")
    await cards.failed(await begun(cards), CardFailure.CLOSED)

    await set_plans_channel(services, max, plans_channel_id=PLANS)

    work = await begun(cards)
    assert (work.card.channel_id, work.card.message_id) == (HERE, MESSAGE)


async def test_managers_see_what_keeps_cards_away_and_are_told_once(cards, dana, max, plan):
    await cards.failed(await begun(cards), CardFailure.CLOSED)
    trouble = (CardProblem(HERE, CardFailure.CLOSED, 1),)

    assert await cards.unreported_problems(dana) == ()
    assert await cards.unreported_problems(max) == trouble
    assert await cards.unreported_problems(max) == ()
    assert await cards.problems(max) == trouble
    with pytest.raises(errors.NotManagerError):
        await cards.problems(dana)


async def test_a_further_card_of_a_channel_that_was_told_of_is_no_news(services, cards, dana, max, plan):
    await cards.failed(await begun(cards), CardFailure.CLOSED)
    await cards.unreported_problems(max)
    await services.plans.post(dana, PostPlan("Long", day="2026-11-24"), fresh())

    await cards.failed(await begun(cards), CardFailure.CLOSED)

    assert await cards.unreported_problems(max) == ()
    assert await cards.problems(max) == (CardProblem(HERE, CardFailure.CLOSED, 2),)


async def test_waiting_counts_what_is_not_as_it_should_be(cards, plan):
    assert await cards.waiting() == 1
    await show(cards)

    assert await cards.waiting() == 0


async def test_a_card_that_lies_about_its_revision_is_found(services, cards, store, dana, plan):
    await show(cards)
    assert await store.read(card_rows.faults) == []

    await store.write(lambda: CardRow.update(revision=7).execute())

    assert await store.read(card_rows.faults) == [
        f"plan {plan.id}: its card counts as current, and shows revision 7, not 1"
    ]


async def test_restoring_by_id_is_for_those_who_may(services, dana, mia, plan):
    await services.plans.delete(dana, DeletePlan(plan.id, seen=1), fresh())

    with pytest.raises(errors.NotYourPlanError):
        await services.plans.restore(mia, RestorePlan(plan.id), fresh())
    with pytest.raises(errors.PlanGoneError):
        await services.plans.restore(scene.elsewhere(dana), RestorePlan(PlanId(plan.id)), fresh())


async def test_restoring_twice_is_refused_and_the_same_operation_is_not(services, dana, plan):
    await services.plans.delete(dana, DeletePlan(plan.id, seen=1), fresh())
    operation = fresh()
    restored = await services.plans.restore(dana, RestorePlan(plan.id), operation)

    assert await services.plans.restore(dana, RestorePlan(plan.id), operation) == restored
    with pytest.raises(errors.PlanExistsError):
        await services.plans.restore(dana, RestorePlan(plan.id), fresh())


LACKING = LackingPicture("a" * 64, "nq.png", PictureProblem.UNREADABLE, "can’t be read right now: Permission denied")


async def test_a_card_that_lacks_a_picture_waits_until_it_is_sent_again_with_it(cards, max, plan):
    await cards.shown(await begun(cards), MESSAGE, lacking=(LACKING,))

    card = await cards.card(plan.id)
    assert card.is_settled
    assert await cards.pending() == []
    assert await cards.waiting() == 1
    assert await cards.lacked_by(await cards.lacking()) == {card.id: (LACKING,)}
    assert await cards.lacking_of(max) == (LackingCard(card.id, plan, (LACKING,)),)
    assert await cards.lacking_of(scene.elsewhere(max)) == ()

    await cards.send_again(card.id)
    await show(cards)

    assert (await cards.waiting(), await cards.lacking()) == (0, ())


async def test_a_card_that_is_put_back_is_looked_at_as_new(cards, plan):
    await cards.shown(await begun(cards), MESSAGE, lacking=(LACKING,))

    await cards.messages_deleted([MESSAGE])

    assert await cards.lacking() == ()
    assert await cards.waiting() == 1


async def test_any_number_of_cards_can_lack_pictures(services, cards, store, max, plan):
    await cards.shown(await begun(cards), MESSAGE, lacking=(LACKING,))
    await store.write(_copy_card, plan.id, MANY)

    found = await cards.lacking()

    assert len(found) == MANY + 1
    assert set((await cards.lacked_by(found)).values()) == {(LACKING,)}
    assert await cards.waiting() == MAX_COUNTED
    assert len(await cards.lacking_of(max)) == MAX_NAMED


def _copy_card(plan_id: int, count: int) -> None:
    """Let the plan's coach have so many more plans, of other days, with cards that lack what its card lacks."""
    for table, column, value in (
        ("coach_plans", "day", "date('2030-01-01', '+' || n || ' days')"),
        ("cards", "nonce", "n"),
    ):
        columns = [row[1] for row in database.execute_sql(f"PRAGMA table_info({table})")]
        owner = "id" if table == "coach_plans" else "plan_id"
        changed = {column: value, owner: "100000 + n", "id": "100000 + n", "message_id": "100000 + n"}
        values = ", ".join(changed.get(each, f'"{each}"') for each in columns)
        database.execute_sql(
            f"WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {count}) "  # noqa: S608
            f"INSERT INTO {table} SELECT {values} FROM {table}, many WHERE {owner} = {plan_id}"
        )


async def test_which_cards_lack_pictures_is_for_managers(cards, dana):
    with pytest.raises(errors.NotManagerError):
        await cards.lacking_of(dana)
