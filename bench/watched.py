"""A module that runs as `python -m` would run it, while the lag of its event loop is written to a file.

    python -m bench.watched LAGS MODULE [ARGUMENT...]

Each line of the file is a moment of the monotonic clock, which all processes share, and the seconds by which a timer
of the loop was late.
"""

import asyncio
import runpy
import sys
import time
from pathlib import Path
from typing import IO

TICK_SECONDS = 0.005
_WRITE_SECONDS = 0.25


class _WatchedPolicy(asyncio.DefaultEventLoopPolicy):
    """Makes event loops that note their lag."""

    def __init__(self, lags: Path) -> None:
        super().__init__()
        self._lags = lags

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """Return a loop with a timer that notes how late it is."""
        loop = super().new_event_loop()
        Ticker(loop, self._lags.open("a", encoding="ascii")).start()
        return loop


class Ticker:
    """A timer that notes how late it is."""

    def __init__(self, loop: asyncio.AbstractEventLoop, file: IO[str]) -> None:
        self._loop = loop
        self._file = file
        self._lines: list[str] = []
        self._written_at = 0.0

    def start(self) -> None:
        """Start the timer."""
        self._loop.call_later(TICK_SECONDS, self._tick, time.monotonic() + TICK_SECONDS)

    def _tick(self, due: float) -> None:
        now = time.monotonic()
        self._lines.append(f"{now:.6f} {now - due:.6f}\n")
        if now - self._written_at > _WRITE_SECONDS:
            self._file.write("".join(self._lines))
            self._file.flush()
            self._lines, self._written_at = [], now
        self.start()


if __name__ == "__main__":
    _, file, module, *arguments = sys.argv
    asyncio.set_event_loop_policy(_WatchedPolicy(Path(file)))  # pyright: ignore[reportDeprecated] - until 3.16
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
