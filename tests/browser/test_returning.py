"""One's place among the messages, and texts that were not sent: both are found again."""

from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from sandbox.interactions.interaction import InteractionKind
from sandbox.messages import user_actions
from tests.browser.application import MESSAGE, MODAL, Application
from tests.browser.conftest import Tab
from tests.conftest import Room

pytestmark = pytest.mark.browser

LOG = "document.getElementById('channel-log')"
IS_AT_END = f"return {LOG}.scrollHeight - {LOG}.scrollTop - {LOG}.clientHeight < 1"


async def test_own_messages_and_a_bar_lead_to_the_newest(tab: Tab, own_room: Room):
    for number in range(30):
        user_actions.say(own_room.discord.sandbox.world, own_room.mia.user, own_room.channel, f"message {number}")
    await tab.find(".message", "message 29")
    bar = await tab.run(tab.driver.find_element, "id", "to-newest")
    assert not await tab.run(bar.is_displayed)

    await tab.script(f"{LOG}.scrollTop = 100")
    await tab.click("#to-newest", "Jump to present")
    await tab.until(lambda driver: driver.execute_script(IS_AT_END))
    assert not await tab.run(bar.is_displayed)

    await tab.script(f"{LOG}.scrollTop = 100")
    await tab.find("#to-newest", "Jump to present")
    await tab.type("#text", "mine")
    await tab.send()
    await tab.find(".message", "mine")
    await tab.until(lambda driver: driver.execute_script(IS_AT_END))
    assert not await tab.run(bar.is_displayed)


async def test_a_form_that_was_closed_has_its_text_when_it_opens_again(tab: Tab, application: Application):
    button = {"type": 2, "style": 1, "label": "Open", "custom_id": "o"}
    await application.send(components=[{"type": 1, "components": [button]}])

    async def value_of_form(custom_id: str, filled_in: str) -> Any:
        await tab.click(".message .button", "Open")
        pressed = await application.asked(InteractionKind.COMPONENT)
        words = {"type": 4, "style": 2, "custom_id": "words", "value": filled_in}
        label = {"type": 18, "label": "Plan", "component": words}
        await application.answer(pressed, MODAL, title="Edit", custom_id=custom_id, components=[label])
        return await tab.run((await tab.find("#modal[open] textarea")).get_attribute, "value")

    assert await value_of_form("edit-1", "Long NQ") == "Long NQ"
    await tab.type("#modal textarea", "Short NQ")
    await tab.run((await tab.find("#modal textarea")).send_keys, Keys.ESCAPE)
    assert await value_of_form("edit-2", "Long NQ") == "Short NQ"
    await tab.run(tab.driver.refresh)
    assert await value_of_form("edit-3", "Long ES") == "Long ES", "a form with another text is another form"
    await tab.click("#modal button", "Cancel")
    assert await value_of_form("edit-4", "Long NQ") == "Short NQ"

    await tab.click("#modal button[type=submit]")
    await application.answer(await application.asked(InteractionKind.MODAL), MESSAGE, content="thank you")
    await tab.find(".message", "thank you")
    assert await value_of_form("edit-5", "Long NQ") == "Long NQ"
