"""A plan with 2,000 revisions: showing, comparing and asking for a moment, against the same on a plan with ten.

python -m bench.history
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.domain.commands import PostPlan
from bot.domain.values import ChangeKind, PlanId, UserId
from bot.service.records import revisions
from bot.service.records.plans import plan_with_id
from storage.store import Store
from tests.service.scene import DANA, FakeClock, Services, fresh

FEW, MANY = 10, 2000
ROUNDS = 50
WORDS = 800
"""In each text: about 4,000 characters, every one of which is another word than in the revision before."""

Asking = Callable[[PlanId], Awaitable[object]]


async def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as folder:
        store, clock = Store.open(Path(folder) / "book.db"), FakeClock()
        services = Services.on(store, clock)
        few, many = [
            await _plan(services, store, clock, day, count) for day, count in (("today", FEW), ("tomorrow", MANY))
        ]
        begun = clock.now
        history = services.history
        asked: dict[str, Asking] = {
            "show, the newest page": lambda plan: history.show(DANA, plan),
            "show, the oldest page": lambda plan: history.show(DANA, plan, 10**6),
            "compare the last two": lambda plan: history.compare(DANA, plan),
            "compare first and last": lambda plan: history.compare(DANA, plan, 1),
            "at a moment": lambda plan: history.at_moment(DANA, plan, begun),
        }
        print(f"{'':24} {MANY} revisions   {FEW} revisions   ratio")
        for name, asking in asked.items():
            slow, quick = await _milliseconds(asking, many), await _milliseconds(asking, few)
            print(f"{name:24} {slow:11.1f} ms {quick:12.1f} ms {slow / quick:7.1f}")
        await store.close()


async def _plan(services: Services, store: Store, clock: FakeClock, day: str, count: int) -> PlanId:
    plan = await services.plans.post(DANA, PostPlan(_text(0), day=day), fresh())
    await store.write(_edit, plan.id, count, clock)
    return plan.id


def _edit(plan_id: PlanId, count: int, clock: FakeClock) -> None:
    plan = plan_with_id(plan_id)
    for number in range(1, count):
        clock.move(seconds=1)
        plan = revisions.append(plan, ChangeKind.EDITED, UserId(1), clock(), text=_text(number))


def _text(number: int) -> str:
    return " ".join(f"{number % 97:02}{word:02}"[:4] for word in range(WORDS))


async def _milliseconds(asking: Asking, plan_id: PlanId) -> float:
    """The median of the rounds."""
    took: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await asking(plan_id)
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


if __name__ == "__main__":
    asyncio.run(main())
