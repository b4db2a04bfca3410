"""The bot as a service and as process 1: its start, its pings, its stop and its restart."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from storage.process_lock import ProcessLock
from tests.bot.test_signals import FIRST, NAMESPACE, children_of
from tests.conftest import Discord, Room
from tests.notify_socket import NotifySocket
from tests.plugin_code import command, plugin
from tests.processes import ROOT, BotProcess

FIRST_RELEASE = ROOT / "tests" / "storage" / "first_release.sql"
WATCHDOG_SECONDS = 1.0
HANGING = plugin(command().replace("await ctx", "import time; time.sleep(600); await ctx"))
ALIVE, EXTENDED = "WATCHDOG=1", "EXTEND_TIMEOUT_USEC=60000000"


@pytest.fixture
async def manager(tmp_path: Path) -> AsyncIterator[NotifySocket]:
    """A service manager's socket."""
    opened = await NotifySocket.open(tmp_path)
    yield opened
    opened.close()


async def start(discord: Discord, manager: NotifySocket, **settings: str) -> BotProcess:
    """Start the bot as the manager does."""
    variables = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": f"{WATCHDOG_SECONDS * 1e6:.0f}"}
    return await BotProcess.start("run", env=discord.settings(**settings) | variables, cwd=discord.folder)


async def test_a_service_reports_its_start_its_life_and_its_stop_and_starts_again(
    own_discord: Discord, own_room: Room, manager: NotifySocket
):
    for text in ("one", "two"):
        bot = await start(own_discord, manager)
        await manager.until("READY=1")
        assert (await own_room.dana.slash("plan post", text=text)).text
        await manager.until(ALIVE)

        assert await bot.stop() == 0, bot.output

        await manager.until("STOPPING=1")
    statuses = [each for each in manager.assignments if each.startswith("STATUS=")]
    assert (
        statuses
        == [
            "STATUS=Opening the database.",
            "STATUS=Connecting to Discord.",
            "STATUS=Started.",
            "STATUS=Stopping.",
        ]
        * 2
    )
    assert ALIVE not in manager.assignments[: manager.assignments.index("READY=1")]


async def test_a_bot_whose_event_loop_hangs_sends_no_ping_and_one_without_discord_does(
    own_discord: Discord, own_room: Room, manager: NotifySocket
):
    (own_discord.folder / "mine_plugin.py").write_text(HANGING, encoding="utf-8")
    bot = await start(own_discord, manager, COACHBOOK_PLUGINS__EXTRA="mine_plugin")
    await manager.until("READY=1")
    await manager.until(ALIVE)
    using = asyncio.create_task(own_room.dana.slash("hello"))

    await manager.until_silent(2 * WATCHDOG_SECONDS)  # now a manager kills it, and starts another
    assert bot.process.returncode is None
    await bot.stop(signal.SIGKILL)
    using.cancel()
    bot = await start(own_discord, manager)
    await manager.until("READY=1")
    await own_discord.sandbox.stop()
    manager.forget()

    for _ in range(3):
        await manager.until(ALIVE)
    assert await bot.stop() == 0, bot.output


async def test_a_long_migration_extends_the_start(own_discord: Discord, own_room: Room, manager: NotifySocket):
    path = own_discord.folder / "book.db"
    older = apsw.Connection(str(path))
    older.execute(FIRST_RELEASE.read_text(encoding="utf-8"))
    older.close()
    with ProcessLock.acquire(path.with_name("book.db.lock"), 0):  # until here, another process migrates it
        bot = await start(own_discord, manager)
        for _ in range(3):
            await manager.until(EXTENDED)
        assert "READY=1" not in manager.assignments
        assert "STATUS=Connecting to Discord." not in manager.assignments

    await manager.until("READY=1")
    assert await bot.stop() == 0, bot.output


@pytest.mark.slow
@pytest.mark.parametrize("is_first", FIRST[-1:])
async def test_process_1_ends_on_sigterm_and_starts_again(own_discord: Discord, own_room: Room, *, is_first: bool):
    env = own_discord.settings() | {"PYTHONPATH": str(ROOT), "COACHBOOK_LOG__FORMAT": "json"}
    command = [*(NAMESPACE if is_first else ()), sys.executable, "-m", "bot", "run"]
    pipe = asyncio.subprocess.PIPE
    for text in ("one", "two"):
        started = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=env, stdout=pipe, stderr=asyncio.subprocess.STDOUT
        )
        bot = await BotProcess(started).ready()
        assert (await own_room.dana.slash("plan post", text=text)).text

        os.kill(children_of(started.pid)[0] if is_first else started.pid, signal.SIGTERM)

        assert await bot.ended() == 0, bot.output
        assert bot.count("stopped") == 1
