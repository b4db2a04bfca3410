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

from bot.domain.image_problems import ImageProblem
from bot.service.pictures.formats.errors import ImageError
from bot.service.pictures.formats.image_info import ImageInfo
from bot.service.pictures.inspector import TRIES, Inspector
from tests import image_samples
from tests.processes import DEADLINE
from tests.sandbox.raw_clients import eventually

PLENTY = 1_000_000
FACTS = ImageInfo("image/png", 64, 48)


@pytest.fixture
async def inspector() -> AsyncIterator[Inspector]:
    opened = Inspector(PLENTY, seconds=DEADLINE)
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


async def problem_of(inspector: Inspector, path: Path) -> ImageProblem:
    with pytest.raises(ImageError) as refusal:
        await inspector.strip_and_inspect(path)
    return refusal.value.problem


async def hanging(inspector: Inspector, endless: Path) -> tuple[asyncio.Task[ImageInfo], int]:
    """An examination that has begun and does not end, and an end of the file to close."""
    task = asyncio.create_task(inspector.strip_and_inspect(endless))
    ends: list[int] = []

    def is_read() -> bool:
        try:
            ends.append(os.open(endless, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return False
        return True

    await eventually(is_read)
    return task, ends[0]


async def test_inspecting_happens_in_another_process(inspector, good):
    assert await inspector.strip_and_inspect(good) == FACTS

    assert its_process() != os.getpid()


async def test_inspecting_takes_the_location_out(inspector, tmp_path):
    path = tmp_path / "photo"
    path.write_bytes(image_samples.jpeg_with_location())

    await inspector.strip_and_inspect(path)

    assert image_samples.SECONDS not in path.read_bytes()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", ImageProblem.EMPTY),
        (image_samples.SVG, ImageProblem.NOT_A_PICTURE),
        (image_samples.jpeg()[:-9], ImageProblem.BROKEN),
        (image_samples.huge_png(4000, 4000), ImageProblem.TOO_MANY_PIXELS),
    ],
)
async def test_inspecting_hands_each_fault_on_and_goes_on(inspector, good, tmp_path, data, problem):
    bad = tmp_path / "bad"
    bad.write_bytes(data)

    assert await problem_of(inspector, bad) is problem

    process = its_process()
    assert await inspector.strip_and_inspect(good) == FACTS
    assert its_process() == process


async def test_inspecting_a_missing_file_is_no_fault_of_a_picture(inspector, good, tmp_path):
    with pytest.raises(FileNotFoundError):
        await inspector.strip_and_inspect(tmp_path / "missing")

    assert await inspector.strip_and_inspect(good) == FACTS


async def test_inspecting_many_at_once_gives_each_its_own_answer(inspector, tmp_path):
    paths = [tmp_path / f"{number}ü\n" for number in range(20)]
    for number, path in enumerate(paths):
        path.write_bytes(image_samples.png(10 + number, 20))

    facts = await asyncio.gather(*map(inspector.strip_and_inspect, paths))

    assert [fact.width for fact in facts] == [10 + number for number in range(20)]


async def test_inspecting_what_takes_too_long_is_refused_and_the_next_is_taken(good, endless):
    inspector = Inspector(PLENTY, seconds=6)
    await inspector.strip_and_inspect(good)
    process = its_process()

    assert await problem_of(inspector, endless) is ImageProblem.TOO_SLOW

    assert is_gone(process)
    assert await inspector.strip_and_inspect(good) == FACTS
    assert its_process() != process
    await inspector.close()


async def test_refusing_what_takes_too_long_leaves_no_second_file(good, endless):
    inspector = Inspector(PLENTY, seconds=0.5)
    part = endless.with_name("endless.part")
    part.write_bytes(b"half of it")

    await problem_of(inspector, endless)

    assert not part.exists()
    await inspector.close()


async def test_inspecting_what_kills_the_process_is_refused_and_the_next_is_taken(inspector, good, endless):
    task, end = await hanging(inspector, endless)
    killed: set[int] = set()

    for _ in range(TRIES):
        await eventually(lambda: children() - killed)
        [process] = children() - killed
        os.kill(process, signal.SIGKILL)
        killed.add(process)

    with pytest.raises(ImageError) as refusal:
        await task
    assert refusal.value.problem is ImageProblem.KILLED
    assert await inspector.strip_and_inspect(good) == FACTS
    os.close(end)


async def test_inspecting_goes_on_in_another_process_where_one_was_killed(inspector, good):
    await inspector.strip_and_inspect(good)
    process = its_process()
    os.kill(process, signal.SIGSTOP)
    task = asyncio.create_task(inspector.strip_and_inspect(good))
    await asyncio.sleep(0)

    os.kill(process, signal.SIGKILL)

    assert await task == FACTS
    assert its_process() != process


async def test_inspecting_after_the_process_died_alone_starts_another(inspector, good):
    await inspector.strip_and_inspect(good)
    process = its_process()
    os.kill(process, signal.SIGKILL)
    await eventually(lambda: is_gone(process))

    assert await inspector.strip_and_inspect(good) == FACTS
    assert its_process() != process


async def test_cancelling_leaves_no_answer_to_the_next_question(inspector, good, endless):
    task, end = await hanging(inspector, endless)
    process = its_process()
    waiting = asyncio.create_task(inspector.strip_and_inspect(good))

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    with contextlib.suppress(BrokenPipeError):  # nobody reads it any more
        os.write(end, image_samples.gif())
    os.close(end)
    assert await waiting == FACTS
    assert is_gone(process)


async def test_cancelling_while_the_process_starts_leaves_none_behind(inspector, good):
    for turns in range(8):
        task = asyncio.create_task(inspector.strip_and_inspect(good))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert await inspector.strip_and_inspect(good) == FACTS
    assert children() == {its_process()}


async def test_inspecting_what_takes_too_much_memory_is_tried_in_another_process_and_refused(good, tmp_path):
    inspector = Inspector(10**10, seconds=DEADLINE)
    bomb = tmp_path / "bomb"
    bomb.write_bytes(image_samples.huge_png(40_000, 40_000))
    await inspector.strip_and_inspect(good)
    process = its_process()

    assert await problem_of(inspector, bomb) is ImageProblem.NO_MEMORY

    assert is_gone(process)
    assert await inspector.strip_and_inspect(good) == FACTS
    await inspector.close()


async def test_waiting_for_no_picture_ends_the_process(good):
    inspector = Inspector(PLENTY, seconds=DEADLINE, idle_seconds=0.05)
    await inspector.strip_and_inspect(good)
    process = its_process()

    await eventually(lambda: is_gone(process))

    assert await inspector.strip_and_inspect(good) == FACTS
    await inspector.close()


async def test_closing_ends_the_process_and_may_be_done_twice(inspector, good):
    await inspector.strip_and_inspect(good)
    process = its_process()

    await inspector.close()
    await inspector.close()

    assert is_gone(process)


async def test_closing_does_not_wait_for_a_picture(inspector, endless):
    task, end = await hanging(inspector, endless)

    await inspector.close()

    with pytest.raises(ImageError) as refusal:
        await task
    assert refusal.value.problem is ImageProblem.KILLED
    assert not children()
    os.close(end)


async def test_the_process_leaves_signals_to_the_bot(inspector, good):
    await inspector.strip_and_inspect(good)
    process = its_process()

    os.kill(process, signal.SIGINT)
    os.kill(process, signal.SIGTERM)

    assert await inspector.strip_and_inspect(good) == FACTS
    assert its_process() == process


async def test_the_process_knows_no_token(inspector, good, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "a secret")

    await inspector.strip_and_inspect(good)

    assert b"secret" not in environment_of(its_process())


def test_the_process_ends_with_a_bot_that_is_killed(good):
    bot = f"""
import asyncio, os, pathlib, signal
from bot.service.pictures.inspector import Inspector
async def main():
    inspector = Inspector({PLENTY}, {DEADLINE})
    await inspector.strip_and_inspect(pathlib.Path({str(good)!r}))
    print(pathlib.Path("/proc/self/task", str(os.getpid()), "children").read_text(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", bot], capture_output=True, text=True, check=False, timeout=DEADLINE)

    asyncio.run(eventually(lambda: is_over(int(ended.stdout))))


def test_importing_the_examiner_loads_no_pillow():
    code = "import sys, bot.service.pictures.inspector; sys.exit('PIL' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=DEADLINE).returncode == 0
