"""Imports: the same plans again, or nothing."""

import datetime
import io
import re
import zipfile
from pathlib import Path

import pytest

from bot.domain.commands import DeletePlan, EditPlan, PostPlan, RestorePlan
from bot.domain.values import Actor, CoachChange, ExportFormat, Plan, PlanOfDay
from bot.service.records import chains
from bot.service.transfer import imports
from bot.service.transfer.journal_reader import InvalidJournalError
from storage import row_checks
from storage.chart_files import ChartFiles
from storage.models import ChartRow
from storage.store import Store
from tests.new_database import open_new_store
from tests.service.erasing import erase
from tests.service.scene import DAY, GUILD, MAX, FakeClock, Services, fresh
from tests.service.transfer.journals import SECOND, Exports, all_of, journal_lines, take_in, written

RECORDED = re.compile(rb',"recorded_at":"[^"]*"')
Chart = tuple[int, int, str, int, datetime.datetime, datetime.datetime | None]


def charts_without_ids() -> list[Chart]:
    rows = ChartRow.select().order_by(ChartRow.plan, ChartRow.id)
    return [(row.plan_id, row.position, row.sha256, row.added_by, row.added_at, row.removed_at) for row in rows]


def files_of(exported: bytes) -> dict[str, bytes]:
    """The files of an export, without the times at which revisions entered the database."""
    content = io.BytesIO(exported)
    if not zipfile.is_zipfile(content):
        return {"book.jsonl": RECORDED.sub(b"", exported)}
    with zipfile.ZipFile(content) as archive:
        return {name: RECORDED.sub(b"", archive.read(name)) for name in archive.namelist()}


@pytest.mark.parametrize("form", [ExportFormat.JSON_LINES, ExportFormat.ZIP])
async def test_taken_in_and_exported_again_it_is_the_same(
    store: Store, services: Services, plan: Plan, tmp_path: Path, clock: FakeClock, form: ExportFormat
):
    await store.write(erase, plan.id, 1)
    look = CoachChange(color="blue", picture=services.keep(b"of the coach"))
    await services.coaches.change(MAX, "d", look)
    path = tmp_path / f"book.{form}"
    path.write_bytes(await all_of(store, services, form))
    await store.close()
    (tmp_path / "other").mkdir()
    other = Store.open(tmp_path / "other" / "book.db")
    there = Services.on(other, clock)

    journal = imports.read_file(path)
    missing = imports.store_pictures(path, journal, there.files)
    taken = await take_in(other, journal, plan.posted_at)

    assert taken == imports.ImportResult(("Coach D (Day Trading)", "Coach I (Intraday)"), 4, 8, 0)
    assert len(missing) == (0 if form is ExportFormat.ZIP else 3)
    coach, *_ = await there.coaches.list(GUILD)
    assert (coach.chosen_color, coach.picture) == (0x1565C0, look.picture)
    assert await other.read(chains.verify_all) == []
    assert await other.read(row_checks.missing_rows) == []
    assert files_of(await all_of(other, there, form)) == files_of(path.read_bytes())
    assert await take_in(other, journal, plan.posted_at) == imports.ImportResult((), 0, 0, 8)
    await other.close()


async def test_a_journal_says_when_revisions_entered_the_database_and_is_read_without_it(
    store: Store, services: Services, plan: Plan, tmp_path: Path, clock: FakeClock
):
    page = await services.history.show(MAX, plan.id)
    exported = await all_of(store, services)
    path = tmp_path / "book.jsonl"
    path.write_bytes(RECORDED.sub(b"", exported))
    await store.close()
    other = open_new_store(tmp_path / "other.db")
    imported_at = plan.posted_at + datetime.timedelta(days=1)

    await take_in(other, path, imported_at)

    recorded = [
        line["recorded_at"]
        for line in journal_lines(exported)
        if line["type"] == "revision" and line["plan"] == plan.id
    ]
    assert recorded == [f"{each.revision.recorded_at:%Y-%m-%dT%H:%M:%S.%fZ}" for each in reversed(page.revisions)]
    again = journal_lines(await all_of(other, Services.on(other, clock)))
    assert {line["recorded_at"] for line in again if line["type"] == "revision"} == {
        f"{imported_at:%Y-%m-%dT%H:%M:%S.%fZ}"
    }
    await other.close()


async def test_what_is_taken_in_can_be_read_and_changed(
    store: Store, services: Services, plan: Plan, dana: Actor, tmp_path: Path, clock: FakeClock
):
    path = tmp_path / "book.zip"
    path.write_bytes(await all_of(store, services, ExportFormat.ZIP))
    charts = await store.read(charts_without_ids)
    await store.close()
    (tmp_path / "other").mkdir()
    other = Store.open(tmp_path / "other" / "book.db")
    there = Services.on(other, clock)
    journal = imports.read_file(path)
    imports.store_pictures(path, journal, there.files)
    imported_at = plan.posted_at + datetime.timedelta(days=1)
    await take_in(other, journal, imported_at)

    restored = await there.plans.restore(dana, RestorePlan(PlanOfDay("d", DAY)), fresh())

    assert restored.text == "posted again"
    page = await there.history.show(dana, plan.id)
    assert page.plan.revision == 4
    assert {each.revision.recorded_at for each in page.revisions} == {imported_at}
    assert await other.read(charts_without_ids) == charts
    assert await other.read(chains.verify_all) == []
    assert await other.read(row_checks.missing_rows) == []
    await other.close()


async def test_later_revisions_are_added_to_a_history_that_the_book_has(
    store: Store, services: Services, dana: Actor, tmp_path: Path, clock: FakeClock
):
    plan = await services.plans.post(dana, PostPlan("first", day=DAY), fresh())
    early, late = tmp_path / "early.jsonl", tmp_path / "late.jsonl"
    early.write_bytes(await all_of(store, services))
    await services.plans.edit(dana, EditPlan(plan.id, "second", seen=1), fresh())
    late.write_bytes(await all_of(store, services))
    assert (await take_in(store, early, clock())).known == 1
    await store.close()
    other = Store.open(tmp_path / "other.db")
    there = Services.on(other, clock)

    await take_in(other, early, clock())
    taken = await take_in(other, late, clock())

    assert taken == imports.ImportResult((), 0, 1, 1)
    assert await all_of(other, there) == late.read_bytes()
    await other.close()


async def test_a_plan_in_the_place_of_another_is_refused(
    store: Store, services: Services, plan: Plan, dana: Actor, ivan: Actor, tmp_path: Path, clock: FakeClock
):
    path = tmp_path / "book.jsonl"
    path.write_bytes(await all_of(store, services))
    await store.close()
    other = Store.open(tmp_path / "other.db")
    there = Services.on(other, clock)
    await there.plans.post(ivan, PostPlan("my own", day=DAY), fresh())
    before = await all_of(other, there)

    with pytest.raises(imports.InvalidImportError, match="another plan 1"):
        await take_in(other, path, clock())
    assert await all_of(other, there) == before
    await other.close()


async def test_a_second_plan_for_a_day_is_refused(
    store: Store, services: Services, dana: Actor, tmp_path: Path, clock: FakeClock
):
    await services.plans.post(dana, PostPlan("first", day="2026-11-24"), fresh())
    await services.plans.post(dana, PostPlan("second", day=DAY), fresh())
    lines = journal_lines(await all_of(store, services))
    kept = [line for line in lines if line.get("plan") != 1]
    path = tmp_path / "book.jsonl"
    path.write_bytes(written(kept))
    await store.close()
    other = Store.open(tmp_path / "other.db")
    await Services.on(other, clock).plans.post(dana, PostPlan("mine", day=DAY), fresh())

    with pytest.raises(imports.InvalidImportError, match="conflicts with the database"):
        await take_in(other, path, clock())
    await other.close()


async def test_a_plan_that_stands_where_another_was_deleted_since_is_taken_in(
    store: Store, services: Services, dana: Actor, mia: Actor, tmp_path: Path, clock: FakeClock, export: Exports
):
    first = await services.plans.post(dana, PostPlan("first", day=DAY), fresh())
    early = tmp_path / "early.jsonl"
    early.write_bytes((await export.plan(mia, ExportFormat.JSON_LINES, PlanOfDay("d", DAY))).content)
    await services.plans.delete(dana, DeletePlan(first.id, seen=1), fresh())
    await services.plans.post(dana, PostPlan("second", day=DAY), fresh())
    late = tmp_path / "late.jsonl"
    late.write_bytes(await all_of(store, services))
    await store.close()

    for names in (["early", "late"], ["late", "early"]):
        other = Store.open(tmp_path / f"{names[0]}.db")
        for name in names:
            await take_in(other, tmp_path / f"{name}.jsonl", clock())
        assert await all_of(other, Services.on(other, clock)) == late.read_bytes()
        assert await other.read(chains.verify_all) == []
        await other.close()


async def test_pictures_of_an_earlier_try_are_not_swept_while_their_plans_come_in(
    store: Store, services: Services, plan: Plan, tmp_path: Path, clock: FakeClock
):
    path = tmp_path / "book.zip"
    path.write_bytes(await all_of(store, services, ExportFormat.ZIP))
    files = ChartFiles.open(tmp_path / "elsewhere", clock)
    journal = imports.read_file(path)
    imports.store_pictures(path, journal, files)
    clock.move(days=2)

    assert imports.store_pictures(path, journal, files) == []

    assert files.old(clock.now - datetime.timedelta(days=1)).names == ()


async def test_a_damaged_zip_is_refused(store: Store, services: Services, plan: Plan, tmp_path: Path, clock: FakeClock):
    whole = await all_of(store, services, ExportFormat.ZIP)
    path = tmp_path / "book.zip"
    refused = 0
    for place in range(0, len(whole), 41):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        (tmp_path / f"{place}").mkdir()
        files = ChartFiles.open(tmp_path / f"{place}", clock)
        try:
            journal = imports.read_file(path)
            imports.store_pictures(path, journal, files)
        except (imports.InvalidImportError, InvalidJournalError):
            refused += 1
        else:
            assert b"".join(line.encode() for line in journal.lines()) == await all_of(store, services)
    assert refused > 20


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ({"notes.txt": b"hello"}, "has no book.jsonl"),
        ({"book.jsonl": b"\x00" * 2**22}, "it has more than"),
        ({"book.jsonl/": b""}, "has no book.jsonl"),
        ({"book.jsonl": b'{"guild":"1","type":"coachbook","version":1}\n' * 2**20}, "line 2: "),
    ],
)
def test_a_zip_of_something_else_is_refused(tmp_path: Path, entries: dict[str, bytes], says: str):
    path = tmp_path / "book.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)

    with pytest.raises((imports.InvalidImportError, InvalidJournalError), match=says):
        imports.read_file(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
async def test_a_zip_that_was_packed_otherwise_and_damaged_is_refused(
    store: Store, services: Services, plan: Plan, tmp_path: Path, method: int
):
    path = tmp_path / "book.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("book.jsonl", await all_of(store, services))
    data = bytearray(path.read_bytes())
    data[60:80] = bytes(20)
    path.write_bytes(data)

    with pytest.raises((imports.InvalidImportError, InvalidJournalError, OSError)):
        imports.read_file(path)


async def test_a_picture_that_is_not_what_its_name_says_is_refused(
    store: Store, services: Services, plan: Plan, tmp_path: Path, clock: FakeClock
):
    whole = await all_of(store, services, ExportFormat.ZIP)
    path = tmp_path / "book.zip"
    with zipfile.ZipFile(io.BytesIO(whole)) as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(SECOND, SECOND.swapcase()))
    files = ChartFiles.open(tmp_path / "elsewhere", clock)

    with pytest.raises(imports.InvalidImportError, match="is not the picture"):
        imports.store_pictures(path, imports.read_file(path), files)
