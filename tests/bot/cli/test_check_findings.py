"""The check names pictures that hold more than what shows them, and rows that somebody removed."""

import asyncio
from pathlib import Path

import apsw

from bot.domain.commands import AddCharts, PostPlan
from bot.domain.values import Plan, Received
from storage.store import Store
from tests import fork_server, image_samples
from tests.processes import ROOT, environment
from tests.service.scene import DANA, DAY, FakeClock, Services, fresh


async def write_plan(book: Path) -> Plan:
    """Post a plan with two photos, of which one says where it was taken, as an earlier version stored them."""
    services = Services.on(Store.open(book), FakeClock())
    plan = await services.plans.post(DANA, PostPlan("Long above 945", day=DAY), fresh())
    photos = (services.keep(image_samples.jpeg_with_location()), services.keep(image_samples.jpeg()))
    await services.charts.add(DANA, AddCharts(plan.id, Received(photos, ())), fresh())
    await services.plans.store.close()
    return plan


def remove_plan(book: Path, plan: Plan) -> None:
    """Remove a plan with all its rows, as one could who has the file; its structure is as before."""
    connection = apsw.Connection(str(book))
    triggers = list(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.pragma("foreign_keys", 1)
    for statement in (
        "DELETE FROM cards WHERE plan_id = ?",
        "DELETE FROM plan_charts WHERE plan_id = ?",
        "DELETE FROM plan_history WHERE plan_id = ?",
        "DELETE FROM coach_plans WHERE id = ?",
    ):
        connection.execute(statement, (plan.id,))
    for _, sql in triggers:
        connection.execute(sql)
    connection.close()


def test_check_names_pictures_with_more_as_no_fault_and_rows_that_are_gone_as_one(tmp_path: Path):
    book = tmp_path / "book.db"
    plan = asyncio.run(write_plan(book))
    settings = environment(COACHBOOK_STORAGE__PATH=str(book))

    whole = fork_server.run(("check",), ROOT, settings)
    remove_plan(book, plan)
    lacking = fork_server.run(("check",), ROOT, settings)

    assert whole[0] == 0
    assert whole[1].count("still has metadata") == 1
    assert lacking[0] == 1, lacking[1]
    assert "plan_history: the rows 1 to 2 are missing" in lacking[1], lacking[1]
    assert "plan_charts: the rows 1 to 2 are missing" in lacking[1]
