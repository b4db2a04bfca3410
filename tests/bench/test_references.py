"""The references do the same as the service: the same rows by plain SQL, the same requests in the predecessor's way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.bare_sql import BareSql
from bench.counting import Counter
from bench.predecessor import OldPlan, PredecessorWay
from bench.requests import TODAY
from bench.scenario import Scenario
from bot.domain.values import PlanId
from tests.new_database import open_new_store
from tests.service.scene import CHANNEL, GUILD, MAX, SUNDAY_MORNING

DAY = SUNDAY_MORNING.date().isoformat()


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Scenario]:
    store = open_new_store(tmp_path / "book.db")
    scenario = Scenario.on(store, Counter())
    await scenario.post_today()
    yield scenario
    await store.close()


@pytest.fixture
async def bare(at: Scenario) -> AsyncIterator[BareSql]:
    coach = (await at.services.coaches.with_members(MAX, "s")).coach
    opened = BareSql(at.store.path, GUILD, coach.id, CHANNEL)
    yield opened
    opened.close()


async def test_plain_sql_reads_what_the_service_shows(at: Scenario, bare: BareSql):
    shown = await at.services.plans.find(MAX, TODAY)
    listed = await at.services.plans.list(MAX, day="today")
    history = await at.services.history.show(MAX, shown.id)

    plan, *charts = await bare.run(bare.show, DAY, "d")
    assert shown.text in plan
    assert [chart.sha256 in row for chart, row in zip(shown.charts, charts, strict=True)] == [True, True]
    rows = await bare.run(bare.of_day, DAY)
    assert [each.text in row for each, row in zip(listed.plans, rows, strict=False)] == [True, True]
    _, _, _, *revisions = await bare.run(bare.history, shown.id)
    hashes = {value for row in revisions for value in row}
    assert hashes >= {each.revision.hash for each in history.revisions}


async def test_plain_sql_writes_what_the_service_reads(at: Scenario, bare: BareSql):
    day = at.free_day()
    plan_id = PlanId(await bare.run(bare.post, day))
    await bare.run(bare.edit, plan_id, "Flat", 2)

    plan = await at.services.plans.find(MAX, plan_id)
    history = await at.services.history.show(MAX, plan_id)

    assert (plan.text, plan.revision, plan.day.isoformat()) == ("Flat", 2, day)
    assert len(history.revisions) == 2
    assert [await at.cards.card(plan_id) is not None, len(await at.cards.pending())] == [True, 1]


async def test_the_predecessors_way_saves_updates_and_reads(tmp_path: Path):
    old = PredecessorWay(tmp_path / "old.db", plans=10)

    plan_id = await old.save("2030-1-1", "Long")
    await old.update(plan_id, "Flat")

    other_id = await old.save("2030-1-1", "Fade", "coach_i", charts=0)
    charts = ["https://cdn.example/0.png", "https://cdn.example/1.png"]
    plan = OldPlan(plan_id, "coach_d", "Flat", charts)
    assert await old.get("2030-1-1") == plan
    assert await old.of_day("2030-1-1") == [plan, OldPlan(other_id, "coach_i", "Fade", [])]
