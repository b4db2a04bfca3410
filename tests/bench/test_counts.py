"""No request's work grows with what other days and guilds hold, and each takes the statements that are allowed."""

import dataclasses
from pathlib import Path

import pytest

from bench import counts
from bench.allowed import ALLOWED, Allowed
from bench.counting import Cost
from bench.counts import Measured
from bench.scenario import Scenario
from bot.domain.commands import PostPlan
from bot.domain.values import TODAY_ON_PAGE
from tests.service.scene import MAX, MIA, fresh

GROWN = "takes 2 statements with 100 steps among 100 plans, and 2 statements with 900 steps among 10,000"


async def test_each_request_takes_what_the_table_allows():
    assert counts.faults(await counts.measure()) == []


async def test_todays_plans_take_the_same_statements_however_many_they_are_and_pages_one_more(tmp_path: Path):
    async with Scenario.opened(tmp_path, plans=1) as at:
        statements = [await statements_of_today(at)]
        for number in range(TODAY_ON_PAGE):
            await at.services.coaches.add(MAX, f"more{number}", f"Coach {number}")
            await at.services.plans.post(MAX, PostPlan("Flat", coach=f"more{number}"), fresh())
            if number == TODAY_ON_PAGE // 2:
                statements.append(await statements_of_today(at))
        statements.append(await statements_of_today(at))

    allowed = ALLOWED["today, member"].statements
    assert statements == [allowed, allowed, allowed + 1]


async def statements_of_today(at: Scenario) -> int:
    await at.services.today.page(MIA)
    at.counter.reset()
    assert (await at.services.today.page(MIA)).page.plans
    return at.counter.cost.statements


@pytest.mark.parametrize(
    ("large", "allowed", "fault"),
    [
        (Cost(2, 100, 0), Allowed(2, 100), None),
        (Cost(2, 100, 0), Allowed(2, 120), None),
        (Cost(2, 120, 0), Allowed(2, 120), None),
        (Cost(3, 100, 0), Allowed(2, 100), "takes 3 statements, and 2 are allowed"),
        (Cost(2, 100, 0), Allowed(3, 100), "takes 2 statements, and 3 are allowed"),
        (Cost(2, 100, 1), Allowed(2, 100), "takes 1 writes, and 0 are allowed"),
        (Cost(2, 101, 0), Allowed(2, 100), "takes 101 steps, and 100 are allowed"),
        (Cost(2, 100, 0), Allowed(2, 200), "takes 100 steps, and 200 are allowed"),
        (Cost(2, 900, 0), Allowed(2, 900), GROWN),
        (Cost(2, 900, 0), Allowed(2, 900, grows=True), None),
        (Cost(2, 100, 0), Allowed(2, 100, grows=True), "does not grow any more, and is allowed to"),
        (Cost(2, 100, 0), Allowed(2, 100, target=1), None),
        (Cost(2, 100, 0), Allowed(2, 100, target=2), "has reached its target: take it out"),
    ],
)
def test_a_request_that_differs_from_the_table_is_reported(large: Cost, allowed: Allowed, fault: str | None):
    measured = Measured(dataclasses.replace(large, steps=100), large)

    assert list(measured.faults(allowed)) == ([fault] if fault else [])


def test_a_statement_for_each_plan_is_growth():
    assert Measured(Cost(2, 100, 0), Cost(3, 100, 0)).grows
