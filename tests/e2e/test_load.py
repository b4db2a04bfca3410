"""One server asks for all that takes long, at once: another is served in the time that it is used to."""

import asyncio
import datetime
import io
import signal
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.domain.values import ChangeKind, GuildId, UserId
from bot.service.records import revisions
from bot.service.records.roster import coach_of
from sandbox.driver import Driver, Person, Seen
from sandbox.world.entities import Upload
from storage.connections import database
from storage.models import CoachRow, GuildSettingsRow
from storage.store import Store
from tests import image_samples
from tests.conftest import Discord, Room, make_room, today
from tests.processes import BotProcess

SHOW_SECONDS, POST_SECONDS = 3.0, 10.0
"""In which another server's `/plan show`, and its post with a small picture, are to be done."""
PLANS, REVISIONS = 150, 16
ROUNDS = 3
NOW = datetime.datetime(2026, 1, 5, 15, tzinfo=datetime.UTC)


def fill(path: Path, guild_id: GuildId, coach: str, first_id: int) -> None:
    """Make a database in which a coach has many plans with long histories."""

    def act() -> None:
        database.execute_sql("INSERT INTO sqlite_sequence VALUES ('coach_plans', ?)", (first_id,))
        database.execute_sql("INSERT INTO sqlite_sequence VALUES ('plan_history', ?)", (first_id * REVISIONS,))
        GuildSettingsRow.insert(guild_id=guild_id, created_at=NOW).execute()
        owner = CoachRow.create(guild=guild_id, key=coach, name=f"Coach {coach}", created_at=NOW)
        for number in range(PLANS):
            day = today() - datetime.timedelta(days=number + 10)
            plan = revisions.begin(coach_of(owner), day, "", UserId(1), NOW)
            for revision in range(REVISIONS):
                kind = ChangeKind.EDITED if revision else ChangeKind.POSTED
                plan = revisions.append(plan, kind, UserId(1), NOW, text=f"{number} {revision} {'word ' * 790}")

    async def run() -> None:
        store = Store.open(path)
        await store.write(act)
        await store.close()

    asyncio.run(run())


def crafted(number: int) -> Upload:
    """A JPEG of a few hundred kilobytes, of which all 40 million pixels are gone over 60 times."""
    file = io.BytesIO()
    Image.new("RGB", (6300, 6300), (number, 0, 0)).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    return Upload(f"chart-{number}.jpg", data[:-2] + data[data.rindex(b"\xff\xda") : -2] * 50 + data[-2:])


async def says(seen: Seen, *words: str) -> None:
    assert seen.interaction
    await seen.interaction.until(lambda: any(each in seen.text for each in words))


@pytest.fixture
async def settings(own_discord: Discord, own_room: Room) -> dict[str, str]:
    """The settings of a bot whose database has many plans of one server, of which as many more are in `more.jsonl`."""
    guild, folder = GuildId(own_room.guild.id), own_discord.folder
    await asyncio.to_thread(fill, folder / "more.db", guild, "x", 10_000)
    command = ("export", str(folder / "more.jsonl"), "--guild", str(guild))
    exporting = await BotProcess.start(*command, env=own_discord.settings("more.db"))
    assert await exporting.ended() == 0, exporting.output
    await asyncio.to_thread(fill, folder / "book.db", guild, "y", 1)
    return own_discord.settings(COACHBOOK_LIMITS__CHART_WAIT_SECONDS="5")


@pytest.fixture
async def bot(settings: dict[str, str]) -> AsyncIterator[BotProcess]:
    started = await (await BotProcess.start("run", env=settings)).ready()
    yield started
    await started.stop(signal.SIGKILL)


@pytest.mark.slow
async def test_what_one_server_asks_for_does_not_keep_another_waiting(
    own_discord: Discord, own_room: Room, settings: dict[str, str], bot: BotProcess
):
    other = make_room(own_discord)
    await other.dana.slash("plan post", text="a plan", day="2026-01-05")
    charts = [await asyncio.to_thread(crafted, number) for number in range(40)]

    importing = await BotProcess.start("import", str(own_discord.folder / "more.jsonl"), env=settings)
    asked = [asyncio.create_task(each) for each in demands(own_discord, own_room, charts)]
    for number in range(ROUNDS):
        async with asyncio.timeout(SHOW_SECONDS):
            assert "a plan" in (await other.mia.slash("plan show", day="2026-01-05")).text
        async with asyncio.timeout(POST_SECONDS):
            day = (today() + datetime.timedelta(number)).isoformat()
            small = Upload("small.png", image_samples.png(seed=number))
            await other.dana.slash("plan post", text=f"text {number}", day=day, chart1=small)
            card = await other.shows(f"text {number}")
        assert len(await other.mia.pictures(card)) == 1

    assert not all(each.done() for each in asked)
    assert await importing.ended() == 0, importing.output
    for each in asked:
        each.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


def demands(discord: Discord, room: Room, charts: Sequence[Upload]) -> Iterator[Coroutine[Any, Any, None]]:
    """Six exports, and four posts with ten crafted pictures each."""
    olga = Driver(discord.sandbox).person("olga", room.channel)
    for person in (room.dana, room.ivan, room.both, room.mia, room.max, olga):
        yield export(person)
    for number in range(4):
        ten = {f"chart{place}": chart for place, chart in enumerate(charts[number * 10 : number * 10 + 10], 1)}
        yield post(room.dana, (today() + datetime.timedelta(number)).isoformat(), ten)


async def export(person: Person) -> None:
    await says(await person.slash("plan export", **{"from": "2020-01-01"}, format="zip"), "revisions", "too large")


async def post(person: Person, day: str, charts: dict[str, Upload]) -> None:
    await says(await person.slash("plan post", text="many", day=day, **charts), "Posted", "can wait")
