"""Who may read a plan: who sees the channel of its card, the coach's members, and managers."""

import asyncio
import contextlib
import dataclasses
import inspect
import json
import threading
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any

import pytest

from bot.domain import errors
from bot.domain.commands import DeletePlan, EditPlan, MoveChart, PostPlan, RemoveChart, RestorePlan, RevertPlan
from bot.domain.values import (
    Actor,
    Audience,
    CardFailure,
    CardWork,
    ChannelId,
    DeletedCards,
    ExportFormat,
    Members,
    MessageId,
    Plan,
    PlanId,
    PlanOfDay,
    Reader,
    SettingsChange,
    View,
)
from bot.service.cards import CardService
from bot.service.charts import ChartService
from bot.service.history import HistoryService
from bot.service.late_charts import LateChartService
from bot.service.message_lookup import MessageService
from bot.service.plans import PlanService
from bot.service.transfer.exporter import Exporter
from bot.service.transfer.exports import ExportService
from storage.executors import READERS
from storage.models import PlanRow
from storage.store import Store
from tests.processes import DEADLINE
from tests.service.scene import CHANNEL, DANA, DAY, MAX, Services, fresh

SECRET = ChannelId(901)
PLANS = ChannelId(902)
NO_PLAN = PlanId(12345)
OTHER_DAY = "2026-11-24"
NO_READING = {
    PlanService: {"prepare_post", "correct_post", "post", "outcome", "made_of", "suggest_days"},
    LateChartService: {"add"},
    MessageService: {"extendable"},
    CardService: {"problems", "lacking_of"},
}
"""The acts that show nobody a plan which they could not have seen: they are for managers, or of one's own plans."""


MIB = 2**20


class Views:
    """A stand-in for Discord: the same view of other channels for everybody."""

    def __init__(self) -> None:
        self.of_channels: dict[ChannelId, View] = {}
        self.of_threads: dict[ChannelId, ChannelId] = {}
        self.asked: list[Collection[ChannelId]] = []
        self.parents: list[Mapping[ChannelId, ChannelId]] = []

    async def of(
        self, actor: Actor, channels: Collection[ChannelId], parents: Mapping[ChannelId, ChannelId]
    ) -> Mapping[ChannelId, View]:
        del actor
        self.asked.append(channels)
        self.parents.append(parents)
        return {each: self.of_channels.get(each, View.HIDDEN) for each in channels}

    def public_parents(self, channels: Iterable[ChannelId]) -> Mapping[ChannelId, ChannelId]:
        return {each: self.of_threads[each] for each in channels if each in self.of_threads}


@pytest.fixture
def views() -> Views:
    return Views()


@pytest.fixture
def services(store: Store, clock, views: Views) -> Services:
    return Services.on(store, clock, views=views)


@pytest.fixture
def exports(store: Store, clock, services: Services) -> ExportService:
    return ExportService(store, clock, services.guilds, Exporter(store.path, services.files.folder.path))


@pytest.fixture
def messages(store: Store, clock, services: Services) -> MessageService:
    return MessageService(store, clock, services.guilds)


async def post(services: Services, text: str = "hidden", *, channel: ChannelId | None = SECRET, day: str = DAY) -> Plan:
    author = dataclasses.replace(DANA, channel_id=channel)
    return await services.plans.post(author, PostPlan(text, coach="d", day=day), fresh())


async def refusal_of(act: Awaitable[object]) -> str:
    with pytest.raises(errors.RefusalError) as refusal:
        await act
    return str(refusal.value)


BY_DAY: dict[str, Callable[[Services, Actor, str], Awaitable[object]]] = {
    "find": lambda s, actor, day: s.plans.find(actor, PlanOfDay("d", day)),
    "find without a coach": lambda s, actor, day: s.plans.find(actor, PlanOfDay(None, day)),
    "editable": lambda s, actor, day: s.plans.editable(actor, PlanOfDay("d", day)),
    "edit": lambda s, actor, day: s.plans.edit(actor, EditPlan(PlanOfDay("d", day), "mine"), fresh()),
    "deletable": lambda s, actor, day: s.plans.deletable(actor, PlanOfDay("d", day)),
    "restore": lambda s, actor, day: s.plans.restore(actor, RestorePlan(PlanOfDay("d", day)), fresh()),
    "with room": lambda s, actor, day: s.charts.with_room(actor, PlanOfDay("d", day)),
    "remove a chart": lambda s, actor, day: s.charts.remove(actor, RemoveChart(PlanOfDay("d", day), "1"), fresh()),
    "history": lambda s, actor, day: s.history.show(actor, PlanOfDay("d", day)),
    "at": lambda s, actor, day: s.history.at(actor, PlanOfDay("d", day), "now"),
}
BY_ID: dict[str, Callable[[Services, Actor, PlanId], Awaitable[object]]] = {
    "get": lambda s, actor, plan: s.plans.find(actor, plan),
    "editable": lambda s, actor, plan: s.plans.editable(actor, plan),
    "edit": lambda s, actor, plan: s.plans.edit(actor, EditPlan(plan, "mine", seen=1), fresh()),
    "deletable": lambda s, actor, plan: s.plans.deletable(actor, plan),
    "delete": lambda s, actor, plan: s.plans.delete(actor, DeletePlan(plan, seen=1), fresh()),
    "restore": lambda s, actor, plan: s.plans.restore(actor, RestorePlan(plan), fresh()),
    "panel": lambda s, actor, plan: s.plans.options(actor, plan),
    "undo": lambda s, actor, plan: s.history.to_undo(actor, plan, 1),
    "captioned": lambda s, actor, plan: s.charts.captioned(actor, plan, "1"),
    "move a chart": lambda s, actor, plan: s.charts.move(actor, MoveChart(plan, "1", to=2), fresh()),
    "history": lambda s, actor, plan: s.history.show(actor, plan),
    "revision": lambda s, actor, plan: s.history.revision(actor, plan, 1),
    "compare": lambda s, actor, plan: s.history.compare(actor, plan, 1, 2),
    "changes": lambda s, actor, plan: s.history.changes(actor, plan),
    "to take back": lambda s, actor, plan: s.history.to_revert(actor, plan, 1),
    "take back": lambda s, actor, plan: s.history.revert(actor, RevertPlan(plan, 1, seen=1), fresh()),
}


@pytest.mark.parametrize("name", BY_DAY)
async def test_a_hidden_plan_is_refused_as_if_there_were_none(services, mia, name: str):
    await post(services)

    said = await refusal_of(BY_DAY[name](services, mia, DAY))

    assert said.replace("Mon 23 Nov", "") == (await refusal_of(BY_DAY[name](services, mia, OTHER_DAY))).replace(
        "Tue 24 Nov", ""
    )


@pytest.mark.parametrize("is_deleted", [False, True])
@pytest.mark.parametrize("name", BY_ID)
async def test_the_id_of_a_hidden_plan_means_nothing(services, mia, max, name: str, is_deleted: bool):
    plan = await post(services)
    if is_deleted:
        await services.settings.change(max, SettingsChange(deleted_visible_to=Audience.EVERYONE))
        await services.plans.delete(max, DeletePlan(plan.id, seen=1), fresh())

    said = await refusal_of(BY_ID[name](services, mia, plan.id))

    assert said == await refusal_of(BY_ID[name](services, mia, NO_PLAN))


async def test_a_card_is_not_shown_again_by_one_who_does_not_see_it(services, cards, mia):
    plan = await post(services)

    assert await refusal_of(cards.show_again(mia, plan.id)) == await refusal_of(cards.show_again(mia, NO_PLAN))


async def test_who_sees_the_channel_the_members_and_managers_read(services, views, mia, max):
    plan = await post(services)

    for actor in (dataclasses.replace(mia, channel_id=SECRET), DANA, max):
        assert await services.plans.find(actor, PlanOfDay("d", DAY)) == plan
        assert await services.plans.find(actor, plan.id) == plan
        assert (await services.plans.list(actor)).total == 1
        assert (await services.history.show(actor, plan.id)).plan == plan
    views.of_channels[SECRET] = View.SEEN
    assert await services.plans.find(mia, PlanOfDay("d", DAY)) == plan


async def test_todays_plans_are_those_that_one_may_read(services, views, mia, max):
    plan = await post(services, day="today")

    for actor in (dataclasses.replace(mia, channel_id=SECRET), DANA, max):
        assert (await services.today.page(actor)).page.plans == (plan,)
    assert (await services.today.page(mia)).page.plans == ()
    views.of_channels[SECRET] = View.SEEN
    assert (await services.today.page(mia)).page.plans == (plan,)


async def test_who_left_the_coach_reads_by_channel_only(services, dana, max):
    plan = await post(services)
    await services.coaches.unassign(max, "d", Members(users=frozenset({dana.user_id})))

    with pytest.raises(errors.PlanGoneError):
        await services.plans.find(dana, plan.id)
    assert (await services.plans.list(dana, mine=True)).total == 0


async def test_charts_of_a_message_are_offered_no_plan_of_a_coach_that_one_left(services, messages, dana, max):
    plan = await post(services, day="today")
    assert [each.id for each in await messages.extendable(dana)] == [plan.id]

    await services.coaches.unassign(max, "d", Members(users=frozenset({dana.user_id})))

    with pytest.raises(errors.NoCoachError):
        await messages.extendable(dana)
    own = await services.plans.post(max, PostPlan("a manager's", coach="i", day=DAY), fresh())
    assert [each.id for each in await messages.extendable(max)] == [own.id]


async def test_pages_are_full_whatever_is_hidden(services, mia):
    days = [f"2026-10-{day:02}" for day in range(1, 31)]
    for number, day in enumerate(days):
        await post(services, day, channel=CHANNEL if number % 3 else SECRET, day=day)

    first = await services.plans.list(mia)
    pages = [first, await services.plans.list(mia, at=first.older)]

    visible = [day for number, day in enumerate(days) if number % 3]
    assert (pages[0].total, pages[1].older) == (None, None)
    assert [plan.text for page in pages for plan in page.plans] == visible[::-1]


async def test_a_list_of_the_day_offers_no_hidden_coach(services, mia, ivan):
    await post(services)
    await services.plans.post(ivan, PostPlan("open", day=DAY), fresh())

    assert (await services.plans.find(mia, PlanOfDay(None, DAY))).text == "open"
    assert [plan.text for plan in (await services.plans.list(mia, day=DAY)).plans] == ["open"]


async def test_what_is_offered_while_one_types_is_of_plans_that_one_reads(services, views, mia):
    await post(services)

    assert await services.history.suggest(mia, "", PlanOfDay("d", DAY)) == []
    views.of_channels[SECRET] = View.SEEN
    assert [each.value for each in await services.history.suggest(mia, "", PlanOfDay("d", DAY))] == ["1"]


async def test_an_export_has_what_one_reads(services, exports, views, mia):
    await post(services)
    await post(services, "open", channel=CHANNEL, day="2026-11-20")

    exported = await exports.days(mia, ExportFormat.JSON_LINES, coach=None, first=None, last=None, max_bytes=MIB)

    assert (exported.plans, exported.filename) == (1, "coachbook-2026-11-20-to-2026-11-20.jsonl")
    assert {json.loads(line).get("text") for line in exported.content.splitlines()} == {None, "open"}
    with pytest.raises(errors.NoPlanError):
        await exports.plan(mia, ExportFormat.JSON_LINES, PlanOfDay("d", DAY), max_bytes=MIB)
    views.of_channels[SECRET] = View.SEEN
    assert (
        await exports.days(mia, ExportFormat.JSON_LINES, coach=None, first=None, last=None, max_bytes=MIB)
    ).plans == 2


async def test_a_message_leads_to_no_hidden_plan(services, store, messages, mia):
    plan = await post(services, day="today")
    await store.write(PlanRow.update(source_channel_id=CHANNEL, source_message_id=7, source_author_id=3).execute)

    with pytest.raises(errors.NoSuchCardError):
        await messages.plan(mia, None, MessageId(7))
    assert await messages.todays(mia, DANA) == ()
    there = dataclasses.replace(mia, channel_id=SECRET)
    assert await messages.plan(there, None, MessageId(7)) == plan.id
    assert [each.id for each in await messages.todays(there, DANA)] == [plan.id]


async def test_a_deleted_plan_is_seen_by_the_setting_and_by_the_channel(services, mia, max):
    plan = await post(services)
    await services.plans.delete(max, DeletePlan(plan.id, seen=1), fresh())
    second = await post(services, channel=CHANNEL)
    await services.settings.change(max, SettingsChange(deleted_visible_to=Audience.EVERYONE))

    assert (await services.history.show(mia, second.id)).others == ()
    there = dataclasses.replace(mia, channel_id=SECRET)
    assert (await services.history.show(there, plan.id)).plan.id == plan.id


@pytest.mark.parametrize("kind", ["no card", "deleted channel"])
async def test_a_plan_without_a_channel_follows_the_plans_channel(services, views, mia, max, kind: str):
    views.of_channels[SECRET] = View.GONE
    plan = await post(services, channel=None if kind == "no card" else SECRET)

    with pytest.raises(errors.PlanGoneError):
        await services.plans.find(mia, plan.id)
    assert (await services.plans.find(max, plan.id)) == (await services.plans.find(DANA, plan.id)) == plan

    await services.settings.change(max, SettingsChange(plans_channel_id=PLANS))
    with pytest.raises(errors.PlanGoneError):
        await services.plans.find(mia, plan.id)
    views.of_channels[PLANS] = View.SEEN
    assert await services.plans.find(mia, plan.id) == plan


async def test_a_card_stays_under_the_rule_of_its_channel_when_a_plans_channel_is_set(services, views, mia, max):
    plan = await post(services)
    views.of_channels[PLANS] = View.SEEN

    await services.settings.change(max, SettingsChange(plans_channel_id=PLANS))

    with pytest.raises(errors.PlanGoneError):
        await services.plans.find(mia, plan.id)


async def _begun(cards: CardService) -> CardWork:
    [(card_id, _)] = await cards.pending()
    work = await cards.begin(card_id)
    assert work
    return work


async def leave_deleted(services: Services, cards: CardService) -> None:
    await services.settings.change(MAX, SettingsChange(deleted_cards=DeletedCards.LEAVE_DELETED))
    await cards.shown(await _begun(cards), MessageId(1))
    await cards.messages_deleted([MessageId(1)])


STATES: dict[str, Callable[[Services, CardService], Awaitable[object]]] = {
    "not shown yet": lambda _, cards: cards.pending(),
    "on its way": lambda _, cards: _begun(cards),
    "closed to the bot": lambda _, cards: _failed(cards, CardFailure.CLOSED),
    "of a channel that is gone": lambda _, cards: _failed(cards, CardFailure.NO_CHANNEL),
    "left deleted": leave_deleted,
}


async def _failed(cards: CardService, failure: CardFailure) -> None:
    await cards.failed(await _begun(cards), failure)


@pytest.mark.parametrize("state", STATES)
async def test_what_is_done_elsewhere_shows_the_plan_to_nobody_else(services, cards, mia, dana, state: str):
    plan = await post(services)
    await STATES[state](services, cards)
    elsewhere = dataclasses.replace(dana, channel_id=CHANNEL)

    await services.plans.edit(elsewhere, EditPlan(plan.id, "changed", seen=1), fresh())
    await services.plans.delete(elsewhere, DeletePlan(plan.id, seen=2), fresh())
    await services.plans.restore(elsewhere, RestorePlan(PlanOfDay("d", DAY)), fresh())
    await cards.show_again(elsewhere, plan.id)

    with pytest.raises(errors.PlanGoneError):
        await services.plans.find(mia, plan.id)


@pytest.mark.parametrize("state", STATES)
async def test_a_card_moves_to_the_plans_channel_once_no_message_can_show_it(services, cards, mia, dana, state: str):
    plan = await post(services)
    await STATES[state](services, cards)
    await services.settings.change(MAX, SettingsChange(plans_channel_id=CHANNEL))

    await services.plans.edit(dana, EditPlan(plan.id, "changed", seen=1), fresh())

    if state == "on its way":
        with pytest.raises(errors.PlanGoneError):
            await services.plans.find(mia, plan.id)
    else:
        assert (await services.plans.find(mia, plan.id)).text == "changed"


@pytest.mark.parametrize("who", ["dana", "max"])
async def test_a_deletion_takes_the_card_nowhere_else(services, mia, max, who: str, request):
    plan = await post(services)
    await services.settings.change(max, SettingsChange(deleted_visible_to=Audience.EVERYONE))

    await services.plans.delete(request.getfixturevalue(who), DeletePlan(plan.id, seen=1), fresh())

    with pytest.raises(errors.PlanGoneError):
        await services.history.show(mia, plan.id)


async def test_only_the_channels_with_cards_of_the_guild_are_asked_for(services, views, mia, max):
    await post(services)
    other = dataclasses.replace(max, guild_id=501, channel_id=ChannelId(77))
    await services.plans.post(other, PostPlan("elsewhere", coach="d", day=DAY), fresh())

    await services.plans.list(mia)
    await services.plans.list(max)

    assert views.asked[-1] == {SECRET}


async def test_an_act_that_reads_no_plan_asks_for_no_channels(services, messages, views, dana):
    plan = await post(services)
    views.asked.clear()
    other = dataclasses.replace(dana, channel_id=CHANNEL)

    await services.plans.prepare_post(other, coach="d", day=OTHER_DAY)
    await services.plans.post(other, PostPlan("more", coach="d", day=OTHER_DAY), fresh())
    await services.plans.outcome(other, fresh())
    await services.plans.rights(other, plan)
    await services.plans.suggest_days(other, "")
    with contextlib.suppress(errors.NoOwnPlanError):
        await messages.extendable(other)

    assert views.asked == []
    await services.plans.list(other)
    assert views.asked


async def test_what_opens_a_form_waits_for_no_long_read(services, store, dana):
    plan = await post(services)
    is_over = threading.Event()
    long = [asyncio.create_task(store.read(is_over.wait)) for _ in range(READERS + 1)]

    try:
        form = await asyncio.wait_for(services.plans.editable(dana, plan.id), DEADLINE)
    finally:
        is_over.set()
        await asyncio.gather(*long)

    assert form == plan


async def test_the_parent_of_a_public_thread_is_stored_until_the_thread_is_gone(services, store, views, mia):
    await post(services)

    async def stored() -> object:
        await services.plans.list(mia)
        await store.write(int)  # what was to be stored before is
        await services.plans.list(mia)
        return views.parents[-1]

    assert await stored() == {}
    views.of_threads[SECRET] = PLANS
    assert await stored() == {SECRET: PLANS}
    views.of_threads.clear()
    assert await stored() == {SECRET: PLANS}
    views.of_channels[SECRET] = View.GONE
    assert await stored() == {}


async def test_lists_and_exports_tell_when_channels_could_not_be_checked(services, exports, views, mia):
    await post(services)
    await post(services, "open", channel=CHANNEL, day="2026-11-20")

    async def partial() -> list[bool]:
        days = await exports.days(mia, ExportFormat.JSON_LINES, coach=None, first=None, last=None, max_bytes=MIB)
        of_one = PlanOfDay("d", "2026-11-20")
        plan = await exports.plan(mia, ExportFormat.JSON_LINES, of_one, max_bytes=MIB)
        return [(await services.plans.list(mia)).is_partial, days.is_partial, plan.is_partial]

    assert await partial() == [False, False, False]
    views.of_channels[SECRET] = View.UNKNOWN
    assert await partial() == [True, True, False]
    with pytest.raises(errors.NothingToExportError, match="couldn’t be checked"):
        await exports.days(mia, ExportFormat.JSON_LINES, coach="i", first=None, last=None, max_bytes=MIB)


async def test_any_number_of_channels_can_be_seen(services, store, mia):
    plan = await post(services)
    reader = Reader.of(mia, [ChannelId(number) for number in range(1, 100_000)])

    assert (await store.read(inspect.unwrap(PlanService.find), services.plans, reader, plan.id)).id == plan.id


@pytest.mark.parametrize(
    "service", [PlanService, ChartService, LateChartService, HistoryService, MessageService, CardService, ExportService]
)
def test_every_act_that_reads_plans_takes_a_reader(service: type[Any]):
    acts = {name: inspect.unwrap(act) for name, act in vars(service).items() if hasattr(act, "__wrapped__")}

    taken = {name: list(inspect.signature(act).parameters.values())[1].annotation for name, act in acts.items()}

    assert acts
    assert {name for name, kind in taken.items() if kind is not Reader} == NO_READING.get(service, set())
