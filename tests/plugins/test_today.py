"""`/today` as members use it: through a local Discord, against the real bot in a process of its own."""

from tests.conftest import Discord, Room
from tests.processes import BotProcess


async def test_todays_plans_are_in_one_private_message(room: Room, bot: BotProcess):
    await room.dana.slash("plan post", text="Long above 945\nStop 940")
    await room.dana.slash("plan post", text="For tomorrow", day="tomorrow")
    await room.ivan.slash("plan post", text="Fade the open")

    shown = await room.mia.slash("today")

    assert shown.ephemeral
    assert "2 plans" in shown.text
    assert "**Coach D (Day Trading)**\nLong above 945 Stop 940\n-# Posted <t:" in shown.text
    assert "Fade the open" in shown.text
    assert "For tomorrow" not in shown.text
    assert shown.buttons == ["Open", "Open"]
    assert "Stop 940" in (await room.mia.click(shown, "Open")).text


async def test_what_changed_is_one_tap_from_todays_plans(room: Room, bot: BotProcess):
    await room.dana.slash("plan post", text="Long above 945")
    await room.ivan.slash("plan post", text="Fade the open")
    await room.dana.slash("plan edit", text="Long above 950")
    shown = await room.mia.slash("today")

    changed = await room.mia.click(shown, "What changed: Coach D (Day Trading)")

    assert shown.buttons == ["Open", "Open", "What changed: Coach D (Day Trading)"]
    assert changed.ephemeral
    assert "Long above ~~945~~ → **950**" in changed.text


async def test_without_plans_today_says_so(room: Room, bot: BotProcess):
    assert "No plans for today" in (await room.mia.slash("today")).text


async def test_what_one_has_opened_is_known_after_a_stop(own_discord: Discord, own_room: Room):
    dana, mia = own_room.dana, own_room.mia
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    await dana.slash("plan post", text="Long above 945")
    await mia.click(await mia.slash("today"), "Open")
    assert await bot.stop() == 0
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    await dana.slash("plan edit", text="Long above 950")
    await dana.slash("plan edit", text="Long above 955")

    shown = await mia.slash("today")
    changed = await mia.click(shown, "What changed: Coach D (Day Trading)")

    assert "**Changed since you opened it**" in shown.text
    assert "#1 to #3" in changed.text
    assert "Changes since you opened it, <t:" in changed.text
    assert "~~945~~ → **955**" in changed.text
    assert "since you opened it" not in (await mia.slash("today")).text
    assert "since you opened it" not in (await own_room.ivan.slash("today")).text
    assert await bot.stop() == 0


async def test_reading_a_plan_by_any_command_counts_as_opening_it(room: Room, bot: BotProcess):
    await room.dana.slash("plan post", text="Long above 945")
    shown = await room.mia.slash("plan show", coach="d")
    await room.dana.slash("plan edit", text="Long above 950")
    assert "Changed since you opened it" in (await room.mia.slash("today")).text

    await room.dana.slash("plan edit", text="Long above 955")
    assert (await room.dana.slash("today")).buttons == ["Open"], "she changed it herself"

    await room.mia.click(shown, "Refresh")

    assert "Changed since you opened it" not in (await room.mia.slash("today")).text
