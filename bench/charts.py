"""Ten charts of 8 MiB in one post: how long it takes, what memory it costs, and whether others still get answers.

    python -m bench.charts

The bot runs as a process of its own against a local Discord in this one. Memory is the resident set of the bot's
process at its peak (`VmHWM` in /proc, so Linux only), and that of the process that looks at pictures beside it.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from sandbox.driver import Person
from sandbox.server import Sandbox
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Room, make_room, populate
from tests.processes import BotProcess

CHARTS = 10
CHART_BYTES = 8 * 2**20
QUIET_ANSWERS = 50
PLAN = "Long above 21,450"
MIB = 2**20


async def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with await Sandbox.start() as sandbox:
            discord = populate(sandbox, None, Path(folder))
            bot = await (await BotProcess.start("run", env=discord.settings())).ready()
            await _measure(make_room(discord), bot.process.pid)
            await bot.stop()


async def _measure(room: Room, pid: int) -> None:
    await room.ivan.slash("plan post", text="Fade the first push")
    quiet = [await _answer_seconds(room.mia) for _ in range(QUIET_ANSWERS)]
    charts = {
        f"chart{number}": Upload(f"{number}.png", image_samples.noise_png(CHART_BYTES, seed=number))
        for number in range(1, CHARTS + 1)
    }
    _forget_peak(pid)
    before = _memory(pid, "VmRSS")
    workers = [0]
    others: list[float] = []
    began = time.perf_counter()
    posting = asyncio.create_task(_post(room, charts))
    while not posting.done():
        others.append(await _answer_seconds(room.mia))
        workers.append(_children(pid))
    seconds = time.perf_counter() - began
    receipt = await posting
    peak = _memory(pid, "VmHWM")
    print(receipt)
    grown, all_bytes = peak - before, CHARTS * CHART_BYTES
    slowest, slowest_quiet = max(others), max(quiet)
    print(f"posted within               {seconds:6.1f} s of the 900 s that an interaction lives")
    print(f"the bot's memory            {before / MIB:6.1f} MiB before, {peak / MIB:.1f} MiB at the peak")
    print(f"  growth                    {grown / MIB:6.1f} MiB, {grown / all_bytes:.2f} of the pictures' bytes")
    print(f"the looking process         {max(workers) / MIB:6.1f} MiB at the peak")
    times = f"{slowest / slowest_quiet:.1f} times the slowest in quiet"
    print(f"{len(others):4} other answers          {slowest:6.3f} s the slowest, {times}")


async def _post(room: Room, charts: dict[str, Upload]) -> str:
    """What the receipt says, once everyone sees the plan's card."""
    receipt = await room.dana.slash("plan post", text=PLAN, **charts)
    await room.shows(PLAN)
    if receipt.interaction:
        await receipt.interaction.until(lambda: "Posted" in receipt.text)
    return receipt.text


async def _answer_seconds(person: Person) -> float:
    began = time.perf_counter()
    await person.slash("plan list")
    return time.perf_counter() - began


def _forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _children(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_memory(int(child), "VmRSS") for child in children)


def _memory(pid: int, what: str) -> int:
    """Bytes, by the name in /proc; 0 when the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(what)), 0)


if __name__ == "__main__":
    asyncio.run(main())
