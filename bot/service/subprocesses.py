"""Programs of ours that run as processes of their own, with what they need and no more.

They run in this program's folder, so that nothing in the start folder is taken for a part of it. Paths are absolute.
"""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process, create_subprocess_exec
from collections.abc import Collection
from pathlib import Path

_SECRETS = "DISCORD_"
_PROGRAM = Path(__file__).parents[2].absolute()


async def start(file: str) -> Process:
    """Start the Python program in `file`, which is asked and answers by pipes and does not know the bot's token."""
    return await run(sys.executable, "-I", file, stdin=PIPE, stdout=PIPE)


async def run(
    *command: str, stdin: int = DEVNULL, stdout: int = DEVNULL, stderr: int = DEVNULL, files: Collection[int] = ()
) -> Process:
    """Start a command, which does not know the bot's token; of open files it has `files` alone."""
    without_token = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)}
    return await create_subprocess_exec(
        *command, stdin=stdin, stdout=stdout, stderr=stderr, env=without_token, pass_fds=files, cwd=_PROGRAM
    )


class WorkerError(Exception):
    """A program gave no answer; the message says why, for the log."""


class Worker:
    """A program that is asked one question at a time, each in a process of its own."""

    def __init__(self, file: str, seconds: float) -> None:
        """Abort a question after so many seconds, the start of its process and the wait for others included."""
        self._file = file
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._closed = False

    async def ask(self, question: bytes) -> bytes:
        """Return the program's answer, which is never empty.

        Raises:
            WorkerError: it timed out, or the process failed.
        """
        try:
            async with asyncio.timeout(self._seconds), self._turn:
                return await self._ask(question)
        except TimeoutError as error:
            raise WorkerError(f"it took longer than {self._seconds:g} s") from error

    async def close(self) -> None:
        """End the process, and answer no more."""
        self._closed = True
        if self._process is not None:
            kill(self._process)
        async with self._turn:
            pass

    async def _ask(self, question: bytes) -> bytes:
        if self._closed:
            raise WorkerError("the bot is stopping")
        self._process = process = await start(self._file)
        try:
            answer, _ = await process.communicate(question)
        finally:
            kill(process)
            await process.wait()
            self._process = None
        if process.returncode or not answer:
            raise WorkerError(f"the process ended with status {process.returncode}")
        return answer


def kill(process: Process) -> None:
    """Kill the process, unless it has ended.

    `process.kill()` may collect the exit status that asyncio waits for, which then warns and reports 255.
    """
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
