"""Pictures and files: cropped in a mosaic, opened in the viewer, with icons."""

from itertools import groupby

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from demo.drawing import candles
from sandbox.messages.user_actions import say
from sandbox.world.entities import Upload
from tests.browser.conftest import Tab
from tests.conftest import Room

pytestmark = pytest.mark.browser

MOSAICS = """
const [most, done] = arguments;
import("/page/media.js").then(({ gallery }) => {
  const tops = (count) => {
    const made = gallery(Array.from({ length: count }, (_, at) => ({ url: "/page/icon.svg", description: `${at}` })));
    document.getElementById("messages").append(made);
    const found = [...made.children].map((each) => each.offsetTop);
    made.remove();
    return found;
  };
  done(Array.from({ length: most }, (_, at) => tops(at + 1)));
});
"""
ROWS = [[1], [2], [2, 1], [2, 2], [2, 3], [3, 3], [1, 3, 3], [2, 3, 3], [3, 3, 3], [1, 3, 3, 3]]
"""The number of pictures in each row of a gallery of 1 to 10; of 3 pictures, the first is as high as two rows."""


async def test_up_to_ten_pictures_are_a_mosaic(tab: Tab):
    tops = await tab.run(tab.driver.execute_async_script, MOSAICS, len(ROWS))

    assert [[len(list(row)) for _, row in groupby(gallery)] for gallery in tops] == ROWS


async def test_the_viewer_goes_from_picture_to_picture_by_keys(tab: Tab, own_room: Room):
    bad = "<img src=x onerror=alert(1)>"
    uploads = [Upload(f"{bad}-{number}.png", candles(number)) for number in (1, 2, 3)]
    say(own_room.discord.sandbox.world, own_room.mia.user, own_room.channel, "", uploads)

    async def press(key: str) -> None:
        await tab.run(ActionChains(tab.driver).send_keys(key).perform)

    await tab.click(".gallery .picture:nth-child(2)")
    await tab.find("#viewer [role=status]", "2 of 3 \u2022")
    await tab.is_harmless()
    for key, place in ((Keys.ARROW_RIGHT, "3 of 3"), (Keys.ARROW_RIGHT, "1 of 3"), (Keys.ARROW_LEFT, "3 of 3")):
        await press(key)
        await tab.find("#viewer [role=status]", place)
    await tab.click("#viewer [aria-label='Previous picture']")
    await tab.find("#viewer [role=status]", "2 of 3")
    assert await tab.serious() == []
    await press(Keys.ESCAPE)
    await tab.find(".gallery .picture:nth-child(2):focus")


async def test_files_have_icons_and_sizes_and_can_be_spoilers(tab: Tab, own_room: Room):
    names = {"trades.csv": 1536, "journal.zip": 2 << 20, "notes.txt": 1, "phone.heic": 1024}
    uploads = [Upload(name, b"x" * size) for name, size in names.items()]
    uploads += [Upload("SPOILER_nq.png", candles(1)), Upload("es.png", candles(2))]
    say(own_room.discord.sandbox.world, own_room.mia.user, own_room.channel, "", uploads)

    for name, size in zip(names, ("1.5 kB", "2 MB", "1 byte", "1 kB"), strict=True):
        await tab.find(".file:has(svg)", f"{name}\n{size}")
    await tab.click(".gallery .veil", "SPOILER")
    await tab.find(".gallery[data-count='2'] > .picture:first-child:focus")
    assert await tab.script("return document.querySelectorAll('.veil').length") == 0
