"""The check of what a bot needs to start: folders that it can write, free space, a token and libraries."""

import shutil
import sys
from pathlib import Path

import pytest

from bot.cli.disks import Disk, low_space
from tests.bot.cli.test_commands import execute, run, settings
from tests.processes import ROOT, environment

MOST_MIB = 1_000_000
WITHOUT_LIBRARY = "import sys; sys.modules['uvicorn'] = None; from bot.cli.commands import cli; cli(['check'])"


def test_a_disk_below_the_reserve_is_a_problem_and_a_small_one_for_the_spool_is_none():
    full = Disk(("storage.path", "backup.folder"), 199)

    (problem,) = low_space([full], 200)
    assert "199 MiB (storage.path, backup.folder), less than limits.reserve_mib (200)" in problem
    assert low_space([full], 199) == []
    assert low_space([Disk(("storage.spool_path",), 1)], 200) == []


def test_check_prints_the_free_space_and_compares_it_with_the_reserve(folder: Path):
    is_low = shutil.disk_usage(folder).free < MOST_MIB * 2**20

    status, said = run(folder, "check", COACHBOOK_LIMITS__RESERVE_MIB=str(MOST_MIB))

    assert "Free space: " in said
    assert (status, "Too little free space" in said) == (int(is_low), is_low)
    assert run(folder, "check", COACHBOOK_LIMITS__RESERVE_MIB="0")[0] == 0


@pytest.mark.parametrize("name", ["old.db", "old.db/backups", "/proc/backups"])
def test_a_backup_folder_that_can_not_be_made_is_a_problem(folder: Path, name: str):
    status, said = run(folder, "check", COACHBOOK_BACKUP__FOLDER=name)

    assert (status, f"Backups can't be made in {folder.parent / name}: " in said) == (1, True), said


def test_a_backup_folder_that_can_be_made_is_left_to_the_bot(folder: Path, tmp_path: Path):
    before = sorted(tmp_path.iterdir())

    assert run(folder, "check", COACHBOOK_BACKUP__FOLDER="new/backups")[0] == 0
    assert sorted(tmp_path.iterdir()) == before


def test_a_new_installation_is_told_what_is_next_and_a_place_that_can_not_be_made_why(folder: Path):
    new = run(folder, "check", COACHBOOK_STORAGE__PATH="new/data/book.db")[1]
    impossible = run(folder, "check", COACHBOOK_STORAGE__PATH="/proc/a/b.db")[1]

    assert "In a new installation that is right: start the bot, which creates it." in new
    assert "In a new installation" not in impossible
    assert "/proc/a/b.db" in impossible.splitlines()[-2] + impossible.splitlines()[-1]
    assert "No such file or directory" in impossible


@pytest.mark.parametrize(
    ("token", "says"),
    [("", "Token: none; the bot needs one"), ("a b", "Token: unusable; "), ("secret", "Token: given")],
)
def test_check_says_if_there_is_a_token_and_never_which(folder: Path, token: str, says: str):
    status, said = run(folder, "check", DISCORD_TOKEN=token)

    assert (status, says in said, "secret" in said) == (0, True, False), said


@pytest.mark.parametrize(("port", "status"), [("0", 0), ("8080", 1)])
def test_check_says_that_the_library_of_a_configured_port_is_missing(folder: Path, port: str, status: int):
    env = environment(PYTHONPATH=str(ROOT), COACHBOOK_FEED__PORT=port) | settings(folder)

    ended, said = execute([sys.executable, "-c", WITHOUT_LIBRARY], folder.parent, env)

    assert (ended, "The feed port needs the extra feed. Install it: pip install" in said) == (status, bool(status)), (
        said
    )
