"""Numbers: what is counted, for whom, and in which week."""

import datetime

import pytest

from bot.domain import errors
from bot.domain.commands import AddCharts, DeletePlan, EditPlan, PostPlan, RestorePlan
from bot.domain.values import Activity, PlanOfDay, SettingsChange
from bot.service.reports.plotter import Plotter
from bot.service.reports.statistics import WEEKS, StatisticsService, plot_of
from tests.service.scene import DAY, Services, elsewhere, fresh
from tests.service.test_charts import received


@pytest.fixture
def numbers(services: Services, store, clock) -> StatisticsService:
    return StatisticsService(store, clock, services.guilds, services.files, Plotter(60))


async def test_plans_charts_and_edits_are_counted_by_coach(services, numbers, dana, ivan, max):
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    await services.charts.add(dana, AddCharts(plan.id, received(services.keep(b"one"), services.keep(b"two"))), fresh())
    await services.plans.delete(dana, DeletePlan(plan.id, seen=2), fresh())
    await services.plans.post(dana, PostPlan("Short", day=DAY), fresh())
    await services.plans.post(ivan, PostPlan("Fade", day=DAY), fresh())

    found = await numbers.count(max)

    assert [(each.coach.key, each.ever, each.deleted) for each in found.coaches] == [
        ("d", Activity(2, 2, 2), 1),
        ("i", Activity(1, 0, 0), 0),
        ("s", Activity(), 0),
    ]
    assert found.ever == Activity(3, 2, 2)
    assert found.weeks[-1] == found.ever


async def test_one_coach_is_counted_alone(services, numbers, dana, ivan, max):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    await services.plans.post(ivan, PostPlan("Fade", day=DAY), fresh())

    found = await numbers.count(max, "Intraday")

    assert [each.coach.key for each in found.coaches] == ["i"]
    assert found.ever == Activity(1, 0, 0)


async def test_a_retired_coach_counts_and_comes_last(services, numbers, dana, max):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    await services.coaches.remove(max, "d")

    found = await numbers.count(max)

    assert [(each.coach.key, each.ever.plans) for each in found.coaches] == [("i", 0), ("s", 0), ("d", 1)]


async def test_a_week_begins_on_monday_in_the_guilds_time_zone(services, numbers, clock, dana, max):
    sunday_evening = datetime.datetime(2026, 11, 23, 4, 30, tzinfo=datetime.UTC)
    clock.now = sunday_evening
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    clock.move(hours=1)
    await services.plans.edit(dana, EditPlan(PlanOfDay(None, DAY), "Long above 945"), fresh())

    in_new_york = await numbers.count(max)
    await services.settings.change(max, SettingsChange("UTC"))
    in_utc = await numbers.count(max)

    assert in_new_york.mondays[-1] == in_utc.mondays[-1] == datetime.date(2026, 11, 23)
    assert in_new_york.weeks[-2:] == (Activity(plans=1), Activity(edits=1))
    assert in_utc.weeks[-2:] == (Activity(), Activity(plans=1, edits=1))


async def test_the_last_twelve_weeks_are_counted_oldest_first(services, numbers, clock, dana, max):
    for week in range(14):
        await services.plans.post(dana, PostPlan(f"plan {week}", day="today"), fresh())
        clock.move(weeks=1)
    clock.move(weeks=-2)  # the last was made by a clock that ran fast

    found = await numbers.count(max)

    assert len(found.mondays) == WEEKS
    assert found.mondays[-1] - found.mondays[0] == datetime.timedelta(weeks=WEEKS - 1)
    assert [week.plans for week in found.weeks] == [1] * WEEKS
    assert found.ever.plans == 14


async def test_a_change_of_an_old_plan_counts_in_its_week(services, numbers, clock, dana, max):
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    clock.move(weeks=2 * WEEKS)
    await services.plans.edit(dana, EditPlan(plan.id, "Flat"), fresh())
    await services.charts.add(dana, AddCharts(plan.id, received(services.keep(b"new"))), fresh())
    await services.plans.delete(dana, DeletePlan(plan.id, seen=3), fresh())

    [found] = [each for each in (await numbers.count(max)).coaches if each.coach == plan.coach]

    assert found.weeks[-1] == Activity(charts=1, edits=3)
    assert (found.ever, found.deleted) == (Activity(plans=1, charts=1, edits=3), 1)
    await services.plans.restore(dana, RestorePlan(plan.id), fresh())
    [found] = [each for each in (await numbers.count(max)).coaches if each.coach == plan.coach]
    assert found.deleted == 0


async def test_the_picture_and_the_sizes_come_with_the_numbers(services, numbers, store, dana, max):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    services.keep(b"x" * 5000)

    found = await numbers.read(max)

    assert found.size is not None
    assert found.size.pictures == 5000
    assert found.size.database >= store.path.stat().st_size > 0
    assert found.picture is not None
    assert found.picture.startswith(b"\x89PNG")


async def test_the_picture_begins_with_the_first_week_in_which_anything_was_done(services, numbers, clock, dana, max):
    nothing = await numbers.read(max)
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    clock.move(weeks=2)

    plot = plot_of(await numbers.count(max))

    assert (nothing.picture, plot_of(nothing)) == (None, None)
    assert plot is not None
    assert plot.weeks == ("W47", "W48", "W49")
    assert [(each.key, each.values) for each in plot.panels[0].series] == [("d", (1, 0, 0))]


async def test_without_a_picture_the_numbers_still_come(services, store, clock, dana, max):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    hurried = StatisticsService(store, clock, services.guilds, services.files, Plotter(0.001))

    found = await hurried.read(max)

    assert found.picture is None
    assert found.ever.plans == 1


async def test_numbers_are_for_managers_and_of_their_guild(services, numbers, dana, max):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())

    with pytest.raises(errors.NotManagerError):
        await numbers.read(dana)
    with pytest.raises(errors.UnknownCoachError):
        await numbers.read(max, "zebra")
    assert (await numbers.count(elsewhere(max))).ever == Activity()
