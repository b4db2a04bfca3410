"""`/admin plugin ...` through Discord, on a bot that runs as an operator runs it."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import VERSION
from sandbox.driver import Driver, Person
from tests import plugin_code
from tests.conftest import Discord, Room, use_hidden
from tests.processes import BotProcess
from tests.rounds import LONG, rounds
from tests.sandbox.raw_clients import eventually

RELOADS = rounds(20, 500)


@pytest.fixture(scope="module")
async def running(shared_discord: Discord) -> AsyncIterator[BotProcess]:
    """The bot of these tests: a member who manages no server is among its operators."""
    write(shared_discord.folder / "mine_plugin.py", plugin_code.ONE)
    [operator] = [user.id for user in shared_discord.sandbox.world.users.values() if user.username == "both"]
    variables = shared_discord.settings(
        COACHBOOK_PLUGINS__EXTRA="mine_plugin", COACHBOOK_DISCORD__OPERATORS=str(operator)
    )
    process = await BotProcess.start("run", env=variables, cwd=shared_discord.folder)
    yield await process.ready()
    assert await process.stop() == 0, process.output


@pytest.fixture
async def bot(running: BotProcess, file: Path, olga: Person) -> BotProcess:
    """That bot, with the plugin's first code, whatever the test before has left."""
    for act in ("load", "reload"):
        await olga.slash(f"admin plugin {act}", name="mine")
    return running


@pytest.fixture
def file(shared_discord: Discord) -> Path:
    file = shared_discord.folder / "mine_plugin.py"
    write(file, plugin_code.ONE)
    return file


@pytest.fixture
def olga(shared_discord: Discord, shared_room: Room) -> Person:
    """The owner of the application."""
    return Driver(shared_discord.sandbox).person("olga", shared_room.channel)


async def test_an_operator_changes_a_plugin_and_reloads_it(
    bot: BotProcess, shared_room: Room, olga: Person, file: Path
):
    write(file, plugin_code.plugin(plugin_code.command(says="two"), plugin_code.command("newer")))

    told = await olga.slash("admin plugin reload", name="mine")

    assert told.ephemeral
    assert "Plugin mine reloaded in" in told.text
    assert "New: /newer" in told.text
    assert (await shared_room.mia.slash("hello")).text == "two"


async def test_a_broken_file_is_told_and_the_old_code_answers(
    bot: BotProcess, shared_room: Room, olga: Person, file: Path
):
    write(file, plugin_code.plugin("def"))

    told = await olga.slash("admin plugin reload", name="mine")

    assert "can’t be loaded" in told.text
    assert "line 8" in told.text
    assert told.text.count("Its previous code keeps running.") == 1
    assert str(file.parent) not in told.text
    assert (await shared_room.mia.slash("hello")).text == "one"
    assert "Last error" in (await olga.slash("admin plugin list")).text


async def test_the_list_shows_how_each_plugin_is_and_what_was_done(
    bot: BotProcess, shared_room: Room, olga: Person, file: Path
):
    await olga.slash("admin plugin unload", name="mine")

    listed = (await olga.slash("admin plugin list")).text

    assert re.search(rf"\*\*plans\*\* {re.escape(VERSION)}, loaded since .*: /plan", listed)
    assert re.search(r"\*\*mine\*\*, unloaded", listed)
    assert "unload mine, done" in listed


async def test_all_are_reloaded_at_once_and_what_fails_is_told(
    bot: BotProcess, shared_room: Room, olga: Person, file: Path
):
    write(file, "def")

    told = (await olga.slash("admin plugin reload")).text

    for name in ("plans", "charts", "history", "admin"):
        assert f"Plugin {name} reloaded in" in told
    assert "Its previous code keeps running" in told
    assert (await shared_room.mia.slash("hello")).text == "one"


async def test_what_cannot_be_done_is_told(bot: BotProcess, shared_room: Room, olga: Person):
    unknown = await olga.slash("admin plugin load", name="nothing")
    loaded = await olga.slash("admin plugin load", name="mine")
    needed = await olga.slash("admin plugin unload", name="admin")
    await olga.slash("admin plugin unload", name="mine")
    not_loaded = await olga.slash("admin plugin reload", name="mine")
    not_operator = await shared_room.max.slash("admin plugin reload", name="mine")

    assert "There is no plugin nothing" in unknown.text
    assert "is already loaded" in loaded.text
    assert "can’t be unloaded" in needed.text
    assert "is not loaded" in not_loaded.text
    assert "Only the bot’s operators" in not_operator.text


async def test_a_reload_while_another_runs_is_refused(bot: BotProcess, shared_room: Room, olga: Person, file: Path):
    begun, released = file.with_name("begun"), file.with_name("released")
    write(file, plugin_code.plugin(plugin_code.waiting(begun, released), plugin_code.command(says="two")))

    reloading = asyncio.create_task(olga.slash("admin plugin reload", name="mine"))
    await eventually(begun.exists)
    second = await olga.slash("admin plugin reload", name="plans")
    released.touch()
    first = await reloading

    assert "Another operation is running: reload mine" in second.text
    assert "reloaded in" in first.text


async def test_commands_that_discord_refuses_are_told_with_its_words(
    bot: BotProcess, shared_discord: Discord, shared_room: Room, olga: Person, file: Path
):
    shared_discord.sandbox.faults.fail("PUT", "/applications/*", status=403)
    write(file, plugin_code.plugin(plugin_code.command("newer")))

    told = await olga.slash("admin plugin reload", name="mine")

    assert "rejected the commands" in told.text
    assert "403" in told.text
    assert (await shared_room.mia.slash("hello")).text == "one"


async def test_names_are_offered_to_operators_alone(bot: BotProcess, shared_room: Room, olga: Person):
    assert ("plans", "plans") in await olga.autocomplete("admin plugin reload", name="pl")
    assert await shared_room.max.autocomplete("admin plugin reload", name="pl") == []


async def test_a_configured_operator_may(bot: BotProcess, shared_room: Room):
    reloaded = await use_hidden(shared_room.both, "admin plugin reload", name="history")

    assert "reloaded in" in reloaded.text


@pytest.mark.slow
async def test_hundreds_of_reloads_under_load_delay_no_answer_and_keep_the_memory(
    bot: BotProcess, shared_room: Room, olga: Person
):
    await shared_room.dana.slash("plan post", text="always there")
    ended, answers = asyncio.Event(), 0

    async def read() -> None:
        nonlocal answers
        while not ended.is_set():
            assert "always there" in (await shared_room.mia.slash("plan show", coach="d")).text
            answers += 1

    async def reload(times: int) -> int:
        for _ in range(times):
            assert "reloaded in" in (await olga.slash("admin plugin reload", name="plans")).text
        return resident(bot)

    async with contextlib.AsyncExitStack() as stack:
        group = await stack.enter_async_context(asyncio.TaskGroup())
        for _ in range(2):
            group.create_task(read())
        try:
            before = await reload(RELOADS // 5)
            after = await reload(RELOADS - RELOADS // 5)
        finally:
            ended.set()

    assert answers > (RELOADS if LONG else 2)
    assert after < before * 1.3


def write(file: Path, source: str) -> None:
    """Change the plugin's file."""
    file.write_text(source)


def resident(bot: BotProcess) -> int:
    """The memory of its process, in KiB."""
    status = Path(f"/proc/{bot.process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])
