"""A manager sets a server with four coaches up on a phone: each press is counted."""

import json
from collections.abc import Sequence

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.conftest import Tab, Thumb
from tests.conftest import Discord, Room
from tests.processes import BotProcess

pytestmark = pytest.mark.browser

PANEL = ".message.ephemeral .container"
SEND = "#composer button[type=submit]"
NAMES = {"d": "Day Trading", "i": "Intraday", "s": "Swing", "o": "Options"}
PEOPLE = {"Day Trading": "dana", "Intraday": "ivan", "Swing": "both", "Options": "mia"}


@pytest.fixture(autouse=True)
async def manager(tab: Tab) -> None:
    """Be the manager of the server."""
    await tab.be("max")


async def start(discord: Discord, coaches: Sequence[str]) -> BotProcess:
    """Start a bot whose configuration has these coaches, without members."""
    configured = json.dumps([{"key": key, "name": NAMES[key]} for key in coaches])
    return await (await BotProcess.start("run", env=discord.settings(COACHBOOK_COACHES=configured))).ready()


async def choose_member(tab: Tab, thumb: Thumb, coach: str) -> None:
    """Open the menu of a coach, tick its member, and confirm."""

    def menu(driver: webdriver.Chrome) -> WebElement:
        path = f"//*[contains(@class, 'text')][contains(., '{coach}: who can post')]/following::summary[1]"
        return driver.find_elements(By.XPATH, path)[-1]

    summary = await tab.until(menu)
    await tab.script("arguments[0].scrollIntoView({block: 'center'})", summary)
    await tab.run(summary.click)
    thumb.taps += 1
    await thumb.tap(f"{PANEL} .many[open] label", PEOPLE[coach])
    await thumb.tap(f"{PANEL} .many[open] button", "Choose")
    await tab.find(PANEL, f"can now post as {coach}")


async def finish(tab: Tab, thumb: Thumb) -> None:
    """Test the channel, and post the button."""
    await thumb.tap(f"{PANEL} .button", "Test post")
    await tab.find(PANEL, "Test passed")
    await thumb.tap(f"{PANEL} .button", "Post button")
    await tab.find(PANEL, "Button posted")


async def test_four_configured_coaches_are_set_up_in_under_25_taps(
    own_discord: Discord, tab: Tab, thumb: Thumb, own_room: Room
):
    bot = await start(own_discord, list(NAMES))

    await tab.command("admin setup")
    await thumb.tap(SEND)
    await thumb.choose(f"{PANEL} select[aria-label='Choose the plans’ channel']", "# plans")
    await tab.find(PANEL, "Saved: plans are posted in")
    for coach in NAMES.values():
        await choose_member(tab, thumb, coach)
    await finish(tab, thumb)

    assert thumb.taps == 17
    assert await tab.script("return document.documentElement.scrollWidth <= window.innerWidth")
    assert await tab.serious() == []
    for coach, name in PEOPLE.items():
        posted = await getattr(own_room, name).slash("plan post", text=f"by {name}")
        assert f"Posted: {coach}" in posted.text
    assert await bot.stop() == 0


async def test_four_coaches_that_are_added_are_set_up_in_under_25_taps(
    own_discord: Discord, tab: Tab, thumb: Thumb, own_room: Room
):
    bot = await start(own_discord, [])

    for key, coach in NAMES.items():
        await tab.command("admin coach add")
        await tab.type("#option-key", key)  # the field that a client opens with the command
        await thumb.tap("#option-name")
        await tab.type("#option-name", coach)
        await thumb.choose("#option-user", PEOPLE[coach])
        await thumb.tap(SEND)
        await tab.find(PANEL, f"Added: {coach}")
    await tab.command("admin setup")
    await thumb.tap(SEND)
    await thumb.choose(f"{PANEL} select[aria-label='Choose the plans’ channel']", "# plans")
    await tab.find(PANEL, "Saved: plans are posted in")
    await finish(tab, thumb)

    assert thumb.taps == 21
    posted = await own_room.mia.slash("plan post", text="by mia")
    assert "Posted: Options" in posted.text
    assert await bot.stop() == 0
