"""Clocks that jump, and time zones that change in the middle of a day: histories keep their order all the same."""

import dataclasses
import datetime
import itertools

import pytest

from bot.domain.commands import DeletePlan, EditPlan, PostPlan, RestorePlan
from bot.domain.values import DraftKind, PlanOfDay, SettingsChange, Submission
from tests.service.scene import DAY, MONDAY, fresh

JUMPS = {
    "an hour back": [datetime.timedelta(hours=-1)],
    "a year back": [datetime.timedelta(days=-365)],
    "back and forth": [datetime.timedelta(hours=hours) for hours in (-5, 7, -9, 30, -48, 1)],
    "far ahead and back": [datetime.timedelta(days=3000), datetime.timedelta(days=-3000)],
    "by microseconds": [datetime.timedelta(microseconds=-1)] * 4,
}


@pytest.mark.parametrize("name", JUMPS)
async def test_a_clock_that_jumps_reorders_no_history(services, clock, dana, name: str):
    plan = await services.plans.post(dana, PostPlan("r1", day=DAY), fresh())
    for number, jump in enumerate(JUMPS[name], 2):
        clock.now += jump
        edited = await services.plans.edit(dana, EditPlan(plan.id, f"r{number}", seen=number - 1), fresh())
        assert edited.plan.revision == number
    last = len(JUMPS[name]) + 1

    listed = (await services.history.show(dana, plan.id)).revisions

    assert [each.revision.number for each in listed] == list(range(last, 0, -1))
    times = [each.revision.at for each in reversed(listed)]
    assert all(earlier <= later for earlier, later in itertools.pairwise(times))
    assert [each.revision.text for each in reversed(listed)] == [f"r{number}" for number in range(1, last + 1)]
    found = await services.history.at_moment(dana, plan.id, times[-1])
    assert found.revision.number == last
    assert await services.plans.store.check() == []


async def test_a_plan_is_found_by_its_moment_after_the_clock_was_put_back(services, clock, dana):
    plan = await services.plans.post(dana, PostPlan("before", day=DAY), fresh())
    clock.move(minutes=30)
    await services.plans.edit(dana, EditPlan(plan.id, "at half past", seen=1), fresh())
    clock.move(minutes=-20)
    await services.plans.edit(dana, EditPlan(plan.id, "after the clock was put back", seen=2), fresh())

    early = await services.history.at_moment(dana, plan.id, plan.posted_at + datetime.timedelta(minutes=10))
    late = await services.history.at_moment(dana, plan.id, plan.posted_at + datetime.timedelta(minutes=30))

    assert (early.revision.number, late.revision.number) == (1, 3)


async def test_a_day_is_resolved_by_discords_clock(services, clock, dana):
    right = datetime.datetime(2026, 11, 24, 15, 0, tzinfo=datetime.UTC)
    dana = dataclasses.replace(dana, sent_at=right)
    clock.now = right + datetime.timedelta(days=30)

    plan = await services.plans.post(dana, PostPlan("text", day="today"), fresh())

    assert plan.day == right.date()
    assert (await services.plans.find(dana, PlanOfDay(None, None))).id == plan.id
    assert (await services.plans.suggest_days(dana, "tomorrow"))[0].value == "2026-11-25"
    assert (await services.drafts.save(dana, Submission(DraftKind.POST, "text", day="tomorrow"))).day == "2026-11-25"


async def test_nothing_is_done_before_it_was_asked_for(services, clock, dana):
    right = clock.now
    clock.move(days=-30)
    dana = dataclasses.replace(dana, sent_at=right)

    plan = await services.plans.post(dana, PostPlan("text", day="today"), fresh())

    assert plan.posted_at == right
    assert (await services.history.show(dana, plan.id)).revisions[0].revision.note is None
    assert (await services.history.at(dana, PlanOfDay(None, None), "now")).revision.number == 1


async def test_a_time_zone_that_changes_in_the_middle_of_a_day_moves_no_plan(services, clock, dana, max):
    clock.now = datetime.datetime(2026, 11, 24, 2, 0, tzinfo=datetime.UTC)  # Monday evening in New York
    before = await services.plans.post(dana, PostPlan("Monday's", day="today"), fresh())
    assert before.day == MONDAY

    await services.settings.change(max, SettingsChange(timezone="Asia/Tokyo"))
    after = await services.plans.post(dana, PostPlan("Tuesday's", day="today"), fresh())
    edited = await services.plans.edit(dana, EditPlan(before.id, "Monday's, later", seen=1), fresh())
    await services.settings.change(max, SettingsChange(timezone="America/Los_Angeles"))

    assert after.day == MONDAY + datetime.timedelta(days=1)
    assert edited.plan.day == MONDAY
    assert (await services.plans.find(dana, PlanOfDay(None, "today"))).id == before.id
    listed = (await services.history.show(dana, before.id)).revisions
    assert [each.revision.number for each in listed] == [2, 1]
    assert await services.plans.store.check() == []


async def test_the_order_of_what_was_kept_is_not_the_clocks(services, clock, dana):
    plan = await services.plans.post(dana, PostPlan("r1", day=DAY), fresh())
    clock.move(hours=-3)
    deleted = await services.plans.delete(dana, DeletePlan(plan.id, seen=1), fresh())
    clock.move(hours=-3)
    restored = await services.plans.restore(dana, RestorePlan(PlanOfDay(None, DAY)), fresh())

    assert (deleted.revision, restored.revision) == (2, 3)
    assert plan.posted_at <= deleted.changed_at <= restored.changed_at
