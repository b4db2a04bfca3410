"""A database with what the commands are given, as the tests of several subjects need it."""

import shutil
from pathlib import Path

import pytest

from tests.bot.cli.test_backups import write_plans
from tests.bot.cli.test_commands import GUILD, run
from tests.predecessor_database import Predecessor


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of two plans, its exports and its backup, and the predecessor's database."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "kept").mkdir()
    write_plans(folder / "kept", 2)
    Predecessor.make(folder / "old.db").fill(4)
    for name in ("given.jsonl", "given.zip"):
        assert run(folder / "kept", "export", name, *GUILD)[0] == 0
    assert run(folder / "kept", "backup", "--to", ".")[0] == 0
    next(folder.glob("coachbook-*.zip")).rename(folder / "backup.zip")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """The folder of the database, for one test; the commands run beside it."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "kept"
