"""The port of the API: opened where one is configured, and its failures."""

import socket
import subprocess
import sys

import pytest

from bot.config.settings import FeedSection
from bot.feed.port import FeedPort
from tests.bot.feed.conftest import Health, Program

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


def port_of(program: Program, number: int) -> FeedPort:
    services = program.services
    return FeedPort(FeedSection(port=number), services.feed, services.changes, services.feed_tokens, Health())


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
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
    for _ in range(2):
        port = port_of(program, number)
        await port.open()
        assert (await program.get(f"http://127.0.0.1:{number}/info")).status == 200
        await port.close()


def test_without_its_libraries_the_api_is_off_or_says_so():
    ended = subprocess.run([sys.executable, "-c", WITHOUT_LIBRARY], capture_output=True, text=True, check=True)

    assert ended.stdout == "missing\n"
