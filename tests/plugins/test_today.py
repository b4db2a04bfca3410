"""`/today` as members use it: through a local Discord, against the real bot in a process of its own."""

from tests.conftest import Room
from tests.processes import BotProcess


async def test_todays_plans_are_in_one_private_message(room: Room, bot: BotProcess):
    await room.dana.slash("plan post", text="Long above 945\nStop 940")
    await room.dana.slash("plan post", text="For tomorrow", day="tomorrow")
    await room.ivan.slash("plan post", text="Fade the open")

    shown = await room.mia.slash("today")

    assert shown.ephemeral
    assert "2 plans" in shown.text
    assert "**Coach D (Day Trading)** · posted <t:" in shown.text
    assert "Long above 945 Stop 940" in shown.text
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
