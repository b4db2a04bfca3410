"""`/admin setup` as a manager uses it: through a local Discord, against the real bot in a process of its own."""

import asyncio

import apsw
import pytest

from bot.domain.sessions import Exchange
from sandbox.driver import ActionFailedError, Person, Seen
from sandbox.interactions.interaction import InteractionKind
from sandbox.world.entities import Json, Overwrite
from sandbox.world.permissions import Permissions
from tests.conftest import Discord, Room
from tests.processes import DEADLINE, BotProcess

BOT = pytest.mark.usefixtures("bot")


def select_of(panel: Seen, route: str) -> Json:
    """The menu of the panel whose custom_id has these words."""
    [menu] = [each for each in panel.selects if f"{route}:" in each["custom_id"]]
    return menu


async def choose(person: Person, panel: Seen, route: str, *chosen: int) -> Seen:
    """Choose channels, members or roles in a menu of the panel."""
    return await person.use(panel, select_of(panel, route)["custom_id"], [str(each) for each in chosen])


def preset_in(menu: Json) -> set[int]:
    return {int(each["id"]) for each in menu["default_values"]}


def members_of(key: str) -> str:
    """The route of the menu of a coach on the first page."""
    return f"setup_members:1:{key}"


async def prepared(room: Room) -> Seen:
    """A panel on which the plans' channel is chosen."""
    return await choose(room.max, await room.max.slash("admin setup"), "setup_channel", room.channel.id)


@BOT
async def test_channel_time_zone_and_members_are_set_on_one_panel(room: Room):
    world = room.discord.sandbox.world
    role = world.add_role(room.guild, "Swingers")
    opened = await room.max.slash("admin setup")
    assert opened.ephemeral

    panel = await choose(room.max, opened, "setup_channel", room.channel.id)
    panel = await room.max.select(panel, "Europe/London")
    panel = await room.max.select(panel, Exchange.XLON.label)
    assert panel.interaction
    await panel.interaction.until(lambda: f"Saved: sessions follow {Exchange.XLON.label}" in panel.text)
    assert "Not known yet" not in panel.text
    panel = await choose(room.max, panel, members_of("s"), room.mia.user.id, role.id)

    assert panel.shown.id == opened.shown.id
    assert f"<@{room.mia.user.id}>, <@&{role.id}> can now post as Coach S" in panel.text
    assert preset_in(select_of(panel, "setup_channel")) == {room.channel.id}
    assert preset_in(select_of(panel, members_of("s"))) == {room.mia.user.id, role.id}
    settings = (await room.max.slash("admin settings")).text
    assert f"<#{room.channel.id}>" in settings
    assert "Europe/London" in settings
    assert "Not known yet" not in settings
    assert "Posted" in (await room.mia.slash("plan post", text="mine", coach="s")).text


@BOT
async def test_any_time_zone_is_typed_into_a_form(room: Room):
    panel = await room.max.slash("admin setup")
    form = await room.max.click(panel, "Other time zone\N{HORIZONTAL ELLIPSIS}")

    refused = await room.max.submit(form, timezone="Londn")
    assert "is not a time zone" in refused.text
    form = await room.max.click(panel, "Other time zone\N{HORIZONTAL ELLIPSIS}")
    panel = await room.max.submit(form, timezone="kathmandu")

    assert "Saved: the time zone is Asia/Kathmandu" in panel.text
    assert "Asia/Kathmandu" in panel.choices


@BOT
async def test_members_that_changed_meanwhile_are_chosen_again(room: Room):
    panel = await room.max.slash("admin setup")
    await room.max.slash("admin coach assign", coach="s", user=room.ivan.user)

    panel = await choose(room.max, panel, members_of("s"), room.mia.user.id)

    assert "Nothing changed: the menu of Coach S (Swing) was out of date" in panel.text
    assert room.ivan.user.id in preset_in(select_of(panel, members_of("s")))
    assert room.mia.user.id not in preset_in(select_of(panel, members_of("s")))


@BOT
async def test_those_who_left_are_not_shown_and_more_than_25_stay(room: Room):
    world = room.discord.sandbox.world
    roles = [world.add_role(room.guild, f"Role {number}") for number in range(30)]
    panel = await room.max.slash("admin setup")
    await choose(room.max, panel, members_of("d"), *(each.id for each in roles[:25]))
    for role in roles[25:]:
        await room.max.slash("admin coach assign", coach="d", role=role)
    world.remove_role(room.guild, roles[0])

    panel = await room.max.slash("admin setup")
    preset = preset_in(select_of(panel, members_of("d")))
    assert len(preset) == 25
    assert roles[0].id not in preset
    assert "5 more not shown" in panel.text
    panel = await choose(room.max, panel, members_of("d"))

    assert preset_in(select_of(panel, members_of("d"))) == {each.id for each in roles[26:]}


@BOT
async def test_all_members_of_the_server_are_chosen_only_after_confirmation(room: Room):
    panel = await room.max.slash("admin setup")

    asked = await choose(room.max, panel, members_of("s"), room.guild.id, room.mia.user.id)

    assert f"<@{room.mia.user.id}> can now post as Coach S (Swing)." in asked.text
    assert "Everyone in this server isn’t assigned yet" in asked.text
    assert preset_in(select_of(asked, members_of("s"))) == {room.mia.user.id}
    assert "can now post as Coach S" in (await room.max.click(asked, "Assign everyone")).text


@BOT
async def test_more_coaches_than_rows_are_on_further_pages(room: Room):
    for number in range(4):
        await room.max.slash("admin coach add", key=f"n{number}", name=f"New {number}", user=room.mia.user)
    panel = await room.max.slash("admin setup")
    assert "New 3" not in panel.text

    panel = await room.max.click(panel, "Next coaches")
    panel = await choose(room.max, panel, "setup_members:2:n3", room.dana.user.id)

    assert f"<@{room.dana.user.id}> can now post as New 3" in panel.text
    assert f"<@{room.mia.user.id}> can no longer post as New 3" in panel.text
    assert "Coach D (Day Trading)" in (await room.max.click(panel, "Previous coaches")).text


@BOT
async def test_a_coach_is_added_with_a_user_and_a_role(room: Room):
    role = room.discord.sandbox.world.add_role(room.guild, "Swingers")
    everyone = room.guild.roles[room.guild.id]

    added = await room.max.slash("admin coach add", key="n", name="New", user=room.mia.user, role=role)
    asked = await room.max.slash("admin coach add", key="o", name="Other", role=everyone)
    assert "Everyone in this server isn’t assigned yet" in asked.text
    confirmed = await room.max.click(asked, "Assign everyone")

    assert f"<@{room.mia.user.id}>, <@&{role.id}> can post as it" in added.text
    assert "can now post as Other" in confirmed.text


@BOT
async def test_the_button_is_posted_and_moved_and_posted_again_after_it_was_deleted(room: Room):
    world = room.discord.sandbox.world
    other = world.add_channel(room.guild, "coaches")
    panel = await room.max.slash("admin setup")
    assert "Post button" not in panel.buttons  # there is no channel yet
    panel = await choose(room.max, panel, "setup_channel", room.channel.id)

    panel = await room.max.click(panel, "Post button")
    [first] = [each for each in room.mia.see() if not each.ephemeral]
    assert (await room.dana.click(first, "Post today’s plan")).form
    panel = await choose(room.max, panel, "setup_button_in", other.id)
    assert first.shown.deleted
    [second] = room.mia.at(other).see()
    assert str(second.shown.id) in panel.text
    assert "Button" not in (await room.max.slash("admin health")).text
    world.delete(second.shown)
    assert (
        f"its message in <#{other.id}> was deleted. Post it again with" in (await room.max.slash("admin health")).text
    )
    panel = await room.max.slash("admin setup")
    assert f"Its message in <#{other.id}> was deleted" in panel.text
    panel = await room.max.click(panel, "Post button again")

    assert f"Button posted in <#{other.id}>" in panel.text
    assert len(room.mia.at(other).see()) == 1
    assert "Post button again" not in panel.buttons


@BOT
async def test_the_button_goes_to_the_plans_channel_when_its_own_was_deleted(room: Room):
    other = room.discord.sandbox.world.add_channel(room.guild, "coaches")
    await choose(room.max, await prepared(room), "setup_button_in", other.id)
    room.discord.sandbox.world.remove_channel(other)

    panel = await room.max.click(await room.max.slash("admin setup"), "Post button again")

    assert f"Button posted in <#{room.channel.id}>" in panel.text


@BOT
async def test_a_button_that_discord_refuses_leaves_the_old_one(room: Room):
    world = room.discord.sandbox.world
    closed = world.add_channel(room.guild, "closed")
    world.set_overwrite(closed, Overwrite(room.guild.id, is_member=False, deny=int(Permissions.SEND_MESSAGES)))
    panel = await room.max.click(await prepared(room), "Post button")

    panel = await choose(room.max, panel, "setup_button_in", closed.id)

    assert f"can’t be posted in <#{closed.id}>: Coachbook needs Send Messages there" in panel.text
    [button] = [each for each in room.mia.see() if not each.ephemeral]
    assert str(button.shown.id) in panel.text


@BOT
async def test_a_button_without_a_clear_answer_is_posted_by_the_next_tap(room: Room):
    panel = await prepared(room)
    room.discord.sandbox.faults.fail("POST", "*/channels/*/messages", status=404)

    panel = await room.max.click(panel, "Post button")
    assert "Discord gave no clear answer" in panel.text
    panel = await room.max.click(panel, "Post button")

    assert f"Button posted in <#{room.channel.id}>" in panel.text


@BOT
async def test_two_taps_at_once_post_one_button(room: Room):
    panel = await room.max.click(await prepared(room), "Test post")  # the rate limit of the channel is known then
    slow = room.discord.sandbox.faults.slow("POST", "*/channels/*/messages", seconds=DEADLINE, count=2)

    taps = [asyncio.create_task(room.max.click(panel, "Post button")) for _ in range(2)]
    await room.discord.until(lambda: slow.hits == 2)
    slow.release()
    await asyncio.gather(*taps)

    assert len([each for each in room.mia.see() if not each.ephemeral]) == 1


@BOT
async def test_managers_who_choose_different_channels_at_once_leave_one_button(room: Room):
    other = room.discord.sandbox.world.add_channel(room.guild, "coaches")
    panel = await room.max.click(await prepared(room), "Test post")  # the rate limit of the channel is known then
    slow = room.discord.sandbox.faults.slow("POST", "*/channels/*/messages", seconds=DEADLINE, count=2)

    taps = [asyncio.create_task(choose(room.max, panel, "setup_button_in", each.id)) for each in (room.channel, other)]
    await room.discord.until(lambda: slow.hits == 2)
    slow.release()
    await asyncio.gather(*taps)

    def buttons() -> list[Seen]:
        return [each for at in (room.channel, other) for each in room.mia.at(at).see() if not each.ephemeral]

    await room.discord.until(lambda: len(buttons()) == 1)
    assert str(buttons()[0].shown.id) in (await room.max.slash("admin setup")).text


@BOT
async def test_a_press_on_another_panel_finds_the_button(room: Room):
    first, second = await prepared(room), await room.max.slash("admin setup")
    await room.max.click(first, "Post button")
    [button] = [each for each in room.mia.see() if not each.ephemeral]

    second = await room.max.click(second, "Post button")

    assert "The button is already in" in second.text
    assert str(button.shown.id) in second.text


@BOT
async def test_a_button_whose_channel_is_gone_needs_another(room: Room):
    other = room.discord.sandbox.world.add_channel(room.guild, "coaches")
    await choose(room.max, await room.max.slash("admin setup"), "setup_button_in", other.id)
    room.discord.sandbox.world.remove_channel(other)

    panel = await room.max.click(await room.max.slash("admin setup"), "Post button again")

    assert "Choose a channel for the button" in panel.text


@BOT
async def test_taps_on_the_panel_do_not_ask_discord_for_the_button(room: Room):
    world = room.discord.sandbox.world
    panel = await room.max.click(await prepared(room), "Post button")
    [button] = [each for each in room.mia.see() if not each.ephemeral]
    world.delete(button.shown)
    panel = await room.max.slash("admin setup")
    asked = room.discord.sandbox.faults.slow("GET", "*/channels/*/messages/*", seconds=0, count=9)

    panel = await room.max.select(panel, "Europe/London")

    assert f"Its message in <#{room.channel.id}> was deleted" in panel.text
    assert not asked.hits


@BOT
async def test_a_test_post_without_a_clear_answer_is_said_so(room: Room):
    panel = await prepared(room)
    room.discord.sandbox.faults.fail("POST", "*/channels/*/messages", status=404)

    panel = await room.max.click(panel, "Test post")

    assert "Discord gave no clear answer" in panel.text


@BOT
async def test_a_test_post_is_removed(room: Room):
    panel = await room.max.click(await prepared(room), "Test post")

    assert f"Test passed: cards can be posted in <#{room.channel.id}>" in panel.text
    posted = [each for each in room.discord.sandbox.world.messages.values() if each.channel_id == room.channel.id]
    assert ["Test message" in Seen(each).text for each in posted if each.visible_to is None] == [True]
    assert not [each for each in room.mia.see() if not each.ephemeral]


@BOT
async def test_a_test_post_names_the_missing_permission(room: Room):
    panel = await prepared(room)
    denied = int(Permissions.ATTACH_FILES | Permissions.READ_MESSAGE_HISTORY)
    room.discord.sandbox.world.set_overwrite(room.channel, Overwrite(room.guild.id, is_member=False, deny=denied))

    panel = await room.max.click(panel, "Test post")

    needs = "Coachbook needs Read Message History and Attach Files there"
    assert f"Test failed: cards can’t be posted in <#{room.channel.id}>: {needs}" in panel.text
    assert panel.text.count(needs) == 2  # below the plans' channel as well


@BOT
async def test_a_deleted_plans_channel_is_said_by_the_panel_and_the_test(room: Room):
    other = room.discord.sandbox.world.add_channel(room.guild, "other")
    panel = await choose(room.max, await room.max.slash("admin setup"), "setup_channel", other.id)
    room.discord.sandbox.world.remove_channel(other)

    panel = await room.max.click(panel, "Test post")

    assert f"cards can’t be posted in <#{other.id}>: that channel no longer exists" in panel.text
    assert "The channel was deleted. Choose another." in panel.text
    assert not select_of(panel, "setup_channel")["default_values"]


@BOT
async def test_a_manager_who_lost_manage_server_in_the_middle_changes_nothing(room: Room):
    panel = await prepared(room)
    before = panel.text
    room.discord.sandbox.world.set_roles(room.guild.members[room.max.user.id], [])

    for answer in (
        await choose(room.max, panel, members_of("s"), room.mia.user.id),
        await room.max.select(panel, "Europe/London"),
        await room.max.click(panel, "Post button"),
        await room.max.click(panel, "Test post"),
        await room.max.click(panel, "Other time zone\N{HORIZONTAL ELLIPSIS}"),
    ):
        assert "Manage Server" in answer.text
        assert answer.ephemeral
        assert not answer.form
    assert panel.text == before
    assert "not a coach" in (await room.mia.slash("plan post", text="mine")).text


@BOT
async def test_nobody_else_uses_a_panel(room: Room):
    panel = await prepared(room)
    with pytest.raises(ActionFailedError):
        await room.dana.click(panel, "Post button")
    menu, values = select_of(panel, members_of("s")), [str(room.mia.user.id)]
    users = {"users": {values[0]: {"id": values[0], "username": "mia", "discriminator": "0", "avatar": None}}}
    data = {"custom_id": menu["custom_id"], "component_type": 7, "values": values, "resolved": users}

    sandbox = room.discord.sandbox
    forged = sandbox.interactions.forge(
        InteractionKind.COMPONENT,
        room.dana.user,
        room.channel,
        room.discord.application,
        data,
        message=panel.shown,
    )

    assert "Manage Server" in Seen(await forged.filled(), forged).text


@BOT
async def test_a_forged_choice_is_refused(room: Room):
    """A channel that no card can be in, none at all, and members in the menu of another type."""
    panel = await prepared(room)
    world, sandbox = room.discord.sandbox.world, room.discord.sandbox
    voice = world.add_channel(room.guild, "voice", 2)
    channel = {"id": str(voice.id), "type": 2, "name": "voice", "permissions": "0", "flags": 0}
    menu, members = select_of(panel, "setup_channel"), select_of(panel, members_of("s"))
    for data in (
        {"custom_id": menu["custom_id"], "component_type": 8, "values": []},
        {
            "custom_id": menu["custom_id"],
            "component_type": 8,
            "values": [str(voice.id)],
            "resolved": {"channels": {str(voice.id): channel}},
        },
        {"custom_id": members["custom_id"], "component_type": 3, "values": ["x"]},
    ):
        forged = sandbox.interactions.forge(
            InteractionKind.COMPONENT,
            room.max.user,
            room.channel,
            room.discord.application,
            data,
            message=panel.shown,
        )
        assert "no longer valid" in Seen(await forged.filled(), forged).text
    assert f"<#{room.channel.id}>" in (await room.max.slash("admin settings")).text


async def test_the_owner_of_a_new_server_is_greeted_once(own_discord: Discord, own_room: Room):
    world, application = own_discord.sandbox.world, own_discord.application
    owner = own_room.mia.user
    direct = world.direct_channel(application.id, owner.id)
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    guild = world.add_guild("Closing *Bell*", owner)
    world.add_channel(guild, "general")

    world.install(application, guild)
    await own_discord.until(lambda: bool(list(world.messages_in(direct.id))))
    world.remove_bot(application, guild)
    world.install(application, guild)  # the second time
    world.begin_outage(own_room.guild)
    world.end_outage(own_room.guild)
    other = world.add_guild("Another", owner)
    world.install(application, other)
    await own_discord.until(lambda: len(list(world.messages_in(direct.id))) > 1)
    assert await bot.stop() == 0
    with apsw.Connection(str(own_discord.folder / "book.db")) as book:
        book.execute("DELETE FROM coaches WHERE guild_id = ?", (other.id,))
    again = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    await own_room.max.slash("plan list")
    assert await again.stop() == 0

    greetings = [Seen(each).text for each in world.messages_in(direct.id)]
    assert len(greetings) == 2
    assert "Closing \\*Bell\\*" in greetings[0]
    assert "/admin setup" in greetings[0]
    assert not [each for each in world.channels.values() if own_room.guild.owner_id in each.recipient_ids]


async def test_an_owner_who_takes_no_messages_is_left_alone(own_discord: Discord, own_room: Room):
    world = own_discord.sandbox.world
    owner = own_room.mia.user
    owner.takes_direct_messages = False
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    guild = world.add_guild("Closing Bell", owner)
    world.add_channel(guild, "general")

    world.install(own_discord.application, guild)

    await bot.logged("sending a direct message failed")
    assert not [each for each in world.messages.values() if each.guild_id == guild.id]
    assert await bot.stop() == 0


@BOT
async def test_the_setup_survives_a_page_that_is_none(room: Room):
    panel = await room.max.slash("admin setup")
    sandbox = room.discord.sandbox
    forged = sandbox.interactions.forge(
        InteractionKind.COMPONENT,
        room.max.user,
        room.channel,
        room.discord.application,
        {"custom_id": "cb:admin.setup:99", "component_type": 2},
        message=panel.shown,
    )

    assert "Coach S" in Seen(await forged.filled(), forged).text
