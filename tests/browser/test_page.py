"""The page in a real browser: coaches, a member and a manager use the whole bot by hand."""

from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from demo.drawing import candles
from tests.browser.conftest import HOSTILE, Tab
from tests.conftest import Discord, Room
from tests.processes import DEADLINE, BotProcess

pytestmark = pytest.mark.browser

PLAN = "Long NQ above 21,450. Stop 21,410.\nHalf off at 21,500, **rest** at the close."
CHANGED = "Long NQ above 21,460. Stop 21,420.\nHalf off at 21,500, **rest** at the close."
OFFLINE = "document.querySelectorAll('#members .offline')"


def charts(folder: Path) -> list[str]:
    files = [folder / f"nq-{number}.png" for number in (1, 2)]
    for number, file in enumerate(files, 1):
        file.write_bytes(candles(number))
    return list(map(str, files))


async def post_with_charts(tab: Tab, text: str, files: list[str]) -> None:
    """Through the list of commands and the form."""
    await tab.command("plan post")
    await tab.run((await tab.find("#option-files")).send_keys, "\n".join(files))
    await tab.find("#files li", "nq-2.png")
    await tab.send()
    await tab.type("#modal textarea", text)
    await tab.click("#modal button[type=submit]")


def loaded_pictures(driver: webdriver.Chrome) -> bool:
    pictures = driver.find_elements(By.CSS_SELECTOR, "#messages .gallery img")
    return len(pictures) >= 2 and all(
        driver.execute_script("return arguments[0].naturalWidth", each) for each in pictures
    )


async def test_a_plans_whole_day(tab: Tab, bot: BotProcess, own_discord: Discord, tmp_path: Path):
    await post_with_charts(tab, PLAN, charts(tmp_path))
    card = ".message:not(.ephemeral) .container"
    await tab.find(card, "Long NQ above 21,450.")
    await tab.find(".message.ephemeral", "Only you can see this")
    await tab.until(loaded_pictures)

    await tab.be("mia")
    await tab.find(card, "Long NQ above 21,450.")
    await tab.until(lambda driver: not driver.find_elements(By.CSS_SELECTOR, ".message.ephemeral"))
    await tab.click(".gallery .picture")
    await tab.find("#viewer[open] img")
    await tab.click("#viewer .close")

    await tab.be("dana")
    await tab.click(".message:not(.ephemeral) .button", "Edit")
    field = await tab.find("#modal textarea")
    assert await tab.run(field.get_attribute, "value") == PLAN
    await tab.type("#modal textarea", CHANGED)
    await tab.click("#modal button[type=submit]")
    await tab.find(card, "Long NQ above 21,460.")

    await tab.be("mia")
    await tab.find(card, "Long NQ above 21,460.")
    await tab.command("history diff")
    await tab.send()
    await tab.find(".message.ephemeral s", "21,450")
    await tab.find(".message.ephemeral strong", "21,460")

    await tab.be("max")
    await tab.click(".message:not(.ephemeral) .button", "More")
    await tab.click(".message.ephemeral .button", "Delete")
    await tab.find(".message.ephemeral", "It disappears for everyone")
    await tab.click(".message.ephemeral .button", "Delete")
    await tab.click(".message:not(.ephemeral) .button", "Restore")
    await tab.find(card, "Long NQ above 21,460.")

    assert await bot.stop() == 0
    again = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    await tab.be("mia")
    await tab.click(".message:not(.ephemeral) .button", "What changed (1)")
    await tab.find(".message.ephemeral", "Changes since it was posted")
    assert await again.stop() == 0


async def test_choices_are_offered_while_one_types_and_what_is_missing_is_told(tab: Tab, bot: BotProcess):
    await tab.command("plan show")
    await tab.run((await tab.find("#option-coach")).send_keys, "Intra")
    await tab.click("#option-coach-choices [role=option]", "Coach I")
    assert await tab.script("return document.getElementById('option-coach').value") == "i: Coach I (Intraday)"
    await tab.send()
    await tab.find(".message.ephemeral", "no plan")

    await tab.command("chart add")
    await tab.send()
    await tab.find(".chip:focus-within .problem", "This option is required.")


async def test_messages_with_pictures_and_the_apps_menus(tab: Tab, bot: BotProcess, tmp_path: Path):
    await tab.type("#text", "CPI at 08:30. No trades before.")
    await tab.run((await tab.find("#picker")).send_keys, charts(tmp_path)[0])
    await tab.send()
    await tab.find(".message", "CPI at 08:30.")
    await tab.click(".message .apps")
    await tab.click("#menu button", "Save as plan")
    await tab.click("#modal button[type=submit]")
    await tab.find(".message:not(.ephemeral) .container", "CPI at 08:30.")
    await tab.click(".message .name", "dana")
    await tab.click("#menu button", "Today's plan")
    await tab.find(".message.ephemeral .container", "CPI at 08:30.")


async def test_the_bot_that_does_not_answer_is_told_and_what_goes_on_can_be_seen(
    tab: Tab, bot: BotProcess, own_discord: Discord
):
    await tab.click("#inspector-toggle")
    await tab.find("#lines summary", "READY")
    assert await tab.script(f"return {OFFLINE}.length") == 0
    assert await bot.stop() == 0
    await tab.until(lambda driver: driver.execute_script(f"return {OFFLINE}.length") == 1)
    own_discord.sandbox.interactions.first_answer_seconds = 0.1
    await tab.command("plan list")
    await tab.send()
    await tab.find("#notice", "The application did not respond")
    await tab.click("#command button", "Cancel")
    own_discord.sandbox.interactions.first_answer_seconds = DEADLINE

    again = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    await tab.click("#faults button", "Drop the gateway connection")
    await tab.command("plan list")
    await tab.send()
    await tab.find(".message.ephemeral", "No plans yet")
    await tab.click("#reload")
    await tab.find("#inspector-status", "loaded")
    assert await again.stop() == 0


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_text_is_shown_as_text(tab: Tab, bot: BotProcess, own_room: Room, name: str):
    text = HOSTILE[name]
    await tab.type("#text", text[:1900])
    await tab.send()
    own_room.channel.name = text[:90]
    own_room.dana.user.global_name = text[:30]
    await own_room.max.slash("admin coach edit", coach="d", name=text[:80])
    await own_room.dana.slash("plan post", text=text)

    await tab.find(".message:not(.ephemeral) .container")
    await tab.click(".message .apps")
    await tab.click("#menu button", "Close")
    await tab.click(".message:not(.ephemeral) .button", "Edit")
    await tab.find("#modal textarea")

    await tab.is_harmless()
    shown = await tab.script("return document.getElementById('messages').textContent")
    assert text.replace("*", "").replace("_", "")[:10].strip("~|`<[") in shown.replace("*", "").replace("_", "")


async def test_no_request_leaves_the_machine(tab: Tab, bot: BotProcess, own_discord: Discord, tmp_path: Path):
    await post_with_charts(tab, PLAN, charts(tmp_path))
    await tab.until(loaded_pictures)

    asked = await tab.script("return performance.getEntriesByType('resource').map((each) => each.name)")

    assert len(asked) > 5
    assert all(each.startswith(own_discord.sandbox.base_url) for each in asked)


@pytest.mark.parametrize("width", [1280, 390])
async def test_axe_finds_nothing_serious(tab: Tab, bot: BotProcess, tmp_path: Path, width: int):
    await tab.run(tab.driver.set_window_size, width, 900)
    await post_with_charts(tab, PLAN, charts(tmp_path))
    await tab.until(loaded_pictures)
    for scheme in ("light", "dark"):
        await tab.prefer(scheme)
        assert await tab.serious() == []
        await tab.command("plan post")
        assert await tab.serious() == []
        await tab.click("#command button", "Cancel")
        await tab.click("#inspector-toggle")
        assert await tab.serious() == []
        await tab.click("#inspector-toggle")
        await tab.click(".message:not(.ephemeral) .apps")
        assert await tab.serious() == []
        await tab.click("#menu button", "Close")
        await tab.click(".message:not(.ephemeral) .picture")
        assert await tab.serious() == []
        await tab.click("#viewer .close")
        await tab.click(".message:not(.ephemeral) .button", "Edit")
        await tab.find("#modal textarea")
        assert await tab.serious() == []
        await tab.click("#modal .button", "Cancel")
    assert await tab.script("return document.documentElement.scrollWidth <= window.innerWidth")


async def test_everything_can_be_reached_by_keyboard(tab: Tab, bot: BotProcess):
    await tab.run((await tab.find("#text")).send_keys, "/plan li", Keys.ARROW_DOWN, Keys.ARROW_UP, Keys.ENTER)
    await tab.find("#command", "/plan list")
    reached = set()
    for _ in range(40):
        element = await tab.run(lambda: tab.driver.switch_to.active_element)
        reached.add(await tab.run(element.get_attribute, "id") or await tab.run(lambda found=element: found.text))
        await tab.run(ActionChains(tab.driver).send_keys(Keys.TAB).perform)
    assert {
        "option-day",
        "option-coach",
        "option-mine",
        "send",
        "inspector-toggle",
        "members-toggle",
        "account-switch",
        "channel-log",
    } <= reached
    assert await bot.stop() == 0
