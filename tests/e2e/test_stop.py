"""A stop in a burst: what has begun is finished, the rest is queued, and nothing is lost or done twice."""

import asyncio
import datetime
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sandbox.driver import Seen, menu
from sandbox.interactions.invoke import Interaction
from tests.conftest import Discord, Room
from tests.processes import DEADLINE, BotProcess
from tests.rounds import LONG, rounds

STOP_SECONDS = 5.0
"""The promise of docs/promises.md on a stop."""
COUNT, LENGTH = rounds(50, 1200), rounds(20, 3900)
FINISHED, QUEUED = 0, 3
"""The statuses of a bot that has saved all that was sent, and of one that has queued some of it."""


async def post(room: Room, number: int) -> Interaction:
    """Send `/plan post` for a day of its own, and wait for no answer."""
    person, sandbox = room.dana, room.discord.sandbox
    [command] = [each for each in sandbox.world.commands.values() if each.name == "plan"]
    day = datetime.date(2026, 1, 1) + datetime.timedelta(number)
    filled, _ = menu.filled_in(command, ["post"], {"text": text_of(number), "day": day.isoformat()})
    return await sandbox.interactions.invoke_command(person.user, person.channel, command, filled)


def text_of(number: int) -> str:
    return f"plan {number} " + "x" * LENGTH


def texts_in(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM coach_plans ORDER BY day")]


def says(sent: Interaction, words: str) -> bool:
    return sent.original is not None and words in Seen(sent.original, sent).text


async def test_a_stop_in_a_burst_of_posts_loses_none(own_discord: Discord, own_room: Room):
    database, queue = own_discord.folder / "book.db", own_discord.folder / "spool-book.db" / "operations.jsonl"
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    sent = [await post(own_room, number) for number in range(COUNT)]
    async with asyncio.timeout(DEADLINE):
        while not texts_in(database):  # noqa: ASYNC110 - nothing tells that one is saved
            await asyncio.sleep(0)
    began = time.monotonic()

    status = await bot.stop()

    if LONG:  # else the machine may be busy with other tests
        assert time.monotonic() - began < STOP_SECONDS
    assert status == (QUEUED if queue.exists() else FINISHED), bot.output
    assert "Traceback" not in bot.output
    saved = set(texts_in(database))
    assert {text_of(number) for number, each in enumerate(sent) if says(each, "Posted")} <= saved
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    await own_discord.until(lambda: not queue.exists())
    await bot.stop(signal.SIGKILL)
    assert texts_in(database) == [text_of(number) for number in range(COUNT)]
