"""Quotas and the reserve of the disk, as those meet them who reach them."""

import contextlib
from collections.abc import AsyncGenerator

from sandbox.driver import Seen
from sandbox.world.entities import Message, Upload
from tests import image_samples
from tests.conftest import Discord, Room
from tests.crash.test_degraded import locked
from tests.processes import BotProcess

CHART = Upload("nq.png", image_samples.png())
NO_DAY = "2024-02-30"
MORE_THAN_ANY_DISK = str(10**6)


@contextlib.asynccontextmanager
async def running(discord: Discord, **variables: str) -> AsyncGenerator[BotProcess]:
    bot = await (await BotProcess.start("run", env=discord.settings(**variables))).ready()
    try:
        yield bot
    finally:
        assert await bot.stop() == 0, bot.output


def direct_messages(discord: Discord) -> list[Message]:
    """Return the bot's direct messages."""
    return [each for each in discord.sandbox.world.messages.values() if each.guild_id is None]


async def receipt_text(receipt: Seen, words: str) -> str:
    """Return the text of a receipt once it has these words."""
    assert receipt.interaction
    await receipt.interaction.until(lambda: words in receipt.text)
    return receipt.text


async def test_drafts_that_are_too_many_are_refused_with_the_text_until_one_is_discarded(
    own_discord: Discord, own_room: Room
):
    dana = own_room.dana
    async with running(own_discord, COACHBOOK_QUOTAS__USER_DRAFTS="2"):
        for text in ("first", "second"):
            await dana.slash("plan post", day=NO_DAY, text=text)

        refused = await dana.slash("plan post", day=NO_DAY, text="third")
        assert "third" in refused.text
        assert "drafts are full" in refused.text
        with_picture = await dana.slash("plan post", text="fourth", chart1=CHART)
        assert "drafts are full" in with_picture.text
        assert "fourth" in with_picture.text
        assert "Your 1 chart is not saved either: attach it again." in with_picture.text
        listed, outdated = [await dana.slash("plan drafts") for _ in range(2)]
        assert "2 of 2 drafts. They are full, so new drafts are refused" in listed.text
        first = next(choice for choice in listed.choices if "first" in choice)
        await dana.select(listed, first, menu="Discard a draft")
        await own_discord.until(lambda: "Draft discarded." in listed.text)
        assert "first" in listed.text
        await dana.select(outdated, first, menu="Discard a draft")
        await own_discord.until(lambda: "That draft was already used" in outdated.text)
        for panel in (listed, outdated):
            assert [choice for choice in panel.choices if "first" in choice] == []
        await dana.slash("plan post", text="fourth", chart1=CHART)

        await own_room.shows("fourth")
        assert "second" in (await dana.slash("plan drafts")).text


async def test_a_full_server_says_who_can_make_room_and_those_who_are_no_coaches_take_none(
    own_discord: Discord, own_room: Room
):
    async with running(own_discord, COACHBOOK_QUOTAS__SERVER_DRAFTS="1"):
        for text in ("hers", "hers too"):
            refused = await own_room.mia.slash("plan post", day=NO_DAY, text=text)
            assert text in refused.text
            assert "full" not in refused.text
        assert "You have no drafts" in (await own_room.mia.slash("plan drafts")).text
        await own_room.ivan.slash("plan post", day=NO_DAY, text="his")

        full = await own_room.dana.slash("plan post", text="with", chart1=CHART)

        assert "This server\N{RIGHT SINGLE QUOTATION MARK}s drafts are full (the limit is 1)" in full.text
        assert "Every coach can make room" in full.text
        assert "with" in full.text
        await own_room.max.slash("admin session", day="+1", kind="closed")
        closed = await own_room.dana.slash("plan post", day="+1", text="early")
        assert "Choose another day." in closed.text
        assert "anyway" not in closed.text
        assert "early" in closed.text
        await own_room.dana.slash("plan post", text="without")
        await own_room.shows("without")


async def test_without_room_on_the_disk_pictures_are_refused_and_texts_are_saved(own_discord: Discord, own_room: Room):
    async with running(own_discord, COACHBOOK_LIMITS__RESERVE_MIB=MORE_THAN_ANY_DISK):
        posted = await receipt_text(await own_room.dana.slash("plan post", text="Long NQ", chart1=CHART), "Posted")
        assert "Couldn’t add nq.png: can’t be saved right now" in posted
        assert not await own_room.mia.pictures(await own_room.shows("Long NQ"))
        await receipt_text(await own_room.dana.slash("chart add", chart1=CHART), "can’t be saved right now")
        health = await own_room.max.slash("admin health")
        assert "Pictures are refused" in health.text


async def test_a_queue_that_is_nearly_full_says_so_and_refuses_what_is_more_with_the_text(
    own_discord: Discord, own_room: Room
):
    async with running(own_discord, COACHBOOK_QUOTAS__USER_QUEUED="2", COACHBOOK_QUOTAS__USER_MESSAGES="1") as bot:
        with locked(own_discord.folder / "book.db"):
            first, second, third = [
                await own_room.dana.slash("plan post", day=f"2030-01-0{number}", text=f"text {number}")
                for number in range(1, 4)
            ]
        assert "full" not in first.text
        assert "is 100% full" in second.text
        assert "not saved" in third.text
        assert "text 3" in third.text
        await bot.logged("database available again")
        await own_room.shows("text 1")
        await own_room.shows("text 2")
        await own_discord.until(lambda: len(direct_messages(own_discord)) == 1)
    assert len(direct_messages(own_discord)) == 2
