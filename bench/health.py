"""The cost of the health port: its memory, and the processor time of a metrics page that Prometheus asks for."""

import asyncio

import aiohttp

from bench.discord import Stage
from bench.results import Result
from bot.health.checks import REPORT_SECONDS
from tests.processes import free_port

SCRAPES = 15
USUAL_SECONDS = 15
"""Between two scrapes, as Prometheus is usually set."""
CALLS = 20
"""Of each command, so that there is something to show."""


async def measure() -> list[Result]:
    """Return all results."""
    print("measuring the health port")
    port = free_port()
    async with Stage.set_up(COACHBOOK_HEALTH__PORT=str(port)) as stage:
        await stage.quiet(stage.bot)
        resident = stage.bot.resident
        await stage.settled([await stage.use(path) for path in ("today", "plan list", "plan show") * CALLS])
        await stage.quiet(stage.bot)
        idle, scraped = await _spent(stage, None), await _spent(stage, port)
    share = max(scraped - idle, 0.0) / SCRAPES / USUAL_SECONDS
    return [
        Result("resident, idle, with the health port", resident, "MiB"),
        Result(f"metrics every {USUAL_SECONDS} s, processor", share * 100, "%", target=1),
    ]


async def _spent(stage: Stage, port: int | None) -> float:
    """Return the processor seconds of the bot while its metrics are read, each time anew; None: they are not."""
    before = stage.bot.processor_seconds
    for _ in range(SCRAPES):
        if port:
            async with aiohttp.request("GET", f"http://127.0.0.1:{port}/metrics") as response:
                response.raise_for_status()
        await asyncio.sleep(REPORT_SECONDS)
    return stage.bot.processor_seconds - before
