"""Every file and folder that the bot and its commands make: known here, and for one user alone."""

import asyncio
import contextlib
import os
import re
import sqlite3
import stat
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest

from sandbox.driver import Driver
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room, plan_in
from tests.crash.test_degraded import direct_texts, locked, put, says
from tests.predecessor_database import Predecessor
from tests.processes import BotProcess
from tests.service.test_first_release import DUMP

CHART = Upload("nq.png", image_samples.png())
LOCATED = Upload("here.png", image_samples.png_with_location())

DATABASE = r"(-wal|-shm|-journal)?"
PICTURES = r"([.]lock|[.]book|incoming/[0-9a-f]{16}([.]part)?|[0-9a-f]{2}/[0-9a-f]{64})"
PICTURE_FOLDERS = r"(/incoming|/[0-9a-f]{2})?"
STAMP = r"[0-9]{8}T[0-9]{6}Z(-[0-9]+)?"

LASTING = {
    "data": "folder",
    "data/book[.]db": "file",
    "data/book[.]db-wal": "file",
    "data/book[.]db-shm": "file",
    "data/book[.]db[.](lock|running)": "file",
    f"data/book[.]db[.]before-{STAMP}": "file",
    f"data/charts{PICTURE_FOLDERS}": "folder",
    f"data/charts/{PICTURES}": "file",
    f"data/charts/before-{STAMP}{PICTURE_FOLDERS}": "folder",
    f"data/charts/before-{STAMP}/{PICTURES}": "file",
    "data/spool-book[.]db": "folder",
    "data/spool-book[.]db/(operations[.]jsonl|operations[.]running|reserve)": "file",
    "data/spool-book[.]db/rescued[.]db": "file",
    f"data/spool-book[.]db/charts{PICTURE_FOLDERS}": "folder",
    f"data/spool-book[.]db/charts/{PICTURES}": "file",
    "data/backups": "folder",
    f"data/backups/coachbook-{STAMP}[.]zip": "file",
    "exports/(plans|older)[.](zip|md|jsonl)": "file",
    "older/book[.]db": "file",  # it was made 0600, and stays so
    "older/book[.]db[.](lock|running|before-[0-9]{4}_[a-z_]+[.]backup)": "file",
}
"""Files that are left, or stay for as long as something waits: each is met in this test."""
PASSING = {
    f"data/book[.]db(-journal|[.]part{DATABASE}|[.]restoring|[.]before-{STAMP}{DATABASE})": "file",
    "data/[.]restore-book[.]db-[^/]+": "folder",
    f"data/[.]restore-book[.]db-[^/]+/book[.]db([.]lock)?{DATABASE}": "file",
    f"data/charts/[.]restore-charts-[^/]+(/charts{PICTURE_FOLDERS})?": "folder",
    f"data/charts/[.]restore-charts-[^/]+/charts/{PICTURES}": "file",
    f"data/spool-book[.]db/rescued[.]db[.]part{DATABASE}": "file",
    "data/backups/[.]backup-[^/]+": "folder",
    "data/backups/[.]check-[^/]+": "folder",
    f"data/backups/[.]backup-[^/]+/(book[.]db{DATABASE}|backup[.]zip)": "file",
    "exports/[.][0-9a-f]{16}[.]part": "file",
    f"older/book[.]db([.]lock)?{DATABASE}": "file",
    f"older/book[.]db[.]before-[0-9a-z_]+[.]backup[.]part{DATABASE}": "file",
    "temporary/[a-z0-9_]{8}": "file",  # Python tries the folder
    f"temporary/coachbook-[^/]+(/charts{PICTURE_FOLDERS})?": "folder",
    f"temporary/coachbook-[^/]+/copy[.]db([.]lock)?{DATABASE}": "file",
    f"temporary/coachbook-[^/]+/charts/{PICTURES}": "file",
}
"""Files that go again: they are met where the timing lets them be."""
MODES = {"file": 0o600, "folder": 0o700}
GIVEN = {"home", "temporary", "exports", "older", "given"}
"""Files that the test makes for the bot."""


class Watch:
    """All files and folders that were seen in a folder, with all modes that they were seen with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.seen: set[tuple[str, str, int]] = set()

    def look(self) -> None:
        """Note what is there now."""
        for path in self._folder.rglob("*"):
            name = str(path.relative_to(self._folder))
            with contextlib.suppress(FileNotFoundError):
                found = path.lstat()
                kind = "folder" if stat.S_ISDIR(found.st_mode) else "file" if stat.S_ISREG(found.st_mode) else "other"
                if name not in GIVEN and not name.startswith("given/"):
                    self.seen.add((name, kind, stat.S_IMODE(found.st_mode)))

    async def keep_looking(self) -> None:
        """Note what comes and goes."""
        while True:
            with contextlib.suppress(OSError):  # a folder went meanwhile
                await asyncio.to_thread(self.look)
            await asyncio.sleep(0.01)  # the bot needs the processor, too

    def unknown(self) -> list[str]:
        """Return the files that are not listed, or that have another mode than is listed."""
        known = LASTING | PASSING
        return [
            f"{name}: a {kind} of mode {mode:o}"
            for name, kind, mode in sorted(self.seen)
            if not any(re.fullmatch(each, name) and (kind, MODES[kind]) == (known[each], mode) for each in known)
        ]

    def not_met(self) -> list[str]:
        """Return the listed files that were not seen."""
        return [each for each in LASTING if not any(re.fullmatch(each, name) for name, _, _ in self.seen)]


@pytest.fixture
def permissive_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "place"
    for name in ("", *GIVEN):
        (place / name).mkdir(mode=0o700)
    return place


@pytest.fixture
async def watch(place: Path) -> AsyncIterator[Watch]:
    watch = Watch(place)
    looking = asyncio.create_task(watch.keep_looking())
    yield watch
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)


def variables(discord: Discord, place: Path, book: str = "data") -> dict[str, str]:
    """The environment of a bot that keeps all in this place, as the configuration without paths would."""
    settings = discord.settings(COACHBOOK_STORAGE__PATH=str(place / book / "book.db"))
    for name in ("COACHBOOK_STORAGE__CHARTS_PATH", "COACHBOOK_STORAGE__SPOOL_PATH", "STATE_DIRECTORY"):
        settings.pop(name, None)
    settings = {name: value for name, value in settings.items() if not name.startswith("XDG_")}
    return settings | {"HOME": str(place / "home"), "TMPDIR": str(place / "temporary")}


async def command(env: Mapping[str, str], *arguments: str) -> str:
    process = await BotProcess.start(*arguments, env=env)
    assert await process.ended() == 0, process.output
    return process.output


async def act(room: Room, bot: BotProcess, place: Path, watch: Watch) -> None:
    """Post with pictures, look at numbers, and post while another program holds the database."""
    await room.dana.slash("plan post", text="Long", chart1=CHART, chart2=LOCATED)
    card = await room.shows("Long")
    await room.discord.until(lambda: bool(plan_in(card)) and "here.png" in str(card.components))
    assert (await room.max.slash("admin stats")).text
    with locked(place / "data" / "book.db"):
        await says(await room.ivan.slash("plan post", text="meanwhile", chart1=CHART), "queued, not saved yet")
        await bot.logged("pictures of a queued change downloaded")
        watch.look()
    await direct_texts(room.ivan, room.discord, 1)


async def lose_the_database(room: Room, bot: BotProcess, place: Path, watch: Watch) -> None:
    """Delete the database while it is open, and put the copy of it in its place."""
    book = place / "data" / "book.db"
    for ending in ("", "-wal", "-shm"):
        book.with_name(f"book.db{ending}").unlink()
    copied = await bot.logged("database file gone; the open one was copied")
    watch.look()
    put(Path(copied["copy"]), book)
    await room.both.slash("plan post", coach="s", text="afterwards")
    await room.shows("afterwards")


@pytest.mark.usefixtures("permissive_umask")
async def test_every_file_is_known_and_for_one_user_alone(
    own_discord: Discord, own_room: Room, place: Path, watch: Watch
):
    env = variables(own_discord, place)
    guild = ("--guild", str(own_room.guild.id))
    bot = await (await BotProcess.start("run", env=env)).ready()
    await act(own_room, bot, place, watch)
    olga = Driver(own_discord.sandbox).person("olga", own_room.channel)
    await says(await olga.slash("admin backup"), "coachbook-")
    for ending in ("zip", "md", "jsonl"):
        await command(env, "export", str(place / "exports" / f"plans.{ending}"), *guild)
    await lose_the_database(own_room, bot, place, watch)
    assert await bot.stop() == 0, bot.output
    assert "other users can" not in bot.output

    backup = next((place / "data" / "backups").glob("coachbook-*.zip"))
    await command(env, "restore", str(backup), "--force")
    await command(env, "import", str(place / "exports" / "plans.zip"))
    Predecessor.make(place / "given" / "old.db").fill(2)
    await command(env, "import-predecessor", str(place / "given" / "old.db"), "--unmapped", "--dry-run", *guild)
    await command(env, "import-predecessor", str(place / "given" / "old.db"), "--unmapped", *guild)
    await command(env, "check", "--deep")
    with contextlib.closing(sqlite3.connect(place / "older" / "book.db")) as older:
        (place / "older" / "book.db").chmod(0o600)
        older.executescript(DUMP.read_text())
    await command(variables(own_discord, place, "older"), "migrate")
    await command(
        variables(own_discord, place, "older"), "export", str(place / "exports" / "older.md"), "--guild", "500"
    )
    watch.look()

    assert not watch.unknown(), "\n".join(watch.unknown())
    assert not watch.not_met(), "\n".join(watch.not_met())


async def test_a_wider_mode_is_told_and_left_as_it_is(own_discord: Discord, own_room: Room, place: Path):
    env = variables(own_discord, place)
    bot = await (await BotProcess.start("run", env=env)).ready()
    await own_room.dana.slash("plan post", text="Long")
    await command(env, "backup")
    assert await bot.stop() == 0, bot.output
    wide = {place / "data": 0o777, place / "data" / "book.db": 0o644, place / "data" / "backups": 0o755}
    [backup] = (place / "data" / "backups").glob("*.zip")
    for path, mode in {**wide, backup: 0o640}.items():
        path.chmod(mode)

    bot = await (await BotProcess.start("run", env=env)).ready()

    warned = {each["path"]: each["mode"] for each in bot.events if each["event"].startswith("other users can")}
    beside = {str(place / "data" / f"book.db{ending}"): "644" for ending in ("", "-wal", "-shm")}
    assert warned == {**beside, str(backup): "640", str(place / "data"): "777"}
    assert await bot.stop() == 0, bot.output
    assert {stat.S_IMODE(path.stat().st_mode) for path in wide} == set(wide.values())
