"""The client for background work, against a local Discord."""

import asyncio

import pytest
from pydantic import SecretStr

from bot.discord.connection.gateway import gateway_client
from bot.discord.rest_client import RateLimitedError, background_client
from sandbox.server import Sandbox
from tests.processes import DEADLINE


@pytest.mark.parametrize(("scope", "is_for_all"), [("global", True), ("shared", False)])
async def test_a_pause_for_all_holds_up_all_requests(scope, is_for_all: bool):
    async with await Sandbox.start() as sandbox:
        application, _ = sandbox.world.add_application("Coachbook", sandbox.world.add_user("olga"))
        token = SecretStr(application.token)
        sandbox.faults.rate_limit("GET", "/users/@me", retry_after=1.0, scope=scope)
        async with background_client(gateway_client(token, sandbox.rest_url), token, sandbox.rest_url) as client:
            with pytest.raises(RateLimitedError):
                await client.fetch_my_user()
            asked: list[str] = []
            sandbox.exchanges.append(lambda each: asked.append(each.path))

            if is_for_all:
                with pytest.raises(RateLimitedError) as caught:
                    await client.fetch_application()
                assert caught.value.is_for_all
                assert asked == []
            async with asyncio.timeout(DEADLINE):
                while not asked:
                    try:
                        await client.fetch_application()
                    except RateLimitedError as haste:
                        await asyncio.sleep(haste.seconds)
            assert len(asked) == 1
