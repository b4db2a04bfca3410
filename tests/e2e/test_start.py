"""The start of the bot: what it loads and does before anybody needs it."""

import asyncio
import json
import sys

from tests.conftest import Discord, Room
from tests.processes import ROOT, BotProcess

PROGRAM = """
import atexit, gc, json, runpy, sys

def report():
    print(json.dumps({"event": "report", "full": gc.get_stats()[2]["collections"], "modules": list(sys.modules)}))

atexit.register(report)
sys.argv = ["bot", "run"]
runpy.run_module("bot", run_name="__main__", alter_sys=True)
"""
UNNEEDED = {
    "PIL",
    "bot.cli.check",
    "bot.cli.predecessor",
    "bot.cli.transfers",
    "bot.service.pictures.inspection",
    "bot.service.predecessor",
    "bot.service.reports.drawing",
    "bot.service.transfer.journal",
    "demo",
    "prometheus_client",
    "pygments",
    "rich",
    "sandbox",
}
"""Modules of other processes and commands, which take time and memory."""


async def test_a_start_loads_only_what_the_bot_needs_and_looks_for_garbage_among_young_objects_alone(
    own_discord: Discord, own_room: Room
):
    env = own_discord.settings() | {"PYTHONPATH": str(ROOT), "COACHBOOK_LOG__FORMAT": "json"}
    pipe = asyncio.subprocess.PIPE
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, cwd=ROOT, env=env, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    bot = await BotProcess(started).ready()
    assert await bot.stop() == 0

    [report] = [json.loads(line) for line in bot.lines if '"report"' in line]

    assert UNNEEDED.isdisjoint(report["modules"])
    assert report["full"] == 0
