"""Which cards are sent first, what is remembered of a try without an answer, and what failed in a channel."""

import dataclasses

import pytest

from bot.domain.commands import EditPlan, PostPlan
from bot.domain.values import (
    Actor,
    Card,
    CardFailure,
    CardId,
    CardWork,
    ChannelId,
    CoachChange,
    CoachSeed,
    MessageId,
    Plan,
    PlanOfDay,
    SettingsChange,
    StrayMessage,
)
from bot.service.cards import RETRY, CardService
from bot.service.guilds import GuildService
from bot.service.readers import NoViews
from bot.service.strays import StrayService
from storage.store import Store
from tests.service import scene
from tests.service.scene import GUILD, FakeClock, Services, fresh

HERE, PLANS = scene.CHANNEL, ChannelId(801)
MESSAGE, OTHER = MessageId(900), MessageId(901)


@dataclasses.dataclass(frozen=True)
class Desk:
    """A coach, and the publisher's part played by hand."""

    services: Services
    cards: CardService
    strays: StrayService
    dana: Actor

    async def post(self, day: str, channel_id: ChannelId = HERE) -> Plan:
        dana = dataclasses.replace(self.dana, channel_id=channel_id)
        return await self.services.plans.post(dana, PostPlan("Long", day=day), fresh())

    async def edit(self, plan: Plan) -> None:
        await self.services.plans.edit(self.dana, EditPlan(PlanOfDay(None, str(plan.day)), "Short"), fresh())

    async def card(self, plan: Plan) -> Card:
        found = await self.cards.card(plan.id)
        assert found
        return found

    async def begin(self, plan: Plan) -> CardWork:
        work = await self.cards.begin((await self.card(plan)).id)
        assert work
        return work

    async def show(self, *plans: Plan) -> None:
        for plan in plans:
            await self.cards.shown(await self.begin(plan), MessageId(1000 + plan.id))

    async def fail(self, plan: Plan, failure: CardFailure = CardFailure.CLOSED) -> None:
        await self.cards.failed(await self.begin(plan), failure)

    async def ids(self, *plans: Plan) -> list[CardId]:
        return [(await self.card(plan)).id for plan in plans]

    async def due(self) -> list[CardId]:
        return [card_id for card_id, _ in await self.cards.pending()]

    async def renewals(self) -> list[CardId]:
        return [card_id for card_id, _ in await scene.renewals(self.cards)]


@pytest.fixture
def desk(store: Store, clock: FakeClock, services: Services) -> Desk:
    cards, strays = CardService(store, clock, services.guilds), StrayService(store, clock, services.guilds)
    return Desk(services, cards, strays, scene.DANA)


async def to_plans_channel(desk: Desk, max: Actor) -> None:
    await desk.services.settings.change(max, SettingsChange(plans_channel_id=PLANS))


async def test_a_try_without_an_answer_is_remembered_when_the_next_is_refused(desk, max):
    plan = await desk.post("2026-11-23")
    first = await desk.begin(plan)
    await desk.fail(plan)

    await to_plans_channel(desk, max)
    await desk.edit(plan)

    again = await desk.begin(plan)
    assert again.tried_at is not None
    assert (again.card.channel_id, again.nonce) == (HERE, first.nonce)


async def test_a_card_whose_channel_is_gone_forgets_the_try(desk, max):
    plan = await desk.post("2026-11-23")
    await desk.begin(plan)
    await desk.fail(plan, CardFailure.NO_CHANNEL)

    await to_plans_channel(desk, max)

    again = await desk.begin(plan)
    assert (again.card.channel_id, again.tried_at) == (PLANS, None)


@pytest.mark.parametrize("failure", [CardFailure.NO_CHANNEL, CardFailure.CLOSED])
async def test_a_card_on_its_way_moves_nowhere_though_an_earlier_try_failed(desk, max, failure):
    plan = await desk.post("2026-11-23")
    await desk.fail(plan, failure)
    await desk.cards.retry({HERE: 0})
    work = await desk.begin(plan)

    await to_plans_channel(desk, max)
    await desk.edit(plan)
    await desk.cards.shown(work, MESSAGE)

    card = await desk.card(plan)
    assert (card.channel_id, card.message_id) == (HERE, MESSAGE)


async def test_a_card_that_fails_after_the_plans_channel_was_set_goes_there(desk, max):
    plan = await desk.post("2026-11-23")
    work = await desk.begin(plan)
    await to_plans_channel(desk, max)

    await desk.cards.failed(work, CardFailure.CLOSED)

    assert await desk.cards.pending() == [((await desk.card(plan)).id, PLANS)]


async def test_a_message_of_a_card_that_is_another_by_now_is_to_be_deleted(desk):
    plan = await desk.post("2026-11-23")
    work = await desk.begin(plan)
    await desk.cards.shown(work, MESSAGE)
    await desk.cards.messages_deleted([MESSAGE])

    await desk.cards.shown(work, OTHER)

    assert await desk.strays.removable() == [StrayMessage(OTHER, GUILD, HERE, plan.id, is_removable=True)]
    await desk.cards.messages_deleted([OTHER])
    assert await desk.strays.removable() == []


async def test_what_people_did_goes_before_a_coachs_new_name(desk, clock, max):
    old = [await desk.post(f"2026-11-{day}") for day in (23, 25, 24)]
    elsewhere = await desk.post("2026-11-20", PLANS)
    await desk.show(*old, elsewhere)
    await desk.services.coaches.change(max, "d", CoachChange("Dana"))

    clock.move(seconds=1)
    await desk.edit(old[0])
    clock.move(seconds=1)
    new = await desk.post("2026-11-26")

    assert await desk.due() == await desk.ids(new, old[0])
    assert sorted(await desk.renewals()) == sorted(await desk.ids(old[1], elsewhere)), "one a channel, the latest day"


async def test_a_coachs_new_name_in_the_configuration_can_wait(desk, store, clock):
    plan = await desk.post("2026-11-23")
    await desk.show(plan)
    seeds = (CoachSeed("d", "Dana", users=frozenset({scene.DANA.user_id})), *scene.SEEDS[1:])
    later = GuildService(store, clock, seeds, scene.TIMEZONE, NoViews())

    await later.ensure_guild(GUILD)

    assert (await desk.due(), await desk.renewals()) == ([], await desk.ids(plan))


async def test_a_card_that_was_deleted_by_hand_can_wait(desk):
    plan = await desk.post("2026-11-23")
    await desk.show(plan)

    await desk.cards.messages_deleted([MessageId(1000 + plan.id)])

    assert (await desk.due(), await desk.renewals()) == ([], await desk.ids(plan))


async def test_renewals_in_a_channel_that_refused_one_wait_with_it(desk, clock, max):
    plans = [await desk.post(f"2026-11-{day}") for day in (23, 24, 25)]
    await desk.show(*plans)
    await desk.services.coaches.change(max, "d", CoachChange("Dana"))

    await desk.fail(plans[0])

    assert (await desk.due(), await desk.renewals(), await desk.cards.retries()) == ([], [], {})
    assert [each.cards for each in await desk.cards.problems(max)] == [3]
    clock.now += RETRY
    assert sorted((await desk.cards.retries())[HERE]) == sorted(await desk.ids(*plans))


async def test_a_failed_retry_holds_back_the_channel_and_a_successful_one_opens_it(desk, clock, max):
    plans = [await desk.post(f"2026-11-{day}") for day in (23, 24, 25)]
    elsewhere = await desk.post("2026-11-26", PLANS)
    for plan in (*plans, elsewhere):
        await desk.fail(plan)

    await desk.cards.retry({HERE: 0})
    await desk.fail(plans[0])
    held_back = await desk.cards.retries()
    await desk.cards.retry({HERE: 0})
    await desk.show(plans[1])

    assert held_back == {}
    assert sorted(await desk.due()) == sorted(await desk.ids(plans[0], plans[2]))
    assert [(each.channel_id, each.cards) for each in await desk.cards.problems(max)] == [(PLANS, 1)]


async def test_a_card_that_discord_refuses_for_itself_holds_back_no_other(desk):
    plans = [await desk.post(f"2026-11-{day}") for day in (23, 24)]
    await desk.fail(plans[0], CardFailure.CLOSED)
    await desk.cards.retry({HERE: 0})

    await desk.fail(plans[1], CardFailure.REFUSED)

    assert (await desk.cards.retries())[HERE] == await desk.ids(plans[0])


async def test_a_failed_card_is_not_tried_before_its_time(desk):
    """The publisher may have read it as pending before it failed."""
    plan = await desk.post("2026-11-23")
    [pending] = await desk.due()
    await desk.fail(plan)

    assert await desk.cards.begin(pending) is None
    await desk.cards.retry({HERE: 0})
    assert await desk.cards.begin(pending)


async def test_a_retry_is_never_made_later_by_another(desk):
    plan = await desk.post("2026-11-23")
    await desk.fail(plan)

    await desk.cards.retry({HERE: 0})
    await desk.cards.retry({HERE: 20})

    assert (await desk.cards.retries())[HERE] == await desk.ids(plan)
