"""What was acknowledged is there after a kill; what was not is there whole or not at all."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from bot.domain.values import PlanOfDay
from bot.service.records import chains
from storage.store import Store
from tests.rounds import rounds
from tests.service.scene import DANA, DAY, FakeClock, Services

ROOT = Path(__file__).parents[2]
ROUNDS = rounds(10, 200)


def writer(folder: Path, *act: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.writer", str(folder), *act],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def acknowledged_until_killed(parent: "subprocess.Popen[str]", number: int, after: int) -> int:
    """The last revision that a writer said was done before, or as, it was killed."""
    assert parent.stdin
    assert parent.stdout
    parent.stdin.write(f"{number}\n")
    parent.stdin.flush()
    editor = int(parent.stdout.readline())
    lines = [parent.stdout.readline() for _ in range(after)]
    os.kill(editor, signal.SIGKILL)
    while not (line := parent.stdout.readline()).startswith("ended"):
        assert line, "the writers' parent has ended"
        lines.append(line)
    assert line == "ended -9\n"
    return int(lines[-1])


async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path):
    chance = random.Random(2)  # noqa: S311 - when to kill is no secret

    with writer(tmp_path, "edit") as parent:
        for number in range(ROUNDS):
            done = acknowledged_until_killed(parent, number, chance.randrange(1, 12))

            store = Store.open(tmp_path / "book.db")
            plan = await Services.on(store, FakeClock()).plans.find(DANA, PlanOfDay("d", DAY))
            faults = await store.read(chains.verify_all)
            await store.close()
            assert plan.revision in (done, done + 1)
            assert plan.text == f"r{plan.revision}"
            assert faults == []


def test_two_processes_that_post_at_once_make_one_plan(tmp_path: Path):
    with writer(tmp_path, "post", "1") as one, writer(tmp_path, "post", "2") as two:
        for process in (one, two):
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        for process in (one, two):
            assert process.stdin
            process.stdin.close()
        said = sorted(process.stdout.read().strip() for process in (one, two) if process.stdout)

    assert said == ["exists", "posted"]
