"""Every step is taken whole and once, can be undone, and ends where the rows say."""

import datetime
import json
import pathlib
import shutil
from collections.abc import Callable
from concurrent import futures

import apsw
import pytest
from playhouse.schema_diff import diff_models

from bot.service.records import lineages
from storage import file_checks, migrate, opening
from storage.connections import database
from storage.errors.backups import BackupFailedError
from storage.errors.database import MigrationFailedError
from storage.models import (
    ALL_ROWS,
    CardChannelRow,
    CardRow,
    CoachCountsRow,
    CoachRow,
    DraftRow,
    GuildSettingsRow,
    PlanRow,
)
from tests.processes import DEADLINE
from tests.storage import child_process, rows

Directory = Callable[..., pathlib.Path]

STEPS = sorted(file.stem for file in migrate.MIGRATIONS.glob("[0-9]*.py"))

GOOD = """
def up(migrator, db):
    db.execute_sql("CREATE TABLE moons (name TEXT)")
"""
BAD = """
def up(migrator, db):
    db.execute_sql("CREATE TABLE moons (name TEXT)")
    db.execute_sql("INSERT INTO moons VALUES ('half')")
    raise LookupError("no such moon")
"""
ENDLESS = """
def up(migrator, db):
    db.execute_sql("CREATE TABLE moons (name TEXT)")
    if db.database != ":memory:":
        print("halfway", flush=True)
        db.execute_sql("INSERT INTO moons WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n")
"""
MUCH = 1 << 22
"""Bytes in the log: more than a page cache holds."""
WAITING = (
    GOOD
    + """
    if db.database != ":memory:":
        print("halfway", flush=True)
        input()
"""
)


@pytest.fixture
def steps(tmp_path: pathlib.Path) -> Directory:
    """A folder with the real steps and those given as name=source."""

    def made(**sources: str) -> pathlib.Path:
        directory = tmp_path / "_".join(["steps", *sources])
        shutil.copytree(migrate.MIGRATIONS, directory, ignore=shutil.ignore_patterns("__pycache__"))
        for name, source in sources.items():
            (directory / f"{name.lstrip('_')}.py").write_text(source)
        return directory

    return made


def schema() -> dict[str, str]:
    found = database.execute_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: sql for name, sql in found if not name.startswith("sqlite_")}


def schema_of_rows(path: pathlib.Path) -> dict[str, str]:
    with opening.connected(path):
        database.create_tables([migrate.SchemaVersionRow, *ALL_ROWS])
        return schema()


def test_the_rows_are_what_the_steps_made(book: pathlib.Path):
    diff = diff_models(database, [migrate.SchemaVersionRow, *ALL_ROWS])

    assert not diff, str(diff)


def test_the_rows_have_every_check_and_index_that_the_steps_made(path: pathlib.Path, tmp_path: pathlib.Path):
    opening.prepare(path)
    with opening.connected(path):
        migrated = schema()

    expected = schema_of_rows(tmp_path / "rows.db")

    index = {name for name in migrated if name.startswith("search_index")} | {"revision_texts"}
    triggers = {name for name, sql in migrated.items() if sql.startswith("CREATE TRIGGER")}
    assert {name: migrated[name] for name in migrated.keys() - triggers - index} == expected
    assert triggers == {
        "plan_history_follows",
        "plan_history_stays",
        "plan_history_is_only_erased",
        "plan_charts_stays",
        "plan_charts_keeps_its_pictures",
        "card_channels_of_new",
        "card_channels_of_moved",
        "coach_counts_of_new_plans",
        "coach_counts_of_changes",
        "coach_counts_of_charts",
        "search_index_of_new",
        "search_index_of_erased",
    }


def test_every_table_is_strict(book: pathlib.Path):
    listed = [row for row in database.execute_sql("PRAGMA table_list") if not row[1].startswith("sqlite_")]
    tables = {name: is_strict for _, name, kind, _, _, is_strict in listed if kind == "table"}

    expected = {"schema_version", *(row._meta.table_name for row in ALL_ROWS)}
    assert tables == dict.fromkeys(expected, 1)


def test_every_step_can_be_undone_and_taken_again(book: pathlib.Path):
    before = schema()
    rows.plan()

    undone = [name for _ in STEPS for name in migrate.down()]

    assert undone == STEPS[::-1]
    assert schema().keys() == {"schema_version", "schema_version_name"}
    assert migrate.up(book) == STEPS
    assert schema() == before


def test_the_channels_of_the_cards_that_are_there_are_found(book: pathlib.Path):
    CardRow.create(plan=rows.plan(), channel_id=9, nonce="n")
    while migrate.down() != ["0010_card_channels"]:
        pass

    migrate.up(book)

    assert [(row.guild_id, row.channel_id) for row in CardChannelRow.select()] == [(rows.GUILD_ID, 9)]


def test_what_is_there_is_counted_as_if_it_had_been_counted_from_the_start(book: pathlib.Path):
    edited = rows.plan()
    deleted = rows.plan(coach=edited.coach, day=datetime.date(2026, 11, 23), revision=2)
    PlanRow.update(revision=4).where(PlanRow.id == edited.id).execute()
    PlanRow.update(revision=3, deleted_at=rows.NOW, deleted_by=7).where(PlanRow.id == deleted.id).execute()
    other = CoachRow.create(guild=rows.GUILD_ID, key="s", name="Coach S", created_at=rows.NOW)
    rows.plan(coach=other, revision=5, deleted_at=rows.NOW, deleted_by=7)
    rows.chart(edited, removed_at=rows.NOW)
    rows.chart(edited)
    pictures = '[{"bytes": 70, "url": "https://cdn.example/1.png"}, {"bytes": 200, "sha256": ""}]'
    values = {"guild_id": rows.GUILD_ID, "user_id": 7, "kind": "post", "created_at": rows.NOW}
    DraftRow.create(text="Long", pictures=pictures, **values)
    counted = [(row.plans, row.deleted, row.edits, row.charts) for row in CoachCountsRow.select()]

    while migrate.down() != ["0015_indexes_and_counts"]:
        pass
    migrate.up(book)

    assert [(row.plans, row.deleted, row.edits, row.charts) for row in CoachCountsRow.select()] == counted
    assert counted == [(2, 1, 5, 2), (1, 1, 4, 0)]
    assert DraftRow.get().size == len("Long") + 270


LATE = "sent with #3"


@pytest.mark.parametrize(
    ("texts", "notes", "lineage"),
    [
        ("AB", {}, [1, 2]),
        ("ABAC", {}, [1, 4]),
        ("ABCDBE", {}, [1, 2, 6]),
        ("ABAB", {}, [1, 4]),
        ("ABCDE", {4: LATE}, [1, 2, 4, 5]),
        ("ABCDB", {4: f"{LATE}; sent before"}, [1, 2]),
        ("AB", {1: LATE}, [1, 2]),
        ("A--A-", {}, [1, 5]),
        ("--", {}, [1, 2]),
    ],
)
def test_histories_that_are_there_have_the_lineage_that_they_would_have_made(
    book: pathlib.Path, texts: str, notes: dict[int, str], lineage: list[int]
):
    plan = rows.plan(revision=len(texts), lineage="[7]")
    history = [
        rows.revision(
            plan,
            number,
            rows.HASH if number > 1 else "",
            note=notes.get(number),
            text=None if text == "-" else text,
        )
        for number, text in enumerate(texts, 1)
    ]

    while migrate.down() != ["0021_lineages"]:
        pass
    migrate.up(book)

    assert PlanRow.get().lineage == json.dumps(lineage)
    assert lineages.of_history(history) == lineage


def test_foreign_keys_are_on_again_after_a_step(book: pathlib.Path):
    assert database.foreign_keys == 1


def test_a_step_holds_the_book_from_its_first_statement(book: pathlib.Path):
    other = apsw.Connection(str(book))

    with database.atomic(), pytest.raises(apsw.BusyError):
        other.execute("BEGIN IMMEDIATE")

    other.close()


def test_what_is_up_to_date_is_left_alone(book: pathlib.Path):
    assert migrate.pending() == []
    assert migrate.up(book) == []


def test_a_new_step_finds_a_copy_of_the_book_as_it_was(book: pathlib.Path, steps: Directory):
    rows.guild()

    assert migrate.up(book, steps(_0099_moons=GOOD)) == ["0099_moons"]

    copy = book.with_name("book.db.before-0099_moons.backup")
    connection = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READONLY)
    found = list(connection.execute("SELECT guild_id FROM guild_settings"))
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert found == [(rows.GUILD_ID,)]
    assert "moons" not in tables
    assert not list(book.parent.glob("*.part*"))


def test_a_new_book_is_not_copied(book: pathlib.Path):
    assert not list(book.parent.glob("*.backup"))


def test_without_a_copy_nothing_is_done(book: pathlib.Path, steps: Directory):
    book.with_name("book.db.before-0099_moons.backup").mkdir()

    with pytest.raises(BackupFailedError, match="nothing was changed"):
        migrate.up(book, steps(_0099_moons=GOOD))

    assert "moons" not in schema()


def test_a_book_with_dangling_rows_is_not_migrated(book: pathlib.Path, steps: Directory):
    database.pragma("foreign_keys", 0)
    database.execute_sql("INSERT INTO coach_members VALUES (1, 404, 'user', 7)")

    with pytest.raises(BackupFailedError, match="1 rows point to rows that are not there"):
        migrate.up(book, steps(_0099_moons=GOOD))

    assert "moons" not in schema()
    assert not list(book.parent.glob("*.backup*"))


def test_a_damaged_book_is_not_migrated(book: pathlib.Path, steps: Directory):
    database.pragma("ignore_check_constraints", 1)
    database.execute_sql(
        "INSERT INTO guild_settings (guild_id, timezone, seed, created_at) VALUES (1, 'UTC', 'no JSON', 'never')"
    )

    with pytest.raises(BackupFailedError, match="the copy is damaged: CHECK"):
        migrate.up(book, steps(_0099_moons=GOOD))

    assert "moons" not in schema()
    assert not list(book.parent.glob("*.backup*"))


def test_a_step_that_fails_leaves_nothing_and_those_before_it_stay(book: pathlib.Path, steps: Directory):
    directory = steps(_0098_sun="def up(migrator, db): pass", _0099_moons=BAD)

    with pytest.raises(MigrationFailedError, match=r"0099_moons .* no such moon") as caught:
        migrate.up(book, directory)

    assert caught.value.name == "0099_moons"
    assert "moons" not in schema()
    assert migrate.pending(directory) == ["0099_moons"]


def test_a_kill_in_the_middle_of_a_step_leaves_nothing(path: pathlib.Path, steps: Directory):
    opening.prepare(path)
    with opening.connected(path):
        rows.guild()
    child = child_process.start("prepare", path, steps(_0099_moons=WAITING))
    assert child.stdout is not None
    assert [child.stdout.readline() for _ in range(2)] == ["at the door\n", "halfway\n"]

    child.kill()
    child.communicate()

    again = steps(_0099_moons_again=GOOD)
    with opening.connected(path):
        assert "moons" not in schema()
        assert GuildSettingsRow.select().count() == 1
    opening.prepare(path, again)
    with opening.connected(path):
        assert "moons" in schema()
        assert file_checks.faults() == []


def test_a_signal_in_the_middle_of_a_long_statement_leaves_nothing(path: pathlib.Path, steps: Directory):
    opening.prepare(path)
    child = child_process.start("prepare", path, steps(_0099_moons=ENDLESS))
    assert child.stdout is not None
    assert [child.stdout.readline() for _ in range(2)] == ["at the door\n", "halfway\n"]
    while path.with_name("book.db-wal").stat().st_size < MUCH:
        assert child.poll() is None

    child.terminate()

    assert child.communicate(timeout=DEADLINE) == ("", None)
    assert child.returncode == 0
    with opening.connected(path):
        assert "moons" not in schema()
        assert migrate.pending() == []


def test_a_signal_ends_the_wait_for_another_process(path: pathlib.Path, steps: Directory):
    directory = steps(_0099_moons=WAITING)
    first, second = (child_process.start("prepare", path, directory) for _ in range(2))
    for child in (first, second):
        assert child.stdout is not None
        assert child.stdout.readline() == "at the door\n"
    with futures.ThreadPoolExecutor() as readers:
        lines = {readers.submit(child.stdout.readline): child for child in (first, second) if child.stdout}
        (said,), _ = futures.wait(lines, DEADLINE, futures.FIRST_COMPLETED)
        busy = lines[said]
        waiting = second if busy is first else first

        waiting.terminate()

        assert waiting.wait(DEADLINE) == 0
    busy.communicate("\n", timeout=DEADLINE)
    waiting.communicate()
    assert busy.returncode == 0


def test_a_kill_before_there_was_anything_leaves_a_book_that_opens(path: pathlib.Path, tmp_path: pathlib.Path):
    directory = tmp_path / "steps"
    directory.mkdir()
    (directory / "0001_first_book.py").write_text(WAITING)
    child = child_process.start("prepare", path, directory)
    assert child.stdout is not None
    assert [child.stdout.readline() for _ in range(2)] == ["at the door\n", "halfway\n"]

    child.kill()
    child.communicate()

    opening.prepare(path)
    with opening.connected(path):
        assert file_checks.faults() == []


def test_of_two_processes_one_migrates_and_the_other_waits(path: pathlib.Path, steps: Directory):
    directory = steps(_0099_moons=WAITING)
    first = child_process.start("prepare", path, directory)
    assert first.stdout is not None
    assert [first.stdout.readline() for _ in range(2)] == ["at the door\n", "halfway\n"]
    second = child_process.start("prepare", path, directory)
    assert second.stdout is not None
    assert second.stdout.readline() == "at the door\n"

    said = [child.communicate("\n", timeout=DEADLINE)[0] for child in (first, second)]

    assert (first.returncode, second.returncode) == (0, 0)
    assert said == ["", ""]
    with opening.connected(path):
        names = [row.name for row in migrate.SchemaVersionRow.select()]
    assert names == [*STEPS, "0099_moons"]


def test_processes_that_make_the_same_book_at_once_make_one(path: pathlib.Path):
    several = [child_process.start("prepare", path, migrate.MIGRATIONS) for _ in range(4)]

    for child in several:
        child.communicate(timeout=DEADLINE)

    assert [child.returncode for child in several] == [0] * len(several)
    with opening.connected(path):
        assert migrate.SchemaVersionRow.select().count() == len(STEPS)
        assert file_checks.faults() == []
