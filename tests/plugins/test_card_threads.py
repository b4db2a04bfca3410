"""Cards in threads and forum posts that are archived, locked and deleted, and permissions that are lacking there."""

import dataclasses

import pytest

from sandbox.driver import Seen
from sandbox.world import threads
from sandbox.world.entities import Channel, ChannelKind, Overwrite
from sandbox.world.permissions import Permissions
from tests.conftest import Room, card_of, plan_in

pytestmark = pytest.mark.usefixtures("bot")


@dataclasses.dataclass
class Shown:
    """A card in a thread."""

    thread: Channel
    card: Seen

    @property
    def state(self) -> tuple[bool, bool]:
        """The thread's state: archived, locked."""
        assert self.thread.thread
        return self.thread.thread.is_archived, self.thread.thread.is_locked


@pytest.fixture(params=["thread", "forum post"])
async def shown(room: Room, request: pytest.FixtureRequest) -> Shown:
    world = room.discord.sandbox.world
    if request.param == "thread":
        thread = threads.begin(world, room.channel, "Monday", room.dana.user)
    else:
        forum = world.add_channel(room.guild, "ideas", ChannelKind.FORUM)
        thread = threads.begin_post(world, forum, "Monday", room.dana.user, "What do you think?")
    receipt = await room.dana.at(thread).slash("plan post", text="Long above 945")
    return Shown(thread, await card_of(room.dana, receipt))


def allow(room: Room, permissions: Permissions) -> None:
    """Give the bot's own role these permissions."""
    [role] = [each for each in room.guild.roles.values() if each.bot_id == room.discord.application.id]
    room.discord.sandbox.world.set_permissions(room.guild, role, int(permissions))


async def test_a_card_in_an_archived_thread_is_changed(room: Room, shown: Shown):
    """Whoever may write there opens the thread; to archive it again takes Manage Threads."""
    world = room.discord.sandbox.world
    threads.archive(world, shown.thread)
    await card_of(room.dana, await room.dana.slash("plan edit", text="Long above 950"))
    assert "Long above 950" in shown.card.text
    assert shown.state == (False, False)

    allow(room, Permissions.MANAGE_THREADS)
    threads.change(world, shown.thread, is_archived=True, is_locked=True)
    await card_of(room.dana, await room.dana.slash("plan edit", text="Long above 955"))

    assert "Long above 955" in shown.card.text
    await room.discord.until(lambda: shown.state == (True, True))


@pytest.mark.parametrize("is_archived", [True, False])
async def test_a_card_in_a_locked_thread_is_changed_when_it_is_unlocked(room: Room, shown: Shown, is_archived: bool):
    world = room.discord.sandbox.world
    threads.change(world, shown.thread, is_archived=is_archived, is_locked=True)

    receipt = await room.dana.slash("plan edit", text="Long above 950")

    assert "that thread is archived or locked" in receipt.text
    assert "Manage Threads" in (await room.max.slash("admin health")).text
    threads.change(world, shown.thread, is_archived=False, is_locked=False)
    await room.discord.until(lambda: "Long above 950" in shown.card.text)


async def test_a_card_whose_thread_is_deleted_moves_at_once(room: Room, shown: Shown):
    world = room.discord.sandbox.world
    plans = world.add_channel(room.guild, "all-plans")
    await room.max.slash("admin settings", plans_channel=plans)

    world.remove_channel(shown.thread)

    await room.discord.until(lambda: bool(list(world.messages_in(plans.id))))
    [moved] = world.messages_in(plans.id)
    assert plan_in(Seen(moved)) == plan_in(shown.card)


async def test_the_permission_that_is_lacking_is_named_wherever_one_acts(room: Room, shown: Shown):
    """In the thread Discord says what the bot may; for it elsewhere, that is computed from roles and overwrites."""
    world = room.discord.sandbox.world
    assert shown.thread.parent_id
    parent = world.channels[shown.thread.parent_id]
    denied = Permissions.SEND_MESSAGES_IN_THREADS
    world.set_overwrite(parent, Overwrite(room.discord.application.id, is_member=True, deny=int(denied)))
    world.delete(shown.card.shown)
    elsewhere = world.add_channel(room.guild, "elsewhere")

    there = await room.dana.at(shown.thread).slash("plan edit", text="Long above 950")
    receipt = await room.dana.at(elsewhere).slash("plan edit", text="Long above 955")

    for each in (there, receipt, await room.max.at(elsewhere).slash("admin health")):
        assert "Coachbook needs Send Messages in Threads there" in each.text
    world.set_overwrite(parent, Overwrite(room.discord.application.id, is_member=True))
    await room.discord.until(
        lambda: any("Long above 955" in Seen(each).text for each in world.messages_in(shown.thread.id))
    )
