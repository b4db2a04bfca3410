"""Wakeups of tasks that wait for changes."""

import asyncio

from bot.domain.commands import PostPlan
from bot.service.feed.wakeups import AT_ONCE, Wakeups
from tests.processes import DEADLINE
from tests.service.scene import DANA, DAY, Services, fresh


async def test_changes_have_another_number_also_while_nobody_waits(services: Services):
    await services.guilds.ensure_guild(DANA.guild_id)
    before = services.changes.version

    await services.plans.post(DANA, PostPlan("alpha", coach="d", day=DAY), fresh())

    assert services.changes.version > before


async def test_others_have_their_turn_while_many_are_woken():
    wakeups, woken = Wakeups(), list[str]()

    async def wait() -> None:
        with wakeups.subscribed() as changed:
            await changed.wait()
            if not woken:
                asyncio.get_running_loop().call_soon(woken.append, "another")
            woken.append("one that waited")

    tasks = [asyncio.create_task(wait()) for _ in range(3 * AT_ONCE)]
    await asyncio.sleep(0)
    wakeups.notify()
    await asyncio.wait_for(asyncio.gather(*tasks), DEADLINE)

    assert len(woken) == len(tasks) + 1
    assert AT_ONCE <= woken.index("another") < len(tasks)
