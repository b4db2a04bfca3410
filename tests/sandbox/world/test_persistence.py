"""The world saved between runs."""

import pathlib

from sandbox import rendering
from sandbox.messages import user_actions
from sandbox.server import Sandbox
from sandbox.world import threads
from sandbox.world.entities import Upload
from sandbox.world.persistence import load, save
from tests.sandbox.conftest import FakeClock, Room
from tests.sandbox.raw_clients import Rest


async def test_saved_world_is_the_same(
    rest: Rest, sandbox: Sandbox, room: Room, clock: FakeClock, tmp_path: pathlib.Path
) -> None:
    await rest("POST", f"/applications/{room.application.id}/commands", {"name": "plan", "description": "d"})
    message = user_actions.say(sandbox.world, room.dana, room.channel, "kept", [Upload("a.txt", b"a")])
    thread = threads.begin(sandbox.world, room.channel, "Monday", room.dana)
    save(sandbox.world, tmp_path / "world.json")

    again = load(tmp_path / "world.json", clock)

    assert again.guilds[room.guild.id].threads[thread.id] is again.channels[thread.id]
    for table in ("users", "guilds", "channels", "applications", "commands", "messages", "files"):
        assert getattr(again, table) == getattr(sandbox.world, table)
    again.links.base_url = sandbox.cdn_url
    assert rendering.message(again, again.messages[message.id]) == rendering.message(sandbox.world, message)
    assert again.guilds[room.guild.id].channels[room.channel.id] is again.channels[room.channel.id]
    assert again.new_id() > message.id
