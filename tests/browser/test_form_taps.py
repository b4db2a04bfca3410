"""The form of a plan on a phone: each press is counted; picking files is one, and a command's name is none."""

from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from demo.drawing import candles
from tests.browser.conftest import Tab, Thumb
from tests.conftest import Room
from tests.forms import write_button

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("bot")]

CARD = ".message:not(.ephemeral) .container"
SUBMIT = "#modal button[type=submit]"


def charts(folder: Path) -> list[str]:
    files = [folder / f"nq-{number}.png" for number in (1, 2)]
    for number, file in enumerate(files, 1):
        file.write_bytes(candles(number))
    return list(map(str, files))


async def has_two_charts(tab: Tab) -> None:
    await tab.until(lambda driver: len(driver.find_elements(By.CSS_SELECTOR, f"{CARD} .gallery img")) == 2)


async def fits(tab: Tab) -> bool:
    """Nothing is wider than the phone."""
    return await tab.script("return document.documentElement.scrollWidth <= window.innerWidth")


async def test_a_plan_with_two_pictures_takes_at_most_six_taps(tab: Tab, thumb: Thumb, own_room: Room, tmp_path: Path):
    write_button(own_room)

    await thumb.tap(".message .button", "Post today")
    await tab.type("#modal textarea", "Long NQ above 21,450.")
    await thumb.pick("#modal input[type=file]", charts(tmp_path))
    assert await fits(tab)
    assert await tab.serious() == []
    await thumb.tap(SUBMIT)

    await tab.find(CARD, "Long NQ above 21,450.")
    await has_two_charts(tab)
    assert thumb.taps == 3


async def test_a_coach_of_two_who_uses_the_command_chooses_one_within_six_taps(
    tab: Tab, thumb: Thumb, own_room: Room, tmp_path: Path
):
    await own_room.max.slash("admin coach assign", coach="s", user=own_room.dana.user)

    await tab.command("plan post")
    await thumb.tap("#composer button[type=submit]")
    await tab.type("#modal textarea", "Swing")
    await thumb.pick("#modal input[type=file]", charts(tmp_path))
    await thumb.choose("#field-coach", "s: Coach S (Swing)")
    await thumb.tap(SUBMIT)

    await tab.find(CARD, "Coach S (Swing)")
    await has_two_charts(tab)
    assert thumb.taps <= 6


async def test_an_edit_takes_two_taps(tab: Tab, thumb: Thumb, own_room: Room):
    await own_room.dana.slash("plan post", text="Long NQ above 21,450.")

    await thumb.tap(".message:not(.ephemeral) .button", "Edit")
    await tab.type("#modal textarea", "Long NQ above 21,460.")
    assert await fits(tab)
    await thumb.tap(SUBMIT)

    await tab.find(CARD, "Long NQ above 21,460.")
    await tab.find(".message.ephemeral", "Only you can see this")
    assert thumb.taps == 2
