"""The world of the tour: two servers with the bot, their channels, roles and people."""

from sandbox.messages.user_actions import say
from sandbox.world import threads
from sandbox.world.entities import ChannelKind, Guild, User
from sandbox.world.permissions import Permissions
from sandbox.world.state import World

GUILD, CHANNEL = "Opening Bell", "plans"
"""The server and channel of the tour."""
PEOPLE = ("dana", "ivan", "mia", "max")
_GREEN, _GOLD = 0x2ECC71, 0xF1C40F


def populate(world: World) -> World:
    """Add the servers, two coaches, a member, a manager, the operator and the bot to an empty world."""
    owner = world.add_user("Olga")
    dana, ivan, mia, max_ = (world.add_user(name.title()) for name in PEOPLE)
    application, _ = world.add_application("Coachbook", owner)
    first, second = world.add_guild(GUILD, owner), world.add_guild("Night Desk", owner)
    for guild in (first, second):
        coach = world.add_role(guild, "Coach", color=_GREEN, hoisted=True)
        manager = world.add_role(guild, "Manager", int(Permissions.MANAGE_GUILD), color=_GOLD, hoisted=True)
        for user, roles in ((dana, [coach]), (ivan, [coach]), (mia, []), (max_, [manager])):
            world.add_member(guild, user, roles)
        world.install(application, guild)
    _add_trading_channels(world, first, dana, mia)
    world.add_channel(second, CHANNEL, topic="Plans for the Asian session.")
    lounge = world.add_channel(second, "lounge")
    say(world, ivan, lounge, "Nikkei opens in an hour.")
    return world


def _add_trading_channels(world: World, guild: Guild, coach: User, member: User) -> None:
    desk = world.add_channel(guild, "Trading desk", ChannelKind.CATEGORY)
    plans = world.add_channel(guild, CHANNEL, parent=desk, topic="One plan a day for each coach.")
    questions = world.add_channel(guild, "questions", parent=desk, topic="Ask the coaches.")
    community = world.add_channel(guild, "Community", ChannelKind.CATEGORY)
    lounge = world.add_channel(guild, "lounge", parent=community)
    ideas = world.add_channel(guild, "trade-ideas", ChannelKind.FORUM, parent=community)
    threads.begin(world, plans, "CPI day", coach)
    threads.begin_post(world, ideas, "Gold into year end?", member, "Seasonality says yes, positioning says no.")
    say(world, member, questions, "Is the 21,410 stop on a close or on a touch?")
    say(world, coach, questions, "On a touch.")
    say(world, member, lounge, "Good morning!")
