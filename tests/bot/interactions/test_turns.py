"""The turns of tasks that wait for one another."""

import asyncio
from collections.abc import Callable

import pytest

from bot.interactions.turn_order import MAX_ACKNOWLEDGED, MAX_HANDLED, Place
from bot.interactions.turns import Turns
from tests.processes import DEADLINE


class Handlers:
    """Tasks that wait for their turns, and have them until they are released."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.begun: list[int] = []
        self.acknowledged: list[int] = []
        self.released = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    async def start(self, count: int, *, due_in: float = DEADLINE) -> None:
        """Start so many tasks, and wait until each has a turn or waits."""
        due_at = asyncio.get_running_loop().time() + due_in
        first = len(self.tasks)
        self.tasks += [
            asyncio.create_task(self._handle(number, Place(1, 1, due_at))) for number in range(first, first + count)
        ]
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def _handle(self, number: int, place: Place) -> None:
        async def acknowledge() -> None:
            self.acknowledged.append(number)

        async with self.turns.taken(place, acknowledge):
            self.begun.append(number)
            await self.released.wait()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not condition():  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0)


@pytest.fixture
async def handlers() -> Handlers:
    return Handlers()


async def test_the_others_have_their_turns_as_the_first_end(handlers: Handlers):
    await handlers.start(MAX_HANDLED + 5)
    assert handlers.begun == list(range(MAX_HANDLED))

    handlers.released.set()
    for _ in range(5):  # and not only when their time is up
        await asyncio.sleep(0)

    assert handlers.begun == list(range(MAX_HANDLED + 5))
    assert not handlers.acknowledged
    await asyncio.gather(*handlers.tasks)


async def test_those_that_wait_are_acknowledged_and_have_their_turns_then(handlers: Handlers):
    await handlers.start(MAX_HANDLED + 2, due_in=0.01)

    await handlers.until(lambda: len(handlers.acknowledged) == 2)
    handlers.released.set()
    await asyncio.gather(*handlers.tasks)

    assert handlers.acknowledged == [MAX_HANDLED, MAX_HANDLED + 1]
    assert handlers.begun == list(range(MAX_HANDLED + 2))


async def test_all_that_wait_are_acknowledged_however_many(handlers: Handlers):
    await handlers.start(MAX_HANDLED + MAX_ACKNOWLEDGED + 9, due_in=0)

    assert len(handlers.begun) == MAX_HANDLED
    await handlers.until(lambda: len(handlers.acknowledged) == MAX_ACKNOWLEDGED + 9)

    handlers.released.set()
    await asyncio.gather(*handlers.tasks)


async def test_those_that_wait_go_on_after_a_while_though_none_ends(handlers: Handlers):
    await handlers.start(MAX_HANDLED + 1)

    await handlers.until(lambda: len(handlers.begun) == MAX_HANDLED + 1)

    handlers.released.set()
    await asyncio.gather(*handlers.tasks)


async def test_a_task_that_is_cancelled_gives_up_its_place(handlers: Handlers):
    await handlers.start(MAX_HANDLED + 2)
    handlers.tasks[MAX_HANDLED].cancel()
    handlers.tasks[0].cancel()

    await handlers.until(lambda: len(handlers.begun) > MAX_HANDLED)

    assert handlers.begun[-1] == MAX_HANDLED + 1
    handlers.released.set()
    await asyncio.gather(*handlers.tasks, return_exceptions=True)


async def test_all_go_on_when_the_bot_is_stopped(handlers: Handlers):
    await handlers.start(MAX_HANDLED * 3)

    handlers.turns.open()
    await handlers.start(MAX_HANDLED)

    assert handlers.begun == list(range(MAX_HANDLED * 4))
    handlers.released.set()
    await asyncio.gather(*handlers.tasks)
