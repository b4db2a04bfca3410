"""Reads of programs while Discord does not say who sees a channel, or one gets its first card: nothing is missed."""

import dataclasses
import datetime
import itertools
from collections.abc import Awaitable, Callable, Collection, Mapping

import pytest

from bot.domain import errors
from bot.domain.commands import DeletePlan, EditPlan, PostPlan
from bot.domain.values import Actor, ChannelId, Plan, PlanId, PointInTime, SettingsChange, StateFilter, View
from bot.service.readers import NoViews
from bot.service.records.stored_revisions import ENOUGH_TEXT
from storage.store import Store
from tests.service.revising import make_many
from tests.service.scene import DANA, DAY, MAX, MIA, MONDAY, FakeClock, Services, fresh

SECRET = ChannelId(901)
NOW = PointInTime()


class Unknown(NoViews):
    """A stand-in for Discord, which does not answer."""

    async def of(
        self, actor: Actor, channels: Collection[ChannelId], parents: Mapping[ChannelId, ChannelId]
    ) -> Mapping[ChannelId, View]:
        del actor, parents
        return dict.fromkeys(channels, View.UNKNOWN)


class Busy(NoViews):
    """A stand-in for Discord: while it is asked, something else is done."""

    def __init__(self) -> None:
        self.view = View.SEEN
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def of(
        self, actor: Actor, channels: Collection[ChannelId], parents: Mapping[ChannelId, ChannelId]
    ) -> Mapping[ChannelId, View]:
        del parents
        if actor == MIA and self.meanwhile:
            await self.meanwhile()
        return dict.fromkeys(channels, self.view)


@pytest.fixture
def views() -> Busy:
    return Busy()


@pytest.fixture
def services(store: Store, clock: FakeClock, views: Busy) -> Services:
    return Services.on(store, clock, views=views)


async def post(services: Services, number: int) -> Plan:
    """Post a plan of another day in another channel."""
    author = dataclasses.replace(DANA, channel_id=ChannelId(1_000 + number))
    day = str(MONDAY + datetime.timedelta(days=number))
    return await services.plans.post(author, PostPlan(f"plan {number}", coach="d", day=day), fresh())


async def export(services: Services) -> object:
    begun = await services.feed.begin_export(MIA, StateFilter(), NOW, with_revisions=False)
    return await services.feed.export_page(MIA, begun, None)


ACTS: dict[str, Callable[[Services], Awaitable[object]]] = {
    "plan": lambda s: s.feed.plan(MIA, PlanId(1), NOW),
    "of day": lambda s: s.feed.of_day(MIA, ["d"], MONDAY, NOW),
    "chart": lambda s: s.feed.chart(MIA, "0" * 64, NOW),
    "export": export,
    "changes": lambda s: s.changes.start(MIA, 1, None),
}


@pytest.mark.parametrize("act", ACTS)
async def test_what_may_be_there_is_not_said_to_be_missing(store: Store, clock: FakeClock, act: str):
    services = Services.on(store, clock, views=Unknown())
    author = dataclasses.replace(DANA, channel_id=SECRET)
    await services.plans.post(author, PostPlan("hidden", coach="d", day=DAY), fresh())

    with pytest.raises(errors.ReadersUncheckedError, match="Try again in a minute"):
        await ACTS[act](services)


async def test_the_first_plan_in_a_channel_is_read_although_it_came_while_discord_was_asked(
    services: Services, views: Busy
):
    await post(services, 0)

    async def once() -> None:
        views.meanwhile = None
        await post(services, 1)

    views.meanwhile = once
    page = await services.changes.following(MIA, 0, None)
    assert [each.id for each in page.changes] == [1, 2]

    async def again() -> None:
        views.meanwhile = None
        await post(services, 2)

    begun = await services.feed.begin_export(MIA, StateFilter(), NOW, with_revisions=False)
    views.meanwhile = again
    exported = await services.feed.export_page(MIA, begun, None)
    views.meanwhile = None
    assert [each.plan.id for each in exported.states] == [1, 2]


async def test_a_change_that_the_new_plans_channel_shows_is_read_although_it_came_while_discord_was_asked(
    services: Services, views: Busy
):
    """Plans without a card follow the plans' channel, here one that was asked about already."""
    await post(services, 0)
    author = dataclasses.replace(DANA, channel_id=None)
    unplaced = await services.plans.post(author, PostPlan("no card", coach="d", day="2026-11-24"), fresh())

    async def once() -> None:
        views.meanwhile = None
        await services.settings.change(MAX, SettingsChange(plans_channel_id=ChannelId(1_000)))
        await services.plans.delete(DANA, DeletePlan(unplaced.id, 1), fresh())

    views.meanwhile = once
    page = await services.changes.following(MIA, 2, None)
    assert [each.id for each in page.changes] == [3]


async def test_an_export_does_not_begin_before_discord_says_what_is_in_it(services: Services, views: Busy):
    await post(services, 0)

    views.view = View.UNKNOWN
    with pytest.raises(errors.ReadersUncheckedError):
        await services.feed.begin_export(MIA, StateFilter(), NOW, with_revisions=False)


async def test_an_export_needs_only_the_channels_of_its_start(services: Services, views: Busy):
    await post(services, 0)
    views.view = View.HIDDEN
    hidden = await services.feed.begin_export(MIA, StateFilter(), NOW, with_revisions=False)
    views.view = View.SEEN
    seen = await services.feed.begin_export(MIA, StateFilter(), NOW, with_revisions=False)

    views.view = View.UNKNOWN
    assert (await services.feed.export_page(MIA, hidden, None)).states == ()
    with pytest.raises(errors.ReadersUncheckedError):
        await services.feed.export_page(MIA, seen, None)
    views.view = View.HIDDEN
    with pytest.raises(errors.ExportChangedError):
        await services.feed.export_page(MIA, seen, None)


@pytest.mark.parametrize("view", View)
async def test_the_channel_that_was_chosen_for_a_program_is_read_whatever_becomes_of_it(
    services: Services, views: Busy, view: View
):
    plan = await post(services, 0)

    views.view = view
    page = await services.feed.plans(
        dataclasses.replace(MIA, channel_id=ChannelId(1_000)), StateFilter(), NOW, None, 10
    )

    assert ([each.plan.id for each in page.states], page.is_partial) == ([plan.id], False)


async def test_a_program_is_refused_if_each_time_that_discord_is_asked_another_channel_has_its_first_plan(
    services: Services, views: Busy
):
    numbers = itertools.count()
    views.meanwhile = lambda: post(services, next(numbers))

    with pytest.raises(errors.ReadersUncheckedError):
        await services.feed.plans(MIA, StateFilter(), NOW, None, 10)


async def test_pages_of_long_texts_go_up_to_what_is_not_known(services: Services, store: Store, views: Busy):
    plan = await services.plans.post(DANA, PostPlan("alpha", coach="d", day=DAY), fresh())
    await make_many(store, plan, 4, "x" * (ENOUGH_TEXT // 3))
    await post(services, 1)
    await services.plans.edit(DANA, EditPlan(plan.id, "beta"), fresh())
    views.view = View.UNKNOWN

    first = await services.changes.following(MIA, 0, None)
    second = await services.changes.following(MIA, first.place, None)

    assert ([each.id for each in first.changes], first.place, first.has_more) == ([1, 2, 3, 4], 4, True)
    assert ([each.id for each in second.changes], second.place, second.is_partial) == ([5], 5, True)
