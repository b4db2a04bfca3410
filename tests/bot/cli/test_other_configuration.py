"""Commands that run with another configuration than the bot: its servers keep their coaches and members."""

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from tests.bot.cli.test_commands import COMMANDS, FOREIGN, GUILD, run

TABLES = ("guild_settings", "coaches", "coach_members")
OTHER_COACHES = json.dumps([{"key": "d", "name": "Day", "users": [7]}, {"key": "x", "name": "Coach X"}])


def servers(database: Path) -> list[list[tuple[object, ...]]]:
    """All rows of the servers, their coaches and the members of these."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES]  # noqa: S608 - constants


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - FOREIGN))
def test_no_command_applies_its_configuration_to_a_server_that_exists(folder: Path, command: str):
    before = servers(folder / "book.db")

    status, said = run(folder, command, *COMMANDS[command], COACHBOOK_COACHES=OTHER_COACHES)

    assert status == 0, said
    assert all(before)
    assert servers(folder / "book.db") == before


def test_an_import_creates_a_server_that_the_database_lacks_with_the_configured_coaches(folder: Path):
    arguments = ("import-predecessor", "old.db", "--unmapped", "--guild", "77")

    status, said = run(folder, *arguments, COACHBOOK_COACHES=OTHER_COACHES)

    assert status == 0, said
    assert {row[1:4] for row in servers(folder / "book.db")[1]} >= {(77, "d", "Day"), (77, "x", "Coach X")}


@pytest.mark.parametrize(
    "command",
    [("import", "given.jsonl"), ("import-predecessor", "old.db", "--unmapped", *GUILD)],
    ids=lambda command: command[0],
)
def test_an_import_says_that_it_creates_a_database_and_where(folder: Path, command: tuple[str, ...]):
    (folder / "empty").mkdir()
    new = folder / "empty" / "other.db"
    says = f"There is no database at {new} yet, so the import creates it. If there should be one, check storage.path"

    first = run(folder, *command, COACHBOOK_STORAGE__PATH=str(new))
    again = run(folder, *command, COACHBOOK_STORAGE__PATH=str(new))

    assert first[0] == again[0] == 0, first
    assert first[1].startswith(says)
    assert "There is no database" not in again[1]
