"""Plans to export, and the service that exports them."""

import dataclasses

import pytest

from bot.domain.commands import AddCharts, DeletePlan, PostPlan, RemoveChart
from bot.domain.values import Actor, Plan, PlanOfDay, Received
from bot.service.transfer.exporter import Exporter
from bot.service.transfer.exports import ExportService
from storage.store import Store
from tests.service.scene import DAY, FakeClock, Services, fresh
from tests.service.transfer.journals import FIRST, SECOND, Exports


@pytest.fixture
def export(services: Services, store: Store, clock: FakeClock) -> Exports:
    exporter = Exporter(store.path, services.files.folder.path)
    return Exports(ExportService(store, clock, services.guilds, exporter))


@pytest.fixture
async def plan(services: Services, dana: Actor, ivan: Actor, clock: FakeClock) -> Plan:
    """Dana's plan, changed in each way, while Ivan posts; with what is hard to write down."""
    text = 'Long 945\r\u2028\n\U0001f4c8 "\\" \x00 </b> | x'
    plan = await services.plans.post(dana, PostPlan(text, day=DAY), fresh())
    hidden = dataclasses.replace(services.keep(FIRST, "a|b.png"), is_spoiler=True)
    received = Received((hidden, services.keep(SECOND)), ())
    clock.move(minutes=1)
    await services.charts.add(dana, AddCharts(plan.id, received), fresh())
    await services.plans.post(ivan, PostPlan("another", day=DAY), fresh())
    clock.move(hours=-1)
    await services.charts.remove(dana, RemoveChart(PlanOfDay("d", DAY), "1"), fresh())
    await services.plans.delete(dana, DeletePlan(plan.id, seen=3), fresh())
    await services.plans.post(dana, PostPlan("posted again", day=DAY), fresh())
    await services.plans.delete(dana, DeletePlan(plan.id.__class__(plan.id + 2), seen=1), fresh())
    await services.plans.post(dana, PostPlan("tuesday", coach="d", day="2026-11-24"), fresh())
    return plan
