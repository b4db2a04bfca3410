"""System calls of a running process made to fail, by strace."""

import asyncio
import contextlib
import shutil
import signal
from collections.abc import AsyncGenerator
from pathlib import Path

from tests.processes import DEADLINE

STRACE = shutil.which("strace")


@contextlib.asynccontextmanager
async def failing(pid: int, call: str, error: str, *files: Path, which: str = "1+") -> AsyncGenerator[None]:
    """Inside, a system call of the process on one of these files fails with this error.

    Args:
        pid: the process.
        call: the system call, such as `pread64`.
        error: such as `EIO`.
        files: those that it is about; without any: all.
        which: which of its calls: `1+` all, `1..3` the first three.
    """
    assert STRACE, "these tests need strace"
    paths = [each for file in files for each in ("-P", str(file))]
    filters = ("-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={which}")
    process = await asyncio.create_subprocess_exec(
        *(STRACE, "-f", "-p", str(pid), *paths, *filters), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr
    async with asyncio.timeout(DEADLINE):
        while b"attached" not in (line := await process.stderr.readline()):
            assert line, "strace could not attach"
    reading = asyncio.create_task(process.stderr.read())  # else it would wait for somebody to read what it says
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        await process.wait()
        await reading
