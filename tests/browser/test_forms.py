"""Modals: every field with its label and description, and *Submit* in sight at each size."""

from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.support.ui import Select

from demo.drawing import candles
from sandbox.interactions.interaction import InteractionKind
from tests.browser.application import MESSAGE, MODAL, Application, options, text
from tests.browser.conftest import PHONE, Tab
from tests.conftest import Room

pytestmark = pytest.mark.browser

IN_SIGHT = """
const { top, bottom, left, right } = document.querySelector("#modal [type=submit]").getBoundingClientRect();
return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
"""


@pytest.fixture
async def form(tab: Tab, application: Application) -> Any:
    """Open a form with these fields by their labels, each with a description."""
    button = {"type": 2, "style": 1, "label": "Open", "custom_id": "o"}
    await application.send(components=[{"type": 1, "components": [button]}])

    async def opened(*components: dict[str, Any]) -> None:
        await tab.click(".message .button", "Open")
        pressed = await application.asked(InteractionKind.COMPONENT)
        labels = [
            {
                "type": 18,
                "label": each["custom_id"].title(),
                "description": f"about {each['custom_id']}",
                "component": each,
            }
            for each in components
        ]
        shown = labels if len(labels) == 5 else [text("Say *all* of it"), *labels]
        await application.answer(pressed, MODAL, title="A form", custom_id="f", components=shown)
        await tab.find("#modal[open] .field", components[0]["custom_id"].title())

    return opened


async def sent(tab: Tab, application: Application) -> list[Any]:
    """Send the form, and return its values from top to bottom."""
    await tab.click("#modal button[type=submit]")
    submitted = await application.asked(InteractionKind.MODAL)
    await application.answer(submitted, MESSAGE, content="thank you")
    await tab.until(lambda driver: not driver.execute_script("return document.getElementById('modal').open"))
    labels = [each["component"] for each in submitted.payload["data"]["components"] if "component" in each]
    return [each.get("values", each.get("value")) for each in labels]


@pytest.mark.parametrize(("size", "scheme"), [((1280, 800), "light"), (PHONE, "dark")])
async def test_the_buttons_of_a_long_form_are_always_in_sight(tab: Tab, form: Any, size: tuple[int, int], scheme: str):
    await tab.prefer(scheme)
    await tab.run(tab.driver.set_window_size, *size)
    many = [{"label": f"Session {number}", "value": str(number)} for number in range(10)]
    await form(
        {"type": 4, "style": 2, "custom_id": "words", "placeholder": "Long NQ above 21,450."},
        {"type": 21, "custom_id": "session", "options": many},
        {"type": 22, "custom_id": "markets", "options": many},
        {"type": 19, "custom_id": "charts", "max_values": 10},
    )

    assert await tab.script(IN_SIGHT)
    await tab.script("document.querySelector('.modal-body').scrollTop = 1e6")
    assert await tab.script(IN_SIGHT)
    await tab.find("#modal .field .about", "about charts")
    assert await tab.serious() == []


async def test_people_roles_and_channels_are_chosen_in_a_form(
    tab: Tab, form: Any, application: Application, own_room: Room
):
    [manager] = [str(each.id) for each in own_room.guild.roles.values() if each.name == "Manager"]
    plans = str(own_room.channel.id)
    await form(
        {"type": 3, "custom_id": "one", "options": options("open", "close")},
        {"type": 5, "custom_id": "people", "max_values": 3},
        {"type": 6, "custom_id": "role"},
        {"type": 7, "custom_id": "anyone", "required": False},
        {"type": 8, "custom_id": "where", "channel_types": [0]},
    )

    for field, label in (("one", "The close: it is close"), ("role", "Manager"), ("where", "# plans")):
        await tab.run(Select(await tab.find(f"#field-{field}")).select_by_visible_text, label)
    for name in ("dana", "mia"):
        await tab.click("#modal label", name)

    people = [str(each.user.id) for each in (own_room.dana, own_room.mia)]
    assert await sent(tab, application) == [["close"], people, [manager], [], [plans]]


async def test_files_are_added_one_after_another_and_removed(
    tab: Tab, form: Any, application: Application, tmp_path: Path
):
    for number in (1, 2, 3):
        (tmp_path / f"nq-{number}.png").write_bytes(candles(number))
    await form({"type": 19, "custom_id": "charts", "max_values": 3}, {"type": 23, "custom_id": "sure"})

    for number in (1, 2, 3):
        await tab.run((await tab.find("#field-charts")).send_keys, str(tmp_path / f"nq-{number}.png"))
        await tab.find(".chosen-files li", f"nq-{number}.png")
    await tab.click("[aria-label='Remove nq-2.png']")
    await tab.click("#modal label", "Sure")

    files, sure = await sent(tab, application)
    assert (len(files), sure) == (2, True)
    uploads = list(application.discord.sandbox.world.files.values())
    assert uploads == [candles(1), candles(3)]


async def test_what_is_written_is_counted(tab: Tab, form: Any):
    await form({"type": 4, "style": 1, "custom_id": "words", "max_length": 20})

    await tab.type("#field-words", "Long NQ")

    await tab.find("#modal .counter", "7/20")
    described = await tab.script("return document.getElementById('field-words').getAttribute('aria-describedby')")
    await tab.find(f"#{described}", "about words")
