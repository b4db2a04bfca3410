"""Exports: who gets what, and how much."""

import dataclasses
import datetime
import io
import zipfile
from typing import Any

import pytest

from bot.domain.commands import AddCharts, DeletePlan, PostPlan
from bot.domain.errors import (
    ExportTooLargeError,
    NothingToExportError,
    TooManyPlansError,
    UnknownCoachError,
    WrongWayError,
)
from bot.domain.values import MAX_EXPORTED, Actor, ExportFormat, Plan, PlanOfDay, Received, UserId
from storage.models import CardRow, PlanRow
from storage.store import Store
from tests.service.scene import DAY, SUNDAY_MORNING, FakeClock, Services, elsewhere, fresh
from tests.service.transfer.journals import FIRST, SECOND, Exports, journal_lines


async def test_members_get_live_plans_only(export: Exports, plan: Plan, mia: Actor, dana: Actor, ivan: Actor):
    for actor, count in ((mia, 2), (ivan, 2), (dana, 4)):
        exported = await export.days(actor, ExportFormat.JSON_LINES, coach=None, first=None, last=None)
        assert exported.plans == count, actor


async def test_a_guild_never_gets_anothers_plans(export: Exports, plan: Plan, dana: Actor):
    with pytest.raises(NothingToExportError):
        await export.days(elsewhere(dana), ExportFormat.MARKDOWN, coach=None, first=None, last=None)


async def test_days_and_coach_choose_the_plans(export: Exports, plan: Plan, mia: Actor):
    async def days_of(**options: str | None) -> list[str]:
        given = {"coach": None, "first": None, "last": None, **options}
        exported = await export.days(mia, ExportFormat.JSON_LINES, **given)
        return [line["day"] for line in journal_lines(exported.content) if line["type"] == "plan"]

    assert await days_of(coach="i") == ["2026-11-23"]
    assert await days_of(first="2026-11-24") == ["2026-11-24"]
    assert await days_of(last="2026-11-23", coach=" ") == ["2026-11-23"]


async def test_days_without_plans_are_refused(export: Exports, plan: Plan, mia: Actor):
    with pytest.raises(NothingToExportError, match="There are no plans from"):
        await export.days(mia, ExportFormat.ZIP, coach=None, first="2026-01-01", last="2026-02-01")
    with pytest.raises(WrongWayError, match="is after"):
        await export.days(mia, ExportFormat.ZIP, coach=None, first="2026-11-24", last="2026-11-23")
    with pytest.raises(UnknownCoachError):
        await export.days(mia, ExportFormat.ZIP, coach="nobody", first=None, last=None)


async def test_pictures_that_discord_would_not_take_are_refused(export: Exports, services: Services, dana: Actor):
    plan = await services.plans.post(dana, PostPlan("large", day=DAY), fresh())
    large = [services.keep(bytes([number]) * 6 * 2**20) for number in range(2)]
    await services.charts.add(dana, AddCharts(plan.id, Received(tuple(large), ())), fresh())

    with pytest.raises(ExportTooLargeError, match="the limit here is 10 MiB"):
        await export.plan(dana, ExportFormat.ZIP, PlanOfDay(None, DAY))
    assert (await export.plan(dana, ExportFormat.JSON_LINES, PlanOfDay(None, DAY))).revisions == 2


async def test_the_same_plans_give_the_same_bytes(
    export: Exports, store: Store, services: Services, plan: Plan, dana: Actor, clock: FakeClock
):
    for form in ExportFormat:
        before = await export.days(dana, form, coach=None, first=None, last=None)
        clock.move(hours=1)
        assert await export.days(dana, form, coach=None, first=None, last=None) == before


async def test_a_zip_has_the_pictures_and_names_those_that_are_missing(
    export: Exports, services: Services, plan: Plan, dana: Actor
):
    kept = [services.keep(data) for data in (FIRST, SECOND)]
    gone = services.files.path_of(kept[0].sha256)
    assert gone
    gone.unlink()

    exported = await export.days(dana, ExportFormat.ZIP, coach=None, first=None, last=None)

    assert exported.missing == 1
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        assert archive.testzip() is None
        assert archive.read("missing.txt").decode() == f"{kept[0].sha256} is missing\n"
        assert archive.read(f"charts/{kept[1].sha256}.png") == SECOND
        assert f"![chart\\.png](charts/{kept[1].sha256}.png)" in archive.read("plans.md").decode()


async def test_a_file_that_would_be_too_large_is_broken_off(export: Exports, plan: Plan, dana: Actor):
    small = dataclasses.replace(export, max_bytes=700)

    for form in ExportFormat:
        with pytest.raises(ExportTooLargeError):
            await small.days(dana, form, coach=None, first=None, last=None)
    assert (await small.plan(dana, ExportFormat.MARKDOWN, PlanOfDay("d", "2026-11-24"))).plans == 1
    assert (await export.days(dana, ExportFormat.MARKDOWN, coach=None, first=None, last=None)).plans == 4


async def test_more_plans_than_one_export_holds_are_refused(
    export: Exports, services: Services, store: Store, plan: Plan, dana: Actor
):
    await store.write(_copy_plan, plan.id, MAX_EXPORTED)

    with pytest.raises(TooManyPlansError, match="one export holds 2,000"):
        await export.days(dana, ExportFormat.JSON_LINES, coach=None, first="2020-01-01", last="2026-12-31")
    few = await export.days(dana, ExportFormat.JSON_LINES, coach="i", first="2020-01-01", last="2026-12-31")
    assert few.plans == 1


async def test_deleted_plans_of_others_do_not_keep_ones_own_out(
    export: Exports, services: Services, store: Store, plan: Plan, ivan: Actor
):
    await store.write(_copy_plan, plan.id, MAX_EXPORTED + 1, is_deleted=True)
    own = await services.plans.post(ivan, PostPlan("own", coach="i", day="2026-12-30"), fresh())
    await services.plans.delete(ivan, DeletePlan(own.id, seen=1), fresh())

    exported = await export.days(ivan, ExportFormat.JSON_LINES, coach=None, first="2026-12-30", last="2026-12-30")
    of_all = await export.days(ivan, ExportFormat.JSON_LINES, coach=None, first="2020-01-01", last="2026-12-31")

    assert exported.plans == 1
    assert '"2026-12-30"' in of_all.content.decode()
    assert '"2020-01-01"' not in of_all.content.decode()


def _copy_plan(plan_id: int, count: int, *, is_deleted: bool = False) -> None:
    """Let the coach have so many more plans, of other days, in the channel of this one; nobody proves them."""
    card = CardRow.get(CardRow.plan == plan_id)
    deletion = (
        {"deleted_at": SUNDAY_MORNING, "deleted_by": UserId(1)}
        if is_deleted
        else {"deleted_at": None, "deleted_by": None}
    )
    fields: Any = PlanRow.select().where(PlanRow.id == plan_id).dicts().get()
    for number in range(count):
        day = datetime.date(2020, 1, 1) + datetime.timedelta(days=number)
        copy = PlanRow.insert({**fields, "id": None, "day": day, **deletion}).execute()
        CardRow.create(plan=copy, channel_id=card.channel_id, nonce=str(copy))
