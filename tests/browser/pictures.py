"""Takes the README's pictures: the page of the tour's local Discord, dark, with the bot at work."""

import asyncio
import tempfile
from pathlib import Path

from selenium import webdriver

from demo.drawing import candles
from demo.environment import Environment, running_environment
from demo.tour import CHANGED, FIRST, INTRADAY
from sandbox.world.entities import Upload
from tests.browser.chromium import start_chromium
from tests.browser.conftest import PHONE, Tab
from tests.processes import ROOT

FOLDER = ROOT / "docs" / "pictures"
_LOADED = "return [...document.images].every((each) => each.complete && each.naturalWidth)"
_TO_THE_END = "document.activeElement.blur(); document.getElementById('channel-log').scrollTop = 1e6"
_CARD = ".message:not(.ephemeral) .button"


class Photographer:
    """The page of an environment, and its pictures."""

    def __init__(self, tab: Tab, environment: Environment, folder: Path) -> None:
        self._tab = tab
        self._environment = environment
        self._folder = folder

    async def take_all(self) -> None:
        """Take the pictures of a card, `/today`, what changed, and the form on a phone."""
        await self._post()
        await self._resize(1180, 840)
        await self._tab.run(self._tab.driver.get, self._environment.address)
        await self._tab.prefer("dark")
        await self._tab.be("Max")
        await self._tab.find(_CARD, "What changed")
        await self._take("card")
        await self._tab.be("Mia")
        await self._tab.command("today")
        await self._tab.send()
        await self._tab.find(".message.ephemeral .container", "2 plans")
        await self._take("today")
        await self._tab.click(".message.ephemeral .button", "What changed: Coach D")
        await self._tab.find(".message.ephemeral strong", "21,460")
        await self._take("diff")
        await self._tab.be("Dana")
        await self._resize(*PHONE, is_phone=True)
        await self._tab.click(_CARD, "Edit")
        await self._tab.find("#modal[open] textarea")
        await self._take("form")

    async def _post(self) -> None:
        """Have two coaches post, a member ask and read, and one of the coaches change the plan."""
        dana, ivan, mia = self._environment.dana, self._environment.ivan, self._environment.mia
        await ivan.slash("plan post", text=INTRADAY)
        mia.send("Good morning! What is the plan for NQ?")
        charts = {f"chart{number}": Upload(f"nq-{number}.png", candles(number)) for number in (1, 2)}
        await dana.slash("plan post", text=FIRST, **charts)
        card = await self._environment.shows("Coach D (Day Trading)", FIRST)
        await mia.click(await mia.slash("today"), "Open")
        await dana.submit(await dana.click(card, "Edit"), Plan=CHANGED)
        await self._environment.shows("Coach D (Day Trading)", CHANGED)

    async def _resize(self, width: int, height: int, *, is_phone: bool = False) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 2 if is_phone else 1, "mobile": is_phone}
        await self._tab.run(self._tab.driver.execute_cdp_cmd, "Emulation.setDeviceMetricsOverride", metrics)

    async def _take(self, name: str) -> None:
        await self._tab.until(lambda driver: driver.execute_script(_LOADED))
        await self._tab.script(_TO_THE_END)
        await self._tab.run(self._tab.driver.save_screenshot, str(self._folder / f"{name}.png"))


async def take_pictures(driver: webdriver.Chrome, folder: Path) -> None:
    """Take the pictures in an environment of their own, into a folder."""
    async with running_environment(keep=False, port=0) as environment, environment.bot():
        await Photographer(Tab(driver), environment, folder).take_all()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as profile:
        chromium = start_chromium(Path(profile))
        try:
            FOLDER.mkdir(parents=True, exist_ok=True)
            asyncio.run(take_pictures(chromium, FOLDER))
        finally:
            chromium.quit()
