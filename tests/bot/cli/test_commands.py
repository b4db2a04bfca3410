"""What the commands say when a file, a disk or their output is not as they need it: plain words, never a trace."""

import contextlib
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from bot import VERSION
from tests import fork_server
from tests.bot.cli.test_backups import content, settings
from tests.processes import DEADLINE, ROOT, environment
from tests.service.scene import DANA

BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if not os.geteuid() else ()
"""The command that makes rights apply to root, as to all others."""
NOT_UTF_8 = os.fsdecode(b"a\xff")
TOO_LONG = "n" * 300
GUILD = ("--guild", str(DANA.guild_id))


def run(
    folder: Path,
    *arguments: str,
    stdout: IO[str] | int | None = None,
    before: tuple[str, ...] = (),
    **variables: str,
) -> tuple[int, str]:
    """The status, and what was said to whoever hears it."""
    env = environment(PYTHONPATH=str(ROOT), COLUMNS="300") | settings(folder) | variables
    if before or any(name.startswith("PYTHON") for name in variables):
        status, said = execute([*before, sys.executable, "-m", "bot", *arguments], folder.parent, env)
    else:
        status, said = fork_server.run(arguments, folder.parent, env, stdout)
    assert "Traceback" not in said
    assert "not an error" not in said
    return status, said


def execute(command: list[str], cwd: Path, env: dict[str, str]) -> tuple[int, str]:
    ended = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=DEADLINE, check=False)
    return ended.returncode, ended.stdout + ended.stderr


COMMANDS = {
    "check": (),
    "plugins": (),
    "backup": (),
    "backup-of": ("kept/book.db", "kept/charts", "backups"),
    "restore": ("backup.zip", "--force"),
    "export": ("plans.jsonl", *GUILD),
    "import": ("given.jsonl",),
    "import-predecessor": ("old.db", "--unmapped", *GUILD),
    "try": ("--once",),
    "--help": (),
}


FOREIGN = {"--help", "try"}
"""Commands for which libraries write to the output."""


@pytest.mark.parametrize("command", COMMANDS)
def test_output_that_nobody_hears_any_more_ends_the_command_quietly(folder: Path, command: str):
    reading, writing = os.pipe()
    os.close(reading)

    try:
        assert run(folder, command, *COMMANDS[command], stdout=writing) == (1, "")
    finally:
        os.close(writing)


@pytest.mark.parametrize("command", COMMANDS)
def test_output_to_a_full_device_is_told_as_that(folder: Path, command: str):
    with Path("/dev/full").open("w") as full:
        status, said = run(folder, command, *COMMANDS[command], stdout=full)

    # Python itself says 120 where a library's words wait in its buffer to the end.
    assert status == 1 or (command in FOREIGN and status == 120)
    assert "No space left on device" in said
    assert command in FOREIGN or said.startswith("Can't write to standard output")
    assert "chart" not in said.split("Its output was:")[0]


def test_nothing_of_the_predecessors_is_taken_in_when_the_report_can_not_be_written(folder: Path):
    with Path("/dev/full").open("w") as full:
        run(folder, "import-predecessor", *COMMANDS["import-predecessor"], stdout=full)

    assert len(content(folder)[0]) == 4


def test_a_terminal_that_knows_few_letters_gets_what_it_can_show(folder: Path):
    status, said = run(
        folder, "import-predecessor", *COMMANDS["import-predecessor"], "--dry-run", PYTHONIOENCODING="latin-1"
    )

    assert (status, "author \\u201cdana\\u201d" in said) == (0, True)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("backup", "--to", TOO_LONG), "File name too long"),
        (("backup", "--to", NOT_UTF_8), "is not UTF-8 text"),
        (("restore", TOO_LONG), "File name too long"),
        (("restore", NOT_UTF_8), "can't be read: No such file"),
        (("restore", "backup.zip", "--to-dir", TOO_LONG), "File name too long"),
        (("restore", "backup.zip", "--to-dir", f"x/{TOO_LONG}"), "File name too long"),
        (("restore", "backup.zip", "--to-dir", NOT_UTF_8), "is not UTF-8 text"),
        (("export", f"{TOO_LONG}.zip", *GUILD), "File name too long"),
        (("export", "x.zip", *GUILD, "--coach", NOT_UTF_8), "is not UTF-8 text"),
        (("import", f"{TOO_LONG}.zip"), "File name too long"),
        (("import-predecessor", TOO_LONG, *GUILD), "File name too long"),
        (("import-predecessor", "old.db", *GUILD, "--map", f"dana={'9' * 5000}"), "write author=user-id"),
    ],
)
def test_what_no_file_can_be_called_is_told(folder: Path, command: tuple[str, ...], says: str):
    status, said = run(folder, *command)

    assert status in (1, 2)
    assert says in said
    assert len(said) < 1500


@pytest.mark.parametrize(
    "command",
    [
        ("restore", "pipe.zip"),
        ("import", "pipe.zip"),
        ("import", "pipe.jsonl"),
        ("import-predecessor", "pipe.db", *GUILD),
    ],
    ids=" ".join,
)
def test_what_is_no_file_is_not_waited_for(folder: Path, command: tuple[str, ...]):
    os.mkfifo(folder.parent / command[1])

    status, said = run(folder, *command)

    assert status == 1
    assert "it is not a file" in said


def test_what_is_no_file_among_the_backups_and_the_pictures_is_told(folder: Path):
    assert run(folder, "backup")[0] == 0
    backups = next(folder.parent.rglob("coachbook-*.zip")).parent
    os.mkfifo(backups / "coachbook-20260101T000000Z.zip")
    picture = next(path for path in (folder / "charts").glob("??/*"))
    picture.unlink()
    os.mkfifo(picture)

    status, said = run(folder, "check", "--deep")

    assert status == 1
    assert "it is not a file" in said
    assert picture.name in said


def test_a_message_that_no_card_knows_is_named_by_check(folder: Path):
    with contextlib.closing(sqlite3.connect(folder / "book.db")) as book, book:
        book.execute("INSERT INTO stray_messages VALUES (901, 500, 900, 7, 0, '2026-11-23T14:00:00.000000Z')")

    status, said = run(folder, "check")

    assert status == 1
    assert "message 901 in channel 900 looks like the card of plan 7 and is not: delete it by hand" in said


def test_an_export_may_have_a_name_that_is_no_text(folder: Path):
    status, said = run(folder, "export", f"{NOT_UTF_8}.jsonl", *GUILD)

    assert (status, said) == (0, f"{folder.parent}/a\\udcff.jsonl: plans: 2, revisions: 4\n")


ADVICE = "If there never was a database, delete the file, and the bot creates one. Otherwise restore the last backup"


@pytest.mark.parametrize("command", ["backup", "import-predecessor --dry-run"])
def test_the_file_that_is_no_book_is_named_and_left_as_it_is(folder: Path, tmp_path: Path, command: str):
    empty, damaged = folder / "empty.db", folder / "damaged.db"
    empty.touch()
    damaged.write_bytes((folder / "book.db").read_bytes()[:20_000])
    name, *more = command.split()

    for path, says in (
        (tmp_path / "old.db", "is a database of Coachbook's predecessor"),
        (empty, f"is an empty file, not a database. It was not changed. Check storage.path. {ADVICE}"),
        (damaged, "is not a SQLite database, or it is damaged"),
    ):
        before = path.read_bytes()
        status, said = run(folder, name, *COMMANDS[name], *more, COACHBOOK_STORAGE__PATH=str(path))

        assert status == 1
        assert f"{path} {says}" in said
        assert path.read_bytes() == before


def test_a_book_that_may_only_be_read_is_backed_up(folder: Path):
    before = sorted(folder.iterdir())
    folder.chmod(0o500)

    status, said = run(folder, "backup", before=BOUND)

    assert (status, "plans: 2, revisions: 4, pictures: 2" in said) == (0, True), said
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("command", ["check", "backup", "restore", "export", "import", "import-predecessor"])
def test_a_book_that_may_not_be_looked_at_is_told(folder: Path, command: str):
    folder.chmod(0)

    status, said = run(folder, command, *COMMANDS[command], before=BOUND)

    folder.chmod(0o700)
    assert status == 1
    assert "Permission denied" in said or "give this user the right" in said
    assert str(folder) in said


def test_backups_that_may_not_be_looked_at_are_no_good_ones(folder: Path, tmp_path: Path):
    (tmp_path / "backups").mkdir(mode=0)

    status, said = run(folder, "check", "--deep", before=BOUND)

    (tmp_path / "backups").chmod(0o700)
    assert status == 1
    assert said.endswith(f"The backups in {tmp_path / 'backups'} can't be read: Permission denied.\n")


@pytest.mark.parametrize(
    "command", [name for name in COMMANDS if name not in {"--help", "backup-of"}] + ["init", "run"]
)
def test_help_is_for_people(folder: Path, command: str):
    status, said = run(folder, command, "-h", COLUMNS="100")

    assert status == 0
    assert said == run(folder, command, "--help", COLUMNS="100")[1]
    assert not re.search("<(?!path>)|[0-9x]<?=|%Y|9223372036854775807", said)
    assert "Show this message and exit" in said


def test_the_list_of_commands_is_not_cut_off(folder: Path):
    status, said = run(folder, "-h", COLUMNS="80")

    assert status == 0
    assert "..." not in said.partition("Commands:")[2]


def test_the_version_is_told(folder: Path):
    assert run(folder, "--version") == (0, f"Coachbook {VERSION}\n")


def test_a_configuration_with_comments_is_written_once(folder: Path, tmp_path: Path):
    made = tmp_path / "config.toml"

    status, said = run(folder, "init")

    assert (status, f"Wrote {made}." in said) == (0, True)
    assert made.read_bytes() == (ROOT / "config.toml").read_bytes()
    made.write_text("# mine")
    status, said = run(folder, "init")
    assert (status, said) == (1, f"{made} already exists. Choose a new file.\n")
    assert made.read_text() == "# mine"
    assert (
        run(folder, "init", "nowhere/x.toml")[1]
        == f"{tmp_path / 'nowhere/x.toml'} can't be written: No such file or directory.\n"
    )


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("export", "x.zip", *GUILD, "--from", "2026-02-01", "--to", "2026-01-01"), "--from 2026-02-01 is after --to"),
        (("export", "x.zip", *GUILD, "--from", "tomorrow"), "'tomorrow' is not a day: write it as 2026-11-23"),
        (("export", "x.zip", "--guild", "0"), "'0' is not an id"),
        (("export", "nowhere/x.zip", *GUILD), "{folder}/nowhere/x.zip can't be written"),
        (("import-predecessor", "old.db", *GUILD, "--rows", "-1"), "'-1' is not a whole number"),
        (("restore", "none.zip"), "{folder}/none.zip can't be read"),
        (("backup", "--to", "old.db"), "{folder}/old.db is not a folder"),
        (("import", "e.md"), "{folder}/e.md: a .md export is only for reading. Import one in .jsonl or .zip."),
    ],
)
def test_what_is_typed_wrong_is_told_with_what_would_be_right(
    folder: Path, tmp_path: Path, command: tuple[str, ...], says: str
):
    status, said = run(folder, *command)

    assert status in (1, 2)
    assert says.format(folder=tmp_path) in said


def test_a_relative_path_is_told_as_a_whole_one(folder: Path, tmp_path: Path):
    folder.chmod(0o500)

    status, said = run(folder, "check", before=BOUND, COACHBOOK_STORAGE__PATH="kept/none.db")

    folder.chmod(0o700)
    assert status == 1
    assert f"{folder} can't be written" in said


def test_a_missing_token_is_told_with_what_this_user_has(folder: Path):
    status, said = run(folder, "run")

    assert status == 1
    assert "DISCORD_TOKEN" in said
    assert said.endswith("To try the bot without a Discord account: python -m bot try\n")
