"""Bots as processes whose event loop, memory and processor time are watched."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

READY_SECONDS = 300
_TICKS = os.sysconf("SC_CLK_TCK")
MIB = 2**20


class Watched:
    """A running bot."""

    def __init__(self, process: asyncio.subprocess.Process, lags: Path, ready_seconds: float, started: float) -> None:
        self._process = process
        self._lags = lags
        self.started = started
        """In the time of the monotonic clock."""
        self.ready_seconds = ready_seconds
        """From the start of the process until it was ready."""
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, lags: Path, module: str, *arguments: str, env: Mapping[str, str]) -> Self:
        """Start `python -m module` and wait until it is ready."""
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.watched", str(lags), module, *arguments),
            env={**env, "COACHBOOK_LOG__FORMAT": "json"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        lines: list[str] = []
        async with asyncio.timeout(READY_SECONDS):
            while not lines or not (lines[-1] == "ready\n" or '"event": "ready"' in lines[-1]):
                line = (await _output(process).readline()).decode()
                if not line:
                    raise RuntimeError("".join(lines))
                lines.append(line)
        return cls(process, lags, time.monotonic() - began, began)

    @property
    def resident(self) -> float:
        """MiB of memory in use."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024 / MIB

    @property
    def processor_seconds(self) -> float:
        """Seconds of the processor so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def lags(self, since: float, until: float) -> list[float]:
        """Return the milliseconds by which the loop was late between two moments of the monotonic clock."""
        lines = (line.split() for line in self._lags.read_text(encoding="ascii").splitlines())
        return [float(lag) * 1000 for at, lag in lines if since <= float(at) <= until]

    async def stop(self) -> None:
        """Stop it."""
        self._process.send_signal(signal.SIGTERM)
        await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        async for _ in _output(self._process):
            pass


def _output(process: asyncio.subprocess.Process) -> asyncio.StreamReader:
    if process.stdout is None:
        raise RuntimeError("its output is not read")
    return process.stdout
