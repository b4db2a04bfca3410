"""Changes that are still being saved: an answer as of a moment that has passed never changes."""

import asyncio
import datetime
from collections.abc import AsyncGenerator, Callable

import pytest

from bot.domain import errors
from bot.domain.as_of import AsOf, Edge
from bot.domain.values import Actor, PlanId, PointInTime, StateFilter, UserId
from storage.store import Store
from tests.sandbox.raw_clients import eventually
from tests.service.feed.test_exports import OPEN, post, read_all
from tests.service.held_writes import edit_held
from tests.service.scene import CHANNEL, GUILD, FakeClock, Services

PROGRAM = Actor(GUILD, UserId(0), channel_id=CHANNEL)
ALL = StateFilter()
PLAN = PlanId(1)
SECOND = datetime.timedelta(seconds=1)
SINCE = {
    "an instant": PointInTime(OPEN),
    "an instant of a token": PointInTime(latest=OPEN),
    "the open": PointInTime(Edge.SESSION_OPEN),
    "the open of a token": PointInTime(latest=Edge.SESSION_OPEN),
    "a time": PointInTime(datetime.time(0)),
}
BEFORE = {
    "now": PointInTime(),
    "an instant before": PointInTime(OPEN - 2 * SECOND),
    "a time to come": PointInTime(datetime.time(9)),
}


@pytest.fixture
async def edited(services: Services, store: Store, clock: FakeClock) -> AsyncGenerator[Callable[[], None]]:
    """Ends a change of a second before the open, which is still being saved a second after it."""
    clock.now = OPEN - 3 * SECOND
    plan = await post(services, "before")
    clock.now = OPEN - SECOND
    async with edit_held(store, plan, clock, "after") as end:
        clock.now = OPEN + SECOND
        yield end


async def listed(services: Services, point: PointInTime) -> list[str | None]:
    page = await services.feed.plans(PROGRAM, ALL, point, None, 10)
    return [state.revision.text for state in page.states]


@pytest.mark.parametrize("point", SINCE.values(), ids=SINCE)
async def test_a_read_as_of_a_moment_since_the_change_waits_for_it(
    services: Services, store: Store, edited: Callable[[], None], point: PointInTime
):
    await listed(services, BEFORE["an instant before"])  # who may read is known from here on
    begun = store.times
    reading = asyncio.create_task(listed(services, point))
    await eventually(lambda: store.times.reads == begun.reads + 1)  # and now it waits
    assert (store.writing, store.times.writes) == (1, begun.writes)
    edited()

    assert await reading == ["after"]
    assert store.times.reads == begun.reads + 2
    assert await listed(services, point) == ["after"]


@pytest.mark.parametrize("point", SINCE.values(), ids=SINCE)
async def test_a_change_that_is_not_saved_soon_holds_nobody(
    services: Services, store: Store, edited: Callable[[], None], point: PointInTime
):
    feed, begun = services.feed, store.times
    reads = (
        *(
            feed.plan(PROGRAM, PLAN, point),
            feed.revisions(PROGRAM, PLAN, point, 0, 10),
            feed.chart(PROGRAM, "0" * 64, point),
        ),
        *(feed.of_day(PROGRAM, None, None, point), feed.search(PROGRAM, "before", ALL, point, None, 10)),
        feed.begin_export(PROGRAM, ALL, point, with_revisions=False),
    )

    for answer in await asyncio.gather(*reads, return_exceptions=True):
        assert isinstance(answer, errors.MomentUnsavedError)
    assert (store.writing, store.times.writes) == (1, begun.writes)


@pytest.mark.parametrize("point", BEFORE.values(), ids=BEFORE)
async def test_other_reads_do_not_wait(
    services: Services, store: Store, edited: Callable[[], None], point: PointInTime
):
    reading = asyncio.create_task(listed(services, point))
    await asyncio.wait((reading,))

    assert store.writing == 1
    assert reading.result() in (["before"], [])


@pytest.mark.parametrize(
    "latest", [None, datetime.time(9), OPEN + 60 * SECOND], ids=["free", "bound to a time to come", "and to an instant"]
)
async def test_a_read_of_now_says_a_moment_whose_answer_never_changes(
    services: Services, store: Store, clock: FakeClock, edited: Callable[[], None], latest: AsOf | None
):
    now = PointInTime(latest=latest)
    state = await services.feed.plan(PROGRAM, PLAN, now)
    history = await services.feed.revisions(PROGRAM, PLAN, now, 0, 10)
    [of_day] = await services.feed.of_day(PROGRAM, ["d"], None, now)
    edited()
    await store.snapshots.settle()
    clock.now += SECOND

    assert state.revision.text == "before"
    assert of_day.state
    for said in (state.moment, history.state.moment, of_day.state.moment):
        assert OPEN - 2 * SECOND < said < OPEN - SECOND
        again = await services.feed.plan(PROGRAM, PLAN, PointInTime(said))
        assert again.revision == state.revision
        found = await services.feed.revisions(PROGRAM, PLAN, PointInTime(said), 0, 10)
        assert found.revisions == history.revisions


async def test_an_export_is_as_of_the_moment_before_a_change_that_is_being_saved(
    services: Services, edited: Callable[[], None]
):
    export = await services.feed.begin_export(PROGRAM, ALL, PointInTime(), with_revisions=False)
    edited()
    page = await services.feed.export_page(PROGRAM, export, None)

    assert OPEN - 2 * SECOND < export.until < OPEN - SECOND
    assert [state.revision.text for state in page.states] == ["before"]
    [again] = await read_all(services, PointInTime(export.until))
    assert [state.revision for state in again] == [state.revision for state in page.states]
