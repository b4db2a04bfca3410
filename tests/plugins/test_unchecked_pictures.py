"""Pictures whose inspecting process is killed each time: nothing is called damaged, and nothing is lost."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from sandbox.driver import Seen
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room, card_of
from tests.processes import BotProcess

CHART = Upload("nq.png", image_samples.png(seed=1))


def inspectors(bot: BotProcess) -> set[int]:
    """The processes that look at pictures for the bot."""
    found: set[int] = set()
    for file in Path(f"/proc/{bot.process.pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread, or a process, that has just ended
            for process in map(int, file.read_text().split()):
                if b"inspect_worker.py" in Path(f"/proc/{process}/cmdline").read_bytes():
                    found.add(process)
    return found


@contextlib.asynccontextmanager
async def killed_inspectors(bot: BotProcess) -> AsyncGenerator[None]:
    """Kill each process that looks at pictures, as it starts."""

    async def kill() -> None:
        while True:
            for process in inspectors(bot):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            await asyncio.sleep(0)

    killing = asyncio.create_task(kill())
    yield
    killing.cancel()
    await asyncio.gather(killing, return_exceptions=True)


async def until_shows(seen: Seen, words: str) -> Seen:
    assert seen.interaction
    await seen.interaction.until(lambda: words in seen.text)
    return seen


@pytest.fixture
async def own_bot(own_discord: Discord) -> AsyncIterator[BotProcess]:
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    yield bot
    assert await bot.stop() == 0, bot.output


async def test_a_post_is_kept_with_its_picture_and_can_be_sent_again(own_bot: BotProcess, own_room: Room):
    async with killed_inspectors(own_bot):
        sent = await own_room.dana.slash("plan post", text="Long above 945", chart1=CHART)
        refused = await until_shows(sent, "Not all pictures could be checked")

    assert "nq.png: could not be checked: the checking process was stopped, twice" in refused.text
    assert "damaged" not in refused.text
    assert own_room.cards() == []
    form = await own_room.dana.click(refused, "Edit and resend")
    card = await card_of(own_room.dana, await own_room.dana.submit(form))
    assert "Long above 945" in card.text
    assert [each.data for each in await own_room.mia.pictures(card)] == [CHART.data]


async def test_an_edit_with_a_draft_is_kept_with_its_picture(own_bot: BotProcess, own_room: Room):
    await own_room.dana.slash("plan post", text="first")
    async with killed_inspectors(own_bot):
        sent = await own_room.dana.slash("plan post", text="Long above 945", chart1=CHART)
        refused = await until_shows(sent, "Not all pictures could be checked")
    exists = await until_shows(
        await own_room.dana.submit(await own_room.dana.click(refused, "Edit and resend")), "already has a plan"
    )

    card = await card_of(own_room.dana, await own_room.dana.click(exists, "Replace text, add chart"))

    assert "Long above 945" in card.text
    assert [each.data for each in await own_room.mia.pictures(card)] == [CHART.data]


async def test_a_picture_to_be_added_is_told_for_what_happened(own_bot: BotProcess, own_room: Room):
    await card_of(own_room.dana, await own_room.dana.slash("plan post", text="Long above 945"))

    async with killed_inspectors(own_bot):
        seen = await until_shows(await own_room.dana.slash("chart add", chart1=CHART), "No chart was added")

    assert "nq.png: could not be checked" in seen.text
    assert "Send it again" in seen.text
    card = await card_of(own_room.dana, await own_room.dana.slash("chart add", chart1=CHART))
    assert [each.data for each in await own_room.mia.pictures(card)] == [CHART.data]


async def test_a_message_whose_pictures_are_to_be_added_can_be_tried_again(own_bot: BotProcess, own_room: Room):
    for day in ("2030-01-02", "2030-01-03"):
        await card_of(own_room.dana, await own_room.dana.slash("plan post", day=day, text=day))
    message = own_room.dana.send("look", [CHART])
    async with killed_inspectors(own_bot):
        asked = await own_room.dana.message_action("Add charts to plan", message)
        asked = await own_room.dana.select(asked, asked.choices[0])
        await until_shows(asked, "Not all pictures could be checked")

    card = await card_of(own_room.dana, await own_room.dana.click(asked, "Try again"))

    assert [each.data for each in await own_room.mia.pictures(card)] == [CHART.data]
