"""Programs of ours in processes of their own."""

import asyncio
import signal
from pathlib import Path

import pytest

from bot.service import subprocesses
from bot.service.subprocesses import Worker, WorkerError
from tests.processes import DEADLINE


@pytest.mark.parametrize("times", [1, 2, 300])
async def test_the_exit_status_of_a_killed_process_is_known(caplog: pytest.LogCaptureFixture, times: int):
    for _ in range(10):
        process = await subprocesses.run("/bin/cat", stdin=asyncio.subprocess.PIPE)

        for _ in range(times):
            subprocesses.kill(process)

        assert await process.wait() == -signal.SIGKILL
    assert caplog.messages == []


async def test_a_process_that_has_ended_is_not_killed():
    process = await subprocesses.run("/bin/cat")

    assert await process.wait() == 0
    subprocesses.kill(process)

    assert process.returncode == 0


async def test_a_stop_ends_the_question_that_is_asked_and_refuses_others(tmp_path: Path):
    begun, program = tmp_path / "begun", tmp_path / "program.py"
    program.write_text(f"import pathlib, time; pathlib.Path({str(begun)!r}).touch(); time.sleep({DEADLINE})")
    worker = Worker(str(program), DEADLINE)
    asking = asyncio.create_task(worker.ask(b"question"))
    async with asyncio.timeout(DEADLINE):
        while not begun.exists():  # noqa: ASYNC110 - nothing tells that a process was started
            await asyncio.sleep(0.01)

    await worker.close()

    with pytest.raises(WorkerError, match="status -9"):
        await asking
    with pytest.raises(WorkerError, match="is stopping"):
        await worker.ask(b"question")
