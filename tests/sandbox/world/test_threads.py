"""Threads: visibility, and their JSON over HTTP and the gateway."""

import pytest

from sandbox.gateway import payloads
from sandbox.messages import user_actions
from sandbox.server import Sandbox
from sandbox.world import threads
from sandbox.world.entities import Channel, Overwrite
from sandbox.world.permissions import Permissions
from tests.sandbox.conftest import Room
from tests.sandbox.raw_clients import Rest

VIEW = Permissions.VIEW_CHANNEL


def sees(sandbox: Sandbox, user_id: int, channel: Channel) -> bool:
    return bool(sandbox.world.permissions_of(user_id, channel) & VIEW)


def test_a_public_thread_is_as_open_as_its_parent(sandbox: Sandbox, room: Room) -> None:
    thread = threads.begin(sandbox.world, room.channel, "Monday", room.dana)

    assert sees(sandbox, room.mia.id, thread)
    sandbox.world.set_overwrite(room.channel, Overwrite(room.guild.id, is_member=False, deny=int(VIEW)))
    assert not sees(sandbox, room.mia.id, thread)


def test_a_private_thread_is_for_its_members_and_those_who_manage_threads(sandbox: Sandbox, room: Room) -> None:
    thread = threads.begin(sandbox.world, room.channel, "Desk", room.dana, private=True)

    assert sees(sandbox, room.dana.id, thread)
    assert not sees(sandbox, room.mia.id, thread)
    everyone = room.guild.roles[room.guild.id]
    sandbox.world.set_permissions(room.guild, everyone, everyone.permissions | Permissions.MANAGE_THREADS)
    assert sees(sandbox, room.mia.id, thread)


def test_writing_in_a_thread_takes_a_permission_of_its_own(sandbox: Sandbox, room: Room) -> None:
    thread = threads.begin(sandbox.world, room.channel, "Monday", room.dana)
    everyone = room.guild.roles[room.guild.id]

    sandbox.world.set_permissions(room.guild, everyone, everyone.permissions & ~Permissions.SEND_MESSAGES)
    user_actions.say(sandbox.world, room.mia, thread, "in here")
    sandbox.world.set_permissions(room.guild, everyone, everyone.permissions & ~Permissions.SEND_MESSAGES_IN_THREADS)
    with pytest.raises(PermissionError):
        user_actions.say(sandbox.world, room.mia, thread, "not any more")


async def test_http_tells_of_a_thread_and_its_members(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    thread = threads.begin(sandbox.world, room.channel, "Monday", room.dana)
    members = f"/channels/{thread.id}/thread-members"

    status, body = await rest("GET", f"/channels/{thread.id}")
    assert (status, body["type"], body["parent_id"]) == (200, 11, str(room.channel.id))
    assert (body["owner_id"], body["thread_metadata"]["archived"]) == (str(room.dana.id), False)
    assert (await rest("GET", f"{members}/{room.dana.id}"))[1]["user_id"] == str(room.dana.id)
    assert (await rest("GET", f"{members}/{room.mia.id}"))[1]["code"] == 10007
    assert (await rest("GET", f"/channels/{room.channel.id}/thread-members/{room.mia.id}"))[1]["code"] == 50024
    assert str(thread.id) not in str(await rest("GET", f"/guilds/{room.guild.id}/channels"))


async def test_a_private_thread_is_closed_to_a_bot_that_is_no_member(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    thread = threads.begin(sandbox.world, room.channel, "Desk", room.dana, private=True)
    posted = {"content": "hello"}

    assert (await rest("GET", f"/channels/{thread.id}"))[1]["code"] == 50001
    threads.join(sandbox.world, thread, sandbox.world.users[room.application.id])
    assert (await rest("POST", f"/channels/{thread.id}/messages", posted))[0] == 200
    sandbox.world.remove_channel(thread)
    assert (await rest("GET", f"/channels/{thread.id}"))[1]["code"] == 10003


def test_a_session_begins_with_the_open_threads_that_the_bot_sees(sandbox: Sandbox, room: Room) -> None:
    world, bot = sandbox.world, sandbox.world.users[room.application.id]
    public, private, joined, archived = (
        threads.begin(world, room.channel, name, room.dana, private=name != "public")
        for name in ("public", "private", "joined", "archived")
    )
    for each in (joined, archived):
        threads.join(world, each, bot)
    threads.archive(world, archived)

    told = payloads.guild(world, room.guild, room.application.id)["threads"]

    assert [each["id"] for each in told] == [str(public.id), str(joined.id)]
    assert ["member" in each for each in told] == [False, True]
    assert not sees(sandbox, room.application.id, private)


def test_a_channel_goes_with_its_threads(sandbox: Sandbox, room: Room) -> None:
    parent = sandbox.world.add_channel(room.guild, "parent")
    thread = threads.begin(sandbox.world, parent, "Monday", room.dana)

    sandbox.world.remove_channel(parent)

    assert thread.id not in sandbox.world.channels
    assert not room.guild.threads


def test_only_channels_of_guilds_have_threads(sandbox: Sandbox, room: Room) -> None:
    with pytest.raises(ValueError, match="direct message"):
        threads.begin(sandbox.world, sandbox.world.direct_channel(room.dana.id, room.mia.id), "x", room.dana)
    with pytest.raises(ValueError, match="no thread"):
        threads.archive(sandbox.world, room.channel)
