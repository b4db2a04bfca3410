"""Exports of the real server."""

from bot.domain.commands import EditPlan
from tests.bot.feed.programs import Program
from tests.coachbook_client.conftest import Asker
from tests.service.scene import DANA, DAY, fresh


async def test_an_export_has_all_plans_oldest_day_first(program: Program, asker: Asker):
    later, plan = await program.post("Long ES", day="2026-11-24"), await program.post("Long NQ", day=DAY)
    program.clock.move(minutes=1)
    await program.services.plans.edit(DANA, EditPlan(plan.id, "Short NQ"), fresh())
    reader = await program.with_token()

    found = await asker.ask(reader, "export")
    history = await asker.ask(reader, "export", coach="d", revisions=True)

    assert [(each.id, each.text) for each in found] == [(plan.id, "Short NQ"), (later.id, "Long ES")]
    assert [each.text for each in history] == ["Long NQ", "Short NQ", "Long ES"]
