"""A post with pictures takes a while: what goes wrong meanwhile loses neither the text nor the pictures."""

import asyncio
import contextlib
import datetime
from collections.abc import Generator

import pytest

from sandbox.driver import NoAnswerError, Seen
from sandbox.interactions.invoke import FIRST_ANSWER_SECONDS
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room, today
from tests.processes import DEADLINE, BotProcess

CHARTS = {f"chart{number}": Upload(f"nq-{number}.png", image_samples.png(seed=number)) for number in (1, 2)}
BOT = pytest.mark.usefixtures("bot")


async def says(receipt: Seen, words: str) -> None:
    assert receipt.interaction
    await receipt.interaction.until(lambda: words in receipt.text)


@contextlib.contextmanager
def nobody_waits_for_long(room: Room) -> Generator[None]:
    """Inside, an interaction that is not answered ends when it does at Discord."""
    interactions = room.discord.sandbox.interactions
    before, interactions.first_answer_seconds = interactions.first_answer_seconds, FIRST_ANSWER_SECONDS
    try:
        yield
    finally:
        interactions.first_answer_seconds = before


@BOT
async def test_a_first_answer_that_got_lost_costs_nothing(room: Room):
    room.discord.sandbox.faults.lose_answer("POST", "*/callback")

    receipt = await room.dana.slash("plan post", text="my text", **CHARTS)

    await says(receipt, "2 charts")
    assert len(await room.mia.pictures(await room.shows("my text"))) == 2
    assert len(room.cards()) == 1


@BOT
async def test_a_first_answer_that_comes_too_late_costs_nothing(room: Room):
    room.discord.sandbox.faults.fail("POST", "*/callback", status=404)

    with nobody_waits_for_long(room), pytest.raises(NoAnswerError):
        await room.dana.slash("plan post", text="my text", **CHARTS)

    assert len(await room.mia.pictures(await room.shows("my text"))) == 2


@BOT
async def test_a_draft_that_is_sent_while_its_pictures_come_in_is_posted_once_and_whole(room: Room):
    fault = room.discord.sandbox.faults.slow("GET", "*nq-1.png*", seconds=DEADLINE)
    posting = asyncio.create_task(room.dana.slash("plan post", text="my text", **CHARTS))
    async with asyncio.timeout(DEADLINE):
        while not fault.hits:  # noqa: ASYNC110 - a count, which nobody announces
            await asyncio.sleep(0)

    drafts = await room.dana.slash("plan drafts")
    sent = await room.dana.submit(await room.dana.select(drafts, drafts.choices[0]), Plan="my better text")

    await says(sent, "2 charts")
    fault.release()
    first = await posting
    assert first.interaction
    await first.interaction.until(lambda: "only the newer one counts" in first.text or "Posted" in first.text)
    await says(sent, "Posted")
    [card] = room.cards()
    assert "my better text" in card.text
    await room.discord.until(lambda: all(each.filename in str(card.components) for each in CHARTS.values()))
    assert len(await room.mia.pictures(card)) == 2


@BOT
async def test_the_receipt_does_not_hold_up_the_post(room: Room):
    faults = room.discord.sandbox.faults
    faults.rate_limit("PATCH", "*/messages/@original", retry_after=0.5, scope="shared", count=10_000)

    posting = asyncio.create_task(room.dana.slash("plan post", text="my text", **CHARTS))
    await room.shows("my text")

    assert not posting.done()
    faults.clear()
    await says(await posting, "Posted")


@BOT
async def test_a_refusal_names_the_pictures_that_can_not_be_had(room: Room):
    await room.dana.slash("plan post", text="first")

    refused = await room.dana.slash(
        "plan post", text="second", chart1=CHARTS["chart1"], chart2=Upload("bad.png", image_samples.TEXT)
    )

    await says(refused, "already has a plan")
    assert "Couldn’t add bad.png: not a PNG" in refused.text


async def test_a_form_that_was_not_answered_can_be_sent_again(bot: BotProcess, room: Room):
    unanswered = bot.count("editing the receipt failed") + 1
    form = await room.dana.slash("plan post", day="tomorrow", **CHARTS)
    room.discord.sandbox.faults.fail("POST", "*/callback", status=500, count=4)
    with nobody_waits_for_long(room), pytest.raises(NoAnswerError):
        await room.dana.submit(form, Plan="my text")
    room.discord.sandbox.faults.clear()

    receipt = await room.dana.submit(form, Plan="my text")

    await says(receipt, "2 charts")
    card = await room.shows("my text")
    assert len(await room.mia.pictures(card)) == 2
    await bot.logged("editing the receipt failed", unanswered)


@BOT
async def test_who_has_many_pictures_waiting_is_told_so_and_keeps_the_draft(room: Room):
    fault = room.discord.sandbox.faults.slow("GET", "*held-*", seconds=DEADLINE, count=30)
    charts = {f"chart{number}": Upload(f"held-{number}.png", image_samples.png(seed=number)) for number in range(1, 11)}
    days = [(today() + datetime.timedelta(days)).isoformat() for days in range(3)]
    waiting = [asyncio.create_task(room.dana.slash("plan post", text="many", day=day, **charts)) for day in days]
    async with asyncio.timeout(DEADLINE):
        while "30 pictures" not in (await room.max.slash("admin health")).text:
            pass

    refused = await room.dana.slash("plan post", text="one more", day="2030-01-07", chart1=CHARTS["chart1"])

    await says(refused, "at most 30 can wait")
    assert "one more" in refused.text
    assert (await room.ivan.slash("plan post", text="not held up", chart1=CHARTS["chart1"])).text
    await room.shows("not held up")
    fault.release()
    for receipt in waiting:
        await says(await receipt, "with 10 charts")
    sent = await room.dana.submit(await room.dana.click(refused, "Edit and resend"))
    await says(sent, "with 1 chart")


async def test_a_stop_while_pictures_come_in_says_so_and_keeps_the_rest(own_discord: Discord, own_room: Room):
    variables = own_discord.settings(COACHBOOK_LIMITS__CHART_SECONDS=str(int(3 * DEADLINE)))
    bot = await (await BotProcess.start("run", env=variables)).ready()
    fault = own_discord.sandbox.faults.stall("*nq-1.png*", 60)
    posting = asyncio.create_task(own_room.dana.slash("plan post", text="my text", **CHARTS))
    async with asyncio.timeout(DEADLINE):
        while not fault.hits:  # noqa: ASYNC110 - a count, which nobody announces
            await asyncio.sleep(0)

    assert await bot.stop() == 0
    receipt = await posting
    await says(receipt, "restarting")
    again = await (await BotProcess.start("run", env=variables)).ready()
    drafts = await own_room.dana.slash("plan drafts")
    sent = await own_room.dana.submit(await own_room.dana.select(drafts, drafts.choices[0]))

    assert "my text" in drafts.text
    await says(sent, "2 charts")
    assert len(await own_room.mia.pictures(await own_room.shows("my text"))) == 2
    await again.stop()
