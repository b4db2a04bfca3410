"""The API on a port of this machine, with a real database, without a bot."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from storage.store import Store
from tests.bot.feed.programs import Health, Program
from tests.bot.feed.serving import serving
from tests.new_database import open_new_store
from tests.processes import DEADLINE
from tests.service import scene
from tests.service.scene import GUILD, FakeClock, Services


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = open_new_store(tmp_path / "book.db")
    yield opened
    await opened.close()


@pytest.fixture
async def program(store: Store) -> AsyncIterator[Program]:
    """A program on this machine without a token; it sees no channel, as nobody asks Discord."""
    clock = FakeClock()
    services = Services.on(store, clock)
    await services.guilds.ensure_guild(GUILD)
    await services.guilds.ensure_guild(scene.OTHER_GUILD)
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE)) as session,
        serving(Program(session, 0, services, clock, Health())) as (_, started),
    ):
        yield started
