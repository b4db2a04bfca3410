"""Exports: who gets what, that they prove themselves, and that taken in again they are the same."""

import datetime
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

from bot.errors import ExportTooLargeError, NothingToExportError, UnknownCoachError, WrongWayError
from bot.service import exports, imports, revisions
from bot.service.exports import ExportService
from bot.service.journal import JournalFaultError
from bot.values import Actor, ExportForm, Plan, Received
from storage.database import Store
from storage.models import ChartRow, PlanRow, RevisionRow
from tests.service.scene import DAY, GUILD, FakeClock, Services, elsewhere, fresh

ROOT = Path(__file__).parents[2]
FIRST, SECOND = b"the first picture", b"the second picture"
Lines = list[dict[str, Any]]
Chart = tuple[int, int, str, int, datetime.datetime, datetime.datetime | None]
Change = Callable[[Lines], object]


@pytest.fixture
def export(services: Services, store: Store, clock: FakeClock) -> ExportService:
    return ExportService(store, clock, services.guilds, services.files)


@pytest.fixture
async def plan(services: Services, dana: Actor, ivan: Actor, clock: FakeClock) -> Plan:
    """Dana's plan, changed in each way, while Ivan posts; with what is hard to write down."""
    text = 'Long 945\r\u2028\n\U0001f4c8 "\\" \x00 </b> | x'
    plan = await services.plans.post(dana, coach=None, day=DAY, text=text, operation=fresh())
    received = Received((services.keep(FIRST, "a|b.png"), services.keep(SECOND)), ())
    clock.move(minutes=1)
    await services.charts.add(dana, plan.id, received, fresh())
    await services.plans.post(ivan, coach=None, day=DAY, text="another", operation=fresh())
    clock.move(hours=-1)
    await services.charts.remove(dana, coach="d", day=DAY, chart="1", operation=fresh())
    await services.plans.delete(dana, plan.id, seen=3, operation=fresh())
    await services.plans.post(dana, coach=None, day=DAY, text="posted again", operation=fresh())
    await services.plans.delete(dana, plan.id.__class__(plan.id + 2), seen=1, operation=fresh())
    await services.plans.post(dana, coach="d", day="2026-11-24", text="tuesday", operation=fresh())
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
        [sys.executable, "-I", "-c", program[1], str(path)], capture_output=True, text=True, check=False, timeout=60
    )


async def all_of(store: Store, services: Services, form: ExportForm = ExportForm.JSON_LINES) -> bytes:
    """The guild's plans, as the operator exports them."""
    journal = await store.read(lambda: exports.journal_of(GUILD, exports.selected(GUILD, None, None, None)))
    file = io.BytesIO()
    exports.write(journal, form, "America/New_York", services.files, file)
    return file.getvalue()


async def erase(store: Store, plan: Plan, number: int) -> None:
    """Erase a revision, as one does whose writer asked for it."""
    emptied = {"text": None, "actor_id": None, "note": None, "salt": None, "erased_at": plan.posted_at}
    query = RevisionRow.update(emptied).where((RevisionRow.plan == plan.id) & (RevisionRow.revision == number))
    await store.write(query.execute)


def charts_without_ids() -> list[Chart]:
    rows = ChartRow.select().order_by(ChartRow.plan, ChartRow.id)
    return [(row.plan_id, row.position, row.sha256, row.added_by, row.added_at, row.removed_at) for row in rows]


async def test_a_plan_can_be_exported_to_be_read(export: ExportService, plan: Plan, dana: Actor):
    exported = await export.days(dana, ExportForm.MARKDOWN, coach=None, first=None, last=None)

    text = exported.content.decode()
    assert exported.filename == "coachbook-2026-11-23-to-2026-11-24.md"
    assert (exported.plans, exported.revisions) == (4, 8)
    assert "## Monday 23 November 2026: Coach D \\(Day Trading\\) (deleted)" in text
    assert "> Long 945\n" in text
    assert "| 2 | chart added | 2026-11-22 10:01:00 | user 1 |" in text
    assert text.index("posted again") < text.index("tuesday")


async def test_the_hash_of_the_newest_revision_is_in_what_is_read(export: ExportService, plan: Plan, ivan: Actor):
    exported = await export.plan(ivan, ExportForm.MARKDOWN, coach="i", day=DAY)

    newest = await export.plan(ivan, ExportForm.JSON_LINES, coach="i", day=DAY)
    assert f"| `{journal_lines(newest.content)[-1]['hash'][:8]}` |" in exported.content.decode()


async def test_members_get_live_plans_only(export: ExportService, plan: Plan, mia: Actor, dana: Actor, ivan: Actor):
    for actor, count in ((mia, 2), (ivan, 2), (dana, 4)):
        exported = await export.days(actor, ExportForm.JSON_LINES, coach=None, first=None, last=None)
        assert exported.plans == count, actor


async def test_a_guild_never_gets_anothers_plans(export: ExportService, plan: Plan, dana: Actor):
    with pytest.raises(NothingToExportError):
        await export.days(elsewhere(dana), ExportForm.MARKDOWN, coach=None, first=None, last=None)


async def test_days_and_coach_choose_the_plans(export: ExportService, plan: Plan, mia: Actor):
    async def days_of(**options: str | None) -> list[str]:
        given = {"coach": None, "first": None, "last": None, **options}
        exported = await export.days(mia, ExportForm.JSON_LINES, **given)
        return [line["day"] for line in journal_lines(exported.content) if line["type"] == "plan"]

    assert await days_of(coach="i") == ["2026-11-23"]
    assert await days_of(first="2026-11-24") == ["2026-11-24"]
    assert await days_of(last="2026-11-23", coach=" ") == ["2026-11-23"]


async def test_days_without_plans_are_refused(export: ExportService, plan: Plan, mia: Actor):
    with pytest.raises(NothingToExportError, match="no plan from"):
        await export.days(mia, ExportForm.ZIP, coach=None, first="2026-01-01", last="2026-02-01")
    with pytest.raises(WrongWayError, match="is after"):
        await export.days(mia, ExportForm.ZIP, coach=None, first="2026-11-24", last="2026-11-23")
    with pytest.raises(UnknownCoachError):
        await export.days(mia, ExportForm.ZIP, coach="nobody", first=None, last=None)


async def test_pictures_that_discord_would_not_take_are_refused(export: ExportService, services: Services, dana: Actor):
    plan = await services.plans.post(dana, coach=None, day=DAY, text="large", operation=fresh())
    large = [services.keep(bytes([number]) * 6 * 2**20) for number in range(2)]
    await services.charts.add(dana, plan.id, Received(tuple(large), ()), fresh())

    with pytest.raises(ExportTooLargeError, match="about 12 MiB, and Discord takes 10"):
        await export.plan(dana, ExportForm.ZIP, coach=None, day=DAY)
    assert (await export.plan(dana, ExportForm.JSON_LINES, coach=None, day=DAY)).revisions == 2


async def test_the_same_plans_give_the_same_bytes(
    export: ExportService, store: Store, services: Services, plan: Plan, dana: Actor, clock: FakeClock
):
    for form in ExportForm:
        before = await export.days(dana, form, coach=None, first=None, last=None)
        clock.move(hours=1)
        assert await export.days(dana, form, coach=None, first=None, last=None) == before


async def test_a_zip_has_the_pictures_and_names_those_that_are_missing(
    export: ExportService, services: Services, plan: Plan, dana: Actor
):
    kept = [services.keep(data) for data in (FIRST, SECOND)]
    gone = services.files.path_of(kept[0].sha256)
    assert gone
    gone.unlink()

    exported = await export.days(dana, ExportForm.ZIP, coach=None, first=None, last=None)

    assert exported.missing == 1
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        assert archive.testzip() is None
        assert archive.read("missing.txt").decode() == f"{kept[0].sha256}\n"
        assert archive.read(f"charts/{kept[1].sha256}.png") == SECOND
        assert f"![chart.png](charts/{kept[1].sha256}.png)" in archive.read("plans.md").decode()


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


ALTERED: dict[str, Change] = {
    "text": lambda lines: _later(lines, 1).update(text="Long 950"),
    "actor": lambda lines: _later(lines, 1).update(actor="2"),
    "note": lambda lines: _later(lines, 1).update(note="a note"),
    "moment": lambda lines: _later(lines, 2).update(at="2026-11-22T15:00:00.000001Z"),
    "kind": lambda lines: _later(lines, 2).update(kind="edited"),
    "salt": lambda lines: _later(lines, 2).update(salt="00" * 16),
    "chart": lambda lines: _later(lines, 2)["charts"][0].update(caption="bought the low"),
    "order of charts": lambda lines: _later(lines, 2)["charts"].reverse(),
    "digest": lambda lines: _later(lines, 2)["digests"].update(text="0" * 64),
    "hash": lambda lines: _later(lines, 2).update(hash="0" * 64),
    "day": lambda lines: lines[3].update(day="2026-11-25"),
    "coach": lambda lines: lines[3].update(coach="i"),
    "guild": lambda lines: lines[0].update(guild="501"),
    "head": lambda lines: lines[3].update(hash="0" * 64),
    "a revision in the middle": lambda lines: lines.remove(_later(lines, 2)),
    "the last revision": lambda lines: lines.remove(_later(lines, 4)),
    "number": lambda lines: _later(lines, 4).update(revision=5),
}
"""What somebody may change in a file; each is found."""


@pytest.mark.parametrize("what", ALTERED)
async def test_whatever_is_altered_is_found_by_the_program_and_by_the_import(
    store: Store, services: Services, plan: Plan, tmp_path: Path, what: str
):
    lines = journal_lines(await all_of(store, services))
    ALTERED[what](lines)
    path = tmp_path / "book.jsonl"
    path.write_bytes(written(lines))
    await store.close()
    other = Store.open(tmp_path / "other.db")

    assert prove(path).returncode == 1
    with pytest.raises((imports.ImportFaultError, JournalFaultError)):
        await other.write(lambda: imports.take_in(imports.read_file(path), plan.posted_at))
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
    missing = imports.keep_pictures(path, journal, there.files)
    taken = await other.write(imports.take_in, journal, plan.posted_at)

    assert taken == imports.TakenIn(4, 8, 0)
    assert len(missing) == (0 if form is ExportForm.ZIP else 2)
    assert await other.read(revisions.verify_all) == []
    assert await all_of(other, there, form) == path.read_bytes()
    assert await other.write(imports.take_in, journal, plan.posted_at) == imports.TakenIn(0, 0, 8)
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
    imports.keep_pictures(path, journal, there.files)
    await other.write(imports.take_in, journal, plan.posted_at)

    restored = await there.plans.restore(dana, coach="d", day=DAY, operation=fresh())

    assert restored.text == "posted again"
    assert (await there.history.show(dana, plan.id)).plan.revision == 4
    assert await other.read(charts_without_ids) == charts
    assert await other.read(revisions.verify_all) == []
    await other.close()


async def test_later_revisions_are_added_to_a_history_that_the_book_has(
    store: Store, services: Services, dana: Actor, tmp_path: Path, clock: FakeClock
):
    plan = await services.plans.post(dana, coach=None, day=DAY, text="first", operation=fresh())
    early, late = tmp_path / "early.jsonl", tmp_path / "late.jsonl"
    early.write_bytes(await all_of(store, services))
    await services.plans.edit(dana, plan.id, "second", seen=1, operation=fresh())
    late.write_bytes(await all_of(store, services))
    assert (await store.write(imports.take_in, imports.read_file(early), clock())).known == 1
    await store.close()
    other = Store.open(tmp_path / "other.db")
    there = Services.on(other, clock)

    await other.write(imports.take_in, imports.read_file(early), clock())
    taken = await other.write(imports.take_in, imports.read_file(late), clock())

    assert taken == imports.TakenIn(0, 1, 1)
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
    await there.plans.post(ivan, coach=None, day=DAY, text="my own", operation=fresh())
    before = await all_of(other, there)

    with pytest.raises(imports.ImportFaultError, match="another plan 1"):
        await other.write(imports.take_in, imports.read_file(path), clock())
    assert await all_of(other, there) == before
    await other.close()


async def test_a_second_plan_for_a_day_is_refused(
    store: Store, services: Services, dana: Actor, tmp_path: Path, clock: FakeClock
):
    await services.plans.post(dana, coach=None, day="2026-11-24", text="first", operation=fresh())
    await services.plans.post(dana, coach=None, day=DAY, text="second", operation=fresh())
    lines = journal_lines(await all_of(store, services))
    kept = [line for line in lines if line.get("plan") != 1]
    path = tmp_path / "book.jsonl"
    path.write_bytes(written(kept))
    await store.close()
    other = Store.open(tmp_path / "other.db")
    await Services.on(other, clock).plans.post(dana, coach=None, day=DAY, text="mine", operation=fresh())

    with pytest.raises(imports.ImportFaultError, match="beside what it has"):
        await other.write(imports.take_in, imports.read_file(path), clock())
    await other.close()


BROKEN: dict[str, tuple[Change, str]] = {
    "nothing": (lambda lines: lines.clear(), "line 1: the file is empty"),
    "no beginning": (lambda lines: lines.pop(0), "line 1: a line of the type coach can't stand here"),
    "two beginnings": (lambda lines: lines.append(lines[0]), "line 16: a line of the type coachbook can't"),
    "another version": (lambda lines: lines[0].update(version=2), "line 1: .*version"),
    "a coach twice": (lambda lines: lines.insert(1, lines[1]), "line 3: coach d has a line already"),
    "a plan twice": (lambda lines: lines.insert(3, lines[3]), "line 5: plan 1 has a line already"),
    "no coach": (lambda lines: lines.pop(1), "line 3: the coach d has no line"),
    "no plan": (lambda lines: lines.pop(3), "line 7: plan 1 has no line"),
    "revisions before plans": (lambda lines: lines.insert(2, lines.pop()), "line 4: .* can't stand here"),
    "a field too many": (lambda lines: lines[3].update(more=1), "line 4: .*more"),
    "a field too few": (lambda lines: lines[3].pop("author"), "line 4: .*author"),
    "no day": (lambda lines: lines[3].update(day="2026-13-01"), "line 4: .*day"),
    "no moment": (lambda lines: lines[-1].update(at="yesterday"), "line 15: .*at"),
    "a number as text": (lambda lines: lines[3].update(plan="1"), "line 4: .*plan"),
    "a huge id": (lambda lines: lines[3].update(plan=2**64), "line 4: .*plan"),
    "a strange kind": (lambda lines: lines[-1].update(kind="burnt"), "line 15: .*kind"),
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
        files = type(services.files).open(tmp_path / f"{place}", clock)
        try:
            journal = imports.read_file(path)
            imports.keep_pictures(path, journal, files)
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
        ({"../book.jsonl": b"", "book.jsonl/": b""}, "has no book.jsonl"),
    ],
)
def test_a_zip_of_something_else_is_refused(tmp_path: Path, entries: dict[str, bytes], says: str):
    path = tmp_path / "book.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)

    with pytest.raises((imports.ImportFaultError, JournalFaultError), match=says):
        imports.read_file(path)


async def test_a_picture_that_is_not_what_its_name_says_is_refused(
    store: Store, services: Services, plan: Plan, tmp_path: Path, clock: FakeClock
):
    whole = await all_of(store, services, ExportForm.ZIP)
    path = tmp_path / "book.zip"
    with zipfile.ZipFile(io.BytesIO(whole)) as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(SECOND, SECOND.swapcase()))
    files = type(services.files).open(tmp_path / "elsewhere", clock)

    with pytest.raises(imports.ImportFaultError, match="is not the picture"):
        imports.keep_pictures(path, imports.read_file(path), files)
