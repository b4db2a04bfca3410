"""A person's presses on the page at a phone's size, counted: a command's name is typed, and no press."""

from selenium.webdriver.support.ui import Select

from tests.browser.conftest import Tab

PHONE = (390, 844)


class Thumb:
    """The thumb that presses."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self.taps = 0

    async def tap(self, css: str, words: str = "") -> None:
        """Press the last element that fits and has these words."""
        self.taps += 1
        await self._tab.click(css, words)

    async def pick(self, css: str, files: list[str]) -> None:
        """Pick files."""
        self.taps += 1
        await self._tab.run((await self._tab.find(css)).send_keys, "\n".join(files))

    async def choose(self, css: str, label: str) -> None:
        """Open a menu and choose in it."""
        self.taps += 2
        await self._tab.run(Select(await self._tab.find(css)).select_by_visible_text, label)
