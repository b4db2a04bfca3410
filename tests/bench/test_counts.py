"""No request's work grows with what other days and guilds hold, and each takes the statements that are allowed."""

import dataclasses

import pytest

from bench import counts
from bench.allowed import Allowed
from bench.counting import Cost
from bench.counts import Measured

GROWN = "takes 2 statements with 100 steps among 100 plans, and 2 statements with 900 steps among 10,000"


async def test_each_request_takes_what_the_table_allows():
    assert counts.faults(await counts.measure()) == []


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
