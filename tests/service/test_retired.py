"""Retired coaches: nobody posts as them, and all that they posted stays."""

import pytest

from bot.domain import errors
from bot.domain.commands import DeletePlan, EditPlan, PostPlan, RestorePlan
from bot.domain.values import CoachChange, Members, PlanOfDay
from tests.service.scene import DAY, MIA, Services, fresh, posting_as


@pytest.fixture
async def retired(services: Services, dana, max):
    """Coach d's plan, with the coach retired."""
    plan = await services.plans.post(dana, PostPlan("Long above 945", coach="d", day=DAY), fresh())
    await services.plans.edit(dana, EditPlan(plan.id, "Long above 950", seen=1), fresh())
    assert (await services.coaches.remove(max, "d")).is_retired
    return plan


@pytest.mark.parametrize("given", ["d", "Day Trading", "coach d"])
async def test_nobody_posts_as_a_retired_coach(services, retired, dana, max, given: str):
    for actor in (dana, max):
        with pytest.raises(errors.RetiredCoachError):
            await services.plans.post(actor, PostPlan("more", coach=given, day="tuesday"), fresh())
    with pytest.raises(errors.RetiredCoachError, match="can still be read and edited"):
        await services.plans.post(max, PostPlan("more", coach=given, day="tuesday"), fresh())


async def test_one_whose_only_coach_is_retired_is_no_coach(services, retired, dana):
    with pytest.raises(errors.NoCoachError):
        await services.plans.post(dana, PostPlan("more", day="tuesday"), fresh())


async def test_its_plans_are_found_listed_and_have_their_history(services, retired, mia):
    found = await services.plans.find(mia, PlanOfDay("d", DAY))
    listed = await services.plans.list(mia, coach="day trading")
    history = await services.history.show(mia, PlanOfDay("d", DAY))
    stood = await services.history.at(mia, PlanOfDay("d", DAY), "now")

    assert found.text == "Long above 950"
    assert found.coach.is_retired
    assert [plan.id for plan in listed.plans] == [retired.id]
    assert (history.plan.id, history.plan.revision) == (retired.id, 2)
    assert stood.revision.number == 2
    assert [choice.value for choice in await services.history.suggest(mia, "", PlanOfDay("d", DAY))] == ["2", "1"]


async def test_its_plans_count_as_its_members_own(services, retired, dana, mia, max):
    await services.coaches.unassign(max, "d", Members(users=frozenset({dana.user_id})))
    await services.coaches.add(max, "d", "Day")
    await services.coaches.assign(max, "d", Members(users=frozenset({MIA.user_id})))
    await services.coaches.remove(max, "d")

    assert (await services.plans.list(mia, mine=True)).total == 1


async def test_what_was_posted_can_still_be_mended_deleted_and_restored(services, retired, dana, max):
    await services.plans.edit(dana, EditPlan(PlanOfDay("d", DAY), "Long above 955"), fresh())
    await services.plans.delete(max, DeletePlan(retired.id, seen=3), fresh())

    restored = await services.plans.restore(dana, RestorePlan(PlanOfDay("d", DAY)), fresh())

    assert restored.text == "Long above 955"
    assert (await services.plans.find(dana, PlanOfDay(None, DAY))).id == retired.id


async def test_it_is_offered_last_and_only_where_it_is_of_use(services, retired, dana, mia, max):
    async def offered(actor, *, for_posting):
        return [choice.label for choice in await services.coaches.suggest(actor, "", for_posting=for_posting)]

    assert await offered(mia, for_posting=False) == [
        "i: Coach I (Intraday)",
        "s: Coach S (Swing)",
        "d: Coach D (Day Trading) (retired)",
    ]
    assert await offered(max, for_posting=True) == ["i: Coach I (Intraday)", "s: Coach S (Swing)"]
    assert await offered(dana, for_posting=True) == []
    assert [choice.value for choice in await services.coaches.suggest_to_change(dana, "")] == ["d"]
    assert [choice.value for choice in await services.coaches.suggest_to_change(max, "")] == ["i", "s", "d"]
    assert await services.coaches.suggest_to_change(mia, "") == []


async def test_the_label_of_a_long_name_still_says_that_it_is_retired(services, retired, mia, max):
    await services.coaches.add(max, "d", "n" * 100)
    await services.coaches.remove(max, "d")

    [label] = [choice.label for choice in await services.coaches.suggest(mia, "nnn", for_posting=False)]

    assert label.endswith("n (retired)")
    assert len(label) == 100


async def test_it_is_retired_once_and_neither_renamed_nor_assigned(services, retired, max):
    for act in (
        services.coaches.remove(max, "d"),
        services.coaches.change(max, "d", CoachChange("Day")),
        services.coaches.assign(max, "d", Members(users=frozenset({MIA.user_id}))),
    ):
        with pytest.raises(errors.RetiredCoachError):
            await act


async def test_its_key_brings_it_back_with_its_plans_and_members(services, retired, dana, max):
    back = await services.coaches.add(max, "D", "Day again")

    assert back.is_back
    assert (await services.plans.find(dana, retired.id)).coach == back.coach
    posted = await services.plans.post(dana, PostPlan("more", day="tuesday"), fresh())
    assert posted.coach.name == "Day again"


async def test_a_member_can_be_taken_off_it(services, retired, dana, max):
    await services.coaches.unassign(max, "d", Members(users=frozenset({dana.user_id})))

    await services.coaches.add(max, "d", "Day")

    with pytest.raises(errors.NoCoachError):
        await posting_as(services.coaches, dana, None)


async def test_a_live_coach_of_the_same_name_is_meant(services, retired, max):
    await services.coaches.add(max, "d2", "Coach D (Day Trading)")

    assert (await posting_as(services.coaches, max, "day trading")).key == "d2"


async def test_a_coach_with_only_deleted_plans_is_retired_too(services, dana, max):
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    await services.plans.delete(dana, DeletePlan(plan.id, seen=1), fresh())

    assert (await services.coaches.remove(max, "d")).is_retired
    assert (await services.history.show(max, plan.id)).plan.deleted_at


async def test_a_post_as_a_retired_coach_can_be_mended_by_those_who_post_as_another(services, retired, dana, max):
    for actor, is_final in ((dana, True), (max, False)):
        with pytest.raises(errors.RetiredCoachError) as refusal:
            await services.plans.prepare_post(actor, coach="d", day="tuesday")
        assert refusal.value.is_final is is_final


async def test_a_post_is_refused_before_a_form_opens(services, retired, dana):
    with pytest.raises(errors.RetiredCoachError):
        await services.plans.prepare_post(dana, coach="d", day="tuesday")
