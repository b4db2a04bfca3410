"""Reading the predecessor's file: as it is, in use or not, and never touching it."""

import contextlib
import hashlib
import os
import sqlite3
from pathlib import Path

import pytest

from storage import predecessor
from storage.backup import private_copy
from storage.errors.database import NotAPredecessorError
from tests.predecessor_database import TABLES, Predecessor


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "old"
    folder.mkdir()
    return folder / "old.db"


def states_of(folder: Path) -> dict[str, tuple[str, int]]:
    """Each file's bytes, hashed, and when it was changed."""
    return {
        each.name: (hashlib.sha256(each.read_bytes()).hexdigest(), each.stat().st_mtime_ns) for each in folder.iterdir()
    }


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_rows_are_read_in_the_order_in_which_they_were_written(path: Path, mode: str):
    old = Predecessor.make(path, mode=mode)
    old.plan(18, plan="b")
    old.plan(17, plan="a\0b", author=None)
    old.edit(17, "x", "2024-01-05 10:00")
    old.edit(17, "y", "2024-01-05 09:00")
    before = states_of(path.parent)

    book = predecessor.read(path)

    assert [(plan.id, plan.plan, plan.author) for plan in book.plans] == [("17", "a\0b", None), ("18", "b", "dana")]
    assert [entry.plan_text for entry in book.entries] == ["x", "y"]
    assert states_of(path.parent) == before


def test_what_another_process_has_written_and_not_yet_moved_is_read(path: Path):
    old = Predecessor.make(path, mode="wal")
    with contextlib.closing(sqlite3.connect(path)) as alive:
        alive.execute("INSERT INTO coach_plans (id, plan) VALUES (17, 'in the log')")
        alive.commit()
        alive.execute("INSERT INTO coach_plans (id, plan) VALUES (18, 'not done')")
        before = states_of(path.parent)

        book = predecessor.read(old.path)

        assert [plan.plan for plan in book.plans] == ["in the log"]
        assert before == states_of(path.parent)
        assert "old.db-wal" in before


def test_what_a_killed_writer_left_half_done_is_not_read(path: Path, tmp_path: Path):
    old = Predecessor.make(tmp_path / "alive.db")
    old.plan(17, plan="whole")
    with contextlib.closing(sqlite3.connect(old.path)) as alive:
        alive.execute("PRAGMA cache_size = 1")
        alive.execute("UPDATE coach_plans SET plan = 'half'")
        for number in range(20):
            alive.execute("INSERT INTO coach_plans (plan) VALUES (?)", ["x" * 4000 * number])
        for ending in ("", "-journal"):
            path.with_name(f"old.db{ending}").write_bytes(Path(f"{old.path}{ending}").read_bytes())
    before = states_of(path.parent)

    assert [plan.plan for plan in predecessor.read(path).plans] == ["whole"]
    assert states_of(path.parent) == before


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_file_that_changes_all_the_time_is_read_by_sqlites_means(
    path: Path, mode: str, monkeypatch: pytest.MonkeyPatch
):
    old = Predecessor.make(path, mode=mode)
    old.plan(17)
    monkeypatch.setattr(private_copy, "TRIES", 0)
    with contextlib.closing(sqlite3.connect(path)) as alive:
        alive.execute("SELECT * FROM coach_plans").fetchall()

        assert [plan.id for plan in predecessor.read(path).plans] == ["17"]


def test_values_that_are_no_text_are_read_as_text(path: Path):
    old = Predecessor.make(path)
    old.plan(17, plan=b"\xff\xfe", author=5, created_at=1704445200.5, is_deleted=True)

    plan = predecessor.read(path).plans[0]

    assert (plan.plan, plan.author, plan.created_at, plan.is_deleted) == ("\udcff\udcfe", "5", "1704445200.5", "1")


@pytest.mark.parametrize("encoding", ["UTF-16le", "UTF-16be"])
def test_other_encodings_are_read(path: Path, encoding: str):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA encoding = '{encoding}'")
        connection.execute("CREATE TABLE other (name TEXT)")
    old = Predecessor.make(path)
    old.plan(17, plan="längs \U0001f4c8")
    old.plan(18, plan=b"odd")

    found = [plan.plan for plan in predecessor.read(path).plans]
    assert found[0] == "längs \U0001f4c8"
    assert str(found[1]).endswith("\udcff")


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_is_named(path: Path, table: str):
    Predecessor.make(path, without=table)

    with pytest.raises(NotAPredecessorError, match=f"it has no table {table}"):
        predecessor.read(path)


def test_missing_columns_are_named(path: Path):
    Predecessor.make(path, "ALTER TABLE plan_history DROP COLUMN edited_by")

    with pytest.raises(NotAPredecessorError, match="plan_history has no column edited_by"):
        predecessor.read(path)


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        (("UPDATE schema_version SET version = 2",), "says 2, and only version 1"),
        (("INSERT INTO schema_version VALUES (2)",), "says 1, 2"),
        (("DELETE FROM schema_version",), "says nothing"),
        (("ALTER TABLE schema_version ADD COLUMN name TEXT",), "a database of Coachbook"),
        (("DROP TABLE plan_charts", "CREATE VIEW plan_charts AS SELECT 1"), "no table plan_charts"),
        (
            (
                "DROP TABLE plan_charts",
                "CREATE TABLE plan_charts (plan_id PRIMARY KEY, chart_url, filename, added_at) WITHOUT ROWID",
            ),
            "no such column: rowid",
        ),
    ],
)
def test_a_database_of_another_kind_is_refused(path: Path, statements: tuple[str, ...], says: str):
    Predecessor.make(path, *statements)
    before = states_of(path.parent)

    with pytest.raises(NotAPredecessorError, match=says):
        predecessor.read(path)
    assert states_of(path.parent) == before


@pytest.mark.parametrize("data", [b"", b"no database, but a text" * 99, b"\0" * 4096])
def test_a_file_that_is_no_database_is_refused(path: Path, data: bytes):
    path.write_bytes(data)

    with pytest.raises(NotAPredecessorError, match=r"not a SQLite database|no table"):
        predecessor.read(path)
    assert path.read_bytes() == data


def test_places_without_a_file_are_refused(path: Path):
    os.mkfifo(path)
    for place in (path.parent, path.with_name("gone.db"), path, path / "x", Path("/dev/null")):
        with pytest.raises(NotAPredecessorError):
            predecessor.read(place)


def test_a_damaged_file_is_refused_or_read_as_it_was(path: Path):
    old = Predecessor.make(path)
    old.fill(300)
    whole, data = predecessor.read(path), path.read_bytes()

    refused = 0
    for place in range(0, len(data), len(data) // 40):
        path.write_bytes(data[:place] + bytes(255 - byte for byte in data[place : place + 200]) + data[place + 200 :])
        try:
            found = predecessor.read(path)
        except NotAPredecessorError:
            refused += 1
        else:
            assert len(found.plans) == len(whole.plans)
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(NotAPredecessorError, match="damaged"):
        predecessor.read(path)
    assert refused > 5
