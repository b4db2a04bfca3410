"""A process that writes plans and says what was acknowledged.

`python -m tests.crash.writer BOOK ACT FIRST_ID`: `post` posts once when its input ends, and says
"posted" or "exists"; `edit` edits until it is killed, and says each revision's number.
"""

import asyncio
import sys
from pathlib import Path

from bot.domain.errors import NoPlanError, PlanExistsError
from bot.domain.values import OperationId
from bot.service.plans import PlanService
from storage.store import Store
from tests.service.scene import DANA, DAY, FakeClock, Services


async def main(path: str, act: str, first_id: str) -> None:
    """Open the book and act."""
    plans = Services.on(Store.open(Path(path)), FakeClock()).plans
    if act == "post":
        say("ready")
        sys.stdin.readline()
        say(await post(plans, int(first_id)))
    else:
        await edit(plans, int(first_id))


async def post(plans: PlanService, operation: int) -> str:
    """Post, and say what came of it."""
    try:
        await plans.post(DANA, coach=None, day=DAY, text="r1", operation=OperationId(operation))
    except PlanExistsError:
        return "exists"
    return "posted"


async def edit(plans: PlanService, operation: int) -> None:
    """Edit the plan for ever; revision n says "rn"."""
    try:
        plan = await plans.find(DANA, coach="d", day=DAY)
    except NoPlanError:
        await post(plans, operation)
        plan = await plans.find(DANA, coach="d", day=DAY)
    while True:
        operation += 1
        edited = await plans.edit(
            DANA,
            plan.id,
            f"r{plan.revision + 1}",
            seen=plan.revision,
            operation=OperationId(operation),
        )
        plan = edited.plan
        say(str(plan.revision))


def say(words: str) -> None:
    """Tell the parent at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
