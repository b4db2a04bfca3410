"""Lists of plans: what is in them, in which order, and what they cost."""

import pytest

from bot.domain import errors
from bot.domain.commands import DeletePlan, PostPlan
from bot.domain.values import Actor
from bot.service.plans import PlanService
from tests.service.scene import DAY, fresh

DAYS = [f"2026-12-{number:02}" for number in range(1, 13)]


@pytest.fixture
async def full(plans: PlanService, max: Actor) -> PlanService:
    """Twelve days of coach d, the first two also of coach i."""
    for coach, days in (("i", DAYS[:2]), ("d", DAYS)):
        for day in days:
            await plans.post(max, PostPlan("x", coach=coach, day=day), fresh())
    return plans


async def test_the_newest_day_comes_first_and_a_day_is_in_order_of_names(full, mia):
    page = await full.list(mia, page=2)

    assert (page.number, page.pages, page.total) == (2, 2, 14)
    assert [(plan.day.day, plan.coach.key) for plan in page.plans] == [
        (2, "d"),
        (2, "i"),
        (1, "d"),
        (1, "i"),
    ]


@pytest.mark.parametrize(("asked", "given"), [(-5, 1), (0, 1), (3, 2), (2**40, 2)])
async def test_a_page_that_is_none_becomes_the_nearest(full, mia, asked: int, given: int):
    assert (await full.list(mia, page=asked)).number == given


async def test_a_list_keeps_to_its_filter(full, mia, ivan, max):
    assert (await full.list(mia, day=DAYS[0])).total == 2
    assert (await full.list(mia, coach="Coach I")).total == 2
    assert (await full.list(mia, coach="i", day=DAYS[5])).total == 0
    assert (await full.list(mia, mine=True)).total == 0
    assert (await full.list(ivan, mine=True)).total == 2
    assert (await full.list(max, mine=True)).total == 14


async def test_a_list_says_what_it_was_asked_for(full, mia):
    page = await full.list(mia, day="2026-12-1", coach="Coach I", mine=True)

    assert page.filter.day
    assert (page.filter.day.isoformat(), page.filter.coach, page.filter.mine) == (
        DAYS[0],
        "i",
        True,
    )


async def test_an_empty_list_is_one_page(plans, mia):
    page = await plans.list(mia)

    assert (page.plans, page.number, page.pages, page.total) == ((), 1, 1, 0)
    assert page.today.isoformat() == "2026-11-22"


async def test_deleted_plans_are_not_listed(plans, dana):
    plan = await plans.post(dana, PostPlan("x", day=DAY), fresh())
    await plans.delete(dana, DeletePlan(plan.id, seen=1), fresh())

    assert (await plans.list(dana)).total == 0


async def test_a_list_of_what_is_no_day_or_coach_is_refused(plans, mia):
    with pytest.raises(errors.DayError):
        await plans.list(mia, day="soon")
    with pytest.raises(errors.UnknownCoachError):
        await plans.list(mia, coach="z")
