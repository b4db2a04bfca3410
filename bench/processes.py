"""Bots as processes whose event loop, memory and processor time are watched."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Self

READY_SECONDS = 300
_TICKS = os.sysconf("SC_CLK_TCK")
MIB = 2**20


class Watched:
    """A running bot."""

    def __init__(self, process: asyncio.subprocess.Process, lags: Path, started: float) -> None:
        self._process = process
        self._lags = lags
        self.started = started
        """In the time of the monotonic clock."""
        self.ready_seconds = 0.0
        """From the start of the process until it was ready."""

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, lags: Path, module: str, *arguments: str, env: Mapping[str, str]) -> AsyncGenerator[Self]:
        """Run `python -m module`, from when it is ready to the end of the block."""
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.watched", str(lags), module, *arguments),
            env={**env, "COACHBOOK_LOG__FORMAT": "json"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        watched = cls(process, lags, began)
        try:
            await watched._wait_ready()
            reading = asyncio.create_task(watched._read())
            yield watched
            process.send_signal(signal.SIGTERM)
            await reading
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

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

    async def _wait_ready(self) -> None:
        lines: list[str] = []
        async with asyncio.timeout(READY_SECONDS):
            while not lines or not (lines[-1] == "ready\n" or '"event": "ready"' in lines[-1]):
                line = (await _output(self._process).readline()).decode()
                if not line:
                    raise RuntimeError("".join(lines))
                lines.append(line)
        self.ready_seconds = time.monotonic() - self.started

    async def _read(self) -> None:
        async for _ in _output(self._process):
            pass


def _output(process: asyncio.subprocess.Process) -> asyncio.StreamReader:
    if process.stdout is None:
        raise RuntimeError("its output is not read")
    return process.stdout
