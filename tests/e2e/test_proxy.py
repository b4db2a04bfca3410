"""A bot that reaches Discord only through a proxy."""

from urllib.parse import urlsplit

import pytest

from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room
from tests.processes import BotProcess
from tests.proxy import proxy_to

NOWHERE = "discord.invalid"
"""A host that only the proxy finds."""


@pytest.mark.parametrize("name", ["COACHBOOK_DISCORD__PROXY", "HTTP_PROXY"])
async def test_all_that_goes_to_discord_goes_through_the_proxy(own_discord: Discord, own_room: Room, name: str):
    sandbox = own_discord.sandbox
    port = urlsplit(sandbox.base_url).port
    assert port
    sandbox.base_url = sandbox.world.links.base_url = f"http://{NOWHERE}"
    sandbox.gateway.url = f"ws://{NOWHERE}/gateway"
    async with proxy_to(port) as proxy:
        variables = {name: proxy.url, "COACHBOOK_DISCORD__CDN_HOSTS": f"{NOWHERE}:80"}
        bot = await BotProcess.start("run", env=own_discord.settings(**variables))
        await bot.ready()

        chart = Upload("chart.png", image_samples.png())
        await own_room.dana.slash("plan post", text="through the proxy", chart1=chart)

        card = await own_room.shows("through the proxy")
        assert len(card.shown.attachments) == 1
        beginnings = {path.split("/")[1] for path in proxy.paths}
        assert {"api", "gateway", "ephemeral-attachments"} <= beginnings
        assert await bot.stop() == 0
    assert "password@" not in bot.output
