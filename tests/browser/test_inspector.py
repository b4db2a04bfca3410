"""The inspector: traffic with filters, faults that are on until they are met, the bot's log."""

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.browser.application import Application
from tests.browser.conftest import PHONE, Tab
from tests.conftest import Discord

pytestmark = pytest.mark.browser

SHOWN = "return [...document.querySelectorAll('#lines > li:not([hidden]) .line')].map((each) => each.innerText)"
AT_END = (
    "const list = document.getElementById('lines'); return list.scrollHeight - list.scrollTop - list.clientHeight < 2"
)


async def test_traffic_is_filtered_and_the_newest_is_at_the_end(tab: Tab, application: Application):
    await tab.click("#inspector-toggle")
    for number in range(15):
        await application.send(content=f"message {number}")
    await application.rest("GET", "/channels/1")
    await tab.find("#lines summary", "GET /channels/1 404")
    assert await tab.script(AT_END)
    shown = await tab.script(SHOWN)
    assert (len(shown), shown[-1]) == (16, "GET /channels/1 404")

    await tab.type("#filter-words", "message 7")
    assert await tab.script(f"{SHOWN}.length") == 1
    await tab.type("#filter-words", " ")
    await tab.run(Select(await tab.find("#filter-kind")).select_by_visible_text, "Failed requests")
    assert await tab.script(SHOWN) == ["GET /channels/1 404"]
    await application.rest("GET", "/channels/2")
    await tab.find("#lines summary", "GET /channels/2 404")
    assert await tab.serious() == []


async def test_a_fault_is_on_until_a_request_has_met_it(tab: Tab, application: Application):
    await tab.click("#inspector-toggle")

    await tab.click("#faults button", "Fail the next 5 requests with 500")

    await tab.find("#pending", "On: Fail the next 5 requests with 500 (5 left).")
    status, _ = await application.rest("POST", application.messages, {"content": "lost"})
    assert status == 500
    await tab.find("#pending", "(4 left)")
    await tab.click("#faults button", "Clear all faults")
    await tab.until(lambda driver: not driver.execute_script("return document.getElementById('pending').innerText"))
    await application.send(content="here again")


async def test_the_bots_log_goes_on_while_it_is_open(tab: Tab, application: Application, own_discord: Discord):
    log = own_discord.folder / "bot.log"
    log.write_text("ready <b>now</b>")
    await tab.click("#inspector-toggle")
    await tab.click("#show-log")
    await tab.find("#log", "ready <b>now</b>")

    log.write_text("ready\nposted")
    await application.send(content="posted")

    await tab.find("#log", "posted")
    await tab.click("#show-log")
    assert not await tab.run((await tab.find("#inspector")).find_element("id", "log").is_displayed)


async def test_it_is_closed_by_key_and_button_and_its_lines_have_times(tab: Tab, application: Application):
    await tab.run(tab.driver.set_window_size, *PHONE)
    panel = await tab.run(tab.driver.find_element, "id", "inspector")
    await tab.click("#inspector-toggle")
    await application.rest("GET", "/channels/1")
    await tab.find("#lines time", ":")

    await tab.run((await tab.find("#inspector")).send_keys, Keys.ESCAPE)
    assert not await tab.run(panel.is_displayed)
    await tab.click("#inspector-toggle")
    await tab.click("#inspector-close")
    assert not await tab.run(panel.is_displayed)
