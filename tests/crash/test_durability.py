"""What was acknowledged is there after a kill; what was not is there whole or not at all."""

import random
import subprocess
import sys
from pathlib import Path

from bot.service.records import revisions
from storage.store import Store
from tests.service.scene import DANA, DAY, FakeClock, Services
from tests.soak import rounds

ROOT = Path(__file__).parents[2]
ROUNDS = rounds(20, 200)


def writer(book: Path, act: str, first_id: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.writer", str(book), act, str(first_id)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def acknowledged_until_killed(book: Path, first_id: int, after: int) -> int:
    """The last revision that a writer said was done before, or as, it was killed."""
    with writer(book, "edit", first_id) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(after)]
        process.kill()
        lines += process.stdout.readlines()
    return int([line for line in lines if line.endswith("\n")][-1])


async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path):
    book = tmp_path / "book.db"
    chance = random.Random(2)  # noqa: S311 - when to kill is no secret

    for number in range(ROUNDS):
        done = acknowledged_until_killed(book, number * 10**6, chance.randrange(1, 12))

        store = Store.open(book)
        plan = await Services.on(store, FakeClock()).plans.find(DANA, coach="d", day=DAY)
        faults = await store.read(revisions.verify_all)
        await store.close()
        assert plan.revision in (done, done + 1)
        assert plan.text == f"r{plan.revision}"
        assert faults == []


def test_two_processes_that_post_at_once_make_one_plan(tmp_path: Path):
    book = tmp_path / "book.db"

    with writer(book, "post", 1) as one, writer(book, "post", 2) as two:
        for process in (one, two):
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        for process in (one, two):
            assert process.stdin
            process.stdin.close()
        said = sorted(process.stdout.read().strip() for process in (one, two) if process.stdout)

    assert said == ["exists", "posted"]
