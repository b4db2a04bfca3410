"""The frame of the messages: servers, channels, accounts, members, drafts, themes, drawers of a phone."""

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from sandbox.messages import user_actions
from sandbox.world import threads
from sandbox.world.entities import ChannelKind, Overwrite
from sandbox.world.permissions import Permissions
from tests.browser.conftest import HOSTILE, PHONE, Tab
from tests.conftest import Room

pytestmark = pytest.mark.browser

TOPIC = "return document.getElementById('topic').textContent"
FOCUSED = "return document.activeElement.id || document.activeElement.textContent"


def furnish(room: Room) -> None:
    """Add a second server, categories, a thread and a forum with a post."""
    world, guild, dana = room.discord.sandbox.world, room.guild, room.dana.user
    community = world.add_channel(guild, "Community", ChannelKind.CATEGORY)
    world.add_channel(guild, "lounge", parent=community, topic="Off topic")
    forum = world.add_channel(guild, "ideas", ChannelKind.FORUM, parent=community)
    threads.begin_post(world, forum, "Gold into year end", dana, "Seasonality says yes.")
    threads.begin(world, room.channel, "CPI day", dana)
    second = world.add_guild("Night Desk", room.ivan.user)
    world.add_member(second, dana)
    world.add_channel(second, "tokyo")


async def press(tab: Tab, *keys: str) -> None:
    """Press keys, wherever the focus is."""
    await tab.run(lambda: tab.driver.switch_to.active_element.send_keys(*keys))


async def has_name(tab: Tab, name: str) -> None:
    """Wait until the header names this channel."""
    await tab.until(lambda driver: driver.find_element(By.ID, "channel-name").text == name)


async def test_servers_channels_threads_posts_and_direct_messages_can_be_opened(tab: Tab, own_room: Room):
    furnish(own_room)
    world = own_room.discord.sandbox.world

    await tab.click("#channels .category li button", "lounge")
    await has_name(tab, "lounge")
    await tab.find("#topic", "Off topic")
    await tab.find("#welcome h3", "Welcome to #lounge!")
    await tab.click("#channels .thread button", "CPI day")
    await has_name(tab, "CPI day")
    await tab.type("#text", "08:30")
    await tab.send()
    await tab.find(".message", "08:30")
    await tab.click("#channels button", "ideas")
    await tab.click("#posts button", "Gold into year end")
    await tab.find(".message", "Seasonality says yes.")
    assert await tab.serious() == []

    await tab.click("#channels .category > button")
    await tab.until(lambda driver: "lounge" not in driver.find_element(By.ID, "channels").text)
    await tab.click("#servers button[aria-label='Night Desk']")
    await has_name(tab, "tokyo")
    assert await tab.run((await tab.find("#guild")).get_attribute, "textContent") == "Night Desk"
    await tab.click("#servers button[aria-label='Direct Messages']")
    await has_name(tab, "Coachbook")
    await tab.type("#text", "hello")
    await tab.send()
    await tab.find(".message", "hello")
    [said] = [each for each in world.messages.values() if each.content == "hello"]
    assert world.channels[said.channel_id].kind == ChannelKind.DIRECT


async def test_what_is_unread_is_marked_until_it_is_seen(tab: Tab, own_room: Room):
    furnish(own_room)
    world = own_room.discord.sandbox.world
    [tokyo] = [each for each in world.channels.values() if each.name == "tokyo"]
    await tab.find("#servers button[aria-label='Night Desk']")

    user_actions.say(world, own_room.ivan.user, tokyo, f"<@{own_room.dana.user.id}> the Nikkei opens")

    await tab.find("#servers .unread .badge", "1")
    await tab.click("#servers button[aria-label='Night Desk, 1 unread mention']")
    await tab.find(".message", "the Nikkei opens")
    await tab.find("#servers button[aria-label='Night Desk']")
    user_actions.say(world, own_room.mia.user, own_room.channel, "Good morning")
    await tab.click("#servers button[aria-label='Opening Bell, unread']")
    await tab.until(lambda driver: not driver.find_elements(By.CSS_SELECTOR, "#channels .unread [aria-current]"))


async def test_members_are_listed_by_role_and_only_where_they_see_the_channel(tab: Tab, own_room: Room):
    world, guild = own_room.discord.sandbox.world, own_room.guild
    coach = world.add_role(guild, "Coach", color=0xF1C40F, hoisted=True)
    world.set_roles(guild.members[own_room.dana.user.id], [coach])
    world.set_overwrite(own_room.channel, Overwrite(own_room.mia.user.id, True, deny=int(Permissions.VIEW_CHANNEL)))

    await tab.find("#members h2", "Coach \u2014 1")

    names = await tab.script("return [...document.querySelectorAll('#members .person-name')].map((e) => e.textContent)")
    assert names == ["dana", "both", "Coachbook", "ivan", "max", "olga"]
    color = "return document.querySelector('#members .person-name').style.getPropertyValue('--role')"
    assert await tab.script(color) == "#f1c40f"
    for scheme in ("light", "dark"):
        await tab.prefer(scheme)
        assert await tab.serious() == []
    await tab.click("#members-toggle")
    await tab.until(lambda driver: not driver.find_element(By.ID, "members").is_displayed())
    await tab.be("mia")
    await tab.until(lambda driver: not driver.find_elements(By.CSS_SELECTOR, "#channels button"))


async def test_each_channel_has_its_draft(tab: Tab, own_room: Room):
    furnish(own_room)
    await tab.type("#text", "half a thought")
    await tab.click("#channels button", "lounge")
    await has_name(tab, "lounge")
    assert await tab.run((await tab.find("#text")).get_attribute, "value") == ""
    await tab.type("#text", "another")

    await tab.click("#channels button", "plans")
    await has_name(tab, "plans")

    assert await tab.run((await tab.find("#text")).get_attribute, "value") == "half a thought"
    await tab.click("#channels button", "lounge")
    await has_name(tab, "lounge")
    assert await tab.run((await tab.find("#text")).get_attribute, "value") == "another"


async def test_the_theme_can_be_switched_and_is_remembered(tab: Tab):
    back = "return getComputedStyle(document.body).backgroundColor"
    await tab.prefer("dark")
    dark = await tab.script(back)
    await tab.click("#theme-switch")

    assert await tab.script(back) == "rgb(255, 255, 255)"
    await tab.run(tab.driver.refresh)
    await tab.find("#channels button", "plans")
    assert await tab.script(back) == "rgb(255, 255, 255)"
    assert await tab.serious() == []
    await tab.click("#theme-switch[aria-label='Use the dark theme']")
    assert await tab.script(back) == dark


async def test_lists_are_one_stop_of_the_tab_key_and_the_arrows_move_within(tab: Tab, own_room: Room):
    furnish(own_room)
    await tab.find("#channels button", "lounge")
    await tab.script("document.querySelector('#channels [aria-current]').focus()")

    await press(tab, Keys.ARROW_DOWN)
    assert await tab.script(FOCUSED) == "CPI day"
    await press(tab, Keys.END)
    assert "Gold into year end" in await tab.script(FOCUSED)
    await press(tab, Keys.TAB)
    assert await tab.script(FOCUSED) == "account-switch"
    await press(tab, Keys.SHIFT, Keys.TAB, Keys.NULL)
    await press(tab, Keys.HOME, Keys.ENTER)
    await has_name(tab, "plans")
    assert await tab.script(FOCUSED) == "plans"


def is_shown(driver: webdriver.Chrome, *ids: str) -> list[bool]:
    """Return for each id if its element is shown."""
    return [driver.find_element(By.ID, each).is_displayed() for each in ids]


async def test_on_a_phone_channels_and_members_are_drawers(tab: Tab, own_room: Room):
    furnish(own_room)
    await tab.run(tab.driver.set_window_size, *PHONE)
    await tab.until(lambda driver: is_shown(driver, "sidebar", "members") == [False, False])
    header = await tab.script("return document.querySelector('header').offsetHeight")
    assert header <= 48

    for scheme in ("light", "dark"):
        await tab.prefer(scheme)
        for name in ("sidebar", "members"):
            await tab.click(f"#{name}-toggle")
            await tab.until(lambda driver, name=name: is_shown(driver, name) == [True])
            assert await tab.serious() == []
            await press(tab, Keys.ESCAPE)
            await tab.until(lambda driver, name=name: is_shown(driver, name) == [False])
            assert await tab.script(FOCUSED) == f"{name}-toggle"

    await tab.click("#sidebar-toggle")
    await tab.click("#channels button", "lounge")
    await has_name(tab, "lounge")
    await tab.until(lambda driver: is_shown(driver, "sidebar") == [False])
    await tab.be("mia")
    await tab.until(lambda driver: is_shown(driver, "sidebar") == [False])
    assert await tab.script("return document.documentElement.scrollWidth <= window.innerWidth")


async def test_files_that_are_dragged_over_the_page_show_where_they_go(tab: Tab):
    drag = "document.getElementById('text').dispatchEvent(new DragEvent(arguments[0], { bubbles: true }))"
    await tab.script(drag, "dragover")
    await tab.find("#drop", "Drop files to add them to plans")
    await tab.script(drag, "dragleave")
    await tab.until(lambda driver: is_shown(driver, "drop") == [False])


async def test_hostile_names_are_shown_as_text(tab: Tab, own_room: Room):
    furnish(own_room)
    world = own_room.discord.sandbox.world
    coach = world.add_role(own_room.guild, "Coach", hoisted=True)
    for name, bad in HOSTILE.items():
        for each in (*world.channels.values(), *world.guilds.values()):
            each.name = bad[:100]
        own_room.channel.topic, coach.name, own_room.dana.user.global_name = bad[:1000], bad[:100], bad[:32]
        world.set_roles(own_room.guild.members[own_room.dana.user.id], [coach])

        await tab.until(lambda driver, bad=bad: driver.execute_script(TOPIC) == bad[:1000])
        await tab.is_harmless()
        assert await tab.script("return document.getElementById('guild').textContent") == bad[:100], name
