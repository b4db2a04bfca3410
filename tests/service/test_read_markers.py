"""The revision that a member last opened is noted in memory, written in batches, and remembered for a month."""

import asyncio
import dataclasses
import datetime
import threading

import pytest

from bot.domain import errors
from bot.domain.commands import DeletePlan, EditPlan, PostPlan, RevertPlan
from bot.domain.sessions import Exchange
from bot.domain.values import TODAY_ON_PAGE, Actor, ChannelId, Limits, PageNumber, Plan, PlanId, Since
from bot.service.cleanup import CleanupService
from bot.service.read_markers import ROWS_AT_ONCE, ReadMarkers
from storage.models import GuildSettingsRow, ReadMarkerRow
from storage.store import Store
from tests.processes import DEADLINE
from tests.service.scene import DANA, IVAN, MAX, MIA, FakeClock, Services, elsewhere, fresh, interaction_at

MIDNIGHT = datetime.datetime(2026, 11, 23, 5, tzinfo=datetime.UTC)
"""The begin of Monday in New York, and of its session where all weekdays have one."""


def follow(exchange: Exchange) -> None:
    """Have the guild follow the exchange."""
    GuildSettingsRow.update(exchange=exchange).execute()


@pytest.fixture
async def plan(services: Services) -> Plan:
    return await services.plans.post(DANA, PostPlan("Long above 945"), fresh())


@pytest.fixture
def markers(services: Services) -> ReadMarkers:
    return services.markers


async def edit(services: Services, clock: FakeClock, plan: Plan, *texts: str) -> Plan:
    """Edit the plan to each of the texts, a minute after each other."""
    for text in texts:
        clock.move(minutes=1)
        plan = (await services.plans.edit(DANA, EditPlan(plan.id, text, seen=plan.revision), fresh())).plan
    return plan


async def opened(store: Store, markers: ReadMarkers, actor: Actor, *plans: Plan) -> dict[PlanId, int]:
    """The revisions that the actor has opened, by plan."""
    found = await store.read(markers.of, actor.user_id, [plan.id for plan in plans])
    return {plan_id: marker.revision for plan_id, marker in found.items()}


def stored() -> list[tuple[int, int]]:
    return [(row.user_id, row.revision) for row in ReadMarkerRow.select().order_by(ReadMarkerRow.user_id)]


async def test_what_changed_is_what_changed_since_one_opened_the_plan(services, markers, clock, plan):
    plan = await edit(services, clock, plan, "Long above 950")
    markers.note(MIA, plan)
    opened_at = clock.now
    await edit(services, clock, plan, "Long above 955", "Long above 960")

    changes = await services.history.changes(MIA, plan.id)

    compared = changes.comparison
    assert (compared.before.number, compared.after.number) == (2, 4)
    assert (changes.since, changes.at, changes.seen_at) == (Since.OPENED, opened_at, None)


async def test_what_changed_is_the_same_after_a_restart(store, services, clock, plan):
    services.markers.note(dataclasses.replace(MIA, sent_at=clock.now), plan)
    await services.markers.write()
    await edit(services, clock, plan, "Long above 950", "Long above 955")

    changes = await Services.on(store, clock).history.changes(MIA, plan.id)

    assert (changes.comparison.before.number, changes.since) == (1, Since.OPENED)
    assert changes.at == plan.posted_at


@pytest.mark.parametrize("has_opened", [False, True])
async def test_on_a_day_without_a_session_the_last_change_is_shown(
    store, services, markers, clock, plan, has_opened: bool
):
    await store.write(follow, Exchange.WEEKDAYS)
    plan = await edit(services, clock, plan, "Long above 950", "Long above 955")
    if has_opened:
        markers.note(MIA, plan)

    changes = await services.history.changes(MIA, plan.id)

    assert (changes.comparison.before.number, changes.comparison.after.number) == (2, 3)
    assert (changes.since, changes.at) == (Since.LAST_CHANGE, plan.changed_at)
    assert changes.seen_at == (clock.now if has_opened else None)


async def test_a_day_whose_session_is_not_known_has_changes_too(store, services, clock, plan):
    await store.write(follow, Exchange.NYSE)
    plan = await services.plans.post(DANA, PostPlan("Flat", day="monday"), fresh())
    await edit(services, clock, plan, "Long above 950")

    assert (await services.history.changes(MIA, plan.id)).since is Since.LAST_CHANGE


@pytest.mark.parametrize("has_opened", [False, True])
async def test_without_changes_since_one_opened_the_plan_those_since_the_session_opened_are_shown(
    store, services, markers, clock, plan, has_opened: bool
):
    await store.write(follow, Exchange.WEEKDAYS)
    plan = await services.plans.post(DANA, PostPlan("Flat", day="tomorrow"), fresh())
    plan = await edit(services, clock, plan, "Long above 945")
    clock.now = MIDNIGHT
    plan = await edit(services, clock, plan, "Long above 950", "Long above 955")
    if has_opened:
        markers.note(MIA, plan)

    changes = await services.history.changes(MIA, plan.id)

    assert (changes.comparison.before.number, changes.comparison.after.number) == (2, 4)
    assert (changes.since, changes.at) == (Since.SESSION_OPEN, MIDNIGHT)
    assert changes.seen_at == (clock.now if has_opened else None)


@pytest.mark.parametrize("posted_at", [MIDNIGHT, MIDNIGHT + datetime.timedelta(hours=1)])
async def test_changes_of_a_plan_that_was_posted_after_the_open_are_shown_since_it_was_posted(
    store, services, clock, posted_at: datetime.datetime
):
    await services.guilds.ensure_guild(MIA.guild_id)
    await store.write(follow, Exchange.WEEKDAYS)
    clock.now = posted_at + datetime.timedelta(microseconds=1)
    plan = await services.plans.post(DANA, PostPlan("Flat"), fresh())
    await edit(services, clock, plan, "Long above 950", "Long above 955")

    changes = await services.history.changes(MIA, plan.id)

    assert changes.comparison.before.number == 1
    assert (changes.since, changes.at) == (Since.POSTED, plan.posted_at)


async def test_before_the_session_opens_the_last_change_is_shown(store, services, clock, plan):
    await store.write(follow, Exchange.WEEKDAYS)
    plan = await services.plans.post(DANA, PostPlan("Flat", day="tomorrow"), fresh())
    await edit(services, clock, plan, "Long above 950", "Long above 955")

    changes = await services.history.changes(MIA, plan.id)

    assert changes.comparison.before.number == 2
    assert (changes.since, changes.at) == (Since.LAST_CHANGE, clock.now)


@pytest.mark.parametrize("has_opened", [False, True])
async def test_a_plan_that_was_never_changed_has_no_changes(services, markers, plan, has_opened: bool):
    if has_opened:
        markers.note(MIA, plan)

    with pytest.raises(errors.SameRevisionError, match="never changed"):
        await services.history.changes(MIA, plan.id)


async def test_each_member_has_markers_of_their_own(store, services, markers, clock, plan):
    markers.note(MIA, plan)
    await markers.write()
    markers.note(IVAN, await edit(services, clock, plan, "Long above 950"))

    assert await opened(store, markers, MIA, plan) == {plan.id: 1}
    assert await opened(store, markers, IVAN, plan) == {plan.id: 2}
    assert await opened(store, markers, DANA, plan) == {}


async def test_a_later_marker_replaces_the_stored_one(store, services, markers, clock, plan):
    markers.note(MIA, plan)
    await markers.write()
    markers.note(MIA, await edit(services, clock, plan, "Long above 950"))
    assert await opened(store, markers, MIA, plan) == {plan.id: 2}

    await markers.write()

    assert await store.read(stored) == [(MIA.user_id, 2)]


async def test_a_plan_that_is_opened_while_the_markers_are_written_is_written_next(
    store, services, markers, clock, plan
):
    has_begun, may_end = threading.Event(), threading.Event()
    holding = asyncio.create_task(store.write(lambda: (has_begun.set(), may_end.wait(DEADLINE))))
    await asyncio.to_thread(has_begun.wait, DEADLINE)
    markers.note(MIA, plan)
    writing = asyncio.create_task(markers.write())
    while store.writing < 2:  # noqa: ASYNC110 - nothing tells that it waits
        await asyncio.sleep(0)

    markers.note(MIA, dataclasses.replace(plan, revision=2))
    assert await opened(store, markers, MIA, plan) == {plan.id: 2}, "no read waits for a write"
    may_end.set()
    await asyncio.gather(holding, writing)

    assert await store.read(stored) == [(MIA.user_id, 1)]
    await markers.write()
    assert await store.read(stored) == [(MIA.user_id, 2)]


async def test_many_markers_are_written_in_several_transactions(store, markers, plan):
    for number in range(ROWS_AT_ONCE + 1):
        markers.note(MIA, dataclasses.replace(plan, id=PlanId(number)))

    await markers.write()

    assert await store.read(ReadMarkerRow.select().count) == ROWS_AT_ONCE + 1


async def test_the_oldest_marker_makes_room_for_another(store, clock, plan):
    few = ReadMarkers(store, clock, max_waiting=2)
    plans = [dataclasses.replace(plan, id=PlanId(number)) for number in range(3)]
    for each in (plans[0], plans[1], plans[0], plans[2]):
        few.note(MIA, each)

    assert await opened(store, few, MIA, *plans) == {plans[0].id: 1, plans[2].id: 1}


async def test_markers_wait_while_the_database_can_not_be_written(store, markers, capsys, plan):
    markers.note(MIA, plan)
    moved = store.path.rename(store.path.with_name("moved.db"))

    await markers.write()

    assert "read markers not written" in capsys.readouterr().out
    moved.rename(store.path)
    await markers.write()
    assert await store.read(stored) == [(MIA.user_id, 1)]


async def test_markers_are_written_again_and_again_even_after_a_failure(store, markers, capsys, plan):
    running = asyncio.create_task(markers.run(pause=0))
    markers.note(MIA, dataclasses.replace(plan, revision=0))
    said = ""
    while "writing read markers failed" not in said:
        said += capsys.readouterr().out
        await asyncio.sleep(0)

    markers.note(MIA, plan)

    while await store.read(stored) != [(MIA.user_id, 1)]:
        pass
    running.cancel()


async def test_markers_are_forgotten_after_a_month(store, services, markers, clock, plan):
    cleanup = CleanupService(store, services.files, clock, Limits())
    markers.note(MIA, plan)
    clock.move(seconds=1)
    markers.note(IVAN, plan)
    await markers.write()
    clock.move(days=30)
    await services.plans.post(DANA, PostPlan("later"), interaction_at(clock.now))

    assert (await cleanup.sweep()).markers == 1

    assert await store.read(stored) == [(IVAN.user_id, 1)]


async def test_a_marker_says_in_which_guild_it_was_made(store, markers, plan):
    markers.note(MIA, plan)
    await markers.write()

    [row] = await store.read(lambda: list(ReadMarkerRow.select()))

    assert (row.guild_id, row.plan_id, row.opened_at.tzinfo) == (MIA.guild_id, plan.id, datetime.UTC)


async def test_todays_plans_are_those_of_all_coaches_by_name(services, markers, clock, plan):
    other = await services.plans.post(IVAN, PostPlan("Fade the open"), fresh())
    await services.plans.post(DANA, PostPlan("later", day="tomorrow"), fresh())
    markers.note(MIA, plan)
    await edit(services, clock, plan, "Long above 950")

    shown = await services.today.page(MIA)

    assert [each.id for each in shown.page.plans] == [plan.id, other.id]
    assert (shown.page.total, shown.page.today) == (2, plan.day)
    assert shown.opened.keys() == {plan.id}
    assert [shown.has_changes(each) for each in shown.page.plans] == [True, False]


async def test_a_plan_that_was_changed_and_changed_back_has_no_changes(services, markers, clock, plan):
    changed = await edit(services, clock, plan, "Long above 950")
    markers.note(IVAN, changed)
    await services.history.revert(DANA, RevertPlan(plan.id, 1, seen=2), fresh())

    for actor, has_changes in ((MIA, False), (IVAN, True)):
        shown = await services.today.page(actor)
        assert [shown.has_changes(each) for each in shown.page.plans] == [has_changes]
    markers.note(MIA, plan)
    assert (await services.history.changes(MIA, plan.id)).comparison.is_same


async def test_today_is_known_to_be_closed(store, services, plan):
    assert not (await services.today.page(MIA)).is_closed

    await store.write(follow, Exchange.WEEKDAYS)

    assert (await services.today.page(MIA)).is_closed


async def test_once_no_session_is_left_the_next_ones_plans_are_shown(store, services, clock, plan):
    await services.plans.delete(DANA, DeletePlan(plan.id, seen=1), fresh())
    await store.write(follow, Exchange.WEEKDAYS)
    assert not (await services.today.page(MIA)).page.plans
    following = await services.plans.post(DANA, PostPlan("Long", day="next session"), fresh())

    shown = (await services.today.page(MIA)).page

    assert [each.id for each in shown.plans] == [following.id]
    assert shown.today < following.day


async def test_once_today_has_no_session_left_the_next_ones_plans_are_beside_todays(store, services, plan):
    following = await services.plans.post(DANA, PostPlan("Long", day="tomorrow"), fresh())
    assert (await services.today.page(MIA)).next_session is None
    await store.write(follow, Exchange.WEEKDAYS)  # it is Sunday
    shown = await services.today.page(MIA)
    hidden = await services.today.page(dataclasses.replace(MIA, channel_id=ChannelId(1)))

    assert (shown.page.plans, shown.next_session) == ((plan,), plan.day + datetime.timedelta(days=1))
    assert (shown.is_closed, shown.next_close) == (True, None)
    assert ([each.id for each in shown.coming], hidden.coming) == ([following.id], ())


async def test_pages_of_todays_plans_are_counted_and_numbered(services):
    keys = [f"n{number:02}" for number in range(2 * TODAY_ON_PAGE + 1)]
    for key in keys:
        await services.coaches.add(MAX, key, key)
        await services.plans.post(MAX, PostPlan("Flat", coach=key), fresh())

    first = await services.today.page(MIA)
    second = await services.today.page(MIA, first.page.older)
    third = await services.today.page(MIA, second.page.older)
    await services.plans.delete(MAX, DeletePlan(first.page.plans[0].id, seen=1), fresh())
    again = await services.today.page(MIA, first.page.older)
    hidden = await services.today.page(dataclasses.replace(MIA, channel_id=ChannelId(1)))

    numbers = [each.number for each in (first, second, third)]
    assert numbers == [PageNumber(number, 3, len(keys)) for number in (1, 2, 3)]
    assert again.number == PageNumber(2, 3, len(keys) - 1)
    assert (hidden.page.plans, hidden.number) == ((), None)


async def test_deleted_plans_and_those_of_other_guilds_are_not_of_today(services, plan):
    await services.plans.delete(DANA, DeletePlan(plan.id, seen=1), fresh())

    assert not (await services.today.page(MIA)).page.plans
    assert not (await services.today.page(elsewhere(MIA))).page.plans


@pytest.mark.parametrize("is_written", [False, True])
async def test_ones_own_changes_of_what_one_had_opened_are_known_to_one(
    store, services, markers, clock, plan, is_written: bool
):
    markers.note(IVAN, plan)
    for text in ("Long above 950", "Long above 955"):
        if is_written:
            await markers.write()
        changed = await edit(services, clock, plan, text)
        markers.note_change(DANA, changed)
        markers.note_change(IVAN, dataclasses.replace(changed, changed_by=IVAN.user_id))
        plan = changed

    assert await opened(store, markers, IVAN, plan) == {plan.id: 3}
    assert await opened(store, markers, DANA, plan) == {}, "she had not opened it"
    await markers.write()
    assert await store.read(stored) == [(IVAN.user_id, 3)]


@pytest.mark.parametrize("is_written", [False, True])
async def test_a_change_after_one_that_was_not_read_leaves_the_marker(
    store, services, markers, clock, plan, is_written: bool
):
    markers.note(DANA, plan)
    if is_written:
        await markers.write()
    plan = await edit(services, clock, plan, "of another", "her own")

    markers.note_change(DANA, plan)
    markers.note_change(IVAN, plan)  # it was not his

    assert await opened(store, markers, DANA, plan) == {plan.id: 1}
    await markers.write()
    assert await store.read(stored) == [(DANA.user_id, 1)]


async def test_one_who_posts_a_plan_has_read_it_and_a_late_receipt_forgets_nothing(
    store, services, markers, clock, plan
):
    markers.note_change(DANA, plan)
    changed = await edit(services, clock, plan, "Long above 950")
    markers.note(DANA, dataclasses.replace(changed, revision=5))

    markers.note_change(DANA, changed)

    assert await opened(store, markers, DANA, plan) == {plan.id: 5}
