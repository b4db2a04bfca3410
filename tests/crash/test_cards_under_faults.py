"""Kills, lost answers and lost events at random moments, while people act in several channels and move the cards.

Within a minute of the last fault each plan has one card, which shows it as it is, and there is none without a plan.
"""

import asyncio
import contextlib
import dataclasses
import random
import signal
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from sandbox.driver import ActionFailedError, Driver, NoAnswerError, Person, Seen
from sandbox.interactions.invoke import FIRST_ANSWER_SECONDS
from sandbox.server import Sandbox
from sandbox.world.entities import Channel, Overwrite
from sandbox.world.permissions import Permissions
from tests.conftest import Discord, Room, make_room, plan_in, populate
from tests.processes import BotProcess
from tests.rounds import rounds

ROUNDS = rounds(3, 200)
ACTS = 6
"""Of each person in a round."""
MOST_SECONDS = 2.5
"""Until a kill, or between two faults: as long as Discord takes at worst to make a message."""
MESSAGES, CREATE = "/channels/*/messages*", "/channels/*/messages"

MOST_DELETED = 3
"""Times that a plan's card is deleted by hand: fewer than after which it stays deleted."""
EXPECTED = """
    SELECT coach_plans.id, substr(hash, 1, 8), name FROM coach_plans
    JOIN coaches ON coaches.id = coach_id JOIN cards ON cards.plan_id = coach_plans.id
    WHERE deleted_at IS NULL OR gone_at IS NULL
"""
"""A deleted plan's card that is deleted by hand stays so."""


@dataclasses.dataclass
class Book:
    """A bot that is killed now and then, in a Discord that fails now and then."""

    discord: Discord
    room: Room
    channels: list[Channel]
    draw: random.Random
    bot: BotProcess | None = None
    deleted: Counter[int] = dataclasses.field(default_factory=Counter[int])
    """The number of times that the cards of each plan were deleted by hand."""

    @property
    def sandbox(self) -> Sandbox:
        return self.discord.sandbox

    async def start(self) -> None:
        self.bot = await BotProcess.start("run", env=self.discord.settings())
        await self.bot.ready()

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.bot
        bot, self.bot = self.bot, None
        return await bot.stop(number)

    def plans(self) -> dict[int, tuple[str, str]]:
        """The beginning of each plan's newest hash and its coach's name, as another program reads them."""
        with contextlib.closing(sqlite3.connect(f"file:{self.discord.folder / 'book.db'}?mode=ro", uri=True)) as book:
            return {plan_id: (mark, name.partition(" (")[0]) for plan_id, mark, name in book.execute(EXPECTED)}

    def shown(self) -> dict[int, list[str]]:
        """Return the texts of the messages that show each plan, in all channels."""
        found: dict[int, list[str]] = {}
        for message in self.sandbox.world.messages.values():
            if not message.ephemeral and not message.deleted and (plan_id := plan_in(Seen(message))):
                found.setdefault(plan_id, []).append(Seen(message).text)
        return found

    async def until_right(self) -> None:
        """Wait until each plan has one card and it shows the newest revision, and none is without a plan."""

        def is_right() -> bool:
            plans, shown = self.plans(), self.shown()
            single = {plan_id: texts[0] for plan_id, texts in shown.items() if len(texts) == 1}
            return single.keys() == shown.keys() == plans.keys() and all(
                word in single[plan_id] for plan_id, words in plans.items() for word in words
            )

        try:
            await self.discord.until(is_right)
        except TimeoutError:
            raise AssertionError(
                f"plans: {self.plans()}\ncards: {self.shown()}\n{self.bot and self.bot.output}"
            ) from None

    async def act(self, name: str) -> None:
        """Do something to some plan, or to where plans are shown."""
        person = Driver(self.sandbox).person(name, self.draw.choice(self.channels))
        day = f"2030-01-{self.draw.randint(1, 4):02}"
        match self.draw.randrange(7):
            case 0 | 1 | 2:
                await person.slash("plan post", day=day, text=f"Long {self.draw.randrange(10**6)}")
            case 3 | 4:
                await person.slash("plan edit", day=day, text=f"Short {self.draw.randrange(10**6)}")
            case 5:
                asked = await person.slash("plan delete", day=day)
                await (person.click(asked, "Delete") if asked.buttons else person.slash("plan restore", day=day))
            case _:
                await self._manage(Driver(self.sandbox).person("max", person.channel))

    async def go_wrong(self) -> None:
        """Let something go wrong, for a few requests or for a moment."""
        faults, count = self.sandbox.faults, self.draw.randint(1, 3)
        method = self.draw.choice(("POST", "POST", "PATCH", "GET"))
        pattern = CREATE if method == "POST" else MESSAGES
        match self.draw.randrange(9):
            case 0 | 1:
                faults.lose_answer(method, pattern, count=count)
            case 2:
                faults.lose_request(method, pattern, count=count)
            case 3 | 4:
                faults.slow(method, pattern, seconds=self.draw.uniform(0.2, MOST_SECONDS), count=count)
            case 5:
                faults.fail(method, pattern, status=self.draw.choice((500, 502)), count=count)
            case 6:
                faults.rate_limit(method, pattern, retry_after=0.3, scope=self.draw.choice(("user", "global")))
            case 7:
                faults.refuse_resume()
                faults.drop_socket()
            case _:
                await self._close_for_a_moment()

    def delete_a_card(self) -> None:
        """Delete a plan's card by hand, while the bot is connected."""
        messages = [each for each in self.sandbox.world.messages.values() if not each.deleted and not each.ephemeral]
        live = [each for each in messages if "Edit" in Seen(each).buttons]
        cards = [(plan_id, each) for each in live if self.deleted[plan_id := plan_in(Seen(each)) or 0] < MOST_DELETED]
        if cards:
            plan_id, message = self.draw.choice(cards)
            self.deleted[plan_id] += 1
            self.sandbox.world.delete(message)

    async def _manage(self, manager: Person) -> None:
        if self.draw.randrange(3):
            await manager.slash("admin settings", plans_channel=self.draw.choice(self.channels))
        else:
            await manager.slash("admin coach edit", coach="d", name=f"Coach D {self.draw.randrange(100)}")

    async def _close_for_a_moment(self) -> None:
        """Hide a channel from the bot, and show it again."""
        channel, bot = self.draw.choice(self.channels), self.discord.application.id
        denied = Overwrite(bot, is_member=True, deny=int(Permissions.VIEW_CHANNEL))
        self.sandbox.world.set_overwrite(channel, denied)
        try:
            await asyncio.sleep(self.draw.uniform(0, MOST_SECONDS))
        finally:
            self.sandbox.world.set_overwrite(channel, Overwrite(bot, is_member=True))


async def go_on_acting(book: Book, name: str) -> None:
    """Act so often, whatever comes of it."""
    for _ in range(ACTS):
        with contextlib.suppress(NoAnswerError, ActionFailedError, TimeoutError):
            await book.act(name)


async def go_on_failing(book: Book) -> None:
    """Let things go wrong until canceled."""
    while True:
        await book.go_wrong()
        await asyncio.sleep(book.draw.uniform(0, MOST_SECONDS / 2))


async def one_round(book: Book) -> None:
    """Let people act while things go wrong and perhaps the bot is killed; wait until all is right again."""
    acting = [asyncio.create_task(go_on_acting(book, name)) for name in ("dana", "ivan")]
    failing = asyncio.create_task(go_on_failing(book))
    if book.draw.randrange(2):
        await asyncio.sleep(book.draw.uniform(0, MOST_SECONDS))
        await book.stop(signal.SIGKILL)
        await book.start()
    await asyncio.gather(*acting)
    failing.cancel()
    await asyncio.gather(failing, return_exceptions=True)
    book.sandbox.faults.clear()
    await book.until_right()
    book.delete_a_card()
    await book.until_right()


@pytest.mark.crash
async def test_each_plan_has_one_card_after_kills_lost_answers_and_lost_events(tmp_path: Path):
    async with await Sandbox.start() as sandbox:
        sandbox.interactions.first_answer_seconds = FIRST_ANSWER_SECONDS
        discord = populate(sandbox, None, tmp_path)
        room = make_room(discord)
        channels = [room.channel, *(sandbox.world.add_channel(room.guild, name) for name in ("swing", "all-plans"))]
        book = Book(discord, room, channels, random.Random(20))  # noqa: S311 - chance, and no secret
        await book.start()
        for _ in range(ROUNDS):
            await one_round(book)
        assert len(book.plans()) >= 3
        assert await book.stop() == 0
        checking = await BotProcess.start("check", env=discord.settings())
        assert await checking.ended() == 0, checking.output
