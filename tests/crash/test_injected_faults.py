"""A running bot whose system calls fail, while people act: nothing is lost, and nothing untrue is said."""

import os

import pytest

from tests.conftest import Discord, Room
from tests.crash.strace import STRACE, failing
from tests.crash.test_degraded import TROUBLE, start

pytestmark = [
    pytest.mark.crash,
    pytest.mark.skipif(not STRACE and not os.environ.get("CI"), reason="there is no strace here"),
]


async def test_a_read_that_fails_for_a_moment_is_not_called_damage(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    for number in range(1, 29):
        await own_room.dana.slash("plan post", day=f"2026-02-{number:02}", text=f"plan {number} " + "x" * 3000)
    assert await bot.stop() == 0
    bot = await start(own_discord)  # one that has no page in memory

    async with failing(bot.process.pid, "pread64", "EIO", own_discord.folder / "book.db"):
        shown = await own_room.mia.slash("plan show", coach="d", day="2026-02-03")
        assert "can't be reached" in shown.text
        await bot.logged(TROUBLE)

    await bot.logged("the book is in use again")
    assert "plan 3 " in (await own_room.mia.slash("plan show", coach="d", day="2026-02-03")).text
    await own_room.dana.slash("plan post", text="afterwards")
    await own_room.shows("afterwards")
    assert "damaged. It is left" not in bot.output
    assert "backup" not in bot.output
    assert await bot.stop() == 0, bot.output
