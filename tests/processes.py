"""The bot as a process of its own, as an operator runs it."""

import asyncio
import dataclasses
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

ROOT = Path(__file__).parent.parent
DEADLINE = 180.0
"""Seconds that a test waits for a process before it fails; far more than any needs, also on a slow and busy machine."""


_COMMON = {"PYTHONPATH": str(ROOT), "COACHBOOK_LOG__FORMAT": "json"}


def environment(**variables: str) -> dict[str, str]:
    """The environment for a bot: this process's without any setting of Coachbook or Discord, and these variables."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("COACHBOOK_", "DISCORD_"))}
    return inherited | variables


@dataclasses.dataclass
class Warm:
    """A process of `tests.warm`, from which others are forked."""

    process: "subprocess.Popen[bytes]"
    channel: socket.socket

    @classmethod
    @functools.cache
    def get(cls) -> Self:
        """The one of this run of the tests, which `close_warm` ends."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm", str(theirs.fileno())],
                cwd=ROOT,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        return cls(process, ours)

    def fork(
        self, module: str, arguments: tuple[str, ...], env: Mapping[str, str], cwd: Path, output: int
    ) -> socket.socket:
        """Run a module there, which writes into the file `output`; gives what tells of it, a line each."""
        ours, theirs = socket.socketpair()
        request = {"module": module, "arguments": arguments, "env": dict(env), "cwd": str(cwd)}
        with theirs:
            socket.send_fds(self.channel, [json.dumps(request).encode()], [output, theirs.fileno()])
        return ours

    def close(self) -> None:
        """End it; what was forked goes on."""
        self.channel.close()
        self.process.wait(DEADLINE)


def close_warm() -> None:
    """End the process from which others were forked, if there is one."""
    if Warm.get.cache_info().currsize:
        Warm.get().close()


def run_forked(module: str, *arguments: str, env: Mapping[str, str], cwd: Path = ROOT) -> tuple[int, str]:
    """Run a module to its end as a process of its own, which is forked; gives its exit status and its output."""
    with tempfile.TemporaryFile() as output:
        with Warm.get().fork(module, arguments, env, cwd, output.fileno()) as control, control.makefile() as lines:
            control.settimeout(DEADLINE)
            _, status = lines.readline(), lines.readline()
        output.seek(0)
        return int(status), output.read().decode(errors="replace")


class Forked:
    """A process that was forked, as asyncio has those that were started."""

    def __init__(self, stdout: asyncio.StreamReader, pid: int, ended: asyncio.Task[int]) -> None:
        self.stdout = stdout
        self.pid = pid
        self._ended = ended

    @classmethod
    async def run(cls, module: str, arguments: tuple[str, ...], env: Mapping[str, str], cwd: Path) -> Self:
        """Run a module as a process of its own."""
        reading, writing = os.pipe()
        try:
            control = Warm.get().fork(module, arguments, env, cwd, writing)
        finally:
            os.close(writing)
        stdout = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdout), os.fdopen(reading, "rb"))
        lines, writer = await asyncio.open_connection(sock=control)
        pid = int(await asyncio.wait_for(lines.readline(), DEADLINE))

        async def status() -> int:
            try:
                return int(await lines.readline())
            finally:
                writer.close()

        return cls(stdout, pid, asyncio.create_task(status()))

    @property
    def returncode(self) -> int | None:
        """The exit status; the negative number of the signal that ended it; None: it runs."""
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Wait for the end and give the exit status."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        """Send a signal."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


class BotProcess:
    """A running `python -m bot ...`, with what it has logged."""

    started: ClassVar[list["BotProcess"]] = []
    """All of this run of the tests."""

    def __init__(self, process: asyncio.subprocess.Process | Forked) -> None:
        self.process = process
        self.lines: list[str] = []
        self._more = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, *arguments: str, env: Mapping[str, str], cwd: Path = ROOT) -> Self:
        """Start `python -m bot` with these arguments and this environment."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=cwd,
            env={**env, **_COMMON},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        return cls._of(process)

    @classmethod
    async def fork(cls, *arguments: str, env: Mapping[str, str], cwd: Path = ROOT) -> Self:
        """As `start`, but forked from a process that has imported the bot: where the start is not what is tested."""
        return cls._of(await Forked.run("bot", arguments, {**env, **_COMMON}, cwd))

    @classmethod
    def _of(cls, process: asyncio.subprocess.Process | Forked) -> Self:
        started = cls(process)
        cls.started.append(started)
        return started

    @property
    def events(self) -> list[dict[str, Any]]:
        """What was logged, oldest first; lines that are no log entries are left out."""
        return [json.loads(line) for line in self.lines if line.startswith("{")]

    @property
    def output(self) -> str:
        """All that was written to standard output and standard error."""
        return "\n".join(self.lines)

    async def logged(self, event: str) -> dict[str, Any]:
        """Wait until the bot has logged this event, and give its entry.

        Raises:
            TimeoutError: it did not in time, or it ended.
        """
        await self._until(lambda: any(entry["event"] == event for entry in self.events), event)
        return next(entry for entry in self.events if entry["event"] == event)

    async def printed(self, words: str) -> None:
        """Wait until a line with these words was written.

        Raises:
            TimeoutError: it was not in time, or the process ended.
        """
        await self._until(lambda: any(words in line for line in self.lines), words)

    async def ready(self) -> Self:
        """Wait until the bot answers."""
        await self.logged("ready")
        return self

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait for the end, and give the exit status."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait for the end and give the exit status."""
        status = await asyncio.wait_for(self.process.wait(), DEADLINE)
        await self._reader
        return status

    async def _until(self, condition: Callable[[], bool], what: str) -> None:
        async with self._more:
            await asyncio.wait_for(self._more.wait_for(lambda: condition() or self._reader.done()), DEADLINE)
        if not condition():
            raise TimeoutError(f"the process ended without {what!r}:\n{self.output}")

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(line.decode(errors="replace").rstrip("\n"))
            await self._tell()
        await self._tell()

    async def _tell(self) -> None:
        async with self._more:
            self._more.notify_all()
