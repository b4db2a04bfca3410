"""Exports: who gets what, that they prove themselves, and that taken in again they are the same."""

import asyncio
import dataclasses
import datetime
import functools
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from pydantic import BaseModel

from bot.domain.commands import AddCharts, DeletePlan, EditPlan, PostPlan, RemoveChart, RestorePlan
from bot.domain.errors import (
    ExportBusyError,
    ExportStoppedError,
    ExportTooLargeError,
    NothingToExportError,
    TooManyPlansError,
    UnknownCoachError,
    WrongWayError,
)
from bot.domain.values import (
    MAX_EXPORTED,
    Actor,
    ChangeKind,
    Exported,
    ExportForm,
    ExportProgress,
    Plan,
    PlanOfDay,
    PlanRef,
    Received,
    UserId,
)
from bot.service.records import revisions
from bot.service.transfer import exports, imports, packing
from bot.service.transfer.exporter import Exporter
from bot.service.transfer.exports import ExportService
from bot.service.transfer.journal import Head, Journal, PlanLine, RevisionLine
from bot.service.transfer.journal_reader import JournalFaultError
from bot.service.transfer.stored import journal_of
from storage import row_checks
from storage.chart_files import ChartFiles
from storage.models import CardRow, ChartRow, PlanRow, RevisionRow
from storage.store import Store
from tests.processes import DEADLINE
from tests.service.scene import DAY, GUILD, SUNDAY_MORNING, FakeClock, Services, elsewhere, fresh

ROOT = Path(__file__).parents[3]
FIRST, SECOND = b"the first picture", b"the second picture"
CHART = {"sha256": "0" * 64, "filename": "x.png", "media_type": "image/png", "width": 1, "height": 1, "bytes": 1}
Lines = list[dict[str, Any]]
Chart = tuple[int, int, str, int, datetime.datetime, datetime.datetime | None]
Change = Callable[[Lines], object]


@dataclasses.dataclass(frozen=True)
class Exports:
    """The service, as in a server without boosts."""

    service: ExportService
    most_bytes: int = 10 * 2**20

    async def plan(self, actor: Actor, form: ExportForm, ref: PlanRef) -> Exported:
        return await self.service.plan(actor, form, ref, most_bytes=self.most_bytes)

    async def days(self, actor: Actor, form: ExportForm, **options: Any) -> Exported:
        return await self.service.days(actor, form, most_bytes=self.most_bytes, **options)


@pytest.fixture
def export(services: Services, store: Store, clock: FakeClock) -> Exports:
    exporter = Exporter(store.path, services.files.folder)
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


def journal_lines(content: bytes) -> Lines:
    return [json.loads(line) for line in content.splitlines()]


def written(lines: Lines) -> bytes:
    return b"".join(
        json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for line in lines
    )


def prove(path: Path) -> "subprocess.CompletedProcess[str]":
    """Run the program that docs/export.md gives."""
    program = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "export.md").read_text(), re.DOTALL)
    assert program
    return subprocess.run(
        [sys.executable, "-I", "-c", program[1], str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )


async def all_of(store: Store, services: Services, form: ExportForm = ExportForm.JSON_LINES) -> bytes:
    """The guild's plans, as the operator exports them."""
    file = io.BytesIO()

    def write() -> None:
        journal = journal_of(GUILD, exports.selected(GUILD, None, None, None))
        packing.write(journal, form, "America/New_York", services.files, file)

    await store.read(write)
    return file.getvalue()


async def take_in(store: Store, file: Path | Journal, now: datetime.datetime) -> imports.ImportResult:
    journal = imports.read_file(file) if isinstance(file, Path) else file
    return await store.write(imports.insert, journal, imports.prove(journal), now)


async def erase(store: Store, plan: Plan, number: int) -> None:
    """Erase a revision, as one does whose writer asked for it."""
    emptied = {"text": None, "charts": "[]", "actor_id": None, "note": None, "salt": None, "erased_at": plan.posted_at}
    query = RevisionRow.update(emptied).where((RevisionRow.plan == plan.id) & (RevisionRow.revision == number))
    await store.write(query.execute)


def charts_without_ids() -> list[Chart]:
    rows = ChartRow.select().order_by(ChartRow.plan, ChartRow.id)
    return [(row.plan_id, row.position, row.sha256, row.added_by, row.added_at, row.removed_at) for row in rows]


async def test_a_plan_can_be_exported_to_be_read(export: Exports, plan: Plan, dana: Actor):
    exported = await export.days(dana, ExportForm.MARKDOWN, coach=None, first=None, last=None)

    text = exported.content.decode()
    assert exported.filename == "coachbook-2026-11-23-to-2026-11-24.md"
    assert (exported.plans, exported.revisions) == (4, 8)
    assert "## Monday 23 November 2026: Coach D \\(Day Trading\\) (deleted)" in text
    assert "```\nLong 945\r" in text
    assert "| 2 | chart added | 2026-11-22 10:01:00 | user 1 |" in text
    assert text.index("posted again") < text.index("tuesday")


async def test_the_hash_of_the_newest_revision_is_in_what_is_read(export: Exports, plan: Plan, ivan: Actor):
    exported = await export.plan(ivan, ExportForm.MARKDOWN, PlanOfDay("i", DAY))

    newest = await export.plan(ivan, ExportForm.JSON_LINES, PlanOfDay("i", DAY))
    assert f"| `{journal_lines(newest.content)[-1]['hash'][:8]}` |" in exported.content.decode()


async def test_members_get_live_plans_only(export: Exports, plan: Plan, mia: Actor, dana: Actor, ivan: Actor):
    for actor, count in ((mia, 2), (ivan, 2), (dana, 4)):
        exported = await export.days(actor, ExportForm.JSON_LINES, coach=None, first=None, last=None)
        assert exported.plans == count, actor


async def test_a_guild_never_gets_anothers_plans(export: Exports, plan: Plan, dana: Actor):
    with pytest.raises(NothingToExportError):
        await export.days(elsewhere(dana), ExportForm.MARKDOWN, coach=None, first=None, last=None)


async def test_days_and_coach_choose_the_plans(export: Exports, plan: Plan, mia: Actor):
    async def days_of(**options: str | None) -> list[str]:
        given = {"coach": None, "first": None, "last": None, **options}
        exported = await export.days(mia, ExportForm.JSON_LINES, **given)
        return [line["day"] for line in journal_lines(exported.content) if line["type"] == "plan"]

    assert await days_of(coach="i") == ["2026-11-23"]
    assert await days_of(first="2026-11-24") == ["2026-11-24"]
    assert await days_of(last="2026-11-23", coach=" ") == ["2026-11-23"]


async def test_days_without_plans_are_refused(export: Exports, plan: Plan, mia: Actor):
    with pytest.raises(NothingToExportError, match="There are no plans from"):
        await export.days(mia, ExportForm.ZIP, coach=None, first="2026-01-01", last="2026-02-01")
    with pytest.raises(WrongWayError, match="is after"):
        await export.days(mia, ExportForm.ZIP, coach=None, first="2026-11-24", last="2026-11-23")
    with pytest.raises(UnknownCoachError):
        await export.days(mia, ExportForm.ZIP, coach="nobody", first=None, last=None)


async def test_pictures_that_discord_would_not_take_are_refused(export: Exports, services: Services, dana: Actor):
    plan = await services.plans.post(dana, PostPlan("large", day=DAY), fresh())
    large = [services.keep(bytes([number]) * 6 * 2**20) for number in range(2)]
    await services.charts.add(dana, AddCharts(plan.id, Received(tuple(large), ())), fresh())

    with pytest.raises(ExportTooLargeError, match="the limit here is 10 MiB"):
        await export.plan(dana, ExportForm.ZIP, PlanOfDay(None, DAY))
    assert (await export.plan(dana, ExportForm.JSON_LINES, PlanOfDay(None, DAY))).revisions == 2


async def test_the_same_plans_give_the_same_bytes(
    export: Exports, store: Store, services: Services, plan: Plan, dana: Actor, clock: FakeClock
):
    for form in ExportForm:
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

    exported = await export.days(dana, ExportForm.ZIP, coach=None, first=None, last=None)

    assert exported.missing == 1
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        assert archive.testzip() is None
        assert archive.read("missing.txt").decode() == f"{kept[0].sha256} is missing\n"
        assert archive.read(f"charts/{kept[1].sha256}.png") == SECOND
        assert f"![chart\\.png](charts/{kept[1].sha256}.png)" in archive.read("plans.md").decode()


async def test_the_program_in_the_docs_proves_an_export(store: Store, services: Services, plan: Plan, tmp_path: Path):
    await erase(store, plan, 2)
    path = tmp_path / "book.jsonl"
    path.write_bytes(await all_of(store, services))

    proved = prove(path)

    assert proved.stderr == ""
    assert (
        proved.stdout.splitlines()[0]
        == f"plan {plan.id}: proved up to {journal_lines(path.read_bytes())[3]['hash'][:8]}"
    )
    assert len(proved.stdout.splitlines()) == 4


def _later(lines: Lines, number: int) -> dict[str, Any]:
    return next(line for line in lines if line["type"] == "revision" and line["revision"] == number)


OTHER: dict[str, Any] = {
    "guild": "501",
    "coach": "i",
    "day": "2026-11-25",
    "plan": 3,
    "author": "2",
    "revisions": 3,
    "revision": 3,
    "kind": "edited",
    "at": "2026-11-22T15:00:00.000001Z",
    "actor": "2",
    "salt": "00" * 16,
    "charts": [],
    "previous": "0" * 64,
    "hash": "0" * 64,
    "erased_at": "2026-11-22T15:00:00.000000Z",
    "text": "Long 950",
    "note": "a note",
    "digests": {"text": "0" * 64},
}
"""Something else for each field that the proof covers."""
NOT_COVERED = {"type", "version"}
"""What says how the lines are to be read."""


def _fields_of(kind: type[BaseModel], place: str) -> list[tuple[str, str]]:
    return [(place, name) for name in kind.model_fields if name not in NOT_COVERED]


def _place(lines: Lines, place: str) -> dict[str, Any]:
    """The beginning, the plan that was changed in each way, or a revision of it: first, with charts, or last."""
    where = {"head": 0, "plan": 3, "revision": 1, "charted": 2, "last": 4}[place]
    return lines[where] if place in ("head", "plan") else _later(lines, where)


def _alter(lines: Lines, place: str, field: str) -> None:
    altered = _place(lines, place)
    if field == "digests":
        altered["digests"] |= OTHER["digests"]
    else:
        altered[field] = OTHER[field]


def _erase_with(**left: Any) -> Change:
    """Mark a revision as erased and leave something in it."""

    def change(lines: Lines) -> None:
        nothing = {"text": None, "actor": None, "note": None, "salt": None, "charts": []}
        _later(lines, 2).update({**nothing, "erased_at": OTHER["erased_at"], **left})

    return change


CHANGES: dict[str, Change] = {
    **{
        f"{place}: {field}": functools.partial(_alter, place=place, field=field)
        for place, field in (
            *_fields_of(Head, "head"),
            *_fields_of(PlanLine, "plan"),
            *(each for place in ("revision", "charted", "last") for each in _fields_of(RevisionLine, place)),
        )
        if (place, field) not in {("revision", "charts"), ("revision", "previous"), ("last", "kind")}
    },
    "another caption": lambda lines: _later(lines, 2)["charts"][0].update(caption="bought the low"),
    "another order of charts": lambda lines: _later(lines, 2)["charts"].reverse(),
    "a revision less in the middle": lambda lines: lines.remove(_later(lines, 2)),
    "a revision less at the end": lambda lines: lines.remove(_later(lines, 4)),
    "a revision twice": lambda lines: lines.append({**_later(lines, 1), "text": "Long 950"}),
    "erased, and a text": _erase_with(text="Long 950"),
    "erased, and a maker": _erase_with(actor="2"),
    "erased, and charts": _erase_with(charts=[{**CHART, "caption": "bought the low"}]),
}
"""What somebody may do to a file; each is found."""


@pytest.mark.parametrize("what", CHANGES)
async def test_whatever_is_altered_is_found_by_the_program_and_by_the_import(
    store: Store, services: Services, plan: Plan, tmp_path: Path, what: str
):
    lines = journal_lines(await all_of(store, services))
    CHANGES[what](lines)
    path = tmp_path / "book.jsonl"
    path.write_bytes(written(lines))
    await store.close()
    other = Store.open(tmp_path / "other.db")

    assert prove(path).returncode == 1
    with pytest.raises((imports.ImportFaultError, JournalFaultError)):
        await take_in(other, path, plan.posted_at)
    assert not await other.read(lambda: list(PlanRow.select()) + list(RevisionRow.select()))
    await other.close()


@pytest.mark.parametrize("form", [ExportForm.JSON_LINES, ExportForm.ZIP])
async def test_taken_in_and_exported_again_it_is_the_same(
    store: Store, services: Services, plan: Plan, tmp_path: Path, clock: FakeClock, form: ExportForm
):
    await erase(store, plan, 1)
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
    assert len(missing) == (0 if form is ExportForm.ZIP else 2)
    assert await other.read(revisions.verify_all) == []
    assert await other.read(row_checks.missing_rows) == []
    assert await all_of(other, there, form) == path.read_bytes()
    assert await take_in(other, journal, plan.posted_at) == imports.ImportResult((), 0, 0, 8)
    await other.close()


async def test_what_is_taken_in_can_be_read_and_changed(
    store: Store, services: Services, plan: Plan, dana: Actor, tmp_path: Path, clock: FakeClock
):
    path = tmp_path / "book.zip"
    path.write_bytes(await all_of(store, services, ExportForm.ZIP))
    charts = await store.read(charts_without_ids)
    await store.close()
    (tmp_path / "other").mkdir()
    other = Store.open(tmp_path / "other" / "book.db")
    there = Services.on(other, clock)
    journal = imports.read_file(path)
    imports.store_pictures(path, journal, there.files)
    await take_in(other, journal, plan.posted_at)

    restored = await there.plans.restore(dana, RestorePlan(PlanOfDay("d", DAY)), fresh())

    assert restored.text == "posted again"
    assert (await there.history.show(dana, plan.id)).plan.revision == 4
    assert await other.read(charts_without_ids) == charts
    assert await other.read(revisions.verify_all) == []
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

    with pytest.raises(imports.ImportFaultError, match="another plan 1"):
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

    with pytest.raises(imports.ImportFaultError, match="conflicts with the database"):
        await take_in(other, path, clock())
    await other.close()


async def test_a_plan_that_stands_where_another_was_deleted_since_is_taken_in(
    store: Store, services: Services, dana: Actor, mia: Actor, tmp_path: Path, clock: FakeClock, export: Exports
):
    first = await services.plans.post(dana, PostPlan("first", day=DAY), fresh())
    early = tmp_path / "early.jsonl"
    early.write_bytes((await export.plan(mia, ExportForm.JSON_LINES, PlanOfDay("d", DAY))).content)
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
        assert await other.read(revisions.verify_all) == []
        await other.close()


async def test_pictures_of_an_earlier_try_are_not_swept_while_their_plans_come_in(
    store: Store, services: Services, plan: Plan, tmp_path: Path, clock: FakeClock
):
    path = tmp_path / "book.zip"
    path.write_bytes(await all_of(store, services, ExportForm.ZIP))
    files = ChartFiles.open(tmp_path / "elsewhere", clock)
    journal = imports.read_file(path)
    imports.store_pictures(path, journal, files)
    clock.move(days=2)

    assert imports.store_pictures(path, journal, files) == []

    assert files.names(clock.now - datetime.timedelta(days=1)) == []


async def test_nothing_in_a_text_or_a_name_gets_out_of_its_place(export: Exports, services: Services, dana: Actor):
    texts = ("</blockquote>\n<!-- ", "```\n# x", "~~~\n````\n## y\n`````", "---\n- z\n![](http://x/)", "<h1>x</h1>")
    for number, text in enumerate(texts, 1):
        plan = await services.plans.post(dana, PostPlan(text, day=f"2026-12-0{number}"), fresh())
        chart = services.keep(text.encode(), f"{text.splitlines()[0]}| # <b> [a](b) &amp;")
        await services.charts.add(dana, AddCharts(plan.id, Received((chart,), ())), fresh())

    exported = await export.days(dana, ExportForm.MARKDOWN, coach=None, first=None, last=None)

    tokens = MarkdownIt("commonmark").enable("table").parse(exported.content.decode())
    assert [each.content for each in tokens if each.type == "fence"] == [f"{text}\n" for text in texts]
    assert sum(each.type == "heading_open" for each in tokens) == 1 + len(texts)
    assert sum(each.type == "table_open" for each in tokens) == len(texts)
    assert not [each for each in tokens if each.type in ("html_block", "hr", "bullet_list_open")]
    inner = [child for each in tokens for child in each.children or ()]
    assert {each.type for each in inner} <= {"text", "text_special", "code_inline"}


async def test_a_file_that_would_be_too_large_is_broken_off(export: Exports, plan: Plan, dana: Actor):
    small = dataclasses.replace(export, most_bytes=700)

    for form in ExportForm:
        with pytest.raises(ExportTooLargeError):
            await small.days(dana, form, coach=None, first=None, last=None)
    assert (await small.plan(dana, ExportForm.MARKDOWN, PlanOfDay("d", "2026-11-24"))).plans == 1
    assert (await export.days(dana, ExportForm.MARKDOWN, coach=None, first=None, last=None)).plans == 4


async def test_more_plans_than_one_export_holds_are_refused(
    export: Exports, services: Services, store: Store, plan: Plan, dana: Actor
):
    await store.write(_copy_plan, plan.id, MAX_EXPORTED)

    with pytest.raises(TooManyPlansError, match="one export holds 2,000"):
        await export.days(dana, ExportForm.JSON_LINES, coach=None, first="2020-01-01", last="2026-12-31")
    few = await export.days(dana, ExportForm.JSON_LINES, coach="i", first="2020-01-01", last="2026-12-31")
    assert few.plans == 1


async def test_deleted_plans_of_others_do_not_keep_ones_own_out(
    export: Exports, services: Services, store: Store, plan: Plan, ivan: Actor
):
    await store.write(_copy_plan, plan.id, MAX_EXPORTED + 1, is_deleted=True)
    own = await services.plans.post(ivan, PostPlan("own", coach="i", day="2026-12-30"), fresh())
    await services.plans.delete(ivan, DeletePlan(own.id, seen=1), fresh())

    exported = await export.days(ivan, ExportForm.JSON_LINES, coach=None, first="2026-12-30", last="2026-12-30")
    of_all = await export.days(ivan, ExportForm.JSON_LINES, coach=None, first="2020-01-01", last="2026-12-31")

    assert exported.plans == 1
    assert '"2026-12-30"' in of_all.content.decode()
    assert '"2020-01-01"' not in of_all.content.decode()


async def test_of_one_user_one_export_is_in_hand_and_of_all_together_two(
    store: Store, services: Services, clock: FakeClock, plan: Plan, dana: Actor, ivan: Actor, mia: Actor
):
    service = ExportService(store, clock, services.guilds, Exporter(store.path, services.files.folder))
    told: dict[str, list[ExportProgress]] = {"dana": [], "ivan": [], "mia": []}
    people = {"dana": dana, "ivan": ivan, "mia": mia}

    async def export_as(name: str) -> Exported:
        chosen: dict[str, Any] = {"ref": PlanOfDay("i", DAY), "most_bytes": 10**6}
        return await service.plan(people[name], ExportForm.ZIP, **chosen, report=told[name].append)

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
    service = ExportService(store, clock, services.guilds, Exporter(store.path, services.files.folder))
    chosen: dict[str, Any] = {"ref": PlanOfDay("i", DAY), "most_bytes": 10**6}
    people = [dataclasses.replace(mia, user_id=UserId(100 + number)) for number in range(10)]
    running = [asyncio.create_task(service.plan(each, ExportForm.MARKDOWN, **chosen)) for each in people]
    await asyncio.sleep(0)

    with pytest.raises(ExportBusyError, match="This server has 10 exports"):
        await service.plan(mia, ExportForm.MARKDOWN, **chosen)

    await asyncio.gather(*running)


async def test_an_export_that_takes_too_long_or_is_broken_off_is_told(
    store: Store, services: Services, clock: FakeClock, plan: Plan, dana: Actor
):
    chosen: dict[str, Any] = {"ref": PlanOfDay("i", DAY), "most_bytes": 10**6}
    hurried = ExportService(store, clock, services.guilds, Exporter(store.path, services.files.folder, seconds=0))
    nowhere = ExportService(store, clock, services.guilds, Exporter(store.path.with_name("no.db"), store.path))
    closed = Exporter(store.path, services.files.folder)
    await closed.close()

    for service, says in (
        (hurried, "took longer than 0 s"),
        (nowhere, "failed"),
        (ExportService(store, clock, services.guilds, closed), "restarting"),
    ):
        with pytest.raises(ExportStoppedError, match=says):
            await service.plan(dana, ExportForm.MARKDOWN, **chosen)
        with pytest.raises(ExportStoppedError, match=says):
            await service.plan(dana, ExportForm.MARKDOWN, **chosen)


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
    service = ExportService(store, clock, services.guilds, Exporter(store.path, services.files.folder))

    exported = await service.plan(dana, ExportForm.JSON_LINES, PlanOfDay("i", DAY), most_bytes=2**30)

    assert len(exported.content) > 100 * 2**20
    assert exported.revisions == 2_701


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


def _lengthen(plan_id: int, count: int) -> None:
    """Give a plan so many more revisions, each as long as a text from an import can be."""
    row = PlanRow.get_by_id(plan_id + 1)
    for number in range(count):
        revisions.append(row, ChangeKind.EDITED, UserId(2), SUNDAY_MORNING, text=f"{number} {'x' * 39_990}")


BROKEN: dict[str, tuple[Change, str]] = {
    "nothing": (lambda lines: lines.clear(), "line 1: the file is empty"),
    "no beginning": (lambda lines: lines.pop(0), "line 1: a line of the type coach is out of place"),
    "two beginnings": (lambda lines: lines.append(lines[0]), "line 16: a line of the type coachbook is out"),
    "another version": (lambda lines: lines[0].update(version=2), "line 1: .*version"),
    "a coach twice": (lambda lines: lines.insert(1, lines[1]), "line 3: coach d has a line already"),
    "a plan twice": (lambda lines: lines.insert(3, lines[3]), "line 5: plan 1 has a line already"),
    "no coach": (lambda lines: lines.pop(1), "line 3: the coach d has no line"),
    "no plan": (lambda lines: lines.pop(3), "line 7: plan 1 has no line"),
    "revisions before plans": (lambda lines: lines.insert(2, lines.pop()), "line 4: .* is out of place"),
    "a field too many": (lambda lines: lines[3].update(more=1), "line 4: .*more"),
    "a field too few": (lambda lines: lines[3].pop("author"), "line 4: .*author"),
    "no day": (lambda lines: lines[3].update(day="2026-13-01"), "line 4: .*day"),
    "no moment": (lambda lines: lines[-1].update(at="yesterday"), "line 15: .*at"),
    "a number as text": (lambda lines: lines[3].update(plan="1"), "line 4: .*plan"),
    "a huge id": (lambda lines: lines[3].update(plan=2**64), "line 4: .*plan"),
    "a strange kind": (lambda lines: lines[-1].update(kind="burnt"), "line 15: .*kind"),
    "a revision that no program can count": (lambda lines: lines[-1].update(revision=2**70), "line 15: .*revision"),
    "a coach that is named like a file": (lambda lines: lines[1].update(key="../d"), "line 2: .*key"),
    "a line too long": (lambda lines: lines[-1].update(text="x" * 2**20), "line 15: it has more than"),
}
"""What a file may lack, and the words that say where."""


@pytest.mark.parametrize("what", BROKEN)
async def test_a_broken_file_is_refused_with_the_line(
    store: Store, services: Services, plan: Plan, tmp_path: Path, what: str
):
    damage, says = BROKEN[what]
    lines = journal_lines(await all_of(store, services))
    assert len(lines) == 15
    damage(lines)
    path = tmp_path / "book.jsonl"
    path.write_bytes(written(lines))

    with pytest.raises(JournalFaultError, match=says):
        imports.read_file(path)


async def test_a_cut_file_is_refused(store: Store, services: Services, plan: Plan, tmp_path: Path):
    whole = await all_of(store, services)
    path = tmp_path / "book.jsonl"
    for end in range(0, len(whole) - 1, 97):
        path.write_bytes(whole[:end])
        with pytest.raises(JournalFaultError):
            imports.read_file(path)


async def test_a_damaged_zip_is_refused(store: Store, services: Services, plan: Plan, tmp_path: Path, clock: FakeClock):
    whole = await all_of(store, services, ExportForm.ZIP)
    path = tmp_path / "book.zip"
    refused = 0
    for place in range(0, len(whole), 41):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        (tmp_path / f"{place}").mkdir()
        files = ChartFiles.open(tmp_path / f"{place}", clock)
        try:
            journal = imports.read_file(path)
            imports.store_pictures(path, journal, files)
        except (imports.ImportFaultError, JournalFaultError):
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

    with pytest.raises((imports.ImportFaultError, JournalFaultError), match=says):
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

    with pytest.raises((imports.ImportFaultError, JournalFaultError, OSError)):
        imports.read_file(path)


@pytest.mark.parametrize("name", ["\x00a", "a\x1b[2Jb", "a\u202eb", "a\nb", " a", "\u200b", "\u2800"])
async def test_a_coachs_name_that_nobody_could_give_is_refused(
    store: Store, services: Services, plan: Plan, tmp_path: Path, name: str
):
    lines = journal_lines(await all_of(store, services))
    lines[1]["name"] = name
    path = tmp_path / "book.jsonl"
    path.write_bytes(written(lines))

    with pytest.raises(JournalFaultError, match=r"line 2: the coach’s name .* is invalid") as caught:
        imports.read_file(path)

    assert str(caught.value).isprintable()


async def test_a_picture_that_is_not_what_its_name_says_is_refused(
    store: Store, services: Services, plan: Plan, tmp_path: Path, clock: FakeClock
):
    whole = await all_of(store, services, ExportForm.ZIP)
    path = tmp_path / "book.zip"
    with zipfile.ZipFile(io.BytesIO(whole)) as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(SECOND, SECOND.swapcase()))
    files = ChartFiles.open(tmp_path / "elsewhere", clock)

    with pytest.raises(imports.ImportFaultError, match="is not the picture"):
        imports.store_pictures(path, imports.read_file(path), files)
