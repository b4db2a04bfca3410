"""The bot as a process of its own, as an operator runs it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

ROOT = Path(__file__).parent.parent
DEADLINE = 60.0
"""Seconds that a test waits for a process before it fails."""


def environment(**variables: str) -> dict[str, str]:
    """The environment for a bot: this process's without any setting of Coachbook or Discord, and these variables."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("COACHBOOK_", "DISCORD_"))}
    return inherited | variables


class BotProcess:
    """A running `python -m bot ...`, with what it has logged."""

    started: ClassVar[list["BotProcess"]] = []
    """All of this run of the tests."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
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
            env={**env, "PYTHONPATH": str(ROOT), "COACHBOOK_LOG__FORMAT": "json"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
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
