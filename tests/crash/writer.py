"""A process that writes plans and says what was acknowledged.

`python -m tests.crash.writer FOLDER post FIRST_ID` posts once when its input ends, and says "posted" or "exists".
`python -m tests.crash.writer FOLDER edit` reads a number for each writer, as `chart_writer` does, and says the number
of each revision.
"""

import asyncio
import sys
from pathlib import Path

from bot.domain.commands import EditPlan, PostPlan
from bot.domain.errors import NoPlanError, PlanExistsError
from bot.domain.values import OperationId, PlanOfDay
from bot.service.plans import PlanService
from storage.store import Store
from tests.crash.chart_writer import say, serve
from tests.service.scene import DANA, DAY, FakeClock, Services


async def post_once(folder: Path, operation: int) -> None:
    """Post when the input ends."""
    plans = Services.on(Store.open(folder / "book.db"), FakeClock()).plans
    say("ready")
    sys.stdin.readline()
    say(await post(plans, operation))


async def post(plans: PlanService, operation: int) -> str:
    """Post, and say what came of it."""
    try:
        await plans.post(DANA, PostPlan("r1", day=DAY), OperationId(operation))
    except PlanExistsError:
        return "exists"
    return "posted"


class Editor:
    """Edits the plan for ever; revision n says "rn"."""

    def __init__(self, services: Services, number: int) -> None:
        self._plans = services.plans
        self._operation = number * 10**6

    async def write(self) -> None:
        """Act for ever; after each act say the plan's revision."""
        try:
            plan = await self._plans.find(DANA, PlanOfDay("d", DAY))
        except NoPlanError:
            await post(self._plans, self._operation)
            plan = await self._plans.find(DANA, PlanOfDay("d", DAY))
        while True:
            self._operation += 1
            text, operation = f"r{plan.revision + 1}", OperationId(self._operation)
            plan = (await self._plans.edit(DANA, EditPlan(plan.id, text, seen=plan.revision), operation)).plan
            say(plan.revision)


if __name__ == "__main__":
    if sys.argv[2] == "post":
        asyncio.run(post_once(Path(sys.argv[1]), int(sys.argv[3])))
    else:
        serve(Path(sys.argv[1]), Editor)
