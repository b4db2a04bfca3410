"""A machine whose clock is wrong: days are Discord's, and managers read of it."""

import datetime
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.clock import utc_now
from bot.domain.days import long_day
from sandbox.server import Sandbox
from tests.conftest import ANSWER_SECONDS, Discord, make_room, populate, today
from tests.contract import Contract
from tests.processes import BotProcess

AHEAD = datetime.timedelta(days=2)


@pytest.fixture
async def own_discord(contract: Contract | None, tmp_path: Path) -> AsyncIterator[Discord]:
    """A local Discord for which the clock of the machine, and so of the bot, is ahead."""
    async with await Sandbox.start(clock=lambda: utc_now() - AHEAD) as sandbox:
        sandbox.interactions.first_answer_seconds = ANSWER_SECONDS
        yield populate(sandbox, contract, tmp_path)


async def test_a_plan_goes_on_the_day_that_it_is_at_discord_and_the_clock_is_reported(own_discord: Discord):
    room, day = make_room(own_discord), today() - AHEAD
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()

    await room.dana.slash("plan post", text="for today")
    await room.dana.slash("plan post", day="tomorrow", text="for tomorrow")
    health = await room.max.slash("admin health")

    assert long_day(day) in (await room.shows("for today")).text
    assert long_day(day + datetime.timedelta(days=1)) in (await room.shows("for tomorrow")).text
    assert "2 days ahead of Discord" in health.text
    entry = await bot.logged("the machine's clock is wrong: set it")
    assert round(entry["seconds_ahead_of_discord"] / 60) == AHEAD.total_seconds() / 60
    assert await bot.stop() == 0, bot.output
