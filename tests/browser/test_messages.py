"""Messages as Discord shows them: in groups and by day, private ones, replies and links to messages, moving times."""

import datetime

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from sandbox.interactions.interaction import InteractionKind
from sandbox.messages.user_actions import say
from tests.browser.application import MESSAGE, Application
from tests.browser.conftest import Tab
from tests.conftest import Room

pytestmark = pytest.mark.browser

PRIVATE = 64
LOOKS = "return [...document.querySelectorAll('#messages > li')].map((each) => each.className)"
AVATARS = """
return [...document.querySelectorAll(".message > .avatar")].flatMap((each) =>
  each.checkVisibility() ? [each.innerText] : []);
"""
TOOLBAR = "return getComputedStyle(document.activeElement.closest('.toolbar')).opacity"


async def test_messages_are_grouped_by_author_and_day(tab: Tab, own_room: Room):
    world, channel = own_room.discord.sandbox.world, own_room.channel
    people = [own_room.mia.user] * 3 + [own_room.dana.user]
    midnight = datetime.datetime.now().astimezone().replace(hour=0, minute=0, second=0) - datetime.timedelta(days=1)
    for number, each in enumerate(people):
        minutes = datetime.timedelta(minutes=number - 0.5)
        say(world, each, channel, f"message {number}").made_at = midnight + minutes
    await tab.find(".message", "message 3")

    assert await tab.script(LOOKS) == [*("day-line", "message", "day-line", "message", "message grouped", "message")]
    await tab.find(".message time", "Yesterday at")
    assert await tab.script(AVATARS) == ["M", "M", "D"]


async def test_the_actions_on_a_message_are_reached_by_keyboard(tab: Tab, own_room: Room):
    say(own_room.discord.sandbox.world, own_room.mia.user, own_room.channel, "Good morning")
    await tab.find(".message", "Good morning")
    await tab.script("document.getElementById('channel-log').focus()")

    await tab.run(ActionChains(tab.driver).send_keys(Keys.TAB, Keys.TAB).perform)
    await tab.until(lambda driver: driver.execute_script(TOOLBAR) == "1")
    await tab.run(ActionChains(tab.driver).send_keys(Keys.ENTER).perform)

    await tab.find("#menu[open] button", "Delete message")


async def test_a_private_answer_is_dismissed_by_its_reader(tab: Tab, application: Application, own_room: Room):
    await application.register({"name": "show", "description": "a plan"})
    await tab.command("show")
    await tab.send()
    asked = await application.asked(InteractionKind.COMMAND)
    await application.answer(asked, MESSAGE, content="no plan yet", flags=PRIVATE)
    await tab.find(".ephemeral .origin", "/show")
    await tab.find(".ephemeral .private", "Only you can see this")

    await tab.click(".ephemeral button", "Dismiss message")

    assert await tab.script("return document.activeElement.id") == "channel-log"
    say(own_room.discord.sandbox.world, own_room.mia.user, own_room.channel, "Good morning")
    await tab.find(".message", "Good morning")
    assert await tab.script("return document.querySelectorAll('.ephemeral').length") == 0


async def test_relative_times_move_without_being_read_out(tab: Tab, own_room: Room):
    world, mia, channel = own_room.discord.sandbox.world, own_room.mia.user, own_room.channel
    say(world, mia, channel, f"<t:{int(datetime.datetime.now(datetime.UTC).timestamp()) - 10}:R>")
    shown = await tab.find(".text time[aria-live=off]", "seconds ago")
    before = await tab.run(lambda: shown.text)

    await tab.until(lambda _: "seconds ago" in shown.text and shown.text != before)


async def test_a_reply_shows_no_spoiler_and_leads_to_its_message(tab: Tab, application: Application, own_room: Room):
    asked = say(
        own_room.discord.sandbox.world, own_room.mia.user, own_room.channel, "Is **the** stop ||21,410||?\nOr lower?"
    )
    await application.send(content="Lower.", message_reference={"message_id": str(asked.id)})

    await tab.click(".origin a", f"Is the stop {chr(0x2588) * 5}? Or lower?")

    await tab.find(f"#message-{asked.id}:target")


async def test_a_link_to_a_message_opens_its_channel(tab: Tab, own_room: Room):
    world, mia, guild = own_room.discord.sandbox.world, own_room.mia.user, own_room.guild
    other = world.add_channel(guild, "questions")
    target = say(world, mia, other, "On a touch?")
    say(world, mia, own_room.channel, f"See https://discord.com/channels/{guild.id}/{other.id}/{target.id}")

    await tab.click(".message a", "#questions")

    await tab.find(f"#message-{target.id}:target", "On a touch?")


async def test_a_message_to_the_reader_and_colors_of_roles_can_be_read(tab: Tab, own_room: Room):
    world, channel = own_room.discord.sandbox.world, own_room.channel
    for color, reader in ((0xF1C40F, own_room.dana), (0x2ECC71, own_room.ivan)):
        role = world.add_role(own_room.guild, f"{color:x}", color=color)
        member = world.add_member(own_room.guild, world.add_user(f"in {color:x}"), [role])
        say(world, world.users[member.user_id], channel, f"<@{reader.user.id}>, is <t:1764000000:F> right?")

    await tab.find(".message.mentioned:has(.name[style])", "@dana, is")
    await tab.find(".message:not(.mentioned):has(.name[style])", "@ivan, is")

    for scheme in ("light", "dark"):
        await tab.prefer(scheme)
        assert await tab.serious() == []
