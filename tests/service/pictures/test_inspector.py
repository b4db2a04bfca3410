"""Pictures are looked at in a process of its own, which may hang, die and grow without harm."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.service.pictures.formats.faults import Fault, PictureError
from bot.service.pictures.inspection import Facts
from bot.service.pictures.inspector import TRIES, Examiner
from tests import image_samples
from tests.processes import DEADLINE
from tests.sandbox.raw_clients import eventually

PLENTY = 1_000_000
FACTS = Facts("image/png", 64, 48)


@pytest.fixture
async def examiner() -> AsyncIterator[Examiner]:
    opened = Examiner(PLENTY, seconds=DEADLINE)
    yield opened
    await opened.close()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good"
    path.write_bytes(image_samples.png())
    return path


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file that has no end: whoever reads it waits for more."""
    path = tmp_path / "endless"
    os.mkfifo(path)
    return path


def is_gone(process: int) -> bool:
    """True: it has ended, and nothing is left of it to be collected."""
    return not Path(f"/proc/{process}").exists()


def is_over(process: int) -> bool:
    """True: it has ended; its parent may have been too early to collect what is left."""
    return is_gone(process) or Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def children() -> set[int]:
    """The processes that look at pictures for this one."""
    files = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    processes = {int(process) for file in files for process in file.read_text().split()}
    return {process for process in processes if b"inspect_worker.py" in Path(f"/proc/{process}/cmdline").read_bytes()}


def its_process() -> int:
    """The only one of them."""
    [process] = children()
    return process


def environment_of(process: int) -> bytes:
    return Path(f"/proc/{process}/environ").read_bytes()


async def fault_of(examiner: Examiner, path: Path) -> Fault:
    with pytest.raises(PictureError) as refusal:
        await examiner.examine(path)
    return refusal.value.fault


async def hanging(examiner: Examiner, endless: Path) -> tuple[asyncio.Task[Facts], int]:
    """An examination that has begun and does not end, and an end of the file to close."""
    task = asyncio.create_task(examiner.examine(endless))
    ends: list[int] = []

    def is_read() -> bool:
        try:
            ends.append(os.open(endless, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return False
        return True

    await eventually(is_read)
    return task, ends[0]


async def test_examining_happens_in_another_process(examiner, good):
    assert await examiner.examine(good) == FACTS

    assert its_process() != os.getpid()


async def test_examining_takes_the_location_out(examiner, tmp_path):
    path = tmp_path / "photo"
    path.write_bytes(image_samples.jpeg_with_location())

    await examiner.examine(path)

    assert image_samples.SECONDS not in path.read_bytes()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.EMPTY),
        (image_samples.SVG, Fault.NOT_A_PICTURE),
        (image_samples.jpeg()[:-9], Fault.BROKEN),
        (image_samples.huge_png(4000, 4000), Fault.TOO_MANY_PIXELS),
    ],
)
async def test_examining_hands_each_fault_on_and_goes_on(examiner, good, tmp_path, data, fault):
    bad = tmp_path / "bad"
    bad.write_bytes(data)

    assert await fault_of(examiner, bad) is fault

    process = its_process()
    assert await examiner.examine(good) == FACTS
    assert its_process() == process


async def test_examining_a_missing_file_is_no_fault_of_a_picture(examiner, good, tmp_path):
    with pytest.raises(FileNotFoundError):
        await examiner.examine(tmp_path / "missing")

    assert await examiner.examine(good) == FACTS


async def test_examining_many_at_once_gives_each_its_own_answer(examiner, tmp_path):
    paths = [tmp_path / f"{number}ü\n" for number in range(20)]
    for number, path in enumerate(paths):
        path.write_bytes(image_samples.png(10 + number, 20))

    facts = await asyncio.gather(*map(examiner.examine, paths))

    assert [fact.width for fact in facts] == [10 + number for number in range(20)]


async def test_examining_what_takes_too_long_is_refused_and_the_next_is_taken(good, endless):
    examiner = Examiner(PLENTY, seconds=6)
    await examiner.examine(good)
    process = its_process()

    assert await fault_of(examiner, endless) is Fault.TOO_SLOW

    assert is_gone(process)
    assert await examiner.examine(good) == FACTS
    assert its_process() != process
    await examiner.close()


async def test_refusing_what_takes_too_long_leaves_no_second_file(good, endless):
    examiner = Examiner(PLENTY, seconds=0.5)
    part = endless.with_name("endless.part")
    part.write_bytes(b"half of it")

    await fault_of(examiner, endless)

    assert not part.exists()
    await examiner.close()


async def test_examining_what_kills_the_process_is_refused_and_the_next_is_taken(examiner, good, endless):
    task, end = await hanging(examiner, endless)
    killed: set[int] = set()

    for _ in range(TRIES):
        await eventually(lambda: children() - killed)
        [process] = children() - killed
        os.kill(process, signal.SIGKILL)
        killed.add(process)

    with pytest.raises(PictureError) as refusal:
        await task
    assert refusal.value.fault is Fault.KILLED
    assert await examiner.examine(good) == FACTS
    os.close(end)


async def test_examining_goes_on_in_another_process_where_one_was_killed(examiner, good):
    await examiner.examine(good)
    process = its_process()
    os.kill(process, signal.SIGSTOP)
    task = asyncio.create_task(examiner.examine(good))
    await asyncio.sleep(0)

    os.kill(process, signal.SIGKILL)

    assert await task == FACTS
    assert its_process() != process


async def test_examining_after_the_process_died_alone_starts_another(examiner, good):
    await examiner.examine(good)
    process = its_process()
    os.kill(process, signal.SIGKILL)
    await eventually(lambda: is_gone(process))

    assert await examiner.examine(good) == FACTS
    assert its_process() != process


async def test_cancelling_leaves_no_answer_to_the_next_question(examiner, good, endless):
    task, end = await hanging(examiner, endless)
    process = its_process()
    waiting = asyncio.create_task(examiner.examine(good))

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    with contextlib.suppress(BrokenPipeError):  # nobody reads it any more
        os.write(end, image_samples.gif())
    os.close(end)
    assert await waiting == FACTS
    assert is_gone(process)


async def test_cancelling_while_the_process_starts_leaves_none_behind(examiner, good):
    for turns in range(8):
        task = asyncio.create_task(examiner.examine(good))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert await examiner.examine(good) == FACTS
    assert children() == {its_process()}


async def test_examining_what_takes_too_much_memory_is_tried_in_another_process_and_refused(good, tmp_path):
    examiner = Examiner(10**10, seconds=DEADLINE)
    bomb = tmp_path / "bomb"
    bomb.write_bytes(image_samples.huge_png(40_000, 40_000))
    await examiner.examine(good)
    process = its_process()

    assert await fault_of(examiner, bomb) is Fault.NO_MEMORY

    assert is_gone(process)
    assert await examiner.examine(good) == FACTS
    await examiner.close()


async def test_waiting_for_no_picture_ends_the_process(good):
    examiner = Examiner(PLENTY, seconds=DEADLINE, idle_seconds=0.05)
    await examiner.examine(good)
    process = its_process()

    await eventually(lambda: is_gone(process))

    assert await examiner.examine(good) == FACTS
    await examiner.close()


async def test_closing_ends_the_process_and_may_be_done_twice(examiner, good):
    await examiner.examine(good)
    process = its_process()

    await examiner.close()
    await examiner.close()

    assert is_gone(process)


async def test_closing_does_not_wait_for_a_picture(examiner, endless):
    task, end = await hanging(examiner, endless)

    await examiner.close()

    with pytest.raises(PictureError) as refusal:
        await task
    assert refusal.value.fault is Fault.KILLED
    assert not children()
    os.close(end)


async def test_the_process_leaves_signals_to_the_bot(examiner, good):
    await examiner.examine(good)
    process = its_process()

    os.kill(process, signal.SIGINT)
    os.kill(process, signal.SIGTERM)

    assert await examiner.examine(good) == FACTS
    assert its_process() == process


async def test_the_process_knows_no_token(examiner, good, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "a secret")

    await examiner.examine(good)

    assert b"secret" not in environment_of(its_process())


def test_the_process_ends_with_a_bot_that_is_killed(good):
    bot = f"""
import asyncio, os, pathlib, signal
from bot.service.pictures.inspector import Examiner
async def main():
    examiner = Examiner({PLENTY}, {DEADLINE})
    await examiner.examine(pathlib.Path({str(good)!r}))
    print(pathlib.Path("/proc/self/task", str(os.getpid()), "children").read_text(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", bot], capture_output=True, text=True, check=False, timeout=DEADLINE)

    asyncio.run(eventually(lambda: is_over(int(ended.stdout))))


def test_importing_the_examiner_loads_no_pillow():
    code = "import sys, bot.service.pictures.inspector; sys.exit('PIL' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=DEADLINE).returncode == 0
