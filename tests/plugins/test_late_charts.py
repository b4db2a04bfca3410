"""Pictures that come long after the first do not hold up their plan: they are added to it, as one change."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from sandbox.driver import Person, Seen
from sandbox.faults import InjectedFault
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room
from tests.plugins.test_unchecked_pictures import killed_inspectors
from tests.processes import DEADLINE, BotProcess
from tests.sandbox.raw_clients import eventually

CHARTS = {f"chart{number}": Upload(f"nq-{number}.png", image_samples.png(seed=number)) for number in (1, 2, 3)}
WAITING = "still downloading"


async def says(receipt: Seen, *words: str) -> None:
    assert receipt.interaction
    await receipt.interaction.until(lambda: all(each in receipt.text for each in words))


def hurried(discord: Discord, **variables: str) -> dict[str, str]:
    """The settings of a bot whose plans do not wait once their first picture is there."""
    return discord.settings(
        COACHBOOK_LIMITS__CHART_WAIT_SECONDS="0", COACHBOOK_LIMITS__CHART_SECONDS=str(int(3 * DEADLINE)), **variables
    )


def direct_texts(person: Person, discord: Discord) -> list[str]:
    """Return the texts of the bot's direct messages to this person, oldest first."""
    world = discord.sandbox.world
    channel = world.direct_channel(discord.application.id, person.user.id)
    return [Seen(each).text for each in world.messages.values() if each.channel_id == channel.id]


@pytest.fixture
async def bot(own_discord: Discord) -> AsyncIterator[BotProcess]:
    """A bot of the test's own, which it may stop."""
    started = await (await BotProcess.start("run", env=hurried(own_discord))).ready()
    yield started
    await started.stop(signal.SIGKILL)


@pytest.fixture
def held(own_discord: Discord) -> InjectedFault:
    """The second picture comes when it is released."""
    return own_discord.sandbox.faults.slow("GET", "*nq-2.png*", seconds=3 * DEADLINE)


async def test_the_text_is_posted_and_what_comes_later_is_one_change_in_the_order_in_which_it_was_sent(
    own_discord: Discord, own_room: Room, bot: BotProcess
):
    held = own_discord.sandbox.faults.slow("GET", "*nq-[23].png*", seconds=3 * DEADLINE, count=2)
    receipt = await own_room.dana.slash("plan post", text="my text", **CHARTS)
    readers = f"Visible to everyone who can see <#{own_room.channel.id}>."
    await says(receipt, "Posted", WAITING, readers)
    await own_room.shows("my text")

    held.release()
    await says(receipt, "with 3 charts", readers)

    history = (await own_room.dana.slash("history show")).text
    assert "2 charts added (nq-2.png, nq-3.png) (sent with #1) by" in history
    assert "2 revisions" in history
    listed = (await own_room.dana.slash("chart list")).text
    assert all(f"{number}. nq-{number}" in listed for number in (1, 2, 3))
    assert WAITING not in receipt.text


async def test_a_picture_that_comes_later_and_is_none_is_named(own_room: Room, bot: BotProcess, held: InjectedFault):
    charts = {"chart1": CHARTS["chart1"], "chart2": Upload("nq-2.png", image_samples.TEXT)}
    receipt = await own_room.dana.slash("plan post", text="my text", **charts)
    await says(receipt, WAITING)
    assert "Undo" not in receipt.buttons  # the receipt would say two things

    held.release()

    await says(receipt, "nq-2.png: not a PNG", "with 1 chart")
    assert "Undo" in receipt.buttons


async def test_an_edit_does_not_wait_for_its_pictures_either(own_discord: Discord, own_room: Room, bot: BotProcess):
    # The draft of what is refused is fetched too.
    held = own_discord.sandbox.faults.slow("GET", "*nq-2.png*", seconds=3 * DEADLINE, count=2)
    await own_room.dana.slash("plan post", text="first")
    posting = asyncio.create_task(own_room.dana.slash("plan post", text="second", **CHARTS))
    await says(refused := await posting, "already has a plan")

    receipt = await own_room.dana.click(refused, "Replace text, add charts")
    await says(receipt, "Edited", WAITING)
    held.release()

    await says(receipt, "#3")
    assert len(await own_room.mia.pictures(await own_room.shows("second"))) == 3


async def test_after_a_kill_in_between_the_rest_is_added_all_the_same(
    own_discord: Discord, own_room: Room, bot: BotProcess, held: InjectedFault
):
    await says(await own_room.dana.slash("plan post", text="my text", **CHARTS), WAITING)
    await bot.stop(signal.SIGKILL)

    again = await (await BotProcess.start("run", env=hurried(own_discord))).ready()

    assert (await again.logged("late charts added"))["left_out"] == 0
    shown = await own_room.mia.slash("plan show")
    assert len(await own_room.mia.pictures(shown)) == 3
    assert direct_texts(own_room.dana, own_discord) == []
    assert await again.stop() == 0


async def test_what_can_not_be_had_after_a_stop_is_told_in_a_private_message(
    own_discord: Discord, own_room: Room, bot: BotProcess, held: InjectedFault
):
    receipt = await own_room.dana.slash("plan post", text="my text", **CHARTS)
    await says(receipt, WAITING)
    assert await bot.stop() == 0
    await says(receipt, "couldn’t be added yet")
    own_discord.sandbox.faults.kill_links()

    again = await (await BotProcess.start("run", env=hurried(own_discord))).ready()

    await again.logged("late charts added")
    await own_discord.until(lambda: bool(direct_texts(own_room.dana, own_discord)))
    [letter] = direct_texts(own_room.dana, own_discord)
    assert "nq-2.png: can’t be downloaded" in letter
    assert "nq-1.png" not in letter
    assert await again.stop() == 0


async def test_what_comes_when_the_plan_was_deleted_is_told(own_room: Room, bot: BotProcess, held: InjectedFault):
    receipt = await own_room.dana.slash("plan post", text="my text", **CHARTS)
    await says(receipt, WAITING)
    await own_room.dana.click(await own_room.dana.slash("plan delete"), "Delete")

    held.release()

    await says(receipt, "nq-2.png: arrived after the plan was deleted")


async def test_what_was_removed_meanwhile_does_not_come_back(own_room: Room, bot: BotProcess, held: InjectedFault):
    receipt = await own_room.dana.slash("plan post", text="my text", **CHARTS)
    await says(receipt, WAITING)
    listed = (await own_room.dana.slash("chart list")).text
    removed = next(each.filename for each in CHARTS.values() if each.filename in listed)
    await says(await own_room.dana.slash("chart remove", chart=removed), "removed")

    held.release()
    assert receipt.interaction
    await receipt.interaction.until(lambda: WAITING not in receipt.text)

    listed = (await own_room.dana.slash("chart list")).text
    assert [each.filename in listed for each in CHARTS.values()].count(True) == 2
    assert removed not in listed


async def test_what_is_left_out_is_told_in_a_private_message_where_the_receipt_takes_no_edit(
    own_discord: Discord, own_room: Room, bot: BotProcess, held: InjectedFault
):
    charts = {**CHARTS, "chart2": Upload("nq-2.png", image_samples.TEXT)}
    receipt = await own_room.dana.slash("plan post", text="my text", **charts)
    await says(receipt, WAITING)
    own_discord.sandbox.faults.fail("PATCH", "/webhooks/*", status=404, count=1000)

    held.release()

    await own_discord.until(lambda: bool(direct_texts(own_room.dana, own_discord)))
    [letter] = direct_texts(own_room.dana, own_discord)
    assert "nq-2.png: not a PNG" in letter


async def test_what_nobody_could_look_at_is_tried_again(
    own_discord: Discord, own_room: Room, bot: BotProcess, held: InjectedFault
):
    receipt = await own_room.dana.slash("plan post", text="my text", **CHARTS)
    await says(receipt, WAITING)
    async with killed_inspectors(bot):
        held.release()
        await says(receipt, "couldn’t be added yet")
    await bot.stop()

    again = await (await BotProcess.start("run", env=hurried(own_discord))).ready()

    assert (await again.logged("late charts added"))["left_out"] == 0
    assert len(await own_room.mia.pictures(await own_room.mia.slash("plan show"))) == 3
    assert await again.stop() == 0


async def test_letters_that_wait_hold_up_no_pictures_and_are_sent_at_a_stop(own_discord: Discord, own_room: Room):
    settings = hurried(own_discord, COACHBOOK_QUOTAS__USER_MESSAGES="1")
    own_discord.sandbox.faults.slow("GET", "*nq-2.png*", seconds=3 * DEADLINE, count=3)
    bot = await (await BotProcess.start("run", env=settings)).ready()
    for day in ("2030-01-02", "2030-01-03", "2030-01-04"):
        await says(await own_room.dana.slash("plan post", day=day, text=day, **CHARTS), WAITING)
    await bot.stop(signal.SIGKILL)
    own_discord.sandbox.faults.kill_links()

    again = await (await BotProcess.start("run", env=settings)).ready()
    await eventually(lambda: [entry["event"] for entry in again.events].count("late charts added") == 3)
    await own_discord.until(lambda: bool(direct_texts(own_room.dana, own_discord)))
    assert await again.stop() == 0

    assert len(direct_texts(own_room.dana, own_discord)) == 3


async def test_a_draft_that_is_sent_again_has_the_late_pictures_of_the_newer_command(
    own_discord: Discord, own_room: Room, bot: BotProcess, held: InjectedFault
):
    faults = own_discord.sandbox.faults
    slow = faults.slow("GET", "*nq-1.png*", seconds=3 * DEADLINE)  # for the older command alone
    posting = asyncio.create_task(own_room.dana.slash("plan post", text="older text", chart1=CHARTS["chart1"]))
    await eventually(lambda: slow.hits == 1)
    form = await own_room.dana.select(drafts := await own_room.dana.slash("plan drafts"), drafts.choices[0])
    newer = await own_room.dana.submit(form, Plan="newer text", Charts=[CHARTS["chart2"]])
    await says(newer, "Posted", WAITING)

    slow.release()
    await says(older := await posting, "only the newer one counts", "It is saved: ", "older text")
    assert "Posted" not in older.text
    held.release()

    await says(newer, "with 2 charts")
    assert len(await own_room.mia.pictures(await own_room.shows("newer text"))) == 2
    assert "no drafts" in (await own_room.dana.slash("plan drafts")).text
