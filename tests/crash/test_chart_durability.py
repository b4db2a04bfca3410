"""A kill at any moment leaves no row without its picture; what it does leave is swept, and nothing else."""

import dataclasses
import datetime
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.domain.values import DraftId, HistoryIssue, Limits
from bot.service.cleanup import CleanupService
from bot.service.records import chains, operations
from bot.service.records.charts import charts_in
from storage.chart_files import ChartFiles
from storage.models import ChartRow, DraftRow, RevisionRow
from storage.store import Store
from tests.rounds import rounds
from tests.service.scene import FakeClock, interaction_at

ROOT = Path(__file__).parents[2]
BOOKS = 4
KILLS = rounds(10, 500)
"""Of each book's writers."""
MOST_LINES = 4
WITHIN_SECONDS = 0.02
"""About two acts."""
LAST_CALLS = ("storage.chart_files.ChartFiles.store", "bot.service.charts.ChartService.add")
"""A picture is on its way in, then kept, and then in a row: what a kill at random may happen not to come between."""


@dataclasses.dataclass(frozen=True)
class Found:
    """The pictures that a database names, and its faults."""

    revision: int
    in_rows: set[str]
    in_revisions: set[str]
    in_drafts: set[str]
    faults: list[HistoryIssue]

    @property
    def named(self) -> set[str]:
        """The pictures that must be there."""
        return self.in_rows | self.in_revisions | self.in_drafts


@pytest.mark.crash
async def test_no_kill_leaves_a_row_without_its_picture(tmp_path: Path):
    left = [0, 0]

    for number in range(BOOKS):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        await kill_writers(folder, random.Random(number))  # noqa: S311 - when to kill is no secret
        for place, count in enumerate(await swept(folder)):
            left[place] += count

    assert all(left), "no kill came while a picture was written, or none between the picture and its row"


async def kill_writers(folder: Path, chance: random.Random) -> None:
    """Kill one writer after the other, and look at what each leaves."""
    revision = 0
    with start(folder) as process:
        moments: list[random.Random | str] = [*[chance] * KILLS, *LAST_CALLS]
        for number, moment in enumerate(moments, 1):
            lines = killed(process, number, moment)
            found = await look_into(folder)
            last = max(map(int, lines), default=revision)
            assert found.revision in (last, last + 1)
            assert found.faults == []
            assert found.in_rows == found.in_revisions
            assert found.named <= whole_pictures(folder)
            revision = found.revision


async def swept(folder: Path) -> tuple[int, int]:
    """Sweep when all is old; how many unfinished files, and how many pictures without a row, there were."""
    named = (await look_into(folder)).named
    kept, unfinished = whole_pictures(folder), len(list((folder / "charts" / "incoming").iterdir()))
    clock = FakeClock()
    clock.now = max(clock.now, datetime.datetime.now(datetime.UTC))  # unfinished files have the system's time
    clock.move(days=2)
    store = Store.open(folder / "book.db")
    await store.write(operations.record_draft, interaction_at(clock.now), DraftId(1), clock.now)

    files = ChartFiles.open(folder / "charts", clock)
    result = await CleanupService(store, files, clock, Limits(draft_days=10_000)).sweep()

    await store.close()
    assert whole_pictures(folder) == named
    assert list((folder / "charts" / "incoming").iterdir()) == []
    assert result.pictures == unfinished + len(kept - named)
    return unfinished, len(kept - named)


def start(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.chart_writer", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed(process: "subprocess.Popen[str]", number: int, moment: random.Random | str) -> list[str]:
    """Start a writer, which is killed at some moment or as it calls something, and give all that it acknowledged."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{number} {moment if isinstance(moment, str) else ''}\n")
    process.stdin.flush()
    writer = int(process.stdout.readline())
    lines: list[str] = []
    if isinstance(moment, random.Random):
        lines += [process.stdout.readline() for _ in range(moment.randint(0, MOST_LINES))]
        time.sleep(moment.uniform(0, WITHIN_SECONDS))  # waits for nothing: this is the moment
        os.kill(writer, signal.SIGKILL)
    while not (line := process.stdout.readline()).startswith("ended"):
        assert line, "the writers' parent has ended"
        lines.append(line)
    assert line == f"ended {-signal.SIGKILL}\n", "the writer had ended before it was killed"
    return lines


async def look_into(folder: Path) -> Found:
    """Read the book as the next process would."""
    store = Store.open(folder / "book.db")
    found = await store.read(_read_database)
    await store.close()
    return found


def whole_pictures(folder: Path) -> set[str]:
    """The SHA-256 of every picture that is kept; each file's bytes are those that its name says."""
    files = [path for path in (folder / "charts").glob("??/*") if path.is_file()]
    assert [path for path in files if hashlib.sha256(path.read_bytes()).hexdigest() != path.name] == []
    return {path.name for path in files}


def _read_database() -> Found:
    history = list(RevisionRow.select())
    return Found(
        max((row.revision for row in history), default=0),
        {row.sha256 for row in ChartRow.select()},
        {chart.sha256 for row in history for chart in charts_in(row.charts)},
        {chart.sha256 for row in DraftRow.select() for chart in charts_in(row.pictures)},
        chains.verify_all(),
    )
