"""How fast direct messages are sent."""

import asyncio

from bot.discord.pace import MINUTE, Pace
from tests.processes import DEADLINE


async def test_each_key_has_so_many_turns_in_a_minute():
    now = [100.0]
    pace = Pace(lambda: now[0])
    limits = {"server": 3, "dana": 2}

    await pace.turn(limits)
    now[0] += 10
    await pace.turn(limits)

    assert pace.wait(limits) == MINUTE - 10
    assert pace.wait({"server": 3, "ivan": 2}) == 0
    await pace.turn({"server": 3, "ivan": 2})
    assert pace.wait({"server": 3, "mia": 2}) == MINUTE - 10
    assert pace.wait({"other server": 3, "mia": 2}) == 0
    assert pace.wait({"server": 1}) == MINUTE
    now[0] += MINUTE - 10
    assert pace.wait(limits) == 0


async def test_at_the_end_nobody_waits():
    pace = Pace(lambda: 100.0)
    await pace.turn({"dana": 1})
    waiting = asyncio.create_task(pace.turn({"dana": 1}))
    await asyncio.sleep(0)
    assert not waiting.done()

    pace.end()

    await asyncio.wait_for(waiting, DEADLINE)
