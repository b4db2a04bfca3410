"""The cost of each request in a small and in a large database, against what is allowed.

    python -m bench.counts

prints the table of `bench.allowed` as it is now, and what differs.
"""

import asyncio
import dataclasses
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.allowed import ALLOWED, Allowed
from bench.counting import Cost, quiet_log
from bench.program_requests import FOLLOWERS, PROGRAM_READS
from bench.requests import REQUESTS, TODAY
from bench.scenario import Scenario
from tests.service.scene import MAX

SMALL, LARGE = 100, 10_000
"""Plans of other days and guilds."""
_ALL = PROGRAM_READS | REQUESTS | FOLLOWERS
_GROWTH, _MORE_STEPS = 1.25, 50
"""Steps that count as none more: so many times as many, and so many more, as where a page is not full."""


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """The cost of a request in the small and in the large database."""

    small: Cost
    large: Cost

    @property
    def grows(self) -> bool:
        """True: it takes more in the large one."""
        most = self.small.steps * _GROWTH + _MORE_STEPS
        return self.large.steps > most or self.large.statements > self.small.statements

    def faults(self, allowed: Allowed) -> Iterator[str]:
        """Return how it differs from what is allowed, less than that included: what was gained is not to be lost."""
        for what in ("statements", "writes"):
            taken, may = getattr(self.large, what), getattr(allowed, what)
            if taken != may:
                yield f"takes {taken} {what}, and {may} are allowed"
        if not allowed.steps / _GROWTH - _MORE_STEPS <= self.large.steps <= allowed.steps:
            yield f"takes {self.large.steps:,} steps, and {allowed.steps:,} are allowed"
        if self.grows and not allowed.grows:
            yield f"takes {_words(self.small)} among {SMALL:,} plans, and {_words(self.large)} among {LARGE:,}"
        if allowed.grows and not self.grows:
            yield "does not grow any more, and is allowed to"
        if allowed.target is not None and allowed.statements <= allowed.target:
            yield "has reached its target: take it out"


async def measure() -> dict[str, Measured]:
    """Return the cost of each request, when the same was requested before."""
    small, large = await _costs(SMALL), await _costs(LARGE)
    return {name: Measured(small[name], large[name]) for name in _ALL}


def faults(measured: dict[str, Measured]) -> list[str]:
    """Return how the requests differ from what is allowed."""
    return [
        *(f"{name}: is not in the table" for name in measured.keys() - ALLOWED.keys()),
        *(f"{name}: is not a request" for name in ALLOWED.keys() - measured.keys()),
        *(
            f"{name}: {fault}"
            for name, each in measured.items()
            if name in ALLOWED
            for fault in each.faults(ALLOWED[name])
        ),
    ]


async def _costs(plans: int) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory() as folder:
        async with Scenario.opened(Path(folder), plans) as scenario:
            return {name: await _steady(scenario, name) for name in _ALL}


async def _steady(scenario: Scenario, name: str) -> Cost:
    await _cost(scenario, name)
    return await _cost(scenario, name)


async def _cost(scenario: Scenario, name: str) -> Cost:
    plan = await scenario.services.plans.find(MAX, TODAY)
    act = await _ALL[name](scenario, plan)
    scenario.counter.reset()
    await act()
    cost = scenario.counter.cost
    await scenario.publish()
    return cost


def _words(cost: Cost) -> str:
    return f"{cost.statements} statements with {cost.steps:,} steps"


def _line(name: str, measured: Measured) -> str:
    """Return the line of the table."""
    cost, target = measured.large, ALLOWED[name].target if name in ALLOWED else None
    more = {
        "writes": cost.writes,
        "target": target if target is not None and target < cost.statements else None,
        "grows": measured.grows,
    }
    figures = [str(cost.statements), f"{-(-cost.steps // 10) * 10:_}"]
    return (
        f'    "{name}": Allowed({", ".join([*figures, *(f"{key}={value}" for key, value in more.items() if value)])}),'
    )


async def _main() -> int:
    quiet_log()
    measured = await measure()
    for name, each in measured.items():
        print(_line(name, each))
    for fault in (found := faults(measured)):
        print(fault)
    return bool(found)


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
