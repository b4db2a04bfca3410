"""Programs of ours that run as processes of their own, with what they need and no more.

They run in this program's folder, so that nothing in the start folder is taken for a part of it. Paths are absolute.
"""

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


def kill(process: Process) -> None:
    """Kill the process, unless it has ended.

    `process.kill()` may collect the exit status that asyncio waits for, which then warns and reports 255.
    """
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
