"""The health port of a running bot, and `coachbook health`, which asks it."""

import asyncio
import contextlib
import re
import resource
import socket
from collections.abc import AsyncIterator, Callable, Generator
from typing import Any

import aiohttp
import pytest

from tests.conftest import Discord, Room
from tests.plugin_code import plugin
from tests.processes import DEADLINE, BotProcess, environment, free_port

FAILING_CHOICES = """
async def fail(ctx: lightbulb.AutocompleteContext[str]) -> None:
    raise RuntimeError("no choices today")

@plugin.command
class Choose(lightbulb.SlashCommand, name="choose", description="Chooses.", **GUILD_ONLY):
    word = lightbulb.string("word", "A word.", autocomplete=fail)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        await ctx.respond(self.word)
"""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def watched(own_discord: Discord, own_room: Room, port: int) -> AsyncIterator[BotProcess]:
    """A bot with a health port."""
    (own_discord.folder / "mine_plugin.py").write_text(plugin(FAILING_CHOICES), encoding="utf-8")
    variables = own_discord.settings(COACHBOOK_HEALTH__PORT=str(port), COACHBOOK_PLUGINS__EXTRA="mine_plugin")
    bot = await BotProcess.start("run", env=variables, cwd=own_discord.folder)
    await bot.ready()
    yield bot
    await bot.stop()


async def asked(port: int, **variables: str) -> tuple[int, str]:
    """Return the status and the output of `coachbook health`."""
    process = await BotProcess.start("health", env=environment(COACHBOOK_HEALTH__PORT=str(port), **variables))
    return await process.ended(), process.output


async def reported(port: int) -> tuple[int, dict[str, Any]]:
    async with aiohttp.request("GET", f"http://127.0.0.1:{port}/health") as response:
        return response.status, await response.json()


async def until(condition: Callable[[dict[str, Any]], bool], port: int) -> dict[str, Any]:
    """Wait until a report fits."""
    async with asyncio.timeout(DEADLINE):
        while True:
            _, report = await reported(port)
            if condition(report["components"]):
                return report
            await asyncio.sleep(0.1)


@contextlib.contextmanager
def full_disk(bot: BotProcess) -> Generator[None]:
    """No file of the bot may grow."""
    free = resource.RLIM_INFINITY
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (1, free))
    yield
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (free, free))


async def page_with(port: int, *lines: str) -> str:
    """Wait until the metrics have these lines."""
    async with asyncio.timeout(DEADLINE):
        while True:
            async with aiohttp.request("GET", f"http://127.0.0.1:{port}/metrics") as response:
                page = await response.text()
            if set(lines) <= set(page.splitlines()):
                return page
            await asyncio.sleep(0.1)


async def test_what_is_done_is_measured_and_logged_without_texts_and_ids(
    own_room: Room, watched: BotProcess, port: int
):
    await own_room.dana.slash("plan post", text="NQ long above 20000")
    card = await own_room.shows("NQ long above 20000")
    await own_room.mia.click(card, "Edit")
    typing = asyncio.create_task(own_room.mia.autocomplete("choose", word="x"))

    changed = await watched.logged("plan changed")
    page = await page_with(
        port,
        'coachbook_interaction_seconds_count{command="plan post",kind="command",result="ok"} 1.0',
        'coachbook_interaction_seconds_count{command="plans.open_edit",kind="component",result="refused"} 1.0',
        'coachbook_interaction_seconds_count{command="choose",kind="autocomplete",result="failed"} 1.0',
        'coachbook_plans{state="live"} 1.0',
        "coachbook_servers 1.0",
    )

    typing.cancel()
    assert (changed["kind"], changed["plan_id"], changed["revision"]) == ("posted", 1, 1)
    assert changed["milliseconds"] > 0
    assert re.fullmatch("[0-9a-f]{12}", changed["user"])
    assert changed.keys() - {"event", "level", "logger", "timestamp"} == {
        *("kind", "plan_id", "revision", "milliseconds", "user")
    }
    assert not any(str(each) in page for each in (own_room.dana.user.id, own_room.mia.user.id, own_room.guild.id))


async def test_a_bot_is_healthy_until_the_disk_is_full_or_the_gateway_is_gone(
    own_discord: Discord, watched: BotProcess, port: int
):
    status, report = await reported(port)
    healthy = await asked(port, COACHBOOK_HEALTH__HOST="0.0.0.0")  # noqa: S104 - asked on loopback
    with full_disk(watched):
        await until(lambda components: components["database"]["why"], port)
        full = await asked(port)
    await until(lambda components: not components["database"]["why"], port)
    await own_discord.sandbox.stop()
    await until(lambda components: components["gateway"]["why"], port)
    gone = await asked(port)

    assert status == 200
    assert report["status"] == "healthy"
    assert report["components"].keys() == {"gateway", "database", "disk"}
    assert (report["queued_changes"], report["last_backup_seconds"]) == (0, None)
    assert report["last_event_seconds"] < DEADLINE
    assert healthy == (0, "healthy: gateway, database, disk")
    assert full[0] == 1
    assert full[1].startswith("unhealthy: database: the disk may be full, read-only or broken; disk: pictures can’t be")
    assert gone == (1, "unhealthy: gateway: not connected to Discord")


async def test_a_bot_whose_port_is_in_use_does_not_start(own_discord: Discord):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        bot = await BotProcess.start("run", env=own_discord.settings(COACHBOOK_HEALTH__PORT=str(port)))

        assert await bot.ended() == 1

    says = f"The health port 127.0.0.1:{port} can't be opened: Address already in use. Check health.port."
    assert says in bot.output
