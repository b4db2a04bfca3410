"""Cards that go while nobody tells the bot: each comes back by itself, and none twice."""

import asyncio
import contextlib
import dataclasses
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Generator

import pytest

from sandbox.driver import Seen
from sandbox.world.entities import Channel, Overwrite, Role
from sandbox.world.permissions import Permissions
from sandbox.world.state import World
from tests.conftest import Discord, Room, card_of, plan_in
from tests.processes import DEADLINE, BotProcess
from tests.rounds import rounds

CYCLES = rounds(1, 25)
"""In each of which a card goes in each way."""
LIST = "/channels/*/messages"


@dataclasses.dataclass
class Desk:
    """A bot and a guild whose plans' channel may be lost."""

    discord: Discord
    room: Room
    bot: BotProcess
    muted: Role
    """A role whose members see no channel that a plan's card was in."""
    draw: random.Random

    @property
    def world(self) -> World:
        return self.discord.sandbox.world

    async def new_channel(self) -> Channel:
        """Make another channel that of the plans."""
        channel = self.world.add_channel(self.room.guild, "plans")
        hidden = Overwrite(self.muted.id, is_member=False, deny=int(Permissions.VIEW_CHANNEL))
        self.world.set_overwrite(channel, hidden)
        await self.room.max.slash("admin settings", plans_channel=channel)
        return channel

    async def post(self, text: str) -> Seen:
        """Post today's plan, and give its card."""
        return await card_of(self.room.dana, await self.room.dana.slash("plan post", text=text))

    async def delete(self, card: Seen) -> None:
        """Delete the plan, and then its card."""
        await self.room.dana.click(await self.room.dana.slash("plan delete"), "Delete")
        await self.discord.until(lambda: "Deleted" in card.text)
        self.world.delete(card.shown)

    def cards(self) -> list[Seen]:
        """All cards, in whichever channel, oldest first."""
        messages = [each for each in self.world.messages.values() if not each.deleted and not each.ephemeral]
        return [seen for seen in map(Seen, messages) if plan_in(seen)]

    async def until_back(self, text: str) -> Seen:
        """Wait for the card with the text: there is no other."""
        await self.discord.until(lambda: any(text in each.text for each in self.cards()))
        [card] = self.cards()
        return card

    @contextlib.contextmanager
    def locked(self) -> Generator[None]:
        """Hold the database, as another program might."""
        other = sqlite3.connect(self.discord.folder / "book.db", isolation_level=None)
        with contextlib.closing(other):
            other.execute("BEGIN IMMEDIATE")
            yield

    # Ways to lose a card, each with the end of the fault.

    async def lose_in_an_outage(self, card: Seen) -> None:
        self.world.begin_outage(self.room.guild)
        self.world.delete(card.shown)
        self.world.end_outage(self.room.guild)

    async def lose_without_the_bot(self, card: Seen) -> None:
        self.world.remove_bot(self.discord.application, self.room.guild)
        self.world.delete(card.shown)
        self.world.install(self.discord.application, self.room.guild)

    async def lose_while_muted(self, card: Seen) -> None:
        own = self.room.guild.members[self.discord.application.id]
        roles = [self.room.guild.roles[each] for each in own.role_ids]
        self.world.set_roles(own, [*roles, self.muted])
        self.world.delete(card.shown)
        self.world.set_roles(own, roles)

    async def lose_before_a_role_changes(self, card: Seen) -> None:
        card.shown.deleted = True
        everyone = self.room.guild.roles[self.room.guild.id]
        self.world.set_permissions(self.room.guild, everyone, everyone.permissions)

    async def lose_while_hidden(self, card: Seen) -> None:
        channel = self.world.channels[card.shown.channel_id]
        own_id = self.discord.application.id
        self.world.set_overwrite(channel, Overwrite(own_id, is_member=True, deny=int(Permissions.VIEW_CHANNEL)))
        self.world.delete(card.shown)
        self.world.set_overwrite(channel, Overwrite(own_id, is_member=True))

    async def lose_between_sessions(self, card: Seen) -> None:
        card.shown.deleted = True
        await self.discord.sandbox.faults.invalidate_session()

    async def lose_while_the_database_is_held(self, card: Seen) -> None:
        waits = "database unavailable; cards not reconciled"
        with self.locked():
            self.world.delete(card.shown)
            await self.bot.logged(waits, self.bot.count(waits) + 1)

    async def lose_the_channel(self, card: Seen) -> None:
        old = self.world.channels[card.shown.channel_id]
        await self.new_channel()
        self.world.remove_channel(old)

    async def lose_the_channel_in_an_outage(self, card: Seen) -> None:
        old = self.world.channels[card.shown.channel_id]
        await self.new_channel()
        self.world.begin_outage(self.room.guild)
        self.world.remove_channel(old)
        self.world.end_outage(self.room.guild)


Loss = Callable[[Desk, Seen], Awaitable[None]]
LOSSES: list[Loss] = [
    Desk.lose_in_an_outage,
    Desk.lose_without_the_bot,
    Desk.lose_while_muted,
    Desk.lose_before_a_role_changes,
    Desk.lose_while_hidden,
    Desk.lose_between_sessions,
    Desk.lose_while_the_database_is_held,
    Desk.lose_the_channel,
    Desk.lose_the_channel_in_an_outage,
]


@pytest.fixture
async def desk(own_discord: Discord, own_room: Room) -> AsyncIterator[Desk]:
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    muted = own_discord.sandbox.world.add_role(own_room.guild, "Muted")
    desk = Desk(own_discord, own_room, bot, muted, random.Random(0))  # noqa: S311 - chance, and no secret
    await desk.new_channel()
    yield desk
    await bot.stop()


async def test_a_card_comes_back_however_it_went(desk: Desk):
    """Each loss is of a plan of its own, as a card that goes again and again is not put back."""
    ways = [way for _ in range(CYCLES) for way in desk.draw.sample(LOSSES, len(LOSSES))]
    for number, lose in enumerate(ways):
        text = f"round {number}."
        card = await desk.post(text)

        desk.discord.sandbox.faults.fail("GET", LIST, status=500, count=desk.draw.choice((0, 0, 1, 2)))
        await lose(desk, card)

        back = await desk.until_back(text)
        assert back.message is not card.message
        await desk.delete(back)

    await desk.post("in doubt")
    desk.discord.sandbox.faults.fail("GET", LIST, status=500, count=1000)
    everyone = desk.room.guild.roles[desk.room.guild.id]
    desk.world.set_permissions(desk.room.guild, everyone, everyone.permissions)
    failed = "cards not searched"
    await desk.bot.logged(failed, desk.bot.count(failed) + 1)
    assert "1 card being checked" in (await desk.room.max.slash("admin health")).text
    desk.discord.sandbox.faults.clear()
    async with asyncio.timeout(DEADLINE):
        while "all up to date" not in (await desk.room.max.slash("admin health")).text:
            pass
    assert "Traceback" not in desk.bot.output
