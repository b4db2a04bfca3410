"""The way through Discord, in bursts too, and the cost of an idle bot: against a bare bot that answers `/ping`.

Both are processes of their own against a local Discord in this one. Times are those from a user's act until the bot's
request arrives here.
"""

import asyncio
import contextlib
import dataclasses
import datetime
import json
import math
import tempfile
import time
from collections.abc import AsyncGenerator, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import apsw

from bench.processes import Watched
from bench.results import FOLDER, Result
from bench.timing import percentile
from bot.app import SETTLE_SECONDS
from sandbox.driver import menu
from sandbox.http.exchange import Exchange
from sandbox.interactions.interaction import Interaction
from sandbox.interactions.invoke import FIRST_ANSWER_SECONDS
from sandbox.server import Sandbox
from sandbox.world.entities import Application, Upload, User
from tests import image_samples
from tests.conftest import Discord, Room, make_room, populate, today

CALLS, BLOCKS = 50, 4
"""Calls in a row of each bot, and how often they take turns."""
SHOWS, POSTS = 1_000, 200
"""At once."""
WRITERS = 20
"""As nobody may have more than 20 drafts, and each post with a chart is one for a while."""
WARM_UP_CALLS, GROWTH_CALLS, BLOCK = 2_000, 10_000, 20
"""Calls while the memory is watched, and how many of them at once."""
GUILDS = 2_500
LONGEST_SECONDS, SILENCE_SECONDS = 180, 20
QUIET_SECONDS, QUIET_LOAD = 1.0, 0.08
"""A bot that took no more than this part of the processor for so long has nothing to do but to look at its lag."""


@dataclasses.dataclass(frozen=True)
class Stage:
    """A local Discord with both bots, and a guild where a plan of today is."""

    room: Room
    bot: Watched
    ping: Watched
    writers: list[User]
    """Members of its coach."""
    asked: dict[int, float]
    """The moment of each interaction, by its id."""
    answered: dict[int, float]
    """The moment of its first answer."""
    latest: list[float]
    """The moment of the last request."""

    @classmethod
    @contextlib.asynccontextmanager
    async def set_up(cls, guilds: int = 1, **variables: str) -> AsyncGenerator[Self]:
        """Start everything, with the bots in so many guilds, and these settings of ours."""
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            async with await Sandbox.start() as sandbox:
                sandbox.interactions.first_answer_seconds = LONGEST_SECONDS  # late answers are counted as such here
                discord = populate(sandbox, None, Path(folder))
                pinger, _ = sandbox.world.add_application("Ping", sandbox.world.users[discord.application.owner_id])
                rooms = [make_room(discord) for _ in range(guilds)]
                for each in rooms:
                    sandbox.world.install(pinger, each.guild)
                async with cls._started(discord, rooms[0], pinger, **variables) as stage:
                    sandbox.exchanges.append(stage.observe)
                    yield stage

    @classmethod
    @contextlib.asynccontextmanager
    async def _started(
        cls, discord: Discord, room: Room, pinger: Application, **variables: str
    ) -> AsyncGenerator[Self]:
        world, folder = discord.sandbox.world, discord.folder
        writers = [world.add_user(f"writer{number}") for number in range(WRITERS)]
        for each in writers:
            world.add_member(room.guild, each)
        coach = {"key": "d", "name": "Coach D", "users": [room.dana.user.id, *(each.id for each in writers)]}
        settings = discord.settings(COACHBOOK_COACHES=json.dumps([coach]), **variables)
        ping_settings = {**settings, "DISCORD_TOKEN": pinger.token}
        async with (
            Watched.running(folder / "ping.lags", "bench.ping_bot", env=ping_settings) as ping,
            Watched.running(folder / "bot.lags", "bot", "run", env=settings) as bot,
        ):
            yield cls(room, bot, ping, writers, {}, {}, [time.monotonic()])

    def observe(self, exchange: Exchange) -> None:
        """Note a request of a bot."""
        self.latest[0] = time.monotonic()
        if exchange.path.endswith("/callback") and exchange.status < 300:
            self.answered.setdefault(int(exchange.path.split("/")[2]), self.latest[0])

    async def use(self, path: str, writer: int = 0, **options: menu.Value) -> Interaction:
        """Use a command as one of the writers, and wait for nothing."""
        name, *inner = path.split()
        world, user = self.room.discord.sandbox.world, self.writers[writer % WRITERS]
        command = next(each for each in world.commands.values() if each.name == name)
        filled, uploads = menu.filled_in(command, inner, options)
        began, interactions = time.monotonic(), self.room.discord.sandbox.interactions
        used = await interactions.invoke_command(user, self.room.channel, command, filled, uploads)
        self.asked[used.id] = began
        return used

    def is_in_time(self, interaction: Interaction) -> bool:
        """Return whether the interaction was answered within Discord's time."""
        seconds = self.answered.get(interaction.id, math.inf) - self.asked[interaction.id]
        return seconds <= FIRST_ANSWER_SECONDS

    async def quiet(self, bot: Watched) -> None:
        """Wait until a bot has nothing to do."""
        until, spent = time.monotonic() + LONGEST_SECONDS, QUIET_SECONDS
        while spent > QUIET_LOAD * QUIET_SECONDS and time.monotonic() < until:
            before = bot.processor_seconds
            await asyncio.sleep(QUIET_SECONDS)
            spent = bot.processor_seconds - before

    async def settled(self, interactions: Iterable[Interaction]) -> None:
        """Wait until all are answered, or no bot sends anything for long."""
        waiting, began = list(interactions), time.monotonic()
        while waiting and time.monotonic() - max(began, self.latest[0]) < SILENCE_SECONDS:
            waiting = [each for each in waiting if each.loading or not each.answer]
            await asyncio.sleep(0.05)


@dataclasses.dataclass(frozen=True, slots=True)
class Burst:
    """The outcome of many interactions at once."""

    acknowledged: float
    """The share that was answered or deferred in time."""
    seconds: float
    """Until the last request of a bot for them."""
    lags: list[float]
    """Milliseconds."""


async def measure() -> list[Result]:
    """Return all results."""
    print("measuring the way through Discord")
    async with Stage.set_up() as stage:
        await stage.quiet(stage.bot)
        results = [*_starts(stage), *await _latency(stage), *await _bursts(stage), await _growth(stage)]
    print(f"measuring in {GUILDS:,} guilds")
    async with Stage.set_up(GUILDS) as stage:
        await stage.quiet(stage.bot)
        ours, bare = stage.bot, stage.ping
        lags = ours.lags(ours.started, time.monotonic())
        more = Result(f"resident, {GUILDS:,} guilds, above bare", ours.resident - bare.resident, "MiB", target=35)
        return [*results, more, Result(f"longest lag at start, {GUILDS:,} guilds", max(lags), "ms", target=200)]


def _starts(stage: Stage) -> list[Result]:
    ours, bare = stage.bot, stage.ping
    return [
        Result("ready, empty database", ours.ready_seconds, "s", bare.ready_seconds, "bare bot", 2.0),
        Result("resident, idle", ours.resident, "MiB", target=90),
        Result("resident, idle, bare bot", bare.resident, "MiB"),
        *_lag_results("start", ours.lags(ours.started, time.monotonic()), 20, 200),
    ]


async def _latency(stage: Stage) -> list[Result]:
    """Return the latency and the processor time of one call after another."""
    await _posted(stage)
    took: dict[str, list[float]] = {"ping": [], "plan show": []}
    spent = dict.fromkeys(took, 0.0)
    for _ in range(BLOCKS):
        for path, bot in (("ping", stage.ping), ("plan show", stage.bot)):
            before = bot.processor_seconds
            took[path] += [await _answer_seconds(stage, path) for _ in range(CALLS)]
            spent[path] += bot.processor_seconds - before
    rows = [("p50", 0.5, 1.8), ("p99", 0.99, None)]
    return [
        *(
            Result(
                f"/plan show, {name}",
                *(percentile(took["plan show"], share) * 1000, "ms"),
                *(percentile(took["ping"], share) * 1000, "bare /ping", target),
            )
            for name, share, target in rows
        ),
        Result(
            "/plan show, processor",
            *(spent["plan show"] / CALLS / BLOCKS * 1000, "ms"),
            *(spent["ping"] / CALLS / BLOCKS * 1000, "bare /ping", 2.5),
        ),
    ]


async def _posted(stage: Stage) -> None:
    await stage.room.dana.slash("plan post", text="Long above 21,450")
    await stage.room.shows("Long above 21,450")


async def _answer_seconds(stage: Stage, path: str) -> float:
    interaction = await stage.use(path)
    await stage.room.discord.until(lambda: interaction.id in stage.answered)
    return stage.answered[interaction.id] - stage.asked[interaction.id]


async def _bursts(stage: Stage) -> list[Result]:
    pings = await _burst(stage, stage.ping, [stage.use("ping") for _ in range(SHOWS)])
    shows = await _burst(stage, stage.bot, [stage.use("plan show") for _ in range(SHOWS)])
    posts = await _burst(stage, stage.bot, [_post(stage, number) for number in range(POSTS)])
    saved, name = _plans(stage.room.discord.folder / "book.db") - 1, f"{POSTS} posts with a chart"
    return [
        Result(f"{SHOWS:,} bare /ping: acknowledged in 3 s", pings.acknowledged * 100, "%"),
        Result(f"{SHOWS:,} shows: acknowledged in 3 s", shows.acknowledged * 100, "%", target=100, is_rate=True),
        Result(f"{SHOWS:,} shows: until all answered", shows.seconds, "s", pings.seconds, "bare /ping", 4.0),
        *_lag_results(f"{SHOWS:,} shows", shows.lags, 100, 300),
        Result(f"{name}: acknowledged in 3 s", posts.acknowledged * 100, "%", target=100, is_rate=True),
        Result(f"{name}: saved", saved, "", target=POSTS, is_rate=True),
        Result(f"{name}: until all answered", posts.seconds, "s"),
        *_lag_results(name, posts.lags, 20, 200),
    ]


def _post(stage: Stage, number: int) -> Coroutine[Any, Any, Interaction]:
    day = (today() + datetime.timedelta(days=1 + number)).isoformat()
    chart = Upload(f"{number}.png", image_samples.png(seed=number))
    return stage.use("plan post", number, text=f"Plan {number}", day=day, chart1=chart)


async def _burst(stage: Stage, bot: Watched, uses: Sequence[Coroutine[Any, Any, Interaction]]) -> Burst:
    await stage.quiet(bot)
    began = time.monotonic()
    interactions = [await each for each in uses]
    await stage.settled(interactions)
    answered = stage.latest[0]
    await stage.quiet(bot)
    in_time = sum(map(stage.is_in_time, interactions))
    return Burst(in_time / len(uses), answered - began, bot.lags(began, time.monotonic()))


async def _growth(stage: Stage) -> Result:
    """Return the growth of the memory over many calls, after the bursts and the collections of the start's garbage."""
    await asyncio.sleep(SETTLE_SECONDS)
    await _show(stage, WARM_UP_CALLS)
    before = stage.bot.resident
    await _show(stage, GROWTH_CALLS)
    return Result("growth over 10,000 interactions", stage.bot.resident - before, "MiB", target=2)


async def _show(stage: Stage, calls: int) -> None:
    for _ in range(calls // BLOCK):
        await stage.settled([await stage.use("plan show", number) for number in range(BLOCK)])


def _plans(path: Path) -> int:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return sum(1 for _ in connection.execute("SELECT id FROM coach_plans"))
    finally:
        connection.close()


def _lag_results(name: str, lags: list[float], p99: float, longest: float) -> list[Result]:
    return [
        Result(f"{name}: loop lag, p99", percentile(lags, 0.99), "ms", target=p99),
        Result(f"{name}: loop lag, longest", max(lags, default=0.0), "ms", target=longest),
    ]
