"""Kills at random under a mixed load: no acknowledged act is missing, none is half, and all histories verify."""

import contextlib
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from bot.service.pictures import needed
from bot.service.records import cards as card_rows
from bot.service.records import chains
from storage.chart_files import ChartFiles
from storage.file_checks import check_file
from tests.rounds import rounds
from tests.service.scene import FakeClock

ROOT = Path(__file__).parents[2]
BOOKS = 2
KILLS = rounds(12, 500)
"""Of each book's writers."""
MOST_LINES = 12
CHECK_EVERY = 6


@pytest.mark.parametrize("number", [0, *(pytest.param(number, marks=pytest.mark.crash) for number in range(1, BOOKS))])
def test_no_kill_takes_or_halves_what_was_acknowledged(tmp_path: Path, number: int):
    chance = random.Random(number)  # noqa: S311 - when to kill is no secret
    acknowledged: dict[tuple[int, int], str] = {}

    with subprocess.Popen(
        [sys.executable, "-m", "tests.crash.mixed_writer", str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        for kill in range(1, KILLS + 1):
            acknowledged |= saved_until_killed(parent, number * 1000 + kill, chance.randrange(MOST_LINES))
            found = in_the_book(tmp_path / "book.db")
            assert acknowledged.items() <= found.items()
            if kill % CHECK_EVERY == 0:
                assert faults(tmp_path) == []
        assert parent.stdin
        parent.stdin.close()

    assert len(acknowledged) > KILLS
    assert faults(tmp_path) == []


def saved_until_killed(parent: "subprocess.Popen[str]", number: int, lines: int) -> dict[tuple[int, int], str]:
    """Return the plans that a writer reported as saved, before or as it was killed."""
    assert parent.stdin
    assert parent.stdout
    parent.stdin.write(f"{number}\n")
    parent.stdin.flush()
    writer = int(parent.stdout.readline())
    lines_read = [parent.stdout.readline() for _ in range(lines)]
    os.kill(writer, signal.SIGKILL)
    while not (line := parent.stdout.readline()).startswith("ended"):
        assert line, "the process that the writers are forked from is gone"
        lines_read.append(line)
    assert line == "ended -9\n"
    whole = [each.split() for each in lines_read if each.endswith("\n")]
    return {(int(plan), int(revision)): digest for plan, revision, digest in whole}


def in_the_book(book: Path) -> dict[tuple[int, int], str]:
    """The hash of each revision."""
    with contextlib.closing(apsw.Connection(str(book))) as connection:
        rows = connection.execute("SELECT plan_id, revision, hash FROM plan_history")
        return {(plan, revision): digest for plan, revision, digest in rows}


def faults(folder: Path) -> list[str]:
    """All that is wrong in the book and with its pictures."""
    files = ChartFiles(folder / "charts", FakeClock())
    return check_file(folder / "book.db", lambda: [*chains.faults(), *needed.faults(files), *card_rows.faults()])
