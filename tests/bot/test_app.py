"""The running bot in this process: how it ends by itself."""

import asyncio
import dataclasses

import pytest
from pydantic import SecretStr

from bot import app
from bot.composition import compose
from bot.config.loader import load_config
from bot.discord.connection.liveness import Liveness
from bot.domain.clock import utc_now
from bot.open_files import OpenFiles
from bot.service_manager import ServiceManager
from storage.chart_files import ChartFiles
from storage.resilient_store import ResilientStore
from storage.spool import SpoolFile
from tests.conftest import Discord, Room
from tests.processes import DEADLINE
from tests.sandbox.raw_clients import eventually


async def test_a_connection_that_stays_away_ends_the_bot_with_a_status_of_its_own(own_discord: Discord, own_room: Room):
    config = load_config(environ=own_discord.settings())
    store, spool = ResilientStore.serve(config.storage.path), SpoolFile.open(config.storage.spool_folder)
    files = ChartFiles.open(config.storage.charts_folder, utc_now)
    token = SecretStr(own_discord.application.token)
    parts = compose(config, token, OpenFiles(store, files, spool))
    parts = dataclasses.replace(parts, liveness=Liveness(utc_now, exit_seconds=3.0, report_seconds=1.0))
    own_discord.sandbox.gateway.heartbeat_seconds = 0.5
    serving = asyncio.create_task(app.Application(config, token, parts, ServiceManager({})).serve())
    await eventually(lambda: own_discord.sandbox.gateway.is_connected(own_discord.application))

    await own_discord.sandbox.stop()

    with pytest.raises(app.OfflineError, match="No connection to Discord") as caught:
        async with asyncio.timeout(DEADLINE):
            await serving
    assert caught.value.status == app.OFFLINE
    assert parts.liveness.outage
    await store.close()
    spool.close()
