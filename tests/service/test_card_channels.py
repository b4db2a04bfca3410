"""Cards by their channels: which are to be there, and where they go when a channel is gone or opened again."""

import dataclasses
import datetime

import pytest

from bot.domain.commands import DeletePlan, EditPlan, PostPlan
from bot.domain.values import (
    Actor,
    CardFailure,
    CardId,
    CardProblem,
    ChannelId,
    CoachChange,
    MessageId,
    Plan,
    PlanOfDay,
    SettingsChange,
)
from bot.service.card_channels import CardChannelService
from bot.service.cards import RETRY, CardService
from bot.service.records.stranded_cards import RECENT
from storage.models import CardChannelRow
from storage.store import Store
from tests.service import scene
from tests.service.scene import DAY, GUILD, FakeClock, Services, fresh

HERE, PLANS, THREAD = scene.CHANNEL, ChannelId(801), ChannelId(802)


@pytest.fixture
def channels(store: Store, clock: FakeClock, services: Services) -> CardChannelService:
    return CardChannelService(store, clock, services.guilds)


@pytest.fixture
def dana() -> Actor:
    """A coach, in a channel."""
    return dataclasses.replace(scene.DANA, channel_id=HERE)


async def shown(services: Services, cards: CardService, dana: Actor, day: str = DAY, message: int = 900) -> Plan:
    """A plan with its card."""
    plan = await services.plans.post(dana, PostPlan("Long", day=day), fresh())
    await show(cards, message)
    return plan


async def show(cards: CardService, message: int) -> None:
    """Do what is due, as the publisher does."""
    for card_id, _ in await pending(cards):
        if work := await cards.begin(card_id):
            await cards.shown(work, MessageId(message))


async def pending(cards: CardService) -> list[tuple[CardId, ChannelId]]:
    """All cards that are to be sent now, for whatever reason."""
    retries = [(card_id, channel) for channel, found in (await cards.retries()).items() for card_id in found]
    return [*await cards.pending(), *await scene.renewals(cards), *retries]


async def fail(cards: CardService, failure: CardFailure) -> None:
    [(card_id, _)] = await pending(cards)
    work = await cards.begin(card_id)
    assert work
    await cards.failed(work, failure)


async def set_plans_channel(services: Services, max: Actor, channel_id: ChannelId) -> None:
    await services.settings.change(max, SettingsChange(plans_channel_id=channel_id))


async def test_recent_cards_are_messages_of_live_plans(services, cards, channels, clock, dana):
    plan = await shown(services, cards, dana)
    deleted = await shown(services, cards, dana, "2026-11-24", 901)
    await services.plans.delete(dana, DeletePlan(deleted.id, seen=1), fresh())
    await services.plans.post(dana, PostPlan("no message yet", day="2026-11-25"), fresh())

    assert [card.plan_id for card in await channels.recent()] == [plan.id]
    assert [card.plan_id for card in await channels.recent([GUILD])] == [plan.id]
    assert [card.plan_id for card in await channels.recent([], [HERE])] == [plan.id]
    assert await channels.recent([scene.OTHER_GUILD], [PLANS]) == []
    clock.now += RECENT + datetime.timedelta(days=2)
    assert await channels.recent() == []


async def test_a_card_whose_channel_is_gone_moves_to_the_plans_channel(services, cards, channels, dana, max):
    plan = await shown(services, cards, dana)
    await set_plans_channel(services, max, PLANS)

    await channels.channels_gone([HERE])

    card = await cards.card(plan.id)
    assert (card.channel_id, card.message_id, card.failure) == (PLANS, None, None)
    assert [channel for _, channel in await pending(cards)] == [PLANS]


@pytest.mark.parametrize("plans_channel", [None, HERE])
async def test_without_another_channel_it_is_told_once(services, cards, channels, clock, dana, max, plans_channel):
    plan = await shown(services, cards, dana)
    if plans_channel:
        await set_plans_channel(services, max, plans_channel)

    await channels.channels_gone([HERE])

    assert (await cards.card(plan.id)).failure is CardFailure.NO_CHANNEL
    assert await cards.unreported_problems(max) == (CardProblem(HERE, CardFailure.NO_CHANNEL, 1),)
    assert await channels.recent() == []
    assert await pending(cards) == []
    clock.now += RETRY
    await fail(cards, CardFailure.NO_CHANNEL)
    assert await cards.unreported_problems(max) == ()
    await set_plans_channel(services, max, PLANS)
    assert [channel for _, channel in await pending(cards)] == [PLANS]


async def test_a_channel_whose_deletion_nobody_told_of_is_left_at_the_first_try(services, cards, dana, max):
    plan = await shown(services, cards, dana)
    await set_plans_channel(services, max, PLANS)
    await services.plans.edit(dana, EditPlan(PlanOfDay(None, DAY), "Short"), fresh())

    await fail(cards, CardFailure.NO_CHANNEL)

    assert [channel for _, channel in await pending(cards)] == [PLANS]
    assert not (await cards.card(plan.id)).is_settled


async def test_cards_of_earlier_days_and_of_deleted_plans_do_not_flood_the_plans_channel(
    services, cards, channels, clock, dana, max
):
    earlier, deleted = await shown(services, cards, dana), await shown(services, cards, dana, "2026-12-24", 901)
    await services.plans.delete(dana, DeletePlan(deleted.id, seen=1), fresh())
    await set_plans_channel(services, max, PLANS)
    clock.now += RECENT + datetime.timedelta(days=2)

    await channels.channels_gone([HERE])

    assert [(await cards.card(each.id)).is_gone for each in (earlier, deleted)] == [True, True]
    assert await pending(cards) == []
    await cards.show_again(dana, earlier.id)
    assert [channel for _, channel in await pending(cards)] == [PLANS]


async def test_nor_do_they_where_a_renewal_finds_that_their_channel_is_gone(services, cards, clock, dana, max):
    plans = [await shown(services, cards, dana, f"2026-11-{day}", day) for day in (23, 24, 25)]
    await set_plans_channel(services, max, PLANS)
    clock.now += RECENT + datetime.timedelta(days=4)
    await services.coaches.change(max, "d", CoachChange("Dana D."))

    await fail(cards, CardFailure.NO_CHANNEL)

    assert [(await cards.card(each.id)).is_gone for each in plans] == [True, True, True]
    assert await pending(cards) == []


async def test_an_earlier_card_that_somebody_changes_now_moves_alone(services, cards, clock, dana, max):
    changed, other = await shown(services, cards, dana), await shown(services, cards, dana, "2026-11-24", 901)
    await set_plans_channel(services, max, PLANS)
    clock.now += RECENT + datetime.timedelta(days=3)
    await services.plans.edit(dana, EditPlan(PlanOfDay(None, DAY), "Short"), fresh())

    await fail(cards, CardFailure.NO_CHANNEL)

    assert (await cards.card(other.id)).is_gone
    assert (await cards.card(changed.id)).channel_id == PLANS
    assert [channel for _, channel in await pending(cards)] == [PLANS]


async def test_the_card_of_a_deleted_plan_whose_channel_is_gone_is_let_go(services, cards, dana, max):
    plan = await shown(services, cards, dana)
    await set_plans_channel(services, max, PLANS)
    await services.plans.delete(dana, DeletePlan(plan.id, seen=1), fresh())

    await fail(cards, CardFailure.NO_CHANNEL)

    assert (await cards.card(plan.id)).is_gone


async def test_a_channel_goes_with_its_threads(services, cards, channels, store, dana, max):
    plan = await shown(services, cards, dataclasses.replace(dana, channel_id=THREAD))
    await store.write(lambda: CardChannelRow.update(public_thread_of=HERE).execute())
    await set_plans_channel(services, max, PLANS)

    assert [card.plan_id for card in await channels.recent([], [HERE])] == [plan.id]
    await channels.channels_gone([HERE])

    assert (await cards.card(plan.id)).channel_id == PLANS


async def test_a_card_that_waits_for_its_thread_is_tried_again_when_it_is_open(services, cards, channels, dana):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    await fail(cards, CardFailure.ARCHIVED)

    await channels.thread_opened(THREAD)
    assert await pending(cards) == []
    await channels.thread_opened(HERE)
    assert len(await pending(cards)) == 1

    await fail(cards, CardFailure.CLOSED)
    await channels.thread_opened(HERE)
    assert await pending(cards) == []
