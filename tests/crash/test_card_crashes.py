"""Kills of the whole bot: after the restart each plan has one card, and it shows the newest revision."""

import asyncio
import contextlib
import dataclasses
import itertools
import os
import random
import signal
import sqlite3
from pathlib import Path

import pytest

from sandbox.driver import ActionFailedError, NoAnswerError, Person, Seen
from sandbox.http.exchange import Exchange
from sandbox.interactions.invoke import FIRST_ANSWER_SECONDS
from sandbox.server import Sandbox
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room, make_room, plan_in, populate
from tests.processes import BotProcess
from tests.rounds import rounds

BOOKS, KILLS = 2, rounds(12, 200)
MOST_EXCHANGES = 12
"""Of a bot with Discord, once it is ready and until it is killed."""
MOST_SECONDS = 0.05
"""From the last of them to the kill, which so comes in the middle of anything."""
CREATE, EDIT = ("POST", "/channels/*/messages"), ("PATCH", "/channels/*/messages/*")


@pytest.fixture(autouse=True)
def people_who_wait_no_longer_than_at_discord(own_discord: Discord) -> None:
    """A bot that was killed lets everybody wait so long."""
    own_discord.sandbox.interactions.first_answer_seconds = FIRST_ANSWER_SECONDS


@dataclasses.dataclass
class Book:
    """A bot that is killed now and then, in a Discord of its own."""

    discord: Discord
    room: Room

    async def start(self) -> BotProcess:
        return await (await BotProcess.start("run", env=self.discord.settings())).ready()

    def rows(self, query: str) -> list[tuple[int, str]]:
        """Return the rows of the database, read as another program reads them."""
        with contextlib.closing(sqlite3.connect(f"file:{self.discord.folder / 'book.db'}?mode=ro", uri=True)) as book:
            return list(book.execute(query))

    def shown(self) -> dict[int, list[str]]:
        """Return the texts of the messages that show each plan."""
        found: dict[int, list[str]] = {}
        for message in self.discord.sandbox.world.messages_in(self.room.channel.id):
            if not message.ephemeral and (plan_id := plan_in(Seen(message))):
                found.setdefault(plan_id, []).append(Seen(message).text)
        return found

    async def until_right(self) -> None:
        """Wait until each plan has one card, which shows its newest revision."""
        plans = self.rows("SELECT id, substr(hash, 1, 8) FROM coach_plans")

        def is_right() -> bool:
            shown = self.shown()
            return all(any(mark in text for text in shown.get(plan_id, ())) for plan_id, mark in plans)

        await self.discord.until(is_right)
        assert {plan_id: len(texts) for plan_id, texts in self.shown().items()} == {plan_id: 1 for plan_id, _ in plans}

    async def check(self) -> None:
        """Fail unless the bot finds its book in order."""
        checking = await BotProcess.start("check", env=self.discord.settings())
        assert await checking.ended() == 0, checking.output


@pytest.fixture
def book(own_discord: Discord, own_room: Room) -> Book:
    return Book(own_discord, own_room)


async def act(person: Person, draw: random.Random) -> None:
    """Do something to some plan."""
    day = f"2030-01-{draw.randint(1, 4):02}"
    match draw.randrange(6):
        case 0 | 1:
            await person.slash("plan post", day=day, text=f"Long {draw.randrange(10**6)}")
        case 2 | 3:
            await person.slash("plan edit", day=day, text=f"Short {draw.randrange(10**6)}")
        case 4:
            await person.slash("chart add", day=day, chart1=Upload("nq.png", image_samples.png(seed=draw.randrange(9))))
        case _:
            asked = await person.slash("plan delete", day=day)
            await (person.click(asked, "Delete") if asked.buttons else person.slash("plan restore", day=day))


async def act_on(person: Person, draw: random.Random) -> None:
    """Go on acting, whatever comes of it."""
    while True:
        with contextlib.suppress(NoAnswerError, ActionFailedError, TimeoutError):
            await act(person, draw)


async def killed_at(exchange: int, seconds: float, bot: BotProcess, sandbox: Sandbox) -> None:
    """Kill a bot as Discord is about to answer its so many-th request, or so long afterwards."""
    left = itertools.count(-exchange + 1)

    def kill(_: Exchange) -> None:
        if next(left) == 0:
            bot.process.kill() if not seconds else asyncio.get_running_loop().call_later(seconds, bot.process.kill)

    sandbox.exchanges.append(kill)
    assert await bot.ended() == -signal.SIGKILL, bot.output
    sandbox.exchanges.remove(kill)


async def kill_again_and_again(folder: Path, seed: int) -> int:
    """Kill a bot under load; how often a kill came while a card was on its way."""
    draw, halfway = random.Random(seed), 0  # noqa: S311 - chance, and no secret
    async with await Sandbox.start() as sandbox:
        discord = populate(sandbox, None, folder)
        book = Book(discord, make_room(discord))
        for _ in range(KILLS):
            bot = await book.start()
            people = [asyncio.create_task(act_on(each, draw)) for each in (book.room.dana, book.room.ivan)]
            await killed_at(
                draw.randint(1, MOST_EXCHANGES), draw.choice((0, draw.uniform(0, MOST_SECONDS))), bot, sandbox
            )
            for each in people:
                each.cancel()
            await asyncio.gather(*people, return_exceptions=True)
            halfway += bool(book.rows("SELECT id, nonce FROM cards WHERE tried_at IS NOT NULL"))
        bot = await book.start()
        await book.until_right()
        assert len(book.shown()) >= 3
        assert await bot.stop() == 0
        await book.check()
    return halfway


@pytest.mark.crash
async def test_kills_under_load_leave_one_right_card_for_each_plan(tmp_path: Path):
    folders = [tmp_path / str(number) for number in range(BOOKS)]
    for folder in folders:
        folder.mkdir()

    halfway = await asyncio.gather(*(kill_again_and_again(folder, seed) for seed, folder in enumerate(folders)))

    assert sum(halfway) >= BOOKS * KILLS / 10, "too few kills came while a card was on its way"


@pytest.mark.crash
@pytest.mark.parametrize("asked", [CREATE, EDIT], ids=["create", "edit"])
@pytest.mark.parametrize("is_carried_out", [False, True])
async def test_a_kill_before_or_after_discord_did_it_makes_no_card_double(book: Book, asked, is_carried_out: bool):
    bot = await book.start()
    await book.room.dana.slash("plan post", day="2030-01-01", text="other")
    if asked == EDIT:
        await book.room.dana.slash("plan post", text="first")
    await book.until_right()
    method, pattern = asked
    if not is_carried_out:
        book.discord.sandbox.faults.lose_request(method, pattern)

    def kill(each: Exchange) -> None:
        if each.method == method and each.path.startswith("/channels/") and bot.process.returncode is None:
            os.kill(bot.process.pid, signal.SIGKILL)

    book.discord.sandbox.exchanges.append(kill)
    command = "plan edit" if asked == EDIT else "plan post"
    acting = asyncio.create_task(book.room.dana.slash(command, text="second"))
    assert await bot.ended() == -signal.SIGKILL
    acting.cancel()
    await asyncio.gather(acting, return_exceptions=True)
    book.discord.sandbox.exchanges.remove(kill)
    again = await book.start()

    await book.until_right()

    await book.room.shows("second")
    assert len(book.shown()) == 2
    assert await again.stop() == 0
    await book.check()


async def test_a_kill_between_the_commit_and_the_card_costs_no_card(book: Book):
    """The bot can't reach its channel at all until it is killed: the plan is in the book, and nothing in Discord."""
    bot = await book.start()
    book.discord.sandbox.faults.fail(*CREATE, status=500, count=1000)
    receipt = await book.room.dana.slash("plan post", text="first")
    assert "will be posted" in receipt.text
    await bot.stop(signal.SIGKILL)
    book.discord.sandbox.faults.clear()

    again = await book.start()

    await book.until_right()
    assert await again.stop() == 0
