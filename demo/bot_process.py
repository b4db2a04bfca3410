"""The bot of the tour, in a process of its own."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator, Coroutine, Mapping
from pathlib import Path

from demo.errors import SetupError
from sandbox.gateway.server import GatewayPayload
from sandbox.server import Sandbox

START_SECONDS = 30.0
STOP_SECONDS = 6.0


class BotProcess:
    """The bot, which is connected to the local Discord until its process ends."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Take over a started process."""
        self._process = process

    async def ended(self) -> str:
        """Wait until the process ends by itself, and return how."""
        status = await self._process.wait()
        return f"by signal {-status}" if status < 0 else f"with status {status}"

    async def stop(self) -> None:
        """Stop the bot, or kill it if that takes too long."""
        if self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


@contextlib.asynccontextmanager
async def running_bot(sandbox: Sandbox, settings: Mapping[str, str], log: Path) -> AsyncGenerator[BotProcess]:
    """Run the bot inside the context; `settings` is its whole environment.

    Raises:
        SetupError: it exited, or was not ready in time.
    """
    ready = asyncio.Event()

    def observe(sent: GatewayPayload) -> None:
        if sent.payload.get("t") == "READY":
            ready.set()

    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            env=settings,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # only the tour gets Ctrl-C, and stops the bot itself
        )
    bot = BotProcess(process)
    sandbox.gateway.observers.append(observe)
    try:
        await _first_of(ready.wait(), process.wait())
        if not ready.is_set():
            written = await asyncio.to_thread(log.read_text)
            raise SetupError(f"The bot did not start. Its log:\n{written[-3000:]}")
        yield bot
    finally:
        sandbox.gateway.observers.remove(observe)
        await bot.stop()


async def _first_of(*waits: Coroutine[None, None, object]) -> None:
    """Wait until one of them returns, or the time for a start is over."""
    waiting = {asyncio.create_task(each) for each in waits}
    await asyncio.wait(waiting, timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
