"""Programs that read the API of a running bot, beside people who use commands in Discord.

    python -m bench.feed [SECONDS]

The programs are another process. The references are the same bot without them, and a bare Starlette route that the
same server answers with as many bytes.
"""

import asyncio
import dataclasses
import datetime
import json
import os
import re
import sys
import time
from typing import Any

from bench.counting import quiet_log
from bench.discord import Stage
from bench.processes import Watched
from bench.results import FOLDER, Machine, Result, publish
from bench.timing import percentile
from tests.conftest import today
from tests.processes import free_port

RATE, SECONDS = 500, 60.0
"""Requests in a second, and for how long."""
WARM_UP_SECONDS = 3.0
MOST_SECONDS = 10.0
"""The time in which as many as possible are asked."""
DAYS = 30
PAUSE_SECONDS = 0.25
"""Between two commands of people."""


@dataclasses.dataclass(frozen=True, slots=True)
class Load:
    """The outcome of requests of programs, and of what was done beside them."""

    rate: float
    """Requests that were answered with 200 in a second."""
    failed: int
    milliseconds: list[float]
    lags: list[float]
    """Milliseconds."""
    commands: list[float]
    """Seconds."""
    processor: float
    """The share of one processor that the server took."""


async def measure(seconds: float = SECONDS) -> list[Result]:
    """Return all results."""
    print("measuring the API")
    port, bare_port = free_port(), free_port()
    async with Stage.set_up(COACHBOOK_FEED__PORT=str(port), COACHBOOK_FEED__RATE="100000") as stage:
        token, paths = await _prepared(stage)
        size = await _answer_size(port, token, paths)
        await stage.quiet(stage.bot)
        idle = await _commands_alone(stage, MOST_SECONDS)
        lags, env = stage.room.discord.folder / "bare.lags", stage.room.discord.settings()
        async with Watched.running(lags, "bench.bare_feed", str(bare_port), str(size), env=env) as bare:
            for server, number in ((stage.bot, port), (bare, bare_port)):
                await _loaded(stage, server, number, token, 0, WARM_UP_SECONDS, paths)
            most = await _loaded(stage, stage.bot, port, token, 0, MOST_SECONDS, paths)
            bare_most = await _loaded(stage, bare, bare_port, token, 0, MOST_SECONDS, paths)
            held = await _loaded(stage, stage.bot, port, token, RATE, seconds, paths)
            bare_held = await _loaded(stage, bare, bare_port, token, RATE, MOST_SECONDS, paths)
    name, of = f"{RATE} requests/s", "bare route"
    return [
        Result("API: requests/s, as many as possible", most.rate, "/s", bare_most.rate, of, is_rate=True),
        Result("API, as many as possible: loop lag, p99", percentile(most.lags, 0.99), "ms"),
        Result("API, as many as possible: longest command", max(most.commands), "s", target=1),
        Result(f"API, {name}: answered", held.rate, "/s", target=RATE * 0.99, is_rate=True),
        Result(f"API, {name}: not answered with 200", held.failed, "", target=0),
        Result(f"API, {name}: processor", held.processor * 100, "%", bare_held.processor * 100, of),
        Result(f"API, {name}: loop lag, p99", percentile(held.lags, 0.99), "ms", target=50),
        Result("API, idle: loop lag, p99", percentile(idle.lags, 0.99), "ms"),
        Result(
            f"API, {name}: p50", percentile(held.milliseconds, 0.5), "ms", percentile(bare_held.milliseconds, 0.5), of
        ),
        Result(f"API, {name}: p99", percentile(held.milliseconds, 0.99), "ms"),
        Result(
            f"API, {name}: command, p50", percentile(held.commands, 0.5), "s", percentile(idle.commands, 0.5), "idle"
        ),
        Result(f"API, {name}: longest command", max(held.commands), "s", target=1),
    ]


async def _prepared(stage: Stage) -> tuple[str, list[str]]:
    """Post plans, and return a token's secret and the paths that programs read."""
    room, day = stage.room, today()
    for number in range(DAYS):
        text = f"Plan {number}: long NQ above 21,450, stop 21,410. " * 8
        await _answered(stage, "plan post", text=text, day=(day + datetime.timedelta(number)).isoformat())
    created = await room.max.slash("admin feed token", name="bench")
    [token] = re.findall(r"cbf_[\w-]+", created.text)
    paths = [
        "/v1/plans/1",
        f"/v1/plans?from={day}&to={day + datetime.timedelta(4)}",
        f"/api/coach-plans/?coach=d&date={day}",
        "/v1/search?q=long&limit=5",
    ]
    return token, paths


async def _answer_size(port: int, token: str, paths: list[str]) -> int:
    """Return the mean of the bytes of the answers."""
    sizes: list[int] = []
    for path in paths:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n".encode()
        )
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        if b" 200 " not in head.splitlines()[0]:
            raise RuntimeError(f"{path}: {head.decode()} {body.decode()}")
        sizes.append(len(body))
        writer.close()
    return sum(sizes) // len(sizes)


async def _commands_alone(stage: Stage, seconds: float) -> Load:
    began = time.monotonic()
    commands = await _commands(stage, asyncio.create_task(asyncio.sleep(seconds)))
    return Load(0, 0, [], stage.bot.lags(began, time.monotonic()), commands, 0)


async def _loaded(
    stage: Stage, server: Watched, port: int, token: str, rate: float, seconds: float, paths: list[str]
) -> Load:
    """Have programs read, and people use commands meanwhile."""
    arguments = (str(port), token, str(rate), str(seconds), *paths)
    programs = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.feed_load", *arguments), stdout=asyncio.subprocess.PIPE, env=dict(os.environ)
    )
    began, spent = time.monotonic(), server.processor_seconds
    reading = asyncio.create_task(programs.communicate())
    commands = await _commands(stage, reading)
    output, _ = await reading
    ended = time.monotonic()
    found: dict[str, Any] = json.loads(output)
    answered = found["statuses"].pop("200", 0)
    processor = (server.processor_seconds - spent) / found["seconds"]
    return Load(
        answered / found["seconds"],
        sum(found["statuses"].values()),
        found["milliseconds"],
        server.lags(began, ended),
        commands,
        processor,
    )


async def _commands(stage: Stage, until: asyncio.Task[Any]) -> list[float]:
    """Use commands in turns until the task ends, and return the seconds until each was answered."""
    took: list[float] = []
    while not until.done():
        for path, options in (("plan show", {}), ("plan list", {}), ("plan edit", {"text": f"Edit {time.time()}"})):
            took.append(await _answered(stage, path, **options))
            await asyncio.sleep(PAUSE_SECONDS)
    return took


async def _answered(stage: Stage, path: str, **options: str) -> float:
    """Use a command as the first writer, and return the seconds until it was answered."""
    used = await stage.use(path, 0, **options)
    await stage.room.discord.until(lambda: used.id in stage.answered)
    return stage.answered[used.id] - stage.asked[used.id]


async def main(seconds: float) -> None:
    """Measure, and print the results."""
    quiet_log()
    FOLDER.mkdir(parents=True, exist_ok=True)
    before = Machine.now()
    publish(await measure(seconds), {}, before)


if __name__ == "__main__":
    asyncio.run(main(*map(float, sys.argv[1:] or [SECONDS])))
