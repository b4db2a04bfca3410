"""Lists of plans: what is in them, in which order, and what they cost."""

import dataclasses

import pytest

from bot.domain import errors
from bot.domain.commands import DeletePlan, PostPlan
from bot.domain.values import Actor, Limits, PlanCursor, PlanId, PlanPage, Turn
from bot.service.plans import PlanService
from tests.service.scene import DAY, MAX, OTHER_GUILD, fresh

DAYS = [f"2026-12-{number:02}" for number in range(1, 13)]


@pytest.fixture
async def full(plans: PlanService, max: Actor) -> PlanService:
    """Twelve days of coach d, the first two also of coach i."""
    for coach, days in (("i", DAYS[:2]), ("d", DAYS)):
        for day in days:
            await plans.post(max, PostPlan("x", coach=coach, day=day), fresh())
    return plans


def places(page: PlanPage) -> list[tuple[int, str]]:
    return [(plan.day.day, plan.coach.key) for plan in page.plans]


async def test_the_newest_day_comes_first_and_a_day_is_in_order_of_names(full, mia):
    first = await full.list(mia)

    assert places(first) == [(day, "d") for day in range(12, 2, -1)]
    last = await full.list(mia, at=first.older)
    assert places(last) == [(2, "d"), (2, "i"), (1, "d"), (1, "i")]
    assert (first.newer, last.older) == (None, None)
    assert (first.total, last.total) == (None, None), "what is on other pages is not counted"


@pytest.mark.parametrize(
    "options", [{}, {"coach": "d"}, {"mine": True}, {"coach": "i", "mine": True}, {"day": DAYS[0]}]
)
@pytest.mark.parametrize("size", [1, 2, 3, 5])
async def test_pages_to_older_and_to_newer_plans_have_each_plan_once(store, services, full, max, options, size: int):
    few = PlanService(store, services.plans.clock, services.guilds, Limits(plans_on_page=size))
    every = places(await full.list(max, **options))
    pages = [await few.list(max, **options)]
    while pages[-1].older:
        pages.append(await few.list(max, at=pages[-1].older, **options))

    assert [place for page in pages for place in places(page)][: len(every)] == every
    page = pages[-1]
    back = list(places(page))
    while page.newer:
        page = await few.list(max, at=page.newer, **options)
        back[:0] = [place for place in places(page) if place not in back]
    assert back == [place for page in pages for place in places(page)]
    assert places(page) == places(pages[0]), "the first page is full again"


async def test_plans_that_are_posted_and_deleted_meanwhile_move_no_others(full, mia, max):
    first = await full.list(mia)

    for day in ("2026-12-13", "2026-12-14"):
        await full.post(max, PostPlan("newer", coach="d", day=day), fresh())
    await full.delete(max, DeletePlan(first.plans[-1].id, seen=1), fresh())

    assert places(await full.list(mia, at=first.older)) == [(2, "d"), (2, "i"), (1, "d"), (1, "i")]
    assert first.older
    before = await full.list(mia, at=PlanCursor(first.older.plan_id, Turn.NEWER))
    assert places(before) == [(day, "d") for day in range(13, 3, -1)], "the page right before, full"


async def test_the_first_page_is_full_from_wherever_one_comes(full, mia):
    first = await full.list(mia)

    assert await full.list(mia, at=PlanCursor(first.plans[1].id, Turn.NEWER)) == first


async def test_where_nothing_is_left_the_page_is_the_one_at_that_end(full, mia, max):
    first = await full.list(mia)
    last = await full.list(mia, at=first.older)
    oldest, newest = last.plans[-1].id, first.plans[0].id
    for plan in last.plans:
        await full.delete(max, DeletePlan(plan.id, seen=1), fresh())

    again = await full.list(mia, at=first.older)

    assert places(again) == places(first)
    assert (again.newer, again.older, again.total) == (None, None, 10)
    assert places(await full.list(mia, at=PlanCursor(newest, Turn.NEWER))) == places(first)
    assert places(await full.list(mia, at=PlanCursor(oldest, Turn.NEWER))) == places(first)


@pytest.mark.parametrize("turn", Turn)
async def test_a_plan_that_is_none_or_of_another_server_is_no_place(full, mia, turn: Turn):
    stranger = dataclasses.replace(MAX, guild_id=OTHER_GUILD)
    elsewhere = await full.post(stranger, PostPlan("x", coach="d", day=DAYS[5]), fresh())

    unknown, foreign = [await full.list(mia, at=PlanCursor(each, turn)) for each in (PlanId(404), elsewhere.id)]

    assert unknown == foreign
    assert len(unknown.plans) == 10


async def test_a_list_keeps_to_its_filter(full, mia, ivan, max):
    assert (await full.list(mia, day=DAYS[0])).total == 2
    assert (await full.list(mia, coach="Coach I")).total == 2
    assert (await full.list(mia, coach="i", day=DAYS[5])).total == 0
    assert (await full.list(mia, mine=True)).total == 0
    assert (await full.list(ivan, mine=True)).total == 2
    assert places(await full.list(max, mine=True)) == places(await full.list(max))


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

    assert (page.plans, page.newer, page.older, page.total) == ((), None, None, 0)
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
