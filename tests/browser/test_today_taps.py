"""`/today` on a phone: each press is counted, and a command's name is none."""

import pytest

from tests.browser.conftest import Tab, Thumb
from tests.conftest import Room

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("bot")]

SEND = "#composer button[type=submit]"
ANSWER = ".message.ephemeral"


async def post_all(room: Room) -> None:
    """Post a plan of each of three coaches, and change one."""
    await room.dana.slash("plan post", text="Long NQ above 21,450. Stop 21,410.\nHalf off at 21,500.")
    await room.ivan.slash("plan post", text="Fade the open below VWAP.")
    await room.both.slash("plan post", coach="s", text="Hold AAPL.")
    await room.dana.slash("plan edit", text="Long NQ above 21,460. Stop 21,420.\nHalf off at 21,500.")


async def is_readable(tab: Tab) -> bool:
    """Nothing is wider than the phone, and axe finds nothing serious."""
    is_narrow = await tab.script("return document.documentElement.scrollWidth <= window.innerWidth")
    return is_narrow and not await tab.serious()


async def test_todays_plans_are_read_with_two_taps(tab: Tab, thumb: Thumb, own_room: Room):
    await post_all(own_room)
    await tab.be("mia")

    await tab.command("today")
    await thumb.tap(SEND)
    await tab.find(f"{ANSWER} .container", "3 plans")
    assert await is_readable(tab)
    await thumb.tap(f"{ANSWER} .button", "Open")

    await tab.find(f"{ANSWER} .container", "Hold AAPL.")
    assert await is_readable(tab)
    assert thumb.taps == 2


async def test_what_changed_takes_one_tap_from_todays_plans(tab: Tab, thumb: Thumb, own_room: Room):
    await post_all(own_room)
    await tab.be("mia")
    await tab.command("today")
    await tab.click(SEND)

    await thumb.tap(f"{ANSWER} .button", "What changed: Coach D")

    await tab.find(f"{ANSWER} s", "21,450")
    await tab.find(f"{ANSWER} strong", "21,460")
    assert await is_readable(tab)
    assert thumb.taps == 1
