"""A running bot on a slow disk: everybody is answered in time, and everything is saved once."""

import asyncio
import os

import pytest

from sandbox.interactions.invoke import FIRST_ANSWER_SECONDS
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room
from tests.crash.strace import STRACE, slow
from tests.crash.test_degraded import start

FSYNC_SECONDS = 1.5
SYNCS = "fsync,fdatasync"

pytestmark = [
    pytest.mark.crash,
    pytest.mark.skipif(not STRACE and not os.environ.get("CI"), reason="there is no strace here"),
]


async def test_posts_on_a_slow_disk_are_all_answered_and_saved_once(own_discord: Discord, own_room: Room):
    own_discord.sandbox.interactions.first_answer_seconds = FIRST_ANSWER_SECONDS
    bot = await start(own_discord)
    await own_room.mia.slash("plan list")
    days = [f"2030-01-{number:02}" for number in range(1, 5)]

    async with slow(bot.process.pid, SYNCS, FSYNC_SECONDS):
        receipts = await asyncio.gather(*(own_room.dana.slash("plan post", day=day, text=f"for {day}") for day in days))

    assert all("Posted" in receipt.text for receipt in receipts)
    await own_discord.until(lambda: len(own_room.cards()) >= len(days))
    assert await bot.stop() == 0, bot.output
    assert len(own_room.cards()) == len(days)


async def test_forms_and_offers_do_not_wait_for_a_slow_disk(own_discord: Discord, own_room: Room):
    own_discord.sandbox.interactions.first_answer_seconds = FIRST_ANSWER_SECONDS
    bot = await start(own_discord)
    await own_room.dana.slash("plan post", text="a plan")
    await own_room.shows("a plan")
    picture = Upload("nq.png", image_samples.png())

    async with slow(bot.process.pid, SYNCS, FSYNC_SECONDS):
        posts = [
            asyncio.create_task(own_room.dana.slash("plan post", day=f"2030-01-{number:02}", text="later"))
            for number in range(1, 4)
        ]
        assert (await own_room.dana.slash("plan edit")).form
        assert await own_room.ivan.autocomplete("plan post", coach="")
        ready = await own_room.ivan.slash("plan post", chart1=picture)
        form = await own_room.ivan.click(ready, "Open the form")
        await asyncio.gather(*posts)
        await own_room.ivan.submit(form, Plan="with a picture")

    await own_room.shows("with a picture")
    assert await bot.stop() == 0, bot.output
