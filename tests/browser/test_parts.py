"""All that a message or a form can hold, sent by an application that the tests play themselves."""

from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from demo.drawing import candles
from sandbox.interactions.interaction import Interaction, InteractionKind
from sandbox.messages import user_actions
from sandbox.server import Sandbox
from sandbox.web import Page, PageSetting
from sandbox.world.entities import Upload
from sandbox.world.state import World
from tests.browser.application import CHOICES, MESSAGE, MODAL, THINKING, V2, Application, options, text
from tests.browser.conftest import HOSTILE, Tab
from tests.conftest import Discord, Room

pytestmark = pytest.mark.browser

LOG = "document.getElementById('channel-log')"
BELOW = f"{LOG}.scrollHeight - {LOG}.scrollTop - {LOG}.clientHeight"


async def test_every_kind_of_component_is_shown(tab: Tab, application: Application, own_discord: Discord):
    link = {"type": 2, "style": 5, "label": "Rules", "url": "https://example.com/rules"}
    picture, text_file = {"url": "attachment://nq.png"}, {"url": "attachment://journal.txt"}
    inner = [
        {"type": 9, "components": [text("# Beside a picture")], "accessory": {"type": 11, "media": picture}},
        {"type": 14, "divider": True, "spacing": 1},
        {"type": 12, "items": [{"media": picture, "description": "the open", "spoiler": True}]},
        {"type": 13, "file": text_file},
        {
            "type": 1,
            "components": [link, {"type": 2, "style": 4, "label": "Not now", "custom_id": "n", "disabled": True}],
        },
    ]
    hidden = {"type": 17, "components": [text("what was hidden")], "spoiler": True}
    body = {"flags": V2, "components": [{"type": 17, "accent_color": 0x3366FF, "components": inner}, hidden]}
    body["attachments"] = [{"id": at, "filename": name} for at, name in enumerate(("nq.png", "journal.txt"))]
    files = ("nq.png", candles(1)), ("journal.txt", b"long at the open")
    status, said = await application.rest.upload("POST", application.messages, body, *files)
    assert status == 200, said

    await tab.find(".container .section .head", "Beside a picture")
    await tab.find(".container hr")
    await tab.find(".container .file a", "journal.txt")
    await tab.find(".container a.button", "Rules")
    assert not await tab.run((await tab.find(".container .button", "Not now")).is_enabled)
    accent = "return document.querySelector('.container').style.getPropertyValue('--accent')"
    assert await tab.script(accent) == "#3366ff"
    hidden = "return [...document.querySelectorAll('#messages [inert]')].map((each) => each.textContent)"
    assert await tab.script(hidden) == ["", "what was hidden"]
    await tab.click(".gallery .veil", "SPOILER")
    await tab.find(".gallery > .picture:focus img")
    await tab.click(".message .veil", "SPOILER")
    await tab.find(".message .container:focus", "what was hidden")
    assert await tab.serious() == []


async def test_embeds_replies_and_marks_are_shown(tab: Tab, application: Application, own_room: Room):
    said = user_actions.say(own_room.discord.sandbox.world, own_room.mia.user, own_room.channel, "What is the plan?")
    embed = {
        "title": "The plan",
        "description": "**Long** above 21,450",
        "color": 0x11AA33,
        "author": {"name": "Coach D"},
        "fields": [{"name": "Stop", "value": "21,410"}],
        "footer": {"text": "revision 1"},
        "image": {"url": "https://example.com/chart.png"},
    }
    reply = {"message_id": str(said.id)}
    marks = f"<@{own_room.mia.user.id}> <#{own_room.channel.id}> <t:1764000000:R> ||secret|| `code` ~~gone~~ __under__"
    await application.send(content=marks, embeds=[embed], message_reference=reply)

    reply = await tab.find(".message .origin", "What is the plan?")
    assert await tab.run(reply.get_attribute, "textContent") == "In reply to Mmia What is the plan?"
    await tab.find(".embed strong", "Long")
    for words in ("Coach D", "The plan", "Stop", "21,410", "revision 1", "A picture from elsewhere"):
        await tab.find(".embed", words)
    for css, words in ((".mention", "#plans"), ("code", "code"), ("s", "gone"), ("u", "under")):
        await tab.find(f".text {css}", words)
    assert "secret" not in (await tab.find(".spoiler")).text
    await tab.click(".spoiler")
    await tab.find(".spoiler", "secret")
    assert await tab.script("return document.querySelector('.text time').title")
    assert await tab.serious() == []


async def test_edits_deletions_and_thinking_are_shown_in_place(tab: Tab, application: Application):
    await application.register({"name": "plan", "description": "the plan"})
    first = await application.send(content="first words")
    await tab.find(".message", "first words")
    await tab.script("document.querySelector('.message').dataset.seen = 'before'")
    await application.send(content="second words")
    await application.rest("PATCH", f"{application.messages}/{first['id']}", {"content": "other words"})
    await tab.find(".message", "other words")
    await tab.find(".message .small", "(edited)")

    await tab.command("plan")
    await tab.send()
    asked = await application.asked(InteractionKind.COMMAND)
    await application.answer(asked, THINKING, flags=64)
    await tab.find(".ephemeral .thinking", "is thinking")
    await application.fill(asked, content="the answer")
    await tab.find(".ephemeral .text", "the answer")
    await tab.until(lambda driver: not driver.find_elements(By.CSS_SELECTOR, ".thinking"))

    await application.rest("DELETE", f"{application.messages}/{first['id']}")
    await tab.until(lambda driver: "other words" not in driver.find_element(By.ID, "messages").text)
    await tab.find(".message", "second words")


async def test_who_is_at_the_newest_message_stays_there_and_who_reads_back_is_left_alone(tab: Tab, own_room: Room):
    world, mia, channel = own_room.discord.sandbox.world, own_room.mia.user, own_room.channel
    for number in range(30):
        user_actions.say(world, mia, channel, f"message {number}")
    await tab.find(".message", "message 29")
    await tab.until(lambda driver: driver.execute_script(f"return {BELOW} < 1"))

    user_actions.say(world, mia, channel, "", [Upload("nq.png", candles(1))])
    await tab.until(lambda driver: driver.execute_script("return document.querySelector('.picture img')?.naturalWidth"))
    await tab.until(lambda driver: driver.execute_script(f"return {BELOW} < 1"))

    await tab.script(f"{LOG}.scrollTop = 100")
    user_actions.say(world, mia, channel, "one more")
    await tab.find(".message", "one more")
    assert await tab.script(f"return {LOG}.scrollTop") == 100


async def test_menus_of_all_kinds_can_be_chosen_from(tab: Tab, application: Application, own_room: Room):
    one = {"type": 3, "custom_id": "one", "placeholder": "One of them", "options": options("open", "close")}
    many = {"type": 5, "custom_id": "many", "placeholder": "Several people", "min_values": 2, "max_values": 3}
    where = {"type": 8, "custom_id": "where", "placeholder": "A channel", "channel_types": [0]}
    rows = [{"type": 1, "components": [each]} for each in (one, many, where)]
    await application.send(flags=V2, components=rows)

    async def chosen(interaction: Interaction) -> list[str]:
        await application.answer(interaction, 6)
        return interaction.payload["data"]["values"]

    menu = Select(await tab.find("select[aria-label='One of them']"))
    await tab.run(menu.select_by_visible_text, "The close: it is close")
    assert await chosen(await application.asked(InteractionKind.COMPONENT)) == ["close"]

    await tab.click(".many summary", "Several people")
    assert await tab.serious() == []
    await tab.click(".many label", "dana")
    await tab.click(".many button", "Choose")
    await tab.find("#notice", "Must be between 2 and 3 in length")
    await tab.click(".many label", "mia")
    await tab.click(".many button", "Choose")
    people = await application.asked(InteractionKind.COMPONENT)
    assert set(await chosen(people)) == {str(own_room.dana.user.id), str(own_room.mia.user.id)}

    menu = Select(await tab.find("select[aria-label='A channel']"))
    await tab.run(menu.select_by_visible_text, "# plans")
    assert await chosen(await application.asked(InteractionKind.COMPONENT)) == [str(own_room.channel.id)]


async def test_menus_show_what_is_chosen_already_on_a_phone_too(tab: Tab, application: Application, own_room: Room):
    [manager] = [each.id for each in own_room.guild.roles.values() if each.name == "Manager"]

    def menu(kind: int, name: str, most: int, *chosen: tuple[str, int]) -> dict[str, Any]:
        preset = [{"type": what, "id": str(each)} for what, each in chosen]
        body = {"type": kind, "custom_id": name, "placeholder": name, "max_values": most, "default_values": preset}
        return {"type": 1, "components": [body]}

    await tab.run(tab.driver.set_window_size, 390, 844)
    user, role = ("user", own_room.mia.user.id), ("role", manager)
    await application.send(
        flags=V2,
        components=[
            menu(8, "A channel", 1, ("channel", own_room.channel.id)),
            menu(6, "A role", 1, role),
            menu(5, "People", 3, user, ("user", own_room.dana.user.id)),
            menu(7, "Members and roles", 25, role, user),
        ],
    )

    for name, shown in (("A channel", "# plans"), ("A role", "Manager")):
        chosen = Select(await tab.find(f"select[aria-label='{name}']"))
        assert await tab.run(lambda menu: menu.first_selected_option.text, chosen) == shown
    await tab.find(".many summary", "dana, mia")
    await tab.click(".many summary", "mia, Manager")
    assert await tab.script("return document.documentElement.scrollWidth <= window.innerWidth")
    assert await tab.serious() == []
    await tab.click(".many[open] label", "mia")  # no longer
    await tab.click(".many[open] label", "ivan")
    await tab.click(".many[open] button", "Choose")
    asked = await application.asked(InteractionKind.COMPONENT)
    assert set(asked.payload["data"]["values"]) == {str(own_room.ivan.user.id), str(manager)}
    await application.answer(asked, 6)


async def test_forms_take_every_kind_of_field_and_stay_open_when_refused(
    tab: Tab, application: Application, own_room: Room, tmp_path
):
    (tmp_path / "nq.png").write_bytes(candles(1))
    await application.send(
        components=[{"type": 1, "components": [{"type": 2, "style": 1, "label": "Open", "custom_id": "o"}]}]
    )
    fields = {
        "Words": {"type": 4, "style": 1, "custom_id": "words", "value": "before", "min_length": 3},
        "Who": {"type": 5, "custom_id": "who"},
        "Session": {"type": 21, "custom_id": "session", "options": options("open", "close")},
        "Markets": {"type": 22, "custom_id": "markets", "options": options("nq", "es", "cl")},
        "Chart": {"type": 19, "custom_id": "chart"},
        "Sure": {"type": 23, "custom_id": "sure"},
    }
    labels = [{"type": 18, "label": name, "component": component} for name, component in fields.items()]

    await tab.click(".message .button", "Open")
    pressed = await application.asked(InteractionKind.COMPONENT)
    components = [text("Say *all* of it"), *labels[:4]]
    await application.answer(pressed, MODAL, title="First", custom_id="f1", components=components)
    await tab.find("#modal[open] em", "all")
    assert await tab.serious() == []
    await tab.type("#field-words", "after")
    await tab.run(Select(await tab.find("#field-who")).select_by_visible_text, "ivan")
    await tab.click("#modal label", "The nq")
    await tab.click("#modal label", "The cl")
    await tab.click("#modal button[type=submit]")
    await tab.find("#modal .problem", "Session: This field is required")
    assert await tab.run((await tab.find("#field-words")).get_attribute, "value") == "after"
    await tab.click("#modal label", "The open")
    await tab.click("#modal button[type=submit]")
    sent = await application.asked(InteractionKind.MODAL)
    assert values_in(sent) == ["after", [str(own_room.ivan.user.id)], "open", ["nq", "cl"]]
    await application.answer(sent, MESSAGE, content="thank you")
    await tab.find(".message", "thank you")
    await tab.until(lambda driver: not driver.find_elements(By.CSS_SELECTOR, "#modal *"))

    await tab.click(".message .button", "Open")
    pressed = await application.asked(InteractionKind.COMPONENT)
    await application.answer(pressed, MODAL, title="Second", custom_id="f2", components=labels[4:])
    await tab.run((await tab.find("#field-chart")).send_keys, str(tmp_path / "nq.png"))
    await tab.click("#modal label", "Sure")
    await tab.click("#modal button[type=submit]")
    sent = await application.asked(InteractionKind.MODAL)
    [attachment] = sent.payload["data"]["resolved"]["attachments"].values()
    assert (attachment["filename"], values_in(sent)) == ("nq.png", [[attachment["id"]], True])
    await application.answer(sent, MESSAGE, content="kept")
    await tab.find(".message", "kept")


def values_in(submitted: Interaction) -> list[Any]:
    """Return the values that were filled in, from top to bottom."""
    labels = [each["component"] for each in submitted.payload["data"]["components"] if "component" in each]
    return [each.get("values", each.get("value")) for each in labels]


async def test_options_of_all_types_are_filled_in_and_checked(tab: Tab, application: Application, own_room: Room):
    kinds = {"words": 3, "count": 4, "sure": 5, "who": 6, "where": 7, "role": 8, "anyone": 9, "ratio": 10}
    described = [{"name": name, "description": f"the {name}", "type": kind} for name, kind in kinds.items()]
    described[0] |= {"required": True, "min_length": 3}
    described[1] |= {"min_value": 1, "max_value": 5}
    await application.register({"name": "all", "description": "all types", "options": described})
    await tab.command("all")
    await tab.send()
    await tab.find(".chip:focus-within .problem", "This option is required.")
    await tab.type("#option-words", "some")
    await tab.type("#option-count", "7")
    await tab.send()
    await tab.find(".chip:focus-within .problem", "5")
    await tab.type("#option-count", "5")
    await tab.type("#option-ratio", "2.5")
    choices = {"sure": "False", "who": "mia", "where": "# plans", "role": "Manager", "anyone": "ivan"}
    for name, shown in choices.items():
        await tab.run(Select(await tab.find(f"#option-{name}")).select_by_visible_text, shown)

    await tab.send()

    asked = await application.asked(InteractionKind.COMMAND)
    given = {each["name"]: each["value"] for each in asked.payload["data"]["options"]}
    [manager] = [each.id for each in own_room.guild.roles.values() if each.name == "Manager"]
    whom = {"who": own_room.mia.user.id, "where": own_room.channel.id, "role": manager, "anyone": own_room.ivan.user.id}
    assert given == {"words": "some", "count": 5, "sure": False, "ratio": 2.5} | {k: str(v) for k, v in whom.items()}
    await application.answer(asked, MESSAGE, content="all of it")
    await tab.find(".message", "all of it")


async def test_a_command_can_be_typed_whole(tab: Tab, application: Application):
    formats = [{"name": "Markdown", "value": "md"}, {"name": "ZIP file", "value": "zip"}]
    options = [
        {"name": "text", "description": "what", "type": 3, "max_length": 4000},
        {"name": "from", "description": "which", "type": 4},
        {"name": "format", "description": "how", "type": 3, "choices": formats},
        {"name": "mine", "description": "only", "type": 5},
    ]
    post = {"name": "post", "description": "a plan", "type": 1, "options": options}
    await application.register({"name": "plan", "description": "plans", "options": [post]})
    await tab.find("#channels button", "plans")

    await tab.type("#text", "/plan post text:Long NQ at 08:30. Stop: 21,410 from:1 format:zip file mine:True")
    await tab.send()

    asked = await application.asked(InteractionKind.COMMAND)
    [inner] = asked.payload["data"]["options"]
    given = {each["name"]: each["value"] for each in inner["options"]}
    assert given == {"text": "Long NQ at 08:30. Stop: 21,410", "from": 1, "format": "zip", "mine": True}
    await application.answer(asked, MESSAGE, content="posted")
    await tab.find(".message", "posted")

    for typed, where, why in (
        ("/plan post my text", "#notice", "Choose a command from the list."),
        ("/plan", "#notice", "Choose a command from the list."),
        ("/plan post format:pdf", ".chip .problem", "Choose one of the values."),
    ):
        await tab.script("document.getElementById('text').value = arguments[0]", typed)
        await tab.send()
        await tab.find(where, why)


async def test_what_was_begun_is_there_again_when_the_person_is_back(
    tab: Tab, application: Application, tmp_path: Path
):
    await application.register({"name": "show", "description": "a plan", "options": []})
    (tmp_path / "nq.png").write_bytes(candles(1))
    await tab.run((await tab.find("#picker")).send_keys, str(tmp_path / "nq.png"))
    await tab.command("show")

    await tab.be("mia")

    await tab.until(lambda driver: not driver.find_element(By.ID, "command").is_displayed())
    assert await tab.script("return document.querySelectorAll('#files li').length") == 0
    assert await tab.script("return document.activeElement.id") == "account-switch"
    await tab.be("dana")
    await tab.find("#command", "/show")
    await tab.find("#files li", "nq.png")


async def test_pictures_are_dropped_and_pasted_and_come_back_when_refused(tab: Tab, own_room: Room):
    throw = """
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(arguments[2])], arguments[1], { type: "image/png" }));
        const dropped = new DragEvent("drop", { dataTransfer: data, bubbles: true });
        const pasted = new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
        document.getElementById("text").dispatchEvent(arguments[0] === "drop" ? dropped : pasted);
    """
    await tab.script(throw, "drop", "dropped.png", list(candles(1)))
    await tab.script(throw, "paste", "pasted.png", list(candles(2)))
    await tab.find("#files li", "dropped.png")
    await tab.find("#files li", "pasted.png")
    await tab.script("document.getElementById('text').value = 'w'.repeat(2001)")
    await tab.send()
    await tab.find("#notice", "2000 characters")
    await tab.find("#files li", "pasted.png")

    await tab.type("#text", "two charts")
    await tab.send()

    await tab.find(".message", "two charts")
    [said] = own_room.discord.sandbox.world.messages_in(own_room.channel.id)
    assert [each.filename for each in said.attachments] == ["dropped.png", "pasted.png"]


async def test_the_page_goes_on_when_the_local_discord_is_back(chromium: webdriver.Chrome, tmp_path: Path):
    async def serve(port: int, world: World | None) -> Sandbox:
        served = await Sandbox.start(port=port, world=world)
        if world is None:
            owner, _ = served.world.add_user("olga"), served.world.add_user("dana")
            guild = served.world.add_guild("Opening Bell", owner)
            served.world.add_channel(guild, "plans")
            served.world.add_member(guild, served.world.users[max(served.world.users)])
        [guild] = served.world.guilds.values()
        served.page = Page(served, PageSetting(guild, [(user, "") for user in served.world.users.values()])).handle
        return served

    first = await serve(0, None)
    port = int(first.base_url.rpartition(":")[2])
    tab = Tab(chromium)
    await tab.run(chromium.get, first.base_url)
    await tab.be("dana")
    await tab.find("#channels button", "plans")
    (tmp_path / "nq.png").write_bytes(candles(1))
    await tab.run((await tab.find("#picker")).send_keys, str(tmp_path / "nq.png"))
    await tab.type("#text", "what I wrote meanwhile")
    await first.stop()
    await tab.find("#notice", "The local Discord was stopped.")
    await tab.send()
    await tab.find("#files li", "nq.png")
    assert await tab.run((await tab.find("#text")).get_attribute, "value") == "what I wrote meanwhile"

    async with await serve(port, first.world):
        await tab.until(lambda driver: not driver.find_element(By.ID, "notice").text)
        await tab.send()
        await tab.find(".message", "what I wrote meanwhile")
        await tab.find(".message .picture")
    async with await serve(port, None) as another:  # without what was kept
        await tab.until(lambda driver: not driver.find_elements(By.CSS_SELECTOR, ".message"))
        await tab.type("#text", "here again")
        await tab.send()
        await tab.find(".message", "here again")
        [said] = another.world.messages.values()
        assert another.world.users[said.author_id].username == "dana"
        await tab.run(chromium.get, "about:blank")
    await tab.run(chromium.get_log, "browser")  # it is full of attempts to connect, and the next test reads it


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_text_in_every_part_is_shown_as_text(
    tab: Tab, application: Application, own_room: Room, name: str
):
    bad = HOSTILE[name]
    menu: dict[str, Any] = {"type": 3, "custom_id": "m", "placeholder": bad[:150], "options": [option(bad, "a")]}
    many = {**menu, "custom_id": "n", "max_values": 2, "options": [option(bad, "a"), option(bad, "b")]}
    press = {"type": 2, "style": 1, "custom_id": "o", "label": bad[:80]}
    embed: dict[str, Any] = {
        "title": bad[:256],
        "description": bad[:900],
        "footer": {"text": bad[:900]},
        "author": {"name": bad[:256]},
    }
    embed["fields"] = [{"name": bad[:256], "value": bad[:900]}]
    rows = [{"type": 1, "components": [each]} for each in (menu, many, press)]
    own_room.guild.name = bad[:100]
    own_room.dana.user.global_name = bad[:32]
    for each in (own_room.channel, *own_room.guild.roles.values()):
        each.name = bad[:100]
    sent = await application.send(content=bad[:2000], embeds=[embed], components=rows)
    await application.send(content="a reply", message_reference={"message_id": sent["id"]})
    user_actions.say(
        own_room.discord.sandbox.world, own_room.mia.user, own_room.channel, "", [Upload(f"{bad[:80]}.txt", b"x")]
    )
    await application.register(
        {"name": "x", "description": bad[:100], "options": [{"name": "y", "description": bad[:100], "type": 3}]}
    )
    await tab.find(".embed .head")
    await tab.click(".many summary")
    await tab.click("#inspector-toggle")
    await tab.click("#lines summary")
    await tab.is_harmless()
    await tab.click("#inspector-toggle")

    await tab.command("x")
    await tab.type("#option-y", bad[:1000])
    await tab.is_harmless()
    await tab.click("#command button", "Cancel")

    await tab.click(".message .row .button.primary")
    pressed = await application.asked(InteractionKind.COMPONENT)
    words = {"type": 4, "style": 2, "custom_id": "w", "value": bad[:4000], "placeholder": bad[:100]}
    ticks = {"type": 22, "custom_id": "t", "options": [option(bad, "a")]}
    dots = {"type": 21, "custom_id": "d", "options": [option(bad, "a"), option(bad, "b")]}
    fields = (words, ticks, dots, {"type": 23, "custom_id": "s"})
    labels = [{"type": 18, "label": bad[:45], "description": bad[:100], "component": each} for each in fields]
    await application.answer(pressed, MODAL, title=bad[:45], custom_id="f", components=[text(bad[:2000]), *labels])
    field = await tab.find("#modal[open] textarea")
    assert await tab.run(field.get_attribute, "value") == bad[:4000]
    await tab.is_harmless()


def option(words: str, value: str) -> dict[str, str]:
    return {"label": words[:100], "value": value, "description": words[:100]}


async def test_what_is_offered_while_one_types_moves_nothing(tab: Tab, application: Application):
    typed = {"name": "coach", "description": "whose", "type": 3, "autocomplete": True}
    await application.register({"name": "show", "description": "a plan", "options": [typed]})
    where = "return document.querySelector('#composer button[type=submit]').getBoundingClientRect().top"
    await tab.command("show")
    before = await tab.script(where)

    choices = [{"name": f"Coach {number}", "value": str(number)} for number in range(25)]
    await application.answer(await application.asked(InteractionKind.AUTOCOMPLETE), CHOICES, choices=choices)

    await tab.find("#option-coach-choices [role=option]", "Coach 24")
    assert await tab.serious() == []
    assert await tab.script(where) == before
    await tab.send()
    asked = await application.asked(InteractionKind.COMMAND)
    await application.answer(asked, MESSAGE, content="shown")
    await tab.find(".message", "shown")
