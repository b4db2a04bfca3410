"""A database that an older or a newer Coachbook made: each command says so, and only `run` and `migrate` change it."""

import sqlite3
from pathlib import Path

import apsw
import pytest

from bot.domain.clock import utc_now
from storage import migrate, opening
from storage.chart_files import ChartFiles
from storage.process_lock import lock_database
from tests.bot.cli.test_backups import config_of, create_backup
from tests.bot.cli.test_commands import GUILD, run
from tests.bot.cli.test_hostile_files import Backup, alter, files_in

NEEDED, BEFORE = (step.stem for step in sorted(migrate.MIGRATIONS.glob("[0-9]*.py"))[:-3:-1])
FIRST_RELEASE = Path(__file__).parents[2] / "storage" / "first_release.sql"
NEWER = "9999_moons"
NEEDING = {
    "export": ("plans.jsonl", *GUILD),
    "import": ("given.jsonl",),
    "import-predecessor": ("old.db", "--unmapped", *GUILD),
    "import-predecessor --dry-run": ("old.db", "--unmapped", *GUILD),
}
"""The commands that need a database of this program's version, and don't migrate one."""


@pytest.fixture
def older(folder: Path) -> Path:
    """That folder, as the release before the last migration left it."""
    with opening.connected(folder / "book.db"):
        migrate.down()
    return folder


@pytest.fixture
def newer(folder: Path) -> Path:
    """That folder, as a release with one migration more left it."""
    alter(
        folder / "book.db",
        "CREATE TABLE moons (name TEXT) STRICT",
        f"INSERT INTO schema_version (name, applied) VALUES ('{NEWER}', 'some day')",  # noqa: S608 - a name of this test
    )
    return folder


def applied(database: Path) -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return [name for (name,) in connection.execute("SELECT name FROM schema_version ORDER BY id")]
    finally:
        connection.close()


@pytest.mark.parametrize("command", NEEDING)
def test_an_older_database_is_refused_and_not_migrated(older: Path, command: str):
    before = files_in(older)
    name, *more = command.split()

    status, said = run(older, name, *NEEDING[command], *more)

    assert status == 1
    assert f"{older / 'book.db'} was made by an older version of Coachbook" in said
    assert BEFORE in said
    assert NEEDED in said
    assert files_in(older) == before


def test_an_older_database_is_checked_whole_and_not_migrated(older: Path):
    before = files_in(older)

    status, said = run(older, "check")

    assert (status, said.splitlines()[-1]) == (0, "ok")
    assert f"it has schema {BEFORE}; this program needs {NEEDED}" in said
    assert files_in(older) == before


def test_an_upgrade_is_described_and_not_made(older: Path):
    before = files_in(older)

    status, said = run(older, "upgrade-check")

    assert (status, said.splitlines()[-1]) == (0, "ready: the next start migrates it")
    assert f"it has schema {BEFORE}; this program needs {NEEDED}" in said
    assert f"Migrations (1): {NEEDED}" in said
    assert "Time: up to 1 s" in said
    assert files_in(older) == before
    assert run(older, "migrate")[0] == 0
    assert run(older, "upgrade-check")[1].splitlines()[-1] == "up to date"


def test_there_is_nothing_to_upgrade_without_a_database(folder: Path):
    status, said = run(folder, "upgrade-check", COACHBOOK_STORAGE__PATH=str(folder / "none.db"))

    assert (status, f"There is no database at {folder / 'none.db'}" in said) == (1, True)


def test_a_check_finds_what_was_altered_in_an_older_database(older: Path):
    alter(older / "book.db", "UPDATE coach_plans SET text = 'what was never said'")

    status, said = run(older, "check")

    assert status == 1
    assert "plan 1, revision" in said


def test_an_older_database_is_backed_up_as_it_is_and_restored(older: Path, tmp_path: Path):
    before = files_in(older)

    status, said = run(older, "backup", "--to", str(tmp_path / "to"))

    assert (status, "plans: 2, revisions: 4, pictures: 2" in said) == (0, True), said
    assert f"it has schema {BEFORE}; this program needs {NEEDED}" in said
    assert files_in(older) == before
    [backup] = (tmp_path / "to").iterdir()
    status, said = run(older, "restore", str(backup), "--to-dir", str(tmp_path / "back"))
    assert (status, f"it has schema {BEFORE}; this program needs {NEEDED}" in said) == (0, True), said
    assert applied(tmp_path / "back" / "book.db") == applied(older / "book.db")


def test_a_backup_of_the_first_release_is_restored_and_goes_on(tmp_path: Path):
    """Its database has no name yet: each copy gets its own when it is migrated."""
    folder, back = tmp_path / "first", tmp_path / "back"
    folder.mkdir()
    database = apsw.Connection(str(folder / "book.db"))
    database.execute(FIRST_RELEASE.read_text(encoding="utf-8"))
    database.close()
    backup = create_backup(config_of(folder))

    assert run(folder, "restore", str(backup), "--to-dir", str(back))[0] == 0
    assert run(back, "migrate")[0] == 0
    [name] = sqlite3.connect(back / "book.db").execute("SELECT name FROM book").fetchone()
    assert ChartFiles.open(back / "charts", utc_now).folder.belongs_to(name)
    assert run(back, "restore", str(create_backup(config_of(back))), "--force")[0] == 0
    assert run(back, "check")[1].splitlines()[-1] == "ok"


def test_an_older_backup_is_checked_whole_before_it_is_restored(older: Path, tmp_path: Path):
    backup = Backup.opened(older)
    altered = backup.with_book((older / "book.db").read_bytes()).with_database(
        "UPDATE coach_plans SET text = 'what was never said'"
    )

    status, said = run(older, "restore", str(altered.pack()), "--to-dir", str(tmp_path / "back"))

    assert status == 1
    assert "plan 1, revision" in said
    assert not (tmp_path / "back" / "book.db").exists()


def test_migrate_brings_an_older_database_to_this_version_once(older: Path):
    assert run(older, "migrate") == (0, f"{older / 'book.db'}: migrations applied: {NEEDED}\n")

    assert (older / f"book.db.before-{NEEDED}.backup").exists()
    assert run(older, "migrate") == (0, f"{older / 'book.db'}: migrations applied: none needed\n")
    assert run(older, "export", *NEEDING["export"])[0] == 0


def test_nothing_is_migrated_under_a_running_bot(older: Path):
    hold = lock_database(older / "book.db")
    before = files_in(older)

    for command in ("migrate", "run"):
        status, said = run(older, command, DISCORD_TOKEN="none")

        assert status == 1
        assert f"Another Coachbook runs on {older / 'book.db'}" in said
        assert files_in(older) == before
    hold.release()


def test_there_is_nothing_to_migrate_without_a_database(folder: Path):
    status, said = run(folder, "migrate", COACHBOOK_STORAGE__PATH=str(folder / "none.db"))

    assert (status, f"There is no database at {folder / 'none.db'}" in said) == (1, True)
    assert not (folder / "none.db").exists()


@pytest.mark.parametrize("command", [*NEEDING, "check", "upgrade-check", "backup", "migrate", "run"])
def test_a_newer_database_is_refused_and_left_as_it_is(newer: Path, command: str):
    before = files_in(newer)
    name, *more = command.split()

    status, said = run(newer, name, *NEEDING.get(command, ()), *more, DISCORD_TOKEN="none")

    assert status == 1
    assert f"{newer / 'book.db'} was made by a newer version of Coachbook" in said
    assert f"needs schema {NEEDED}, and does not know {NEWER}" in said
    assert "ok" not in said.splitlines()
    assert files_in(newer) == before


def test_a_newer_backup_is_not_restored(newer: Path, tmp_path: Path):
    backup = Backup.opened(newer).with_book((newer / "book.db").read_bytes()).pack()

    status, said = run(newer, "restore", str(backup), "--to-dir", str(tmp_path / "back"))

    assert status == 1
    assert "a newer version of Coachbook" in said
    assert NEEDED in said
    assert NEWER in said
    assert not (tmp_path / "back" / "book.db").exists()
