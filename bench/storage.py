"""The service's requests against plain SQL with the same rows, and against the predecessor's way."""

import asyncio
import contextlib
import itertools
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Self

from bench import backup
from bench.bare_sql import BareSql
from bench.counting import Counter
from bench.databases import copy_of
from bench.predecessor import PredecessorWay
from bench.results import FOLDER, Curves, Result
from bench.scenario import Scenario, charts
from bench.timing import Call, in_turns
from bot.domain.commands import EditPlan, PostPlan
from bot.domain.values import Plan, PlanOfDay
from bot.service.records import chains
from storage.store import Store
from tests.service.scene import CHANNEL, DANA, GUILD, MAX, SUNDAY_MORNING, fresh

IN_FLIGHT = 50
POSTS = 500
SMALL = 10_000
"""Plans of the predecessor's database, and of the one whose histories are proved."""
TODAY = SUNDAY_MORNING.date().isoformat()
TARGETS = {"show": 3.0, "list of a day": 3.0, "history show": 3.0, "post": 2.5, "edit": 2.5}


class Sized:
    """The measurements in a database of one size."""

    def __init__(self, scenario: Scenario, bare: BareSql, plan: Plan, opened_seconds: float) -> None:
        self._at = scenario
        self._bare = bare
        self._plan = plan
        self._opened_seconds = opened_seconds
        self._texts = (f"Flat at {number}" for number in itertools.count())
        self._bare_revisions = itertools.count(2)

    @classmethod
    @contextlib.asynccontextmanager
    async def among(cls, plans: int) -> AsyncGenerator[Self]:
        """Open a database with so many plans of other days and guilds."""
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            took, store = _opened(await copy_of(plans, Path(folder)))
            scenario = Scenario.on(store, Counter())
            await scenario.post_today()
            coach = (await scenario.services.coaches.with_members(MAX, "s")).coach
            bare = BareSql(store.path, GUILD, coach.id, CHANNEL)
            try:
                yield cls(scenario, bare, await scenario.services.plans.find(MAX, PlanOfDay("d", None)), took)
            finally:
                bare.close()
                await store.close()

    async def everything(self) -> list[Result]:
        """Return all results."""
        opening = Result("open", self._opened_seconds * 1000, "ms", target=50)
        requests, posts = await self.requests(), await self.posts_in_flight()
        return [*requests, posts, *await self.against_predecessor(), opening, await self.sweep()]

    async def requests(self) -> list[Result]:
        """Return the median of each request, beside that of the same by plain SQL."""
        plans, history, bare = self._at.services.plans, self._at.services.history, self._bare
        edited, bare_edited = await self._at.post(), await bare.run(bare.post, self._at.free_day())
        ways: dict[str, tuple[Call, Call]] = {
            "show": (lambda: plans.find(MAX, PlanOfDay("d", None)), lambda: bare.run(bare.show, TODAY, "d")),
            "list of a day": (lambda: plans.list(MAX, day="today"), lambda: bare.run(bare.of_day, TODAY)),
            "history show": (
                lambda: history.show(MAX, self._plan.id),
                lambda: bare.run(bare.history, self._plan.id),
            ),
            "post": (self._at.post, lambda: bare.run(bare.post, self._at.free_day())),
            "edit": (
                lambda: plans.edit(DANA, EditPlan(edited.id, next(self._texts)), fresh()),
                lambda: bare.run(bare.edit, bare_edited, next(self._texts), next(self._bare_revisions)),
            ),
        }
        return [await _compared(name, *both, "bare SQL", TARGETS[name]) for name, both in ways.items()]

    async def posts_in_flight(self) -> Result:
        """Return the posts a second with many in flight."""
        ours = await _rate(self._at.post)
        theirs = await _rate(lambda: self._bare.run(self._bare.post, self._at.free_day()))
        return Result(f"posts, {IN_FLIGHT} in flight", ours, "/s", theirs, "bare SQL", 0.35, is_rate=True)

    async def sweep(self) -> Result:
        """Return the time of a sweep, which each start makes."""
        self._at.services.keep(b"by which the folder is this database's")
        began = time.perf_counter()
        await self._at.cleanup.sweep()
        return Result("sweep", time.perf_counter() - began, "s", target=1)

    async def against_predecessor(self) -> list[Result]:
        """Return the predecessor's requests as they are here, beside its own."""
        old = PredecessorWay(self._at.store.path.with_name("predecessor.db"), SMALL)
        old_days = (f"2030-1-{number}" for number in itertools.count())
        old_plan = await old.save("2029-1-1", "text")
        await old.save("2029-1-1", "text", "coach_i", charts=0)
        edited, services = await self._at.post(), self._at.services
        drafts = [await self._at.draft(*charts(2)) for _ in range(250)]

        async def save() -> None:
            draft = drafts.pop()
            await services.plans.post(DANA, PostPlan(draft.text, day=self._at.free_day(), draft=draft.id), fresh())

        async def update() -> None:
            await services.plans.edit(DANA, EditPlan(edited.id, next(self._texts)), fresh())

        ways: dict[str, tuple[Call, Call]] = {
            "get": (lambda: services.plans.find(MAX, PlanOfDay("d", None)), lambda: old.get("2029-1-1")),
            "save with 2 charts": (save, lambda: old.save(next(old_days), "text")),
            "update": (update, lambda: old.update(old_plan, next(self._texts))),
            "list of a day": (lambda: services.plans.list(MAX, day="today"), lambda: old.of_day("2029-1-1")),
        }
        return [await _compared(f"predecessor's {name}", *both, "predecessor", 1.0) for name, both in ways.items()]


async def measure(sizes: Sequence[int]) -> tuple[list[Result], Curves]:
    """Return the results in the largest database, and the cost of each request in all."""
    results: list[Result] = []
    curves: dict[str, dict[int, float]] = {}
    for plans in sizes:
        print(f"measuring among {plans:,} plans")
        async with Sized.among(plans) as sized:
            results = await (sized.everything() if plans == max(sizes) else sized.requests())
        for each in results:
            if each.name in TARGETS:
                curves.setdefault(each.name, {})[plans] = each.value
    return [*results, await _empty(), await _proof(), await backup.measure(max(sizes))], curves


async def _compared(name: str, ours: Call, theirs: Call, of: str, target: float) -> Result:
    took, reference = await in_turns(ours, theirs)
    return Result(name, took, "µs", reference, of, target)


async def _rate(post: Call) -> float:
    async def some() -> None:
        for _ in range(POSTS // IN_FLIGHT):
            await post()

    began = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(IN_FLIGHT)))
    return POSTS / (time.perf_counter() - began)


def _opened(path: Path) -> tuple[float, Store]:
    """Open the database, and return the seconds that it took."""
    began = time.perf_counter()
    store = Store.open(path)
    return time.perf_counter() - began, store


async def _empty() -> Result:
    """Return the time to make a database with all migrations."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        took, store = _opened(Path(folder) / "empty.db")
        await store.close()
    return Result("make an empty database", took * 1000, "ms", target=60)


async def _proof() -> Result:
    """Return the time that the proof of the histories of a million plans takes, from that of a small database."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        _, store = _opened(await copy_of(SMALL, Path(folder)))
        try:
            began = time.perf_counter()
            found = await store.read(chains.faults)
            took = time.perf_counter() - began
        finally:
            await store.close()
    if found:
        raise AssertionError(found[0])
    return Result("prove 1,000,000 histories", took / SMALL * 1e6, "s", target=300)
