"""Turns are fair: between servers, and within one between its users."""

import asyncio
import dataclasses
from typing import ClassVar

import pytest

from bot.domain.values import Actor, GuildId, UserId
from bot.service.fair_slots import FairSlots
from tests.service.scene import DANA, IVAN, MIA, OTHER_GUILD

ELSEWHERE = Actor(OTHER_GUILD, MIA.user_id)
THIRD = Actor(GuildId(502), MIA.user_id)


class Counted(int):
    """A number that knows how often it was looked up."""

    lookups: ClassVar[int] = 0

    def __hash__(self) -> int:
        Counted.lookups += 1
        return super().__hash__()


@dataclasses.dataclass
class Turns:
    """People who wait for slots, and the order in which they get them."""

    slots: FairSlots
    had: list[str] = dataclasses.field(default_factory=list)
    tasks: dict[str, asyncio.Task[None]] = dataclasses.field(default_factory=dict)
    ahead: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    ends: dict[str, asyncio.Event] = dataclasses.field(default_factory=dict)

    async def ask(self, name: str, actor: Actor) -> None:
        self.ends[name], self.ahead[name] = asyncio.Event(), []

        async def wait() -> None:
            async with self.slots.slot(actor, self.ahead[name].append):
                self.had.append(name)
                await self.ends[name].wait()

        self.tasks[name] = asyncio.create_task(wait())
        await asyncio.sleep(0)

    async def end(self, name: str) -> None:
        self.ends[name].set()
        await self.tasks[name]
        await asyncio.sleep(0)

    async def end_all(self) -> list[str]:
        """End one after the other, oldest first, and give the order in which they had a slot."""
        ended = 0
        while ended < len(self.tasks):
            await self.end(self.had[ended])
            ended += 1
        return self.had


async def test_servers_take_turns_and_within_one_its_users():
    turns = Turns(FairSlots(1))
    for number in range(4):
        await turns.ask(f"dana {number}", DANA)
    await turns.ask("ivan 0", IVAN)
    await turns.ask("ivan 1", IVAN)
    await turns.ask("elsewhere 0", ELSEWHERE)
    await turns.ask("elsewhere 1", ELSEWHERE)

    assert await turns.end_all() == [
        *("dana 0", "elsewhere 0", "ivan 0", "elsewhere 1"),
        *("dana 1", "ivan 1", "dana 2", "dana 3"),
    ]


async def test_who_comes_late_goes_before_the_second_of_all_others():
    turns = Turns(FairSlots(2))
    for number in range(6):
        await turns.ask(f"dana {number}", DANA)
    await turns.end("dana 0")

    await turns.ask("third", THIRD)
    await turns.ask("ivan", IVAN)
    await turns.end("dana 1")
    await turns.end("dana 2")

    assert turns.had == ["dana 0", "dana 1", "dana 2", "third", "ivan"]
    await turns.end_all()


async def test_one_server_leaves_a_slot_to_others():
    turns = Turns(FairSlots(2, max_of_server=1))
    for number in range(3):
        await turns.ask(f"dana {number}", DANA)
    await turns.ask("ivan", IVAN)

    await turns.ask("elsewhere", ELSEWHERE)

    assert turns.had == ["dana 0", "elsewhere"]
    assert await turns.end_all() == ["dana 0", "elsewhere", "ivan", "dana 1", "dana 2"]


async def test_one_user_leaves_a_slot_to_others_of_the_server():
    turns = Turns(FairSlots(3, max_of_server=2, max_of_user=1))
    for number in range(2):
        await turns.ask(f"dana {number}", DANA)

    await turns.ask("ivan", IVAN)
    await turns.ask("ivan again", IVAN)
    await turns.ask("elsewhere", ELSEWHERE)

    assert turns.had == ["dana 0", "ivan", "elsewhere"]
    await turns.end_all()


async def test_each_is_told_how_many_go_first():
    turns = Turns(FairSlots(1))
    for name in ("first", "second", "third"):
        await turns.ask(name, DANA)
    await turns.ask("elsewhere", ELSEWHERE)

    await turns.end_all()

    assert turns.ahead == {"first": [], "second": [0, 1, 0], "third": [1, 2, 1, 0], "elsewhere": [0]}


async def test_who_goes_away_leaves_the_turn_to_others():
    turns = Turns(FairSlots(1))
    for name in ("first", "second", "third"):
        await turns.ask(name, DANA)

    for name in ("second", "first"):
        turns.tasks[name].cancel()
        with pytest.raises(asyncio.CancelledError):
            await turns.tasks[name]
    await asyncio.sleep(0)

    assert turns.had == ["first", "third"]
    await turns.end("third")


@pytest.mark.parametrize("users", [1, 20])
async def test_long_queues_are_not_looked_through_for_each_turn(users: int):
    slots, turns = FairSlots(3, max_of_user=2), 2_000
    had: list[int] = []

    async def take(number: int) -> None:
        async with slots.slot(Actor(GuildId(Counted(500)), UserId(Counted(number % users)))):
            had.append(number)
            await asyncio.sleep(0)

    Counted.lookups = 0
    await asyncio.gather(*map(take, range(turns)))

    assert sorted(had) == list(range(turns))
    assert Counted.lookups < turns * (50 + 50 * users)
