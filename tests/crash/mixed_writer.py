"""Processes that do all that coaches do, on several plans, until they are killed, and say what was acknowledged.

`python -m tests.crash.mixed_writer FOLDER` reads a number for each writer, as `chart_writer` does. After each act the
writer says the plan's id, its revision and that revision's hash.
"""

import itertools
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.domain.errors import RefusalError
from bot.domain.values import Chart, DraftKind, OperationId, Plan, Received, Submission
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
        draft = await drafts.keep(DANA, Submission(DraftKind.POST, self._text(), day=day, pictures=pictures))
        operation = next(self._operations)
        return await self._services.plans.post(
            DANA, coach=None, day=day, text=draft.text, operation=operation, draft=draft.id
        )

    async def _edit(self, day: str) -> Plan:
        operation = next(self._operations)
        edited = await self._services.plans.edit_of_day(DANA, self._text(), coach=None, day=day, operation=operation)
        return edited.plan

    async def _chart(self, day: str) -> Plan:
        plan = await self._services.plans.find(DANA, coach=None, day=day)
        received = Received((self._picture(),), ())
        return (await self._services.charts.add(DANA, plan.id, received, next(self._operations))).plan

    async def _delete(self, day: str) -> Plan:
        plan = await self._services.plans.find(DANA, coach=None, day=day)
        return await self._services.plans.delete(DANA, plan.id, seen=plan.revision, operation=next(self._operations))

    async def _restore(self, day: str) -> Plan:
        return await self._services.plans.restore(DANA, coach=None, day=day, operation=next(self._operations))

    async def _take_back(self, day: str) -> Plan:
        plan = await self._services.plans.find(DANA, coach=None, day=day)
        number = self._chance.randint(1, plan.revision)
        operation = next(self._operations)
        back = await self._services.history.take_back(DANA, plan.id, number, seen=plan.revision, operation=operation)
        return back.plan

    def _text(self) -> str:
        return f"Long {self._chance.random()} " * self._chance.randint(1, 150)

    def _picture(self) -> Chart:
        return self._services.keep(self._chance.randbytes(self._chance.randint(1, 50_000)))


if __name__ == "__main__":
    serve(Path(sys.argv[1]), MixedWriter)
