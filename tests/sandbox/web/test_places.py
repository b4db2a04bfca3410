"""The places that a user can open on the page, with what is unread there, and who else sees them."""

import dataclasses

import pytest

from sandbox.messages.user_actions import say
from sandbox.web import places
from sandbox.web.members import members
from sandbox.web.read_marks import ReadMarks
from sandbox.world import threads
from sandbox.world.entities import Channel, ChannelKind, Guild, Message, Overwrite, User
from sandbox.world.permissions import Permissions
from sandbox.world.state import World


@dataclasses.dataclass
class Setting:
    """A guild with two users and a channel."""

    world: World
    guild: Guild
    olga: User
    dana: User
    plans: Channel


@pytest.fixture
def setting() -> Setting:
    world = World()
    olga, dana = world.add_user("Olga"), world.add_user("Dana")
    guild = world.add_guild("Opening Bell", olga)
    world.add_member(guild, dana)
    return Setting(world, guild, olga, dana, world.add_channel(guild, "plans"))


def names(setting: Setting, user: User) -> list[str | None]:
    return [each.name for each in places.channels(setting.world, setting.guild, user)]


def hide(setting: Setting, channel: Channel) -> None:
    """Hide a channel from everyone but the owner."""
    deny = int(Permissions.VIEW_CHANNEL)
    setting.world.set_overwrite(channel, Overwrite(setting.guild.id, is_member=False, deny=deny))


def test_channels_follow_their_category_and_threads_their_channel(setting: Setting):
    world, guild = setting.world, setting.guild
    desk = world.add_channel(guild, "Desk", ChannelKind.CATEGORY)
    world.add_channel(guild, "lounge")
    world.add_channel(guild, "questions", parent=desk)
    threads.begin(world, setting.plans, "CPI day", setting.dana)
    threads.archive(world, threads.begin(world, setting.plans, "Last week", setting.dana))

    assert names(setting, setting.dana) == ["plans", "CPI day", "lounge", "Desk", "questions"]


def test_what_a_user_may_not_view_is_not_listed(setting: Setting):
    world = setting.world
    hide(setting, world.add_channel(setting.guild, "staff"))
    threads.begin(world, setting.plans, "Secret", setting.olga, private=True)

    assert names(setting, setting.dana) == ["plans"]
    assert names(setting, setting.olga) == ["plans", "Secret", "staff"]
    assert places.servers(world, world.add_user("Mia")) == []


def test_the_first_direct_message_is_with_a_bot_until_there_is_another(setting: Setting):
    world, dana, plans = setting.world, setting.dana, setting.plans
    assert places.first_direct(world, dana, plans) is None
    application, _ = world.add_application("Coachbook", setting.olga)

    direct = places.first_direct(world, dana, plans)

    assert direct
    assert direct.recipient_ids == [dana.id, application.id]
    assert places.direct_channels(world, dana, plans) == []
    assert places.direct_channels(world, dana, direct) == [direct]
    say(world, dana, direct, "hello")
    assert places.direct_channels(world, dana, plans) == [direct]


def test_a_channel_is_unread_until_it_is_seen(setting: Setting):
    world, dana, plans = setting.world, setting.dana, setting.plans
    marks = ReadMarks(world)
    assert not marks.is_unread(dana, plans)

    say(world, setting.olga, plans, f"<@{dana.id}> good morning")
    say(world, setting.olga, plans, "to everybody")
    private = Message(world.new_id(), plans.id, plans.guild_id, setting.olga.id, world.now(), visible_to=dana.id)

    assert (marks.is_unread(dana, plans), marks.mentions(dana, plans)) == (True, 1)
    marks.see(dana, plans)
    world.post(private)
    assert (marks.is_unread(dana, plans), marks.mentions(dana, plans)) == (False, 0)
    assert marks.is_unread(setting.olga, plans)


def test_each_direct_message_counts_as_a_mention(setting: Setting):
    world, dana = setting.world, setting.dana
    marks, direct = ReadMarks(world), world.direct_channel(dana.id, setting.olga.id)

    for text in ("one", "two"):
        say(world, setting.olga, direct, text)

    assert marks.mentions(dana, direct) == 2


def test_an_application_without_a_connection_is_offline(setting: Setting):
    world, guild = setting.world, setting.guild
    application, _ = world.add_application("Coachbook", setting.olga)
    world.install(application, guild)

    listed = members(world, guild, setting.plans, offline=[application.id])

    assert {each["name"]: each["is_online"] for each in listed} == {"Coachbook": False, "Dana": True, "Olga": True}


def test_members_are_grouped_by_their_highest_separate_role(setting: Setting):
    world, guild = setting.world, setting.guild
    low = world.add_role(guild, "Low", color=0x00FF00, hoisted=True)
    high = world.add_role(guild, "High", hoisted=True)
    world.add_role(guild, "Unlisted", color=0x123456)
    for name, roles in (("Ivan", [low]), ("Max", [low, high]), ("Ada", [])):
        world.add_member(guild, world.add_user(name), roles)

    listed = [(each["name"], each["group"], each["color"]) for each in members(world, guild, setting.plans)]

    rest = [(name, "Members", None) for name in ("Ada", "Dana", "Olga")]
    assert listed == [("Max", "High", "#00ff00"), ("Ivan", "Low", "#00ff00"), *rest]
    hide(setting, setting.plans)
    assert [each["name"] for each in members(world, guild, setting.plans)] == ["Olga"]
