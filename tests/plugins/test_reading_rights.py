"""Who may read a plan through Discord: those who see the channel of its card, its coach's members, and managers."""

import asyncio
import re

import pytest

from sandbox.driver import Person, Seen
from sandbox.http.exchange import Exchange
from sandbox.world import threads
from sandbox.world.entities import Channel, Overwrite, Upload
from sandbox.world.permissions import Permissions
from tests import image_samples
from tests.conftest import Discord, Room, card_of
from tests.processes import DEADLINE, BotProcess
from tests.test_sweeps import GUARDED, PUBLIC

VIEW = int(Permissions.VIEW_CHANNEL)
COMMANDS = {path: {"coach": "d", **given} for path, given in (PUBLIC | GUARDED).items() if path != "plan post"}
for without_coach in ("plan drafts", "today"):
    del COMMANDS[without_coach]["coach"]
GONE = "no longer exists"
UNCHECKED = "couldn’t be checked right now"
PLANS = 14
"""More than are checked while one list waits."""

pytestmark = pytest.mark.usefixtures("bot")


def hidden_channel(room: Room, *people: Person) -> Channel:
    """Make a channel that only these people and the bot see."""
    seen_by = [each.user.id for each in people] + [room.discord.application.id]
    overwrites = [Overwrite(user_id, is_member=True, allow=VIEW) for user_id in seen_by]
    everyone = Overwrite(room.guild.id, is_member=False, deny=VIEW)
    return room.discord.sandbox.world.add_channel(room.guild, "desk", overwrites=[everyone, *overwrites])


async def hidden_plan(room: Room, text: str = "hidden") -> Seen:
    """Let dana post a plan, with a chart, in a channel that only she sees; gives its card."""
    dana = room.dana.at(hidden_channel(room, room.dana))
    chart = Upload("chart.png", image_samples.png())
    return await card_of(dana, await dana.slash("plan post", text=text, chart1=chart))


async def answer_to(person: Person, path: str) -> Seen:
    """Use the command, and wait until its answer tells of no work that goes on."""
    answer = await person.slash(path, **COMMANDS[path])
    if answer.interaction and answer.message:
        await answer.interaction.until(lambda: "Reading the plans" not in answer.text)
    return answer


def without_references(text: str) -> str:
    """The text without what differs from one answer to the next."""
    return re.sub(r"<t:[0-9]+:.>", "", text)


@pytest.mark.parametrize("path", sorted(COMMANDS))
async def test_every_command_answers_as_if_a_hidden_plan_were_not_there(room: Room, path: str):
    before = await answer_to(room.mia, path)
    await hidden_plan(room)

    after = await answer_to(room.mia, path)

    assert without_references(after.text) == without_references(before.text)
    assert (after.buttons, after.choices, after.form) == (before.buttons, before.choices, before.form)


@pytest.mark.parametrize(
    "path", ["plan show", "plan list", "chart list", "history show", "history diff", "plan export"]
)
async def test_one_who_sees_the_channel_reads(room: Room, path: str):
    card = await hidden_plan(room, "for the desk")
    channel = room.discord.sandbox.world.channels[card.shown.channel_id]
    await room.dana.slash("plan edit", text="for the desk, changed")
    hidden = (await answer_to(room.mia, path)).text

    room.discord.sandbox.world.set_overwrite(channel, Overwrite(room.mia.user.id, is_member=True, allow=VIEW))

    assert (await answer_to(room.mia, path)).text != hidden


async def test_a_role_is_enough_and_its_loss_takes_it_away(room: Room):
    card = await hidden_plan(room)
    world = room.discord.sandbox.world
    channel = world.channels[card.shown.channel_id]
    desk = world.add_role(room.guild, "Desk")
    world.set_overwrite(channel, Overwrite(desk.id, is_member=False, allow=VIEW))
    member = room.guild.members[room.mia.user.id]

    world.set_roles(member, [desk])
    assert "hidden" in (await room.mia.slash("plan show", coach="d")).text
    world.set_roles(member, [])
    assert "hidden" not in (await room.mia.slash("plan show", coach="d")).text


async def test_the_receipt_of_a_post_says_who_can_read_it(room: Room):
    desk = hidden_channel(room, room.dana)
    said = f"Visible to everyone who can see <#{desk.id}>."

    posted = await room.dana.at(desk).slash("plan post", text="hidden")
    edited = await room.dana.at(desk).slash("plan edit", text="changed")

    assert said in posted.text
    assert said not in edited.text


async def test_managers_and_the_coachs_members_read_from_anywhere(room: Room):
    await hidden_plan(room)

    assert "hidden" in (await room.max.slash("plan show", coach="d")).text
    assert "hidden" in (await room.dana.slash("plan show", coach="d")).text
    assert "hidden" not in (await room.ivan.slash("plan show", coach="d")).text


async def test_what_was_open_leads_nowhere_once_the_channel_is_hidden(room: Room):
    card = await hidden_plan(room)
    await room.dana.slash("plan edit", text="changed")
    world = room.discord.sandbox.world
    channel = world.channels[card.shown.channel_id]
    world.set_overwrite(channel, Overwrite(room.mia.user.id, is_member=True, allow=VIEW))
    shown = await room.mia.slash("plan show", coach="d")
    history = await room.mia.slash("history show", coach="d")
    compared = await room.mia.slash("history diff", coach="d")
    world.set_overwrite(channel, Overwrite(room.mia.user.id, is_member=True, deny=VIEW))

    for seen in (shown, history, compared):
        assert seen.buttons
        for button in seen.buttons:
            assert GONE in (await room.mia.click(seen, button)).text, button
    assert GONE in (await room.mia.select(history, history.choices[0])).text


async def test_the_apps_menu_leads_to_no_hidden_plan(room: Room):
    await room.max.slash("admin settings", plans_channel=hidden_channel(room, room.dana))
    message = room.ivan.send("Long above 5,010")

    async def answers() -> list[str]:
        told = [await room.mia.message_action(name, message) for name in ("Plan history", "Edit plan", "Delete plan")]
        return [each.text for each in (*told, await room.mia.user_action("Today's plan", room.dana.user))]

    before = await answers()
    await room.dana.submit(await room.dana.message_action("Save as plan", message))

    assert "1 revision" in (await room.dana.message_action("Plan history", message)).text
    assert await answers() == before


async def test_what_is_offered_while_one_types_tells_nothing_of_a_hidden_plan(room: Room):
    await hidden_plan(room)

    assert not await room.mia.autocomplete("history diff", coach="d", to="")
    assert await room.dana.autocomplete("history diff", coach="d", to="")


async def test_plans_follow_the_plans_channel(room: Room):
    desk = hidden_channel(room, room.dana)
    await room.max.slash("admin settings", plans_channel=desk)

    await room.dana.slash("plan post", text="goes to the desk")
    assert "desk" not in (await room.mia.slash("plan list")).text

    room.discord.sandbox.world.set_overwrite(desk, Overwrite(room.mia.user.id, is_member=True, allow=VIEW))
    assert "desk" in (await room.mia.slash("plan show", coach="d")).text


async def test_a_plan_of_a_deleted_channel_is_for_the_coach_and_managers(room: Room):
    world = room.discord.sandbox.world
    other = world.add_channel(room.guild, "other")
    await card_of(room.dana, await room.dana.at(other).slash("plan post", text="of a deleted channel"))
    assert "deleted channel" in (await room.mia.slash("plan show", coach="d")).text

    world.remove_channel(other)

    assert "deleted channel" not in (await room.mia.slash("plan show", coach="d")).text
    assert "deleted channel" in (await room.dana.slash("plan show", coach="d")).text
    await room.max.slash("admin settings", plans_channel=room.channel)
    assert "deleted channel" in (await room.mia.slash("plan show", coach="d")).text


async def test_a_plan_in_a_private_thread_is_read_by_its_members(room: Room):
    world = room.discord.sandbox.world
    thread = threads.begin(world, room.channel, "Desk", room.dana.user, private=True)
    threads.join(world, thread, world.users[room.discord.application.id])
    await card_of(room.dana, await room.dana.at(thread).slash("plan post", text="for the thread"))

    assert "thread" not in (await room.mia.slash("plan show", coach="d")).text
    threads.join(world, thread, room.ivan.user)
    assert "for the thread" in (await room.ivan.slash("plan show", coach="d")).text
    assert "for the thread" in (await room.ivan.at(thread).slash("plan show", coach="d")).text


async def test_plans_of_archived_threads_are_all_listed_after_a_restart(own_discord: Discord, own_room: Room):
    world, asked = own_discord.sandbox.world, list[Exchange]()
    env = own_discord.settings(COACHBOOK_LIMITS__PLANS_ON_PAGE="25")
    own_discord.sandbox.exchanges.append(asked.append)
    first = await (await BotProcess.start("run", env=env)).ready()
    for number in range(1, PLANS + 1):
        thread = threads.begin(world, own_room.channel, f"day {number}", own_room.dana.user)
        await own_room.dana.at(thread).slash("plan post", text="archived", day=f"2026-10-{number:02}")
        threads.archive(world, thread)
    assert await first.stop() == 0

    second = await (await BotProcess.start("run", env=env)).ready()
    async with asyncio.timeout(DEADLINE):
        while UNCHECKED in (listed := (await own_room.mia.slash("plan list")).text):
            pass
    assert f"{PLANS} plans" in listed
    await own_room.mia.slash("plan list")
    assert await second.stop() == 0

    asked.clear()
    third = await (await BotProcess.start("run", env=env)).ready()
    assert f"{PLANS} plans" in (await own_room.mia.slash("plan list")).text
    assert not [each.path for each in asked if each.method == "GET" and each.path.startswith("/channels/")]
    assert await third.stop() == 0


async def test_a_plan_in_a_public_thread_is_read_by_all_who_see_its_parent(room: Room):
    thread = threads.begin(room.discord.sandbox.world, room.channel, "Monday", room.dana.user)
    await card_of(room.dana, await room.dana.at(thread).slash("plan post", text="for the thread"))

    assert "for the thread" in (await room.mia.slash("plan show", coach="d")).text
