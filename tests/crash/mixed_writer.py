"""Processes that do all that coaches do, on several plans, until they are killed, and say what was acknowledged.

`python -m tests.crash.mixed_writer FOLDER` reads a number for each writer, as `chart_writer` does. After each act the
writer says the plan's id, its revision and that revision's hash.
"""

import itertools
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.domain.commands import AddCharts, DeletePlan, EditPlan, PostPlan, RestorePlan, RevertPlan
from bot.domain.errors import RefusalError
from bot.domain.values import Chart, DraftKind, OperationId, Plan, PlanOfDay, Received, Submission
from tests.crash.chart_writer import say, serve
from tests.service.scene import DANA, Services

DAYS = 6


class MixedWriter:
    """Posts, edits, deletes and restores plans, adds charts, takes revisions back, as its chances have it."""

    def __init__(self, services: Services, number: int) -> None:
        self._services = services
        self._chance = random.Random(number)  # noqa: S311 - not for secrets
        self._operations = map(OperationId, itertools.count(number * 10**6))

    async def write(self) -> None:
        """Act for ever; after each act say what was acknowledged."""
        acts: list[Callable[[str], Awaitable[Plan]]] = [
            *(self._post, self._edit, self._edit, self._chart, self._delete, self._restore, self._take_back)
        ]
        while True:
            try:
                plan = await self._chance.choice(acts)(f"2026-12-{self._chance.randint(1, DAYS):02}")
            except RefusalError:
                continue
            say(f"{plan.id} {plan.revision} {plan.hash}")

    async def _post(self, day: str) -> Plan:
        drafts, pictures = self._services.drafts, (self._picture(),)
        draft = await drafts.save(DANA, Submission(DraftKind.POST, self._text(), day=day, pictures=pictures))
        operation = next(self._operations)
        return await self._services.plans.post(DANA, PostPlan(draft.text, day=day, draft=draft.id), operation)

    async def _edit(self, day: str) -> Plan:
        operation = next(self._operations)
        edited = await self._services.plans.edit(DANA, EditPlan(PlanOfDay(None, day), self._text()), operation)
        return edited.plan

    async def _chart(self, day: str) -> Plan:
        plan = await self._services.plans.find(DANA, PlanOfDay(None, day))
        received = Received((self._picture(),), ())
        return (await self._services.charts.add(DANA, AddCharts(plan.id, received), next(self._operations))).plan

    async def _delete(self, day: str) -> Plan:
        plan = await self._services.plans.find(DANA, PlanOfDay(None, day))
        return await self._services.plans.delete(DANA, DeletePlan(plan.id, seen=plan.revision), next(self._operations))

    async def _restore(self, day: str) -> Plan:
        return await self._services.plans.restore(DANA, RestorePlan(PlanOfDay(None, day)), next(self._operations))

    async def _take_back(self, day: str) -> Plan:
        plan = await self._services.plans.find(DANA, PlanOfDay(None, day))
        number = self._chance.randint(1, plan.revision)
        operation = next(self._operations)
        back = await self._services.history.revert(DANA, RevertPlan(plan.id, number, seen=plan.revision), operation)
        return back.plan

    def _text(self) -> str:
        return f"Long {self._chance.random()} " * self._chance.randint(1, 150)

    def _picture(self) -> Chart:
        return self._services.keep(self._chance.randbytes(self._chance.randint(1, 50_000)))


if __name__ == "__main__":
    serve(Path(sys.argv[1]), MixedWriter)
