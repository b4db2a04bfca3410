"""System calls of a running process made to fail, or to take long, by strace."""

import asyncio
import contextlib
import shutil
import signal
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from tests.processes import DEADLINE

STRACE = shutil.which("strace")
_DETACH_SECONDS = 30.0
"""After these strace is killed: it may wait for ever for a thread that ends just then. The kernel detaches it."""


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
    async with _injected(pid, call, f"error={error}:when={which}", files):
        yield


@contextlib.asynccontextmanager
async def slow(pid: int, calls: str, seconds: float, *files: Path) -> AsyncGenerator[None]:
    """Inside, these system calls of the process on one of these files take so long, each.

    Args:
        pid: the process.
        calls: the system calls, such as `fsync,fdatasync`.
        seconds: how long.
        files: those that it is about; without any: all.
    """
    async with _injected(pid, calls, f"delay_enter={int(seconds * 10**6)}", files):
        yield


@contextlib.asynccontextmanager
async def _injected(pid: int, calls: str, fault: str, files: Sequence[Path]) -> AsyncGenerator[None]:
    assert STRACE, "these tests need strace"
    paths = [each for file in files for each in ("-P", str(file))]
    filters = ("-e", f"trace={calls}", "-e", f"inject={calls}:{fault}")
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
        try:
            await asyncio.wait_for(process.wait(), _DETACH_SECONDS)
        except TimeoutError:
            process.kill()
        await asyncio.wait_for(reading, DEADLINE)
        await process.wait()
