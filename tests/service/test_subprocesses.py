"""Programs of ours in processes of their own."""

import asyncio
import signal

import pytest

from bot.service import subprocesses


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
