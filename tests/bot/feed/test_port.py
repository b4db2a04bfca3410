"""The port of the API: opened where one is configured, and its failures."""

import dataclasses
import socket
import subprocess
import sys
from typing import Any

import pytest

from bot.config.settings import FeedSection
from bot.domain.commands import AddCharts
from bot.domain.values import Received
from bot.feed.port import FeedPort
from tests.bot.feed.programs import Health, Program
from tests.processes import free_port
from tests.service.scene import DANA, GUILD, MAX, fresh

WITHOUT_LIBRARY = """
import asyncio, sys
sys.modules["uvicorn"] = None
from bot.config.settings import FeedSection
from bot.feed.port import FeedMissingError, FeedPort
async def main():
    await FeedPort(FeedSection(), None, None, None, None).open()
    try:
        await FeedPort(FeedSection(port=1), None, None, None, None).open()
    except FeedMissingError:
        print("missing")
asyncio.run(main())
"""


def port_of(program: Program, number: int, **settings: Any) -> FeedPort:
    services, section = program.services, FeedSection(port=number, **settings)
    return FeedPort(section, services.feed, services.changes, services.feed_tokens, Health())


async def test_no_port_is_open_unless_one_is_configured_and_one_in_use_is_refused(program: Program):
    closed = port_of(program, 0)
    await closed.open()
    await closed.close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        in_use = port_of(program, taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            await in_use.open()
        await in_use.close()


async def test_a_closed_port_can_be_opened_again(program: Program):
    number = free_port()
    for _ in range(2):
        port = port_of(program, number)
        await port.open()
        assert (await program.get(f"http://127.0.0.1:{number}/info")).status == 200
        await port.close()


async def test_the_port_has_the_settings_of_its_section(program: Program):
    plan, number = await program.post("Long NQ"), free_port()
    chart = program.services.keep(b"picture")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    desk = "https://desk.example.com"
    port = port_of(program, number, local_guild=GUILD, rate=1, base_url=desk, cors_origins=(desk,))
    await port.open()
    try:
        local = dataclasses.replace(program, port=number)
        reader = await local.with_token(actor=MAX)
        got = await reader.get(f"/v1/plans/{plan.id}", {"Origin": desk})
        assert got.json["charts"][0]["url"].startswith(f"{desk}/v1/charts/")
        assert got.headers["Access-Control-Allow-Origin"] == desk
        assert (await reader.get("/v1/plans")).status == 429
        assert (await local.get("/v1/plans")).status == 200
    finally:
        await port.close()


def test_without_its_libraries_the_api_is_off_or_says_so():
    ended = subprocess.run([sys.executable, "-c", WITHOUT_LIBRARY], capture_output=True, text=True, check=True)

    assert ended.stdout == "missing\n"
