"""Backups after the first: the histories of the plans that changed are proved, and whatever else changed is found."""

import asyncio
import dataclasses
import datetime
import json
import zipfile
from pathlib import Path

import apsw
import pytest

from bot.cli import backups
from bot.config.settings import Config
from bot.domain.clock import utc_now
from bot.domain.commands import EditPlan
from bot.domain.values import BackupResult, PlanId
from bot.service.backups.inventory import inspect
from storage.backup import archive, create
from storage.backup.archive import read_list
from storage.backup.changes import MAX_AGE, Changes
from storage.backup.contents import Contents
from storage.backup.create import Created
from storage.errors.backups import BackupFailedError
from storage.search_index import FAULT
from storage.store import Store
from tests.bot.cli.test_backups import config_of, content, ignore, is_ok, restored, run, settings, write_plans
from tests.crash.killed_command import is_killed
from tests.service.scene import DANA, FakeClock, Services, fresh

DAY = datetime.timedelta(days=1)
TRIGGERS = {
    "plan_history": ("plan_history_is_only_erased", "plan_history_stays"),
    "plan_charts": ("plan_charts_stays", "plan_charts_keeps_its_pictures"),
}
"""The triggers that refuse what the tests do."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of four plans and one backup of it."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "kept").mkdir()
    write_plans(folder / "kept", 4)
    back_up(config_of(folder / "kept"))
    return folder


@pytest.fixture
def config(made: Path, tmp_path: Path) -> Config:
    """The configuration of a copy of both."""
    for path in made.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(made)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    return config_of(tmp_path / "kept")


def back_up(config: Config) -> BackupResult:
    return backups.create_backup(backups.paths_of(config), config.backup_folder, ignore)


def back_up_at(config: Config, moment: datetime.datetime) -> Created:
    return create.create(backups.paths_of(config), config.backup_folder, inspect, lambda: moment, ignore)


def all_of(config: Config) -> list[Path]:
    """Return the paths of the backups, the oldest first."""
    return sorted(config.backup_folder.glob("*.zip"), key=lambda path: read_list(path).made_at)


def edit(config: Config, *plan_ids: int) -> None:
    async def edit_all() -> None:
        services = Services.on(Store.open(config.storage.path), FakeClock())
        for plan_id in plan_ids:
            await services.plans.edit(DANA, EditPlan(PlanId(plan_id), f"changed {utc_now()}"), fresh())
        await services.plans.store.close()

    asyncio.run(edit_all())


def tamper(config: Config, table: str, statement: str) -> None:
    """Change rows as somebody who knows the triggers and constraints would: the structure stays as it was."""
    connection = apsw.Connection(str(config.storage.path))
    connection.pragma("ignore_check_constraints", 1)
    triggers = TRIGGERS.get(table, ())
    named = f"FROM sqlite_master WHERE name IN ({', '.join(map(repr, triggers))})" if triggers else "WHERE 0"
    definitions = [sql for (sql,) in connection.execute(f"SELECT sql {named}")] if triggers else []
    with connection:
        for trigger in triggers:
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)
        for definition in definitions:
            connection.execute(definition)
    connection.close()


def test_the_first_proves_all_and_the_next_what_changed(config: Config):
    [first] = map(read_list, all_of(config))
    assert first.proved_at == first.made_at

    edit(config, 2, 4)
    made = back_up(config)

    assert (made.plans, made.proved) == (4, 2)
    assert read_list(all_of(config)[-1]).proved_at == first.made_at
    assert back_up(config).proved == 0


def test_plans_that_are_new_are_proved(config: Config):
    write_plans(config.storage.path.parent, 3, first=10)

    assert back_up(config).proved == 3


def test_the_command_says_how_many_histories_it_proved(config: Config):
    edit(config, 3)

    status, said = run(config.storage.path.parent, "backup")

    assert status == 0, said
    assert "plans: 4 (histories proved, as they changed: 1), revisions: 9" in said


@pytest.mark.parametrize(
    ("table", "statement", "fault"),
    [
        ("coach_plans", "UPDATE coach_plans SET text = 'altered' WHERE id = 1", "plan 1, revision 2: the plan is not"),
        ("coach_plans", "UPDATE coach_plans SET author_id = 7 WHERE id = 1", "plan 1, revision 1: the plan does not"),
        ("plan_history", "UPDATE plan_history SET text = 'altered' WHERE id = 1", "plan 1, revision 1: its text was"),
        ("plan_history", "DELETE FROM plan_history WHERE id = 2", "plan 1, revision 1: the plan is not what"),
        ("plan_history", "UPDATE plan_history SET plan_id = 2, revision = 3 WHERE id = 2", "plan [12], revision"),
        ("plan_charts", "UPDATE plan_charts SET caption = 'altered' WHERE id = 1", "plan 1, .*the plan's charts are"),
        (
            "plan_charts",
            "UPDATE plan_charts SET plan_id = 2, removed_at = added_at WHERE id = 1",
            "plan 1, .*the plan's charts are",
        ),
        ("plan_charts", "DELETE FROM plan_charts WHERE id = 1", "plan 1, .*the plan's charts are"),
        ("coaches", "UPDATE coaches SET key = 'z' WHERE key = 'd'", "plan 1, revision 1: its hash does not fit it"),
        ("cards", "UPDATE cards SET wanted = 0, done = 0 WHERE id = 1", "CHECK constraint failed in cards"),
        ("cards", "UPDATE cards SET done = wanted WHERE id = 1", "plan 1: its card counts as current"),
        (
            "read_markers",
            "INSERT INTO read_markers VALUES (1, 1, 1, -5, '2026-11-26T00:00:00.000000Z')",
            "CHECK constraint failed in read_markers",
        ),
        ("cards", "UPDATE cards SET plan_id = 99 WHERE id = 1", "a row of cards .* points to a row"),
    ],
)
def test_a_row_of_an_unchanged_plan_that_was_altered_is_found_by_the_next_backup(
    config: Config, table: str, statement: str, fault: str
):
    edit(config, 4)
    assert back_up(config).proved == 1
    tamper(config, table, statement)

    with pytest.raises(BackupFailedError, match=f"the database has errors: {fault}"):
        back_up(config)

    assert len(all_of(config)) == 2


def test_an_index_that_lacks_a_row_is_found_by_the_next_backup(config: Config):
    connection = apsw.Connection(str(config.storage.path))
    [(definition,)] = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'coach_plans_author'")
    connection.pragma("writable_schema", 1)
    altered = "UPDATE sqlite_master SET sql = ? WHERE name = 'coach_plans_author'"
    connection.execute(altered, (f"{definition} AND id <> 1",))
    connection.close()
    tamper(config, "coach_plans", "REINDEX coach_plans_author")
    connection = apsw.Connection(str(config.storage.path))
    connection.pragma("writable_schema", 1)
    connection.execute(altered, (definition,))
    connection.close()

    with pytest.raises(BackupFailedError, match="row 1 missing from index coach_plans_author"):
        back_up(config)


@pytest.mark.parametrize(
    ("days", "proved"), [(6, 1), (7, 4), (-1, 4)], ids=["within a week", "after a week", "clock put back"]
)
def test_after_a_week_all_are_proved_again(config: Config, days: int, proved: int):
    [first] = map(read_list, all_of(config))
    edit(config, 1)
    moment = datetime.datetime.fromisoformat(first.made_at) + datetime.timedelta(days=days)

    made = back_up_at(config, moment)

    assert made.contents.proved == proved
    assert made.manifest.proved_at == (moment.isoformat() if proved == 4 else first.made_at)


def test_the_week_does_not_begin_again_with_each_backup(config: Config):
    begin = datetime.datetime.fromisoformat(read_list(all_of(config)[0]).made_at)

    proved = [back_up_at(config, begin + datetime.timedelta(days=day)).contents.proved for day in range(1, 9)]

    assert proved == [0, 0, 0, 0, 0, 0, 4, 0]


def test_a_fault_that_the_last_backup_has_too_is_found_after_a_week(config: Config):
    """As if a version that overlooks faults had made it: only what changed since is proved."""
    tamper(config, "plan_history", "UPDATE plan_history SET text = 'altered' WHERE id = 1")
    last = create.create(backups.paths_of(config), config.backup_folder, overlook_faults, utc_now, ignore)
    edit(config, 4)

    assert back_up(config).proved == 1
    with pytest.raises(BackupFailedError, match="plan 1, revision 1: its text was altered"):
        back_up_at(config, datetime.datetime.fromisoformat(last.manifest.last_proof) + MAX_AGE)


def overlook_faults(database: Path, changed: Changes | None) -> Contents:
    return dataclasses.replace(inspect(database, changed), faults=())


def repacked(path: Path, **fields: object) -> None:
    """Write the backup again with other fields in its manifest; None: without the field."""
    with zipfile.ZipFile(path) as file:
        manifest = {**json.loads(file.read("manifest.json")), **fields}
        database = file.read("book.db")
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("book.db", database)
        file.writestr("manifest.json", json.dumps({name: each for name, each in manifest.items() if each is not None}))


def test_a_backup_of_an_earlier_version_counts_as_proved_when_it_was_made(config: Config):
    [older] = all_of(config)
    made_at = read_list(older).made_at
    repacked(older, version=1, proved_at=None)
    edit(config, 3)

    assert back_up(config).proved == 1
    assert read_list(all_of(config)[-1]).proved_at == made_at


def altered_database(path: Path) -> None:
    place, size = archive.find_database(path, read_list(path))
    content = bytearray(path.read_bytes())
    content[place + size - 100] ^= 1
    path.write_bytes(content)


def misplaced_database(path: Path) -> None:
    """Make the ZIP's directory say that the database begins behind the end of the file."""
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 42 : entry + 46] = len(content).to_bytes(4, "little")
    path.write_bytes(content)


@pytest.mark.parametrize(
    "spoil",
    [
        altered_database,
        misplaced_database,
        lambda path: repacked(path, proved_at=(utc_now() + 365 * DAY).isoformat()),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.unlink(),
        lambda path: repacked(path, book="0" * 32),
    ],
    ids=["altered", "misplaced", "proved in the future", "cut", "removed", "of another database"],
)
def test_without_a_whole_backup_all_are_proved(config: Config, spoil):
    [first] = all_of(config)
    spoil(first)

    assert back_up(config).proved == 4


def test_with_another_structure_all_are_proved(config: Config):
    connection = apsw.Connection(str(config.storage.path))
    connection.execute("ANALYZE")
    connection.close()

    assert back_up(config).proved == 4
    assert back_up(config).proved == 0


@pytest.mark.parametrize(
    ("statement", "is_found"),
    [("DELETE FROM search_index_data", True), ("INSERT INTO search_index (search_index) VALUES ('delete-all')", False)],
    ids=["damaged", "of other texts"],
)
def test_a_faulty_full_text_index_stops_no_backup(config: Config, tmp_path: Path, statement: str, is_found: bool):
    tamper(config, "search_index", statement)

    assert back_up(config).is_index_sound != is_found
    [*_, last] = all_of(config)
    last.unlink()
    status, said = run(tmp_path / "kept", "backup", "--to", str(tmp_path / "first"))
    assert (status, FAULT in " ".join(said.split())) == (0, True)

    [made] = (tmp_path / "first").glob("*.zip")
    restored(config, made, force=True)
    assert is_ok(run(tmp_path / "kept", "check"))


def test_each_backup_can_be_restored_alone(config: Config, tmp_path: Path):
    edit(config, 1)
    back_up(config)
    edit(config, 2)
    back_up(config)
    before = content(config.storage.path.parent)
    *others, last = all_of(config)
    for each in others:
        each.unlink()

    restored(config, last, force=True)

    assert content(tmp_path / "kept") == before
    assert is_ok(run(tmp_path / "kept", "check", "--deep"))
    assert back_up(config).proved == 0


def test_a_backup_after_a_restore_does_not_count_as_having_what_was_there_before(config: Config):
    [before] = map(read_list, all_of(config))
    edit(config, 1)
    back_up(config)
    first, given_up = all_of(config)
    timelines = {before.timeline}
    for _ in range(2):
        restored(config, first, force=True)
        edit(config, 2, 3)
        back_up(config)
        later = read_list(all_of(config)[-1])
        timelines.add(later.timeline)
        assert later.revisions > read_list(given_up).revisions
        assert not later.covers(read_list(given_up))
        back_up(config)
        assert read_list(all_of(config)[-1]).covers(later)

    assert len(timelines) == 3


@pytest.mark.parametrize("name", ["storage.backup.file_names.move_to_new", "os.fsync"])
def test_a_backup_that_is_killed_leaves_whole_ones_to_the_next(config: Config, tmp_path: Path, name: str):
    edit(config, 2)
    kills = 0
    while is_killed("backup", name, kills, env=settings(tmp_path / "kept")):
        kills += 1

    assert kills
    [proved_at] = {backups.verify_backup(each).proved_at for each in all_of(config)}
    assert proved_at == read_list(all_of(config)[0]).made_at
    assert back_up(config).proved == 0
