"""What commands say where it can't be written or read: an answer in words, never a stack trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.predecessors import Predecessor
from tests.processes import DEADLINE, ROOT, environment

NOT_UTF8 = b"/\xff.zip"


def run(folder: Path, *arguments: str | bytes, stdout: int = subprocess.PIPE, **variables: str) -> tuple[int, str, str]:
    """The status, the standard output and the standard error of a command whose book is in this folder."""
    env = environment(COACHBOOK_STORAGE__PATH=str(folder / "book.db"), PYTHONPATH=str(ROOT)) | variables
    ended = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=DEADLINE,
        check=False,
    )
    return ended.returncode, (ended.stdout or b"").decode(errors="replace"), ended.stderr.decode()


@pytest.fixture
def old(tmp_path: Path) -> str:
    (tmp_path / "old").mkdir()
    made = Predecessor.make(tmp_path / "old" / "old.db")
    made.plan(1)
    return str(made.path)


@pytest.mark.parametrize("command", ["check", "plugins", "import-predecessor"])
def test_an_output_that_is_full_is_told(tmp_path: Path, old: str, command: str):
    more = (old, "--guild", "5", "--unmapped") if command == "import-predecessor" else ()
    with Path("/dev/full").open("wb") as full:
        status, _, said = run(tmp_path, command, *more, stdout=full.fileno())

    assert status == 1
    assert "The output can't be written: No space left on device." in said
    assert "Traceback" not in said
    assert "chart" not in said


@pytest.mark.parametrize("command", ["check", "plugins", "import-predecessor"])
def test_a_reader_that_has_enough_is_no_trouble(tmp_path: Path, old: str, command: str):
    more = (old, "--guild", "5", "--unmapped") if command == "import-predecessor" else ()
    reading, writing = os.pipe()
    os.close(reading)
    try:
        status, _, said = run(tmp_path, command, *more, stdout=writing)
    finally:
        os.close(writing)

    assert (status, said) == (1, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("backup", "--to"),
        ("restore",),
        ("restore", "backup.zip", "--to-dir"),
        ("import",),
        ("export", "--guild", "5"),
        ("import-predecessor", "--guild", "5"),
    ],
    ids=" ".join,
)
def test_a_name_that_is_no_text_is_refused(tmp_path: Path, arguments: tuple[str, ...]):
    status, _, said = run(tmp_path, *arguments, bytes(tmp_path) + NOT_UTF8)

    assert status == 2
    assert "not written in UTF-8" in said
    assert "Traceback" not in said


def test_a_book_whose_name_is_no_text_is_refused(tmp_path: Path):
    status, _, said = run(tmp_path, "check", COACHBOOK_STORAGE__PATH=os.fsdecode(bytes(tmp_path) + NOT_UTF8))

    assert status == 1
    assert "not UTF-8 text" in said


def test_a_terminal_without_an_alphabet_gets_what_it_can_show(tmp_path: Path, old: str):
    more = ("--guild", "5", "--map", "Jürgen €=5", "--dry-run")
    status, said, error = run(tmp_path, "import-predecessor", old, *more, PYTHONIOENCODING="latin-1")

    assert status == 0, error
    assert "?" in said


def test_a_number_of_thousands_of_digits_is_no_id(tmp_path: Path, old: str):
    status, _, said = run(tmp_path, "import-predecessor", old, "--guild", "5", "--map", f"dana={'9' * 5000}")

    assert status == 1
    assert "write author=user-id" in said
    assert len(said) < 300
