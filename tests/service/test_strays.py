"""Messages of ours that look like cards: which are cards, which are copies, and which nobody knows."""

import pytest

from bot.domain import errors
from bot.domain.commands import EditPlan, PostPlan
from bot.domain.values import (
    CardWork,
    ChannelId,
    DeletedCards,
    FoundMessage,
    MessageId,
    Plan,
    PlanOfDay,
    SettingsChange,
)
from bot.service.cards import CardService
from bot.service.records import strays as stray_rows
from bot.service.strays import StrayService
from storage.store import Store
from tests.service import scene
from tests.service.scene import DAY, GUILD, FakeClock, Services, fresh

HERE, ELSEWHERE = scene.CHANNEL, ChannelId(801)
CARD, COPY = MessageId(900), MessageId(901)


@pytest.fixture
def strays(store: Store, clock: FakeClock, services: Services) -> StrayService:
    return StrayService(store, clock, services.guilds)


@pytest.fixture
async def plan(services: Services) -> Plan:
    return await services.plans.post(scene.DANA, PostPlan("Long", day=DAY), fresh())


@pytest.fixture
async def work(cards: CardService, plan: Plan) -> CardWork:
    """A card that is on its way."""
    card = await cards.card(plan.id)
    assert card
    begun = await cards.begin(card.id)
    assert begun
    return begun


def found(plan: Plan, message_id: MessageId, *hashes: str, channel_id: ChannelId = HERE) -> FoundMessage:
    return FoundMessage(message_id, channel_id, plan.id, hashes or (plan.hash[:8],))


async def noted(strays: StrayService) -> dict[MessageId, bool]:
    return {each.message_id: each.is_removable for each in (*await strays.removable(), *await strays.reported())}


async def test_the_card_itself_is_no_stray(cards, strays, plan, work):
    await cards.shown(work, CARD)

    assert await strays.note(GUILD, [found(plan, CARD)]) == []
    assert await noted(strays) == {}


async def test_a_copy_is_removable_also_of_an_earlier_revision(cards, strays, services, plan, work):
    await cards.shown(work, CARD)
    await services.plans.edit(scene.DANA, EditPlan(PlanOfDay(None, DAY), "Short"), fresh())

    await strays.note(GUILD, [found(plan, CARD), found(plan, COPY, "00000000", plan.hash[:8])])

    assert await noted(strays) == {COPY: True}


@pytest.mark.parametrize("hashes", [("00000000",), ()])
async def test_what_this_database_never_said_is_only_reported(cards, strays, plan, work, hashes):
    await cards.shown(work, CARD)

    await strays.note(GUILD, [FoundMessage(COPY, HERE, plan.id, hashes)])

    assert await noted(strays) == {COPY: False}


async def test_a_message_of_no_plan_or_of_another_servers_is_only_reported(strays, plan):
    await strays.note(scene.OTHER_GUILD, [found(plan, CARD), FoundMessage(COPY, HERE, plan.id + 1, (plan.hash[:8],))])

    assert await noted(strays) == {CARD: False, COPY: False}


async def test_what_may_have_come_of_a_try_is_no_stray(strays, plan, work):
    await strays.note(GUILD, [found(plan, CARD), found(plan, COPY, channel_id=ELSEWHERE)])

    assert await noted(strays) == {COPY: True}
    assert await strays.has_open_try(HERE)
    assert not await strays.has_open_try(ELSEWHERE)


async def test_the_message_of_a_card_that_was_let_go_is_a_copy(cards, strays, services, max, plan, work):
    await cards.shown(work, CARD)
    await services.settings.change(max, SettingsChange(deleted_cards=DeletedCards.LEAVE_DELETED))
    await cards.messages_deleted([CARD])

    await strays.note(GUILD, [found(plan, COPY)])

    assert await noted(strays) == {COPY: True}


async def test_what_is_gone_is_forgotten_and_what_is_noted_told(strays, store, dana, max, plan):
    await strays.note(GUILD, [found(plan, CARD), found(plan, COPY, "00000000")])
    told = await store.read(stray_rows.faults)

    await strays.message_deleted(CARD)

    assert len(told) == 2
    assert [each.message_id for each in await strays.of_guild(max)] == [COPY]
    assert await strays.of_guild(scene.elsewhere(max)) == ()
    with pytest.raises(errors.NotManagerError):
        await strays.of_guild(dana)


async def test_the_channels_are_those_of_cards(strays, plan):
    assert await strays.channels() == [(GUILD, HERE)]
