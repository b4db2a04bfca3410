"""Processes that change a plan's charts until they are killed, and say what was acknowledged.

`python -m tests.crash.chart_writer FOLDER` reads one line for each writer: a number, from which its operations are
counted and its chances drawn, and perhaps a function, as it is about to call which the writer kills itself. The writer
opens FOLDER/book.db with the charts beside it, says its process id, and after each act the plan's revision. Once it has
ended, this process says how. So Python starts only once; nothing is open, and no thread runs, in what the writers are
forked from.
"""

import asyncio
import contextlib
import itertools
import os
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import structlog

from bot.domain.commands import AddCharts, CaptionChart, MoveChart, PostPlan, RemoveChart
from bot.domain.errors import DraftsFullError, NoPictureAddedError, NoPlanError
from bot.domain.values import MAX_CHARTS, DraftKind, OperationId, Plan, PlanOfDay, Received, Submission
from storage.store import Store
from tests.crash.kill_points import kill_at
from tests.service.scene import DANA, DAY, FakeClock, Services

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # the test reads the output
FEW = 12
"""Pictures that are sent again and again; all others are sent once."""
LARGEST = 200_000
"""Bytes of a picture: enough that a kill can come while they are written."""


class Writer:
    """Changes the charts of one plan, as its chances have it."""

    def __init__(self, services: Services, number: int) -> None:
        self._services = services
        self._chance = random.Random(number)  # noqa: S311 - not for secrets
        self._operations = map(OperationId, itertools.count(number * 10**6))

    async def write(self) -> None:
        """Act for ever; after each act say the plan's revision."""
        plan = await self._plan()
        while True:
            say(plan.revision)
            act = self._chance.choice(self._possible(len(plan.charts)))
            plan = await act(plan)

    def _possible(self, charts: int) -> list[Callable[[Plan], Awaitable[Plan]]]:
        adding = [self._add, self._add] if charts < MAX_CHARTS else []
        others = [self._remove, self._move, self._caption] if charts else []
        return [*adding, *others, self._draft]

    async def _plan(self) -> Plan:
        plans = self._services.plans
        try:
            return await plans.find(DANA, PlanOfDay("d", DAY))
        except NoPlanError:
            return await plans.post(DANA, PostPlan("text", coach="d", day=DAY), next(self._operations))

    async def _add(self, plan: Plan) -> Plan:
        received = Received((self._services.keep(self._picture()),), ())
        try:
            return (await self._services.charts.add(DANA, AddCharts(plan.id, received), next(self._operations))).plan
        except NoPictureAddedError:  # it is on the plan already
            return plan

    async def _remove(self, plan: Plan) -> Plan:
        charts, chart, operation = self._services.charts, self._one_of(plan), next(self._operations)
        return (await charts.remove(DANA, RemoveChart(PlanOfDay("d", DAY), chart), operation)).plan

    async def _move(self, plan: Plan) -> Plan:
        charts, chart, operation = self._services.charts, self._one_of(plan), next(self._operations)
        to = int(self._one_of(plan))
        return (await charts.move(DANA, MoveChart(PlanOfDay("d", DAY), chart, to=to), operation)).plan

    async def _caption(self, plan: Plan) -> Plan:
        charts, chart, operation = self._services.charts, self._one_of(plan), next(self._operations)
        words = f"caption {operation}"
        return (await charts.caption(DANA, CaptionChart(PlanOfDay("d", DAY), chart, caption=words), operation)).plan

    async def _draft(self, plan: Plan) -> Plan:
        pictures = (self._services.keep(self._picture()),)
        with contextlib.suppress(DraftsFullError):  # as nobody sends them
            await self._services.drafts.save(DANA, Submission(DraftKind.POST, "text", pictures=pictures))
        return plan

    def _one_of(self, plan: Plan) -> str:
        return str(self._chance.randint(1, len(plan.charts)))

    def _picture(self) -> bytes:
        if self._chance.random() < 0.3:
            few = random.Random(self._chance.randrange(FEW))  # noqa: S311 - not for secrets
            return few.randbytes(LARGEST)
        return self._chance.randbytes(self._chance.randint(1, LARGEST))


def say(words: object) -> None:
    """Tell the test at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


class Writes(Protocol):
    """A writer of any kind."""

    async def write(self) -> None:
        """Act for ever."""


def serve(folder: Path, kind: Callable[[Services, int], Writes]) -> None:
    """Fork one writer of this kind for each line that is read, and wait for its end."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say(os.getpid())
            number, *last_calls = line.split()
            for each in last_calls:
                kill_at(each)
            asyncio.run(kind(Services.on(Store.open(folder / "book.db"), FakeClock()), int(number)).write())
        _, status = os.waitpid(child, 0)
        say(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Writer)
