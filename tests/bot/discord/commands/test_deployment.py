"""Commands that Discord does not take are sent again until it does, whatever went wrong."""

import asyncio

from bot.discord.commands.deployment import CommandDeployment
from bot.domain.clock import utc_now
from bot.domain.errors import CommandsRefusedError
from bot.domain.values import Deployment
from tests.processes import DEADLINE


async def test_a_try_that_fails_unexpectedly_is_not_the_last():
    failures: list[Exception] = [CommandsRefusedError("busy"), RuntimeError("a fault"), CommandsRefusedError("busy")]
    done = asyncio.Event()

    async def deploy() -> None:
        if failures:
            raise failures.pop(0)
        done.set()

    deployment = CommandDeployment(utc_now)
    deployment.first_pause = 0.001

    await deployment.start(deploy)
    async with asyncio.timeout(DEADLINE):
        await done.wait()
    await asyncio.sleep(0)

    assert deployment.state == Deployment()
    await deployment.stop()
