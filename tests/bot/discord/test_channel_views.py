"""People's views of channels and threads, as the gateway's cache and Discord's HTTP API say."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable, Mapping

import hikari
import pytest
from pydantic import SecretStr

from bot.discord.channel_views import ChannelViews
from bot.discord.connection.gateway import gateway_client
from bot.discord.lookups import MAX_LOOKUPS_OF_GUILD
from bot.discord.rest_client import background_client
from bot.domain.values import Actor, ChannelId, GuildId, RoleId, UserId, View
from sandbox.driver import Person
from sandbox.http.exchange import Exchange
from sandbox.world import threads
from sandbox.world.entities import Channel, Overwrite, User
from sandbox.world.permissions import EVERYONE, Permissions
from sandbox.world.state import World
from tests.conftest import Discord, Room
from tests.processes import DEADLINE
from tests.sandbox.raw_clients import eventually

VIEW = int(Permissions.VIEW_CHANNEL)


@pytest.fixture
async def gateway(own_discord: Discord, own_room: Room) -> AsyncIterator[hikari.GatewayBot]:
    """A gateway client that has heard of the guild."""
    client = gateway_client(SecretStr(own_discord.application.token), own_discord.sandbox.rest_url)
    await client.start(check_for_updates=False, status=hikari.Status.ONLINE)
    await eventually(lambda: client.cache.get_guild(own_room.guild.id) is not None)
    yield client
    await client.close()


@contextlib.asynccontextmanager
async def views_of(gateway: hikari.GatewayBot, discord: Discord) -> AsyncGenerator[ChannelViews]:
    """The views as the gateway client and Discord have them."""
    token = SecretStr(discord.application.token)
    async with background_client(gateway, token, discord.sandbox.rest_url) as client:
        views = ChannelViews(gateway)
        views.start(client)
        yield views
        await views.close()


@pytest.fixture
async def views(gateway: hikari.GatewayBot, own_discord: Discord) -> AsyncIterator[ChannelViews]:
    async with views_of(gateway, own_discord) as views:
        yield views


@pytest.fixture
def world(own_discord: Discord) -> World:
    return own_discord.sandbox.world


def actor(room: Room, person: Person) -> Actor:
    """The person as an interaction of theirs would tell of them, in no channel."""
    roles = room.guild.members[person.user.id].role_ids
    return Actor(GuildId(room.guild.id), UserId(person.user.id), frozenset(map(RoleId, roles)))


async def view(views: ChannelViews, room: Room, person: Person, channel: Channel) -> View:
    found = await views.of(actor(room, person), [ChannelId(channel.id)], {})
    return found[ChannelId(channel.id)]


def application(room: Room) -> User:
    return room.discord.sandbox.world.users[room.discord.application.id]


async def heard(room: Room, gateway: hikari.GatewayBot, *channels: Channel) -> None:
    """Wait until the gateway client has heard of these channels and threads, as they are now."""
    cache = gateway.cache
    expected = {each.id: {o.id: (o.allow, o.deny) for o in each.overwrites.values()} for each in channels}

    def known(channel_id: int) -> object:
        if cache.get_thread(channel_id):
            return {}
        channel = cache.get_guild_channel(channel_id)
        overwrites = channel.permission_overwrites.values() if channel else None
        return None if overwrites is None else {int(o.id): (int(o.allow), int(o.deny)) for o in overwrites}

    await eventually(lambda: all(known(key) == value for key, value in expected.items()))


def requests(room: Room) -> list[str]:
    """Collect the paths of requests from now on."""
    paths: list[str] = []

    def note(exchange: Exchange) -> None:
        paths.append(exchange.path)

    room.discord.sandbox.exchanges.append(note)
    return paths


def hide(world: World, room: Room, channel: Channel, *, but_for: Iterable[int] = ()) -> None:
    """Let only the bot and these users or roles see the channel."""
    world.set_overwrite(channel, Overwrite(room.guild.id, is_member=False, deny=VIEW))
    world.set_overwrite(channel, Overwrite(room.discord.application.id, is_member=True, allow=VIEW))
    for subject in but_for:
        world.set_overwrite(channel, Overwrite(subject, is_member=subject in room.guild.members, allow=VIEW))


async def test_channels_are_seen_as_overwrites_say_without_a_request(own_room, views, world, gateway):
    desk = world.add_role(own_room.guild, "Desk")
    world.set_roles(own_room.guild.members[own_room.ivan.user.id], [desk])
    hidden = world.add_channel(own_room.guild, "hidden")
    hide(world, own_room, hidden, but_for=[own_room.dana.user.id, desk.id])
    await heard(own_room, gateway, hidden)
    made = requests(own_room)

    assert await view(views, own_room, own_room.mia, own_room.channel) is View.SEEN
    assert await view(views, own_room, own_room.mia, hidden) is View.HIDDEN
    assert await view(views, own_room, own_room.dana, hidden) is View.SEEN
    assert await view(views, own_room, own_room.ivan, hidden) is View.SEEN
    assert made == []


async def test_a_deleted_channel_is_gone_and_asked_for_once(own_room, views, world, gateway):
    other = world.add_channel(own_room.guild, "other")
    await heard(own_room, gateway, other)
    world.remove_channel(other)
    await eventually(lambda: gateway.cache.get_guild_channel(other.id) is None)
    made = requests(own_room)

    for person in (own_room.mia, own_room.dana):
        assert await view(views, own_room, person, other) is View.GONE
    assert len(made) == 1


async def test_a_public_thread_is_seen_by_those_who_see_its_parent(own_room, views, world, gateway):
    parent = world.add_channel(own_room.guild, "parent")
    hide(world, own_room, parent, but_for=[own_room.dana.user.id])
    thread = threads.begin(world, parent, "Monday", own_room.dana.user)
    await heard(own_room, gateway, parent, thread)
    made = requests(own_room)

    assert await view(views, own_room, own_room.dana, thread) is View.SEEN
    assert await view(views, own_room, own_room.mia, thread) is View.HIDDEN
    assert made == []


async def test_a_private_thread_is_seen_by_its_members_and_by_who_manages_threads(own_room, views, world, gateway):
    thread = threads.begin(world, own_room.channel, "Desk", own_room.dana.user, private=True)
    threads.join(world, thread, application(own_room))
    steward = world.add_role(own_room.guild, "Steward", int(Permissions.MANAGE_THREADS))
    world.set_roles(own_room.guild.members[own_room.both.user.id], [steward])
    await heard(own_room, gateway, thread)
    made = requests(own_room)

    for _ in range(2):
        assert await view(views, own_room, own_room.dana, thread) is View.SEEN
        assert await view(views, own_room, own_room.mia, thread) is View.HIDDEN
        assert await view(views, own_room, own_room.both, thread) is View.SEEN
    assert sorted(made) == sorted(
        f"/channels/{thread.id}/thread-members/{each.user.id}" for each in (own_room.dana, own_room.mia)
    )


async def test_a_member_of_a_private_thread_must_see_its_parent(own_room, views, world, gateway):
    parent = world.add_channel(own_room.guild, "parent")
    thread = threads.begin(world, parent, "Desk", own_room.dana.user, private=True)
    threads.join(world, thread, application(own_room))
    hide(world, own_room, parent)
    await heard(own_room, gateway, parent, thread)

    assert await view(views, own_room, own_room.dana, thread) is View.HIDDEN


@pytest.mark.parametrize("is_private", [False, True])
async def test_an_archived_thread_is_asked_for(own_discord, own_room, world, is_private: bool):
    thread = threads.begin(world, own_room.channel, "last week", own_room.dana.user, private=is_private)
    threads.join(world, thread, application(own_room))
    threads.archive(world, thread)
    client = gateway_client(SecretStr(own_discord.application.token), own_discord.sandbox.rest_url)
    await client.start(check_for_updates=False)
    await eventually(lambda: client.cache.get_guild(own_room.guild.id) is not None)

    assert client.cache.get_thread(thread.id) is None
    async with views_of(client, own_discord) as views:
        assert await view(views, own_room, own_room.dana, thread) is View.SEEN
        assert await view(views, own_room, own_room.mia, thread) is (View.HIDDEN if is_private else View.SEEN)
    await client.close()


async def test_what_the_bot_itself_may_not_see_is_hidden(own_room, views, world):
    thread = threads.begin(world, own_room.channel, "Without the bot", own_room.dana.user, private=True)

    assert await view(views, own_room, own_room.dana, thread) is View.HIDDEN


async def test_a_channel_of_another_guild_is_hidden(own_discord, own_room, views, world, gateway):
    other = world.add_guild("Other", own_room.mia.user)
    world.install(own_discord.application, other)
    channel = world.add_channel(other, "plans")
    await heard(own_room, gateway, channel)

    assert await view(views, own_room, own_room.dana, channel) is View.HIDDEN


async def test_a_guild_that_the_gateway_has_not_told_of_yet_is_asked_for(own_room, views, world, gateway):
    hidden = world.add_channel(own_room.guild, "hidden")
    hide(world, own_room, hidden, but_for=[own_room.dana.user.id])
    thread = threads.begin(world, hidden, "Monday", own_room.dana.user)
    await heard(own_room, gateway, hidden, thread)
    gateway.cache.clear()

    for channel in (hidden, thread):
        assert await view(views, own_room, own_room.dana, channel) is View.SEEN
        assert await view(views, own_room, own_room.mia, channel) is View.HIDDEN


async def test_nothing_is_seen_of_a_guild_that_the_bot_is_not_in(own_room, views):
    stranger = dataclasses.replace(actor(own_room, own_room.dana), guild_id=GuildId(1))

    assert await views.of(stranger, [ChannelId(own_room.channel.id)], {}) == {own_room.channel.id: View.UNKNOWN}


async def all_known(views: ChannelViews, who: Actor, channels: Collection[ChannelId]) -> Mapping[ChannelId, View]:
    """Ask until all views of the channels are known."""
    async with asyncio.timeout(DEADLINE):
        while View.UNKNOWN in (found := await views.of(who, channels, {})).values():
            pass
    return found


async def test_many_unknown_channels_are_asked_for_once_each_the_newest_first(own_room, views, world):
    made = requests(own_room)
    unknown = [ChannelId(number) for number in range(1, 2 * MAX_LOOKUPS_OF_GUILD + 1)]
    people = [actor(own_room, each) for each in (own_room.mia, own_room.dana)]

    found = await asyncio.gather(*(all_known(views, each, unknown) for each in people))

    assert found == [dict.fromkeys(unknown, View.GONE)] * 2
    assert made == [f"/channels/{number}" for number in reversed(unknown)]


async def test_none_is_asked_for_while_discord_wants_a_pause(own_discord, own_room, views, world):
    pause = own_discord.sandbox.faults.rate_limit("GET", "/channels/*", retry_after=DEADLINE)
    made = requests(own_room)
    unknown = [ChannelId(number) for number in range(1, 10)]

    for _ in range(3):
        found = await views.of(actor(own_room, own_room.mia), unknown, {})
        assert set(found.values()) == {View.UNKNOWN}

    assert pause.hits == 1
    assert len(made) == 1


async def test_a_public_thread_that_was_seen_before_is_not_asked_for(own_room, views, world, gateway):
    parent = world.add_channel(own_room.guild, "parent")
    hide(world, own_room, parent, but_for=[own_room.dana.user.id])
    await heard(own_room, gateway, parent)
    thread, made = ChannelId(1), requests(own_room)

    for person, expected in ((own_room.dana, View.SEEN), (own_room.mia, View.HIDDEN)):
        assert await views.of(actor(own_room, person), [thread], {thread: ChannelId(parent.id)}) == {thread: expected}
    assert made == []


async def test_the_parents_of_public_threads_are_known_from_the_cache_and_from_discord(own_room, views, world, gateway):
    public = threads.begin(world, own_room.channel, "Monday", own_room.dana.user)
    private = threads.begin(world, own_room.channel, "Desk", own_room.dana.user, private=True)
    threads.join(world, private, application(own_room))
    await heard(own_room, gateway, public, private)
    everything = [ChannelId(each.id) for each in (public, private, own_room.channel)]

    assert views.public_parents(everything) == {public.id: own_room.channel.id}
    gateway.cache.clear_threads()
    assert views.public_parents(everything) == {}
    await all_known(views, actor(own_room, own_room.dana), everything)
    assert views.public_parents(everything) == {public.id: own_room.channel.id}


async def test_a_thread_that_is_deleted_is_gone_whatever_was_known_of_it(own_room, views, world, gateway):
    thread = threads.begin(world, own_room.channel, "Monday", own_room.dana.user)
    await heard(own_room, gateway, thread)
    parents = {ChannelId(thread.id): ChannelId(own_room.channel.id)}
    made = requests(own_room)

    world.remove_channel(thread)
    await eventually(lambda: gateway.cache.get_thread(thread.id) is None)

    found = await views.of(actor(own_room, own_room.mia), parents, parents)
    assert found == {thread.id: View.GONE}
    assert made == []


async def test_what_discord_does_not_answer_is_unknown_and_asked_for_again(
    own_discord, own_room, views, world, gateway
):
    thread = threads.begin(world, own_room.channel, "Desk", own_room.dana.user, private=True)
    threads.join(world, thread, application(own_room))
    await heard(own_room, gateway, thread)
    slow = own_discord.sandbox.faults.slow("GET", "/channels/*/thread-members/*", seconds=DEADLINE)

    assert await view(views, own_room, own_room.dana, thread) is View.UNKNOWN
    slow.release()
    assert await view(views, own_room, own_room.dana, thread) is View.SEEN


async def test_everyone_may_be_denied_by_the_role_of_everyone(own_room, views, world, gateway):
    role = own_room.guild.roles[own_room.guild.id]
    world.set_permissions(own_room.guild, role, EVERYONE & ~VIEW)
    await eventually(lambda: not int(gateway.cache.get_role(own_room.guild.id).permissions) & VIEW)

    assert await view(views, own_room, own_room.mia, own_room.channel) is View.HIDDEN
