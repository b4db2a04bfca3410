"""A real Chromium before the page of a local Discord. Without one these tests are left out, and the run says so."""

import asyncio
import importlib.resources
import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeVar

import aiohttp
import pytest
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from sandbox.driver import Driver
from sandbox.web import Page, PageSetting
from tests.browser.application import Application
from tests.browser.chromium import CHROMEDRIVER, CHROMIUM, start_chromium
from tests.conftest import Discord, Room
from tests.processes import DEADLINE, BotProcess
from tests.sandbox.raw_clients import Rest

T = TypeVar("T")

PHONE = (390, 844)
"""Width and height."""

HOSTILE = {
    "html": "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"><b>bold</b>",
    "a bomb of marks": "*_~|`" * 300 + "**" * 300,
    "a long word": "W" * 1500,
    "right to left": "\u202eabc\u202c \u2067def\u2069 \u05e9\u05dc\u05d5\u05dd",
    "a link": "[click](javascript:document.title='owned') <javascript:alert(1)> https://example.com/\"onmouseover=\"x",
}

collect_ignore_glob = [] if (CHROMIUM and CHROMEDRIVER) or os.environ.get("CI") else ["test_*.py"]


class Tab:
    """A tab of the browser; what is looked for is waited for."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    async def run(self, act: Callable[..., T], *arguments: Any) -> T:
        """Do something of Selenium's in a thread: the local Discord lives in this one."""
        return await asyncio.to_thread(act, *arguments)

    async def until(self, act: Callable[[webdriver.Chrome], T]) -> T:
        """Wait until this gives something.

        Raises:
            AssertionError: it never does; with what the page shows.
        """
        waiting = WebDriverWait(self.driver, DEADLINE, ignored_exceptions=(Exception,))
        try:
            return await self.run(waiting.until, act)
        except TimeoutException:
            shown = await self.script("return document.body.innerText")
            raise AssertionError(f"not there after {DEADLINE} s; the page shows:\n{shown}") from None

    async def find(self, css: str, words: str = "") -> WebElement:
        """The last element that fits and has these words."""

        def last(driver: webdriver.Chrome) -> WebElement | None:
            found = [each for each in driver.find_elements(By.CSS_SELECTOR, css) if words in each.text]
            return found[-1] if found else None

        found = await self.until(last)
        assert found is not None
        return found

    async def click(self, css: str, words: str = "") -> None:
        """Click on it, once it can be."""

        def click(driver: webdriver.Chrome) -> bool:
            [*_, last] = [each for each in driver.find_elements(By.CSS_SELECTOR, css) if words in each.text]
            driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", last)
            last.click()
            return True

        await self.until(click)

    async def type(self, css: str, text: str) -> None:
        """Put a text into a field, in the place of what is there."""
        field = await self.find(css)
        await self.run(field.clear)
        await self.run(field.send_keys, text)

    async def be(self, name: str) -> None:
        """Be another person."""
        if not await self.script("return document.getElementById('account-switch').checkVisibility()"):
            await self.click("#sidebar-toggle")
        await self.click("#account-switch")
        await self.click("#accounts li button", name)
        source = "return document.getElementById('account-switch').textContent.includes(arguments[0])"
        await self.until(lambda driver: driver.execute_script(source, name))

    async def command(self, path: str) -> None:
        """Choose a command by typing it."""
        field = await self.find("#text")
        await self.run(field.send_keys, f"/{path}")
        await self.find("#suggestions [aria-selected=true]", f"/{path}")
        await self.run(field.send_keys, Keys.ENTER)
        await self.find("#command", f"/{path}")

    async def send(self) -> None:
        """Press the composer's button."""
        await self.click("#composer button[type=submit]")

    async def prefer(self, scheme: str) -> None:
        """Have the browser ask pages for light or dark colors."""
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        await self.run(self.driver.execute_cdp_cmd, "Emulation.setEmulatedMedia", media)

    async def serious(self) -> list[str]:
        """Return axe's findings that are serious or worse, each with its element."""
        await self.script((importlib.resources.files("axe_core_python") / "axe.min.js").read_text())
        source = "const done = arguments[arguments.length - 1]; axe.run().then((found) => done(found.violations));"
        violations = await self.run(self.driver.execute_async_script, source)
        return [
            f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}"
            for each in violations
            if each["impact"] in ("serious", "critical")
        ]

    async def is_harmless(self) -> None:
        """Nothing that is shown has become more than text, and nothing is wider than the page."""
        made = "script:not([src='/page/main.js']), b, i, iframe, form[action], img[src='x'], [onerror], [onmouseover]"
        assert await self.script("return document.title") == "Coachbook in a local Discord"
        assert await self.script(f'return document.querySelectorAll("{made}").length') == 0
        links = await self.script("return [...document.links].map((each) => each.protocol)")
        assert set(links) <= {"http:", "https:"}
        assert await self.script("return document.documentElement.scrollWidth <= window.innerWidth")

    async def script(self, source: str, *arguments: Any) -> Any:
        """Return the result of a script."""
        return await self.run(self.driver.execute_script, source, *arguments)


class Thumb:
    """A person's presses on the page at a phone's size, counted."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self.taps = 0

    async def tap(self, css: str, words: str = "") -> None:
        """Press it, once it can be."""
        self.taps += 1
        await self._tab.click(css, words)

    async def pick(self, css: str, files: list[str]) -> None:
        """Choose files."""
        self.taps += 1
        await self._tab.run((await self._tab.find(css)).send_keys, "\n".join(files))

    async def choose(self, css: str, label: str) -> None:
        """Open a menu and choose in it."""
        self.taps += 2
        await self._tab.run(Select(await self._tab.find(css)).select_by_visible_text, label)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    driver = start_chromium(tmp_path_factory.mktemp("chromium"))
    yield driver
    driver.quit()


@pytest.fixture
async def tab(chromium: webdriver.Chrome, own_discord: Discord, own_room: Room) -> AsyncIterator[Tab]:
    """The page of this test's Discord, where one is Dana at first."""
    olga = Driver(own_discord.sandbox).person("olga", own_room.channel)
    notes = {"dana": "a coach", "ivan": "a coach", "mia": "a member", "max": "a manager"}

    async def reload() -> str:
        return (await olga.slash("admin plugin reload")).text

    people = [(getattr(own_room, name).user, note) for name, note in notes.items()]
    everybody = [*people, (olga.user, "runs the bot")]
    page = Page(own_discord.sandbox, PageSetting(own_room.guild, everybody, own_discord.folder / "bot.log", reload))
    own_discord.sandbox.page = page.handle
    opened = Tab(chromium)
    await opened.run(chromium.set_window_size, 1280, 900)
    await opened.run(chromium.get, own_discord.sandbox.base_url)
    await opened.find("#channels button", "plans")
    yield opened
    complaints = [each for each in await opened.run(chromium.get_log, "browser") if each["level"] == "SEVERE"]
    await opened.run(chromium.get, "about:blank")
    await page.close()
    assert not complaints, complaints


@pytest.fixture
async def thumb(tab: Tab) -> Thumb:
    await tab.run(tab.driver.set_window_size, *PHONE)
    return Thumb(tab)


@pytest.fixture
async def application(own_discord: Discord, own_room: Room) -> AsyncIterator[Application]:
    async with aiohttp.ClientSession() as session:
        rest = Rest(session, own_discord.sandbox.rest_url, own_discord.application.token)
        yield Application(rest, own_discord, own_room)


@pytest.fixture
async def bot(own_discord: Discord) -> AsyncIterator[BotProcess]:
    """A bot at work; a test may stop it before its end."""
    started = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    yield started
    if started.process.returncode is None:
        assert await started.stop() == 0
