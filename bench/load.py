"""The time that another server waits for `/plan show` and a post with a picture: alone, and beside all that takes long.

That is six exports, forty crafted pictures and an import.

python -m bench.load
"""

import asyncio
import datetime
import tempfile
import time
from pathlib import Path

from bot.domain.values import GuildId
from sandbox.server import Sandbox
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Room, make_room, populate, today
from tests.e2e.test_load import crafted, demands, fill, says
from tests.processes import BotProcess

ROUNDS = 10


async def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with await Sandbox.start() as sandbox:
            discord = populate(sandbox, None, Path(folder))
            busy, other = make_room(discord), make_room(discord)
            guild, more = GuildId(busy.guild.id), discord.folder / "more.jsonl"
            for book, coach, first_id in (("more.db", "x", 10_000), ("book.db", "y", 1)):
                await asyncio.to_thread(fill, discord.folder / book, guild, coach, first_id)
            command = ("export", str(more), "--guild", str(guild))
            await (await BotProcess.start(*command, env=discord.settings("more.db"))).ended()
            bot = await (await BotProcess.start("run", env=discord.settings())).ready()
            charts = [await asyncio.to_thread(crafted, number) for number in range(40)]
            print(f"{'':24} {'/plan show':>20} {'/plan post':>20}   seconds, median and longest")
            await measure("alone", other, 0)
            importing = await BotProcess.start("import", str(more), env=discord.settings())
            asked = [asyncio.create_task(each) for each in demands(discord, busy, charts)]
            await measure("beside all that", other, ROUNDS)
            print(f"import: {'running' if importing.process.returncode is None else 'done'}")
            for each in asked:
                each.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
            await importing.ended()
            await bot.stop()


async def measure(name: str, room: Room, first: int) -> None:
    """Print what each takes, in so many rounds."""
    shown: list[float] = []
    posted: list[float] = []
    for number in range(first, first + ROUNDS):
        day = (today() + datetime.timedelta(number)).isoformat()
        chart = Upload("small.png", image_samples.png(seed=number))
        begun = time.perf_counter()
        receipt = await room.dana.slash("plan post", text=f"text {number}", day=day, chart1=chart)
        await says(receipt, "queued, not saved yet")  # while the import holds the database
        await room.shows(f"text {number}")
        posted.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        await room.mia.slash("plan show", day=day)
        shown.append(time.perf_counter() - begun)
    figures = [f"{sorted(each)[ROUNDS // 2]:12.2f} {max(each):7.2f}" for each in (shown, posted)]
    print(f"{name:24} {figures[0]} {figures[1]}")


if __name__ == "__main__":
    asyncio.run(main())
