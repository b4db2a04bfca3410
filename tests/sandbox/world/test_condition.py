"""Waiting for a condition without polling."""

import asyncio

import pytest

from sandbox.messages import user_actions
from sandbox.server import Sandbox
from sandbox.world.entities import Command, CommandKind
from tests.sandbox.conftest import Room
from tests.sandbox.raw_clients import Rest


def contents(sandbox: Sandbox, room: Room) -> list[str]:
    return [each.content for each in sandbox.world.messages_in(room.channel.id)]


async def test_what_holds_already_is_not_waited_for(sandbox: Sandbox):
    await sandbox.until(lambda: True, seconds=0)


async def test_what_never_holds_times_out(sandbox: Sandbox, room: Room):
    user_actions.say(sandbox.world, room.mia, room.channel, "no")

    with pytest.raises(TimeoutError):
        await sandbox.until(lambda: "yes" in contents(sandbox, room), seconds=0.05)


async def test_a_condition_is_looked_at_after_each_change_and_not_in_between(sandbox: Sandbox, room: Room):
    looked: list[list[str]] = []

    def is_there() -> bool:
        looked.append(contents(sandbox, room))
        return "two" in looked[-1]

    waiting = asyncio.create_task(sandbox.until(is_there))
    await asyncio.sleep(0)
    for text in ("one", "two"):
        user_actions.say(sandbox.world, room.mia, room.channel, text)
        await asyncio.sleep(0)
    await waiting

    assert looked == [[], ["one"], ["one", "two"]]


async def test_messages_posted_edited_and_deleted_over_http_wake(rest: Rest, sandbox: Sandbox, room: Room):
    path = f"/channels/{room.channel.id}/messages"
    posting = asyncio.create_task(rest("POST", path, {"content": "one"}))
    await sandbox.until(lambda: contents(sandbox, room) == ["one"])
    _, made = await posting

    editing = asyncio.create_task(rest("PATCH", f"{path}/{made['id']}", {"content": "two"}))
    await sandbox.until(lambda: contents(sandbox, room) == ["two"])
    await editing

    deleting = asyncio.create_task(rest("DELETE", f"{path}/{made['id']}"))
    await sandbox.until(lambda: contents(sandbox, room) == [])
    await deleting


async def test_channels_wake(sandbox: Sandbox, room: Room):
    waiting = asyncio.create_task(sandbox.until(lambda: room.channel.id not in sandbox.world.channels))
    await asyncio.sleep(0)

    sandbox.world.remove_channel(room.channel)

    await waiting


async def test_answers_to_interactions_wake(rest: Rest, sandbox: Sandbox, room: Room):
    command = Command(1, room.application.id, None, CommandKind.SLASH, "plan", 1, {"name": "plan"})
    used = await sandbox.interactions.invoke_command(room.dana, room.channel, command)
    waiting = asyncio.create_task(sandbox.until(lambda: used.original and not used.loading))

    await rest("POST", f"/interactions/{used.id}/{used.token}/callback", {"type": 5})
    await rest("PATCH", f"/webhooks/{room.application.id}/{used.token}/messages/@original", {"content": "x"})

    await waiting


async def test_an_interaction_that_nobody_answers_wakes(sandbox: Sandbox, room: Room):
    sandbox.interactions.first_answer_seconds = 0.01
    command = Command(1, room.application.id, None, CommandKind.SLASH, "plan", 1, {"name": "plan"})
    used = await sandbox.interactions.invoke_command(room.dana, room.channel, command)

    await sandbox.until(lambda: used.dead)


async def test_two_wait_for_different_things(sandbox: Sandbox, room: Room):
    waiting = [
        asyncio.create_task(sandbox.until(lambda text=text: text in contents(sandbox, room)))  # pyright: ignore
        for text in ("two", "one")
    ]
    await asyncio.sleep(0)

    for text in ("one", "two"):
        user_actions.say(sandbox.world, room.mia, room.channel, text)

    await asyncio.gather(*waiting)


async def test_requests_wake(rest: Rest, sandbox: Sandbox):
    sandbox.faults.rate_limit("GET", "/users/@me")
    await rest("GET", "/users/@me")
    asking = asyncio.create_task(rest("GET", "/users/@me"))

    await sandbox.until(lambda: sandbox.early_requests)

    await asking
