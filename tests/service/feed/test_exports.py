"""Exports for programs: pages of one moment, whatever happens between them."""

import datetime

import pytest

from bench.generator import fill
from bot.domain import errors
from bot.domain.as_of import Edge
from bot.domain.commands import DeletePlan, EditPlan, PostPlan, RestorePlan
from bot.domain.values import Actor, Audience, Plan, PlanState, PointInTime, SettingsChange, StateFilter, UserId
from bot.service.feed.exports import PLANS_ON_PAGE, REVISIONS_ON_PAGE
from storage.store import Store
from tests.service.revising import make_many
from tests.service.scene import CHANNEL, DANA, DAY, GUILD, MAX, MONDAY, FakeClock, Services, fresh

PROGRAM = Actor(GUILD, UserId(0), channel_id=CHANNEL)
ALL = StateFilter()
NOW = PointInTime()
OPEN = datetime.datetime(2026, 11, 23, 5, 0, tzinfo=datetime.UTC)
BULK = 2 * PLANS_ON_PAGE + 20


async def post(services: Services, text: str, day: str = DAY, coach: str = "d", actor: Actor = DANA) -> Plan:
    return await services.plans.post(actor, PostPlan(text, coach=coach, day=day), fresh())


async def add_bulk(store: Store, services: Services) -> None:
    """Add plans of earlier days, more than fit on two pages."""
    await services.guilds.ensure_guild(GUILD)
    async for _ in fill(store, 2 * BULK):
        pass


async def read_all(
    services: Services, point: PointInTime = NOW, wanted: StateFilter = ALL, *, with_revisions: bool = False
) -> list[list[PlanState]]:
    """Return the pages of an export."""
    export = await services.feed.begin_export(PROGRAM, wanted, point, with_revisions=with_revisions)
    pages, after = list[list[PlanState]](), None
    while True:
        page = await services.feed.export_page(PROGRAM, export, after)
        pages.append(list(page.states))
        if page.next is None:
            return pages
        after = page.next


async def test_pages_have_every_plan_once_and_the_oldest_day_first(store: Store, services: Services):
    await add_bulk(store, services)
    await post(services, "the last")

    pages = await read_all(services)

    states = [state for page in pages for state in page]
    places = [(state.plan.day, state.plan.id) for state in states]
    assert [len(page) for page in pages] == [PLANS_ON_PAGE, PLANS_ON_PAGE, 21]
    assert places == sorted(set(places))
    assert states[-1].revision.text == "the last"
    listed = await services.feed.plans(PROGRAM, ALL, NOW, None, 2 * BULK)
    assert [state.revision for state in states] == [state.revision for state in reversed(listed.states)]


@pytest.mark.parametrize("put_back", [False, True], ids=["clock goes on", "clock put back"])
async def test_what_happens_between_two_pages_is_not_in_the_export(
    store: Store, services: Services, clock: FakeClock, put_back: bool
):
    await services.settings.change(MAX, SettingsChange(deleted_visible_to=Audience.EVERYONE))
    await add_bulk(store, services)
    edited = await post(services, "before")
    deleted = await post(services, "still there", coach="i", actor=MAX)
    expected = await read_all(services)
    export = await services.feed.begin_export(PROGRAM, ALL, NOW, with_revisions=False)
    first = await services.feed.export_page(PROGRAM, export, None)

    clock.move(hours=-1 if put_back else 1)
    await services.plans.edit(DANA, EditPlan(edited.id, "after"), fresh())
    await services.plans.delete(MAX, DeletePlan(deleted.id, deleted.revision), fresh())
    await post(services, "new", "2026-11-24")
    second = await services.feed.export_page(PROGRAM, export, first.next)
    third = await services.feed.export_page(PROGRAM, export, second.next)

    found = [[(state.plan.id, state.revision) for state in page.states] for page in (first, second, third)]
    assert found == [[(state.plan.id, state.revision) for state in page] for page in expected]
    assert [state.revision.text for state in third.states[-2:]] == ["before", "still there"]
    assert third.next is None


async def test_an_export_asked_for_by_its_start_is_the_same_after_the_clock_was_put_back(
    services: Services, clock: FakeClock
):
    plan = await post(services, "before")
    clock.move(seconds=10)
    await services.plans.edit(DANA, EditPlan(plan.id, "after"), fresh())
    clock.move(seconds=-5)

    export = await services.feed.begin_export(PROGRAM, ALL, NOW, with_revisions=False)
    page = await services.feed.export_page(PROGRAM, export, None)
    clock.move(hours=1)
    [again] = await read_all(services, PointInTime(export.until))

    assert [(state.revision.text, state.moment) for state in page.states] == [("before", export.until)]
    assert [state.revision for state in again] == [state.revision for state in page.states]


async def test_a_moment_that_comes_between_two_pages_is_still_to_come(
    store: Store, services: Services, clock: FakeClock
):
    await add_bulk(store, services)
    clock.now = OPEN - datetime.timedelta(minutes=10)
    await post(services, "early")
    export = await services.feed.begin_export(PROGRAM, ALL, PointInTime(Edge.SESSION_OPEN), with_revisions=False)
    page = await services.feed.export_page(PROGRAM, export, None)

    clock.now = OPEN + datetime.timedelta(hours=1)
    while page.next:
        page = await services.feed.export_page(PROGRAM, export, page.next)

    assert page.states == ()
    assert [state.revision.text for state in (await read_all(services, PointInTime(Edge.SESSION_OPEN)))[-1]] == [
        "early"
    ]


async def test_each_revision_until_the_moment_is_exported(store: Store, services: Services, clock: FakeClock):
    first = await post(services, "first 0")
    second = await post(services, "second 0", coach="i", actor=MAX)
    await make_many(store, first, REVISIONS_ON_PAGE - 21, "first")
    await make_many(store, second, 29, "second")
    gone = (await services.plans.delete(MAX, DeletePlan(second.id, 30), fresh())).id
    await services.plans.restore(MAX, RestorePlan(gone), fresh())
    moment = clock.now
    clock.move(hours=1)
    await services.plans.edit(DANA, EditPlan(first.id, "later"), fresh())
    await post(services, "later", str(MONDAY + datetime.timedelta(days=1)))

    pages = await read_all(services, PointInTime(moment), with_revisions=True)

    for page, plan in zip(pages, (first, second), strict=False):
        expected = await services.feed.revisions(PROGRAM, plan.id, PointInTime(moment), 0, REVISIONS_ON_PAGE)
        assert [state.revision for state in page] == [revision for revision, _ in expected.revisions]
    assert [len(page) for page in pages] == [REVISIONS_ON_PAGE - 20, 32]


async def test_an_export_is_of_a_coach_and_days(services: Services):
    await post(services, "d")
    await post(services, "i", coach="i", actor=MAX)
    await post(services, "d later", "2026-11-24")

    [of_coach] = await read_all(services, wanted=StateFilter(coach="coach_D"))
    [of_days] = await read_all(services, wanted=StateFilter(MONDAY, MONDAY))
    [of_later] = await read_all(services, wanted=StateFilter(first=MONDAY + datetime.timedelta(days=1)))

    assert [state.revision.text for state in of_coach] == ["d", "d later"]
    assert [state.revision.text for state in of_days] == ["d", "i"]
    assert [state.revision.text for state in of_later] == ["d later"]
    with pytest.raises(errors.UnknownCoachError):
        await read_all(services, wanted=StateFilter(coach="zz"))
    with pytest.raises(errors.MomentError, match="still to come"):
        await read_all(services, PointInTime(OPEN))


async def test_a_later_change_brings_no_plan_into_an_export(services: Services, clock: FakeClock):
    clock.now = OPEN
    plan = await post(services, "alpha")
    await post(services, "beta", coach="i", actor=MAX)
    point = PointInTime(datetime.time(23, 50))
    export = await services.feed.begin_export(PROGRAM, ALL, point, with_revisions=False)
    clock.move(days=2)
    await services.plans.edit(DANA, EditPlan(plan.id, "later"), fresh())

    assert not (await services.feed.export_page(PROGRAM, export, None)).states


async def test_an_export_ends_where_less_may_be_read_than_at_its_start(services: Services):
    plan = await post(services, "Long NQ")
    export = await services.feed.begin_export(PROGRAM, ALL, NOW, with_revisions=False)
    assert [state.plan.id for state in (await services.feed.export_page(PROGRAM, export, None)).states] == [plan.id]

    with pytest.raises(errors.ExportChangedError):
        await services.feed.export_page(Actor(GUILD, UserId(0)), export, None)
    await services.settings.change(MAX, SettingsChange(timezone="Asia/Tokyo"))
    with pytest.raises(errors.ExportChangedError):
        await services.feed.export_page(PROGRAM, export, None)
