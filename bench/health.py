"""The cost of the health port: its memory, and the processor time of a metrics page that Prometheus asks for.

The bot is in use meanwhile. Scrapes follow each other faster than usual, so totals, which stay for half a minute, are
counted for fewer of them.
"""

import asyncio
import time

import aiohttp

from bench.discord import Stage
from bench.results import Result
from bot.health.checks import REPORT_SECONDS
from bot.health.metrics import Exposition
from bot.interactions.measurements import MAX_NAMES
from tests.bot.health.test_metrics import OPENMETRICS, measured, readings
from tests.processes import free_port

SCRAPES = 15
USUAL_SECONDS = 15
"""Between two scrapes, as Prometheus is usually set."""
CALLS = 5
"""Of each command, between two scrapes."""
PATHS = ("today", "plan list", "plan show")
PAGES = 10


async def measure() -> list[Result]:
    """Return all results."""
    print("measuring the health port")
    port = free_port()
    async with Stage.set_up(COACHBOOK_HEALTH__PORT=str(port)) as stage:
        await stage.quiet(stage.bot)
        resident = stage.bot.resident
        await _spent(stage, None)  # warm
        unread, scraped = await _spent(stage, None), await _spent(stage, port)
    share = max(scraped - unread, 0.0) / SCRAPES / USUAL_SECONDS
    return [
        Result("resident, idle, with the health port", resident, "MiB"),
        Result(f"metrics every {USUAL_SECONDS} s, bot in use, processor", share * 100, "%", target=1),
        Result(f"metrics every {USUAL_SECONDS} s, page of {MAX_NAMES} names", _largest_page() * 100, "%", target=1),
    ]


async def _spent(stage: Stage, port: int | None) -> float:
    """Return the processor seconds of the bot in use while its metrics are read; None: they are not."""
    before = stage.bot.processor_seconds
    for _ in range(SCRAPES):
        used = [await stage.use(path) for path in PATHS * CALLS]
        used += [await stage.use("plan post", number, text="Long") for number in range(CALLS)]
        if port:
            async with aiohttp.request("GET", f"http://127.0.0.1:{port}/metrics") as response:
                response.raise_for_status()
        await stage.settled(used)
        await asyncio.sleep(REPORT_SECONDS)
    return stage.bot.processor_seconds - before


def _largest_page() -> float:
    """Return the share of a processor that writing takes where each name was counted with a result."""
    current = readings(measured(*(f"command {number}" for number in range(MAX_NAMES))))
    exposition, before = Exposition(), time.process_time()
    for _ in range(PAGES):
        exposition.page(current, OPENMETRICS)
    return (time.process_time() - before) / PAGES / USUAL_SECONDS
