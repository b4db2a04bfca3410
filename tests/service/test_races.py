"""Acts at the same moment: one wins, and nothing is done twice or lost."""

import asyncio

import pytest

from bot.domain import errors
from bot.domain.commands import EditPlan, PostPlan
from bot.domain.values import EditResult, Plan
from bot.service.records import chains
from storage.models import CoachRow, PlanRow
from tests.service.scene import DAY, Services, fresh

MANY = 12


@pytest.fixture
def crowd(store, clock) -> list[Services]:
    """Several services on one store, none of which has seen the guild."""
    return [Services.on(store, clock) for _ in range(MANY)]


async def test_of_many_posts_at_once_one_becomes_the_plan(crowd, store, dana):
    posts = (
        services.plans.post(dana, PostPlan(f"{number}", day=DAY), fresh()) for number, services in enumerate(crowd)
    )

    outcomes = await asyncio.gather(*posts, return_exceptions=True)

    [plan] = [outcome for outcome in outcomes if isinstance(outcome, Plan)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, errors.PlanExistsError)]
    assert len(refusals) == MANY - 1
    assert {refusal.plan for refusal in refusals} == {plan}
    assert await store.read(lambda: PlanRow.select().count()) == 1
    assert await store.read(lambda: CoachRow.select().count()) == 3


async def test_one_interaction_handled_by_many_at_once_is_done_once(crowd, dana):
    operation = fresh()
    posts = (services.plans.post(dana, PostPlan("x", day=DAY), operation) for services in crowd)

    assert len(set(await asyncio.gather(*posts))) == 1


async def test_of_many_edits_of_one_revision_one_is_made(crowd, store, dana):
    plans = crowd[0].plans
    plan = await plans.post(dana, PostPlan("x", day=DAY), fresh())
    edits = (
        services.plans.edit(dana, EditPlan(plan.id, f"{number}", seen=1), fresh())
        for number, services in enumerate(crowd)
    )

    outcomes = await asyncio.gather(*edits, return_exceptions=True)

    [made] = [outcome.plan for outcome in outcomes if isinstance(outcome, EditResult)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, errors.PlanChangedError)]
    assert len(refusals) == MANY - 1
    assert await plans.find(dana, plan.id) == made
    assert await store.read(chains.verify_all) == []
