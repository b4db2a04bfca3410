"""Kills of the bot and of the program that follows its changes: each change arrives, once and in order."""

import asyncio
import contextlib
import random
import signal
import sqlite3

import pytest

from coachbook_client import AsyncClient, Change, Resync
from sandbox.driver import ActionFailedError, NoAnswerError, Person
from sandbox.interactions.invoke import FIRST_ANSWER_SECONDS
from tests.conftest import Discord, Room
from tests.processes import DEADLINE, BotProcess, free_port
from tests.rounds import rounds

KILLS = rounds(2, 100)
"""Of the bot."""
MOST_CHANGES = 4
"""Changes until the next kill of the bot, or of the program."""


@pytest.fixture(autouse=True)
def people_who_wait_no_longer_than_at_discord(own_discord: Discord) -> None:
    """A bot that was killed lets everybody wait so long."""
    own_discord.sandbox.interactions.first_answer_seconds = FIRST_ANSWER_SECONDS


class Follower:
    """A program that remembers the ids of the changes, and nothing else, when it is killed."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self.seen: list[int] = []
        """The ids of the changes, and of a place to read all plans again, of which there should be none."""
        self._url = f"http://127.0.0.1:{port}"
        self._chance = chance
        self._more = asyncio.Condition()

    async def follow(self) -> None:
        """Follow the changes for ever, and now and then begin again after the last one."""
        while True:
            async with (
                AsyncClient(self._url) as client,
                contextlib.aclosing(client.changes(self.seen[-1] if self.seen else 0)) as changes,
            ):
                for _ in range(self._chance.randint(1, MOST_CHANGES)):
                    await self._note(await anext(changes))

    async def has(self, count: int) -> None:
        """Wait until so many changes have arrived."""
        async with self._more:
            await asyncio.wait_for(self._more.wait_for(lambda: len(self.seen) >= count), DEADLINE)

    async def _note(self, news: Change | Resync) -> None:
        async with self._more:
            self.seen.append(news.id)
            self._more.notify_all()


async def act_on(person: Person, chance: random.Random) -> None:
    """Post and edit plans, whatever comes of it."""
    while True:
        day = f"2030-01-{chance.randint(1, 4):02}"
        command = chance.choice(("plan post", "plan edit"))
        with contextlib.suppress(NoAnswerError, ActionFailedError, TimeoutError):
            await person.slash(command, day=day, text=f"Long {chance.randrange(10**6)}")


@pytest.mark.crash
async def test_kills_of_either_side_lose_no_change(own_discord: Discord, own_room: Room):
    port, chance = free_port(), random.Random(26)  # noqa: S311 - no secret
    settings = own_discord.settings(COACHBOOK_FEED__PORT=str(port), COACHBOOK_FEED__LOCAL_GUILD=str(own_room.guild.id))
    follower = Follower(port, chance)
    bot = await (await BotProcess.start("run", env=settings)).ready()
    await own_room.dana.slash("plan post", day="2030-02-01", text="the first")
    following = asyncio.create_task(follower.follow())
    for _ in range(KILLS):
        people = [asyncio.create_task(act_on(each, chance)) for each in (own_room.dana, own_room.ivan)]
        await follower.has(len(follower.seen) + chance.randint(1, MOST_CHANGES))
        bot.process.kill()
        for each in people:
            each.cancel()
        await asyncio.gather(*people, return_exceptions=True)
        assert await bot.ended() == -signal.SIGKILL
        bot = await (await BotProcess.start("run", env=settings)).ready()
    await own_room.dana.slash("plan edit", day="2030-02-01", text="the last")

    with contextlib.closing(sqlite3.connect(f"file:{own_discord.folder / 'book.db'}?mode=ro", uri=True)) as book:
        made = [each for (each,) in book.execute("SELECT id FROM plan_history ORDER BY id")]
    await follower.has(len(made))
    following.cancel()
    assert follower.seen == made
    assert await bot.stop() == 0
