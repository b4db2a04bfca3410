"""The process that writes an export: in turn, within limits of time and memory."""

import asyncio
import dataclasses
import subprocess
import sys
from typing import Any

import pytest

from bot.domain.errors import ExportBusyError, ExportStoppedError
from bot.domain.values import Actor, ChangeKind, Exported, ExportFormat, ExportProgress, Plan, PlanId, PlanOfDay, UserId
from bot.service.records import revisions
from bot.service.records.plans import plan_with_id
from bot.service.transfer.exporter import Exporter
from bot.service.transfer.exports import ExportService
from storage.store import Store
from tests.service.scene import DAY, SUNDAY_MORNING, FakeClock, Services
from tests.service.transfer.journals import ROOT


async def test_of_one_user_one_export_is_in_hand_and_of_all_together_two(
    store: Store, services: Services, clock: FakeClock, plan: Plan, dana: Actor, ivan: Actor, mia: Actor
):
    service = ExportService(store, clock, services.guilds, Exporter(store.path, services.files.folder.path))
    told: dict[str, list[ExportProgress]] = {"dana": [], "ivan": [], "mia": []}
    people = {"dana": dana, "ivan": ivan, "mia": mia}

    async def export_as(name: str) -> Exported:
        chosen: dict[str, Any] = {"ref": PlanOfDay("i", DAY), "max_bytes": 10**6}
        return await service.plan(people[name], ExportFormat.ZIP, **chosen, report=told[name].append)

    running = [asyncio.create_task(export_as(name)) for name in told]
    await asyncio.sleep(0)

    with pytest.raises(ExportBusyError, match="You have an export"):
        await export_as("dana")
    assert len({each.content for each in await asyncio.gather(*running)}) == 1
    assert told["mia"][0] == ExportProgress(10**6, ahead=2)
    assert [each.percent for each in told["dana"][:2]] == [None, 16]
    assert (await export_as("dana")).plans == 1


async def test_of_one_server_some_exports_wait_and_no_more(
    store: Store, services: Services, clock: FakeClock, plan: Plan, mia: Actor
):
    service = ExportService(store, clock, services.guilds, Exporter(store.path, services.files.folder.path))
    chosen: dict[str, Any] = {"ref": PlanOfDay("i", DAY), "max_bytes": 10**6}
    people = [dataclasses.replace(mia, user_id=UserId(100 + number)) for number in range(10)]
    running = [asyncio.create_task(service.plan(each, ExportFormat.MARKDOWN, **chosen)) for each in people]
    await asyncio.sleep(0)

    with pytest.raises(ExportBusyError, match="This server has 10 exports"):
        await service.plan(mia, ExportFormat.MARKDOWN, **chosen)

    await asyncio.gather(*running)


async def test_an_export_that_takes_too_long_or_is_broken_off_is_told(
    store: Store, services: Services, clock: FakeClock, plan: Plan, dana: Actor
):
    chosen: dict[str, Any] = {"ref": PlanOfDay("i", DAY), "max_bytes": 10**6}
    hurried = ExportService(store, clock, services.guilds, Exporter(store.path, services.files.folder.path, seconds=0))
    nowhere = ExportService(store, clock, services.guilds, Exporter(store.path.with_name("no.db"), store.path))
    closed = Exporter(store.path, services.files.folder.path)
    await closed.close()

    for service, says in (
        (hurried, "took longer than 0 s"),
        (nowhere, "failed"),
        (ExportService(store, clock, services.guilds, closed), "restarting"),
    ):
        with pytest.raises(ExportStoppedError, match=says):
            await service.plan(dana, ExportFormat.MARKDOWN, **chosen)
        with pytest.raises(ExportStoppedError, match=says):
            await service.plan(dana, ExportFormat.MARKDOWN, **chosen)


async def test_the_process_that_writes_an_export_can_write_nothing_else(store: Store, plan: Plan):
    program = (
        "import pathlib\nfrom storage import read_only\nfrom storage.models import PlanRow\n"
        f"with read_only.reading(pathlib.Path({str(store.path)!r})):\n"
        "    print(PlanRow.select().count())\n"
        "    PlanRow.update(text='altered').execute()\n"
    )

    tried = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )

    said, error = await tried.communicate()
    assert said == b"4\n"
    assert b"readonly database" in error


@pytest.mark.slow
async def test_an_export_takes_little_memory_however_much_it_is(
    store: Store, services: Services, clock: FakeClock, plan: Plan, dana: Actor
):
    await store.write(_lengthen, plan.id, 2_700)
    service = ExportService(store, clock, services.guilds, Exporter(store.path, services.files.folder.path))

    exported = await service.plan(dana, ExportFormat.JSON_LINES, PlanOfDay("i", DAY), max_bytes=2**30)

    assert len(exported.content) > 100 * 2**20
    assert exported.revisions == 2_701


def _lengthen(plan_id: int, count: int) -> None:
    """Give a plan so many more revisions, each as long as a text from an import can be."""
    plan = plan_with_id(PlanId(plan_id + 1))
    for number in range(count):
        plan = revisions.append(plan, ChangeKind.EDITED, UserId(2), SUNDAY_MORNING, text=f"{number} {'x' * 39_990}")
