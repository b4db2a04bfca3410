"""The bot as a process of its own, as an operator runs it."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from tests import fork_server

ROOT = fork_server.ROOT
DEADLINE = fork_server.DEADLINE


def environment(**variables: str) -> dict[str, str]:
    """The environment for a bot: this process's without any setting of a bot or a proxy, and these variables."""
    settings = ("COACHBOOK_", "DISCORD_", "HTTP_PROXY", "HTTPS_PROXY")
    inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith(settings)}
    return inherited | variables


def free_port() -> int:
    """Return a port of this machine that no program uses."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class BotProcess:
    """A running `python -m bot ...`, with what it has logged."""

    started: ClassVar[list["BotProcess"]] = []
    """All of this run of the tests."""

    def __init__(self, process: "asyncio.subprocess.Process | ForkedProcess") -> None:
        self.process = process
        self.lines: list[str] = []
        self._more = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, *arguments: str, env: Mapping[str, str], cwd: Path = ROOT, is_forked: bool = True) -> Self:
        """Start `python -m bot` with these arguments and this environment; forked is much faster."""
        env = {**env, "PYTHONPATH": str(ROOT), "COACHBOOK_LOG__FORMAT": "json"}
        process = await (_fork if is_forked else _execute)(arguments, cwd, env)
        started = cls(process)
        cls.started.append(started)
        return started

    @property
    def events(self) -> list[dict[str, Any]]:
        """The log's entries, oldest first; other lines are left out."""
        return [json.loads(line) for line in self.lines if line.startswith("{")]

    @property
    def output(self) -> str:
        """All that was written to standard output and standard error."""
        return "\n".join(self.lines)

    async def logged(self, event: str, times: int = 1) -> dict[str, Any]:
        """Wait until the bot has logged this event, so many times, and give the first entry.

        Raises:
            TimeoutError: it did not in time, or it ended.
        """
        await self._until(lambda: self.count(event) >= times, event)
        return next(entry for entry in self.events if entry["event"] == event)

    def count(self, event: str) -> int:
        """Return how often the bot has logged this event."""
        return sum(entry["event"] == event for entry in self.events)

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
        try:
            await asyncio.wait_for(self._reader, DEADLINE)
        except TimeoutError:
            raise AssertionError(f"the bot has ended, and a child of it still has its output:\n{self.output}") from None
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


class ForkedProcess:
    """A process that the fork server started: as much of `asyncio.subprocess.Process` as the tests use."""

    def __init__(
        self, pid: int, stdout: asyncio.StreamReader, told: asyncio.StreamReader, connection: asyncio.BaseTransport
    ) -> None:
        self.pid = pid
        self.stdout = stdout
        self._connection = connection
        self._status = asyncio.create_task(self._end(told))

    @property
    def returncode(self) -> int | None:
        """The exit status; None: it has not ended."""
        return self._status.result() if self._status.done() else None

    async def wait(self) -> int:
        """Wait for the end and give the exit status."""
        return await asyncio.shield(self._status)

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)

    async def _end(self, told: asyncio.StreamReader) -> int:
        try:
            return int(await told.readline())
        finally:
            self._connection.close()


async def _execute(arguments: Sequence[str], cwd: Path, env: Mapping[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=cwd,
        env=env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def _fork(arguments: Sequence[str], cwd: Path, env: Mapping[str, str]) -> ForkedProcess:
    reading, writing = os.pipe()
    with open(os.devnull) as nothing:  # noqa: ASYNC230, PTH123 - it waits for nobody
        connection = fork_server.start(arguments, cwd, env, (nothing.fileno(), writing, writing))
    os.close(writing)
    output, told = asyncio.StreamReader(), asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(output), os.fdopen(reading, "rb", 0))
    connection.setblocking(False)
    transport, _ = await loop.create_connection(lambda: asyncio.StreamReaderProtocol(told), sock=connection)
    pid = int(await asyncio.wait_for(told.readline(), DEADLINE))
    return ForkedProcess(pid, output, told, transport)
