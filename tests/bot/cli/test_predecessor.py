"""`python -m bot import-predecessor`, as an operator runs it: with the local Discord's links, and killed on its way."""

import asyncio
import hashlib
import signal
from pathlib import Path

import pytest

from bot.domain.days import listed_day
from sandbox.messages import user_actions
from sandbox.rendering import attachment
from sandbox.world.entities import Upload
from storage.models import PlanRow
from storage.store import Store
from tests import image_samples
from tests.conftest import Discord, Room, today
from tests.predecessor_database import Predecessor
from tests.processes import DEADLINE, BotProcess
from tests.sandbox.raw_clients import eventually

ZONE = ("--timezone", "America/New_York")
PATIENT = {"COACHBOOK_LIMITS__CHART_SECONDS": "600"}
"""A stalled link holds the command up until the test goes on."""


@pytest.fixture
def old(own_discord: Discord) -> Predecessor:
    folder = own_discord.folder / "old"
    folder.mkdir()
    return Predecessor.make(folder / "old.db")


class Operator:
    """Runs the command for a guild, and knows whose the names are."""

    def __init__(self, room: Room, old: Predecessor) -> None:
        self._room = room
        self._old = old
        self.users = tuple(f"--map={name}={getattr(room, name).user.id}" for name in ("dana", "ivan"))

    async def start(self, *options: str, **variables: str) -> BotProcess:
        guild = ("--guild", str(self._room.guild.id))
        settings = self._room.discord.settings(**variables)
        return await BotProcess.start("import-predecessor", str(self._old.path), *guild, *options, env=settings)

    async def __call__(self, *options: str) -> tuple[int, str]:
        """The exit status, and what was said."""
        process = await self.start(*ZONE, *options)
        return await process.ended(), process.output

    async def check(self) -> str:
        process = await BotProcess.start("check", env=self._room.discord.settings())
        await process.ended()
        return process.output


@pytest.fixture
def move(own_room: Room, old: Predecessor) -> Operator:
    return Operator(own_room, old)


def link_to(room: Room, data: bytes, name: str = "chart.png") -> str:
    """A link to a picture that somebody posted."""
    world = room.discord.sandbox.world
    message = user_actions.say(world, room.dana.user, room.channel, "look", [Upload(name, data)])
    return str(attachment(world, message.attachments[0])["url"])


def files_in(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


async def test_plans_come_over_and_are_read_in_discord(own_discord: Discord, own_room: Room, old, move):
    old.plan(17, plan="Long 950")
    old.edit(17, "Long 945", "2024-1-5 9:31")
    old.chart(17, link_to(own_room, image_samples.png()))
    old.plan(18, date="01/05/2024", coach_name="coach_i")

    status, said = await move(*move.users)

    assert status == 0, said
    assert "plans to import: 1, for the days 2024-01-05 to 2024-01-05" in said
    assert "coach_plans 18: its date: “01/05/2024” can be read in two ways" in said
    assert said.endswith("imported: 1 plan, 1 chart")
    assert (await move.check()).endswith("\nok")
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    shown = await own_room.dana.slash("plan show", coach="d", day="2024-01-05")
    assert "Long 950" in shown.text
    history = await own_room.dana.slash("history show", coach="d", day="2024-01-05")
    assert "predecessor" in history.text
    assert f"<@{own_room.dana.user.id}>" in history.text
    assert await bot.stop() == 0


async def test_one_who_is_not_known_is_called_so_in_discord(own_discord: Discord, own_room: Room, old, move):
    old.plan(17, author="eve", channel="y" * 5000)

    assert (await move("--unmapped"))[0] == 0

    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    history = await own_room.dana.slash("history show", coach="d", day="2024-01-05")
    assert "by someone unknown" in history.text
    assert "eve" in history.text
    assert await bot.stop() == 0


async def test_a_text_of_any_length_is_read_in_discord(own_discord: Discord, own_room: Room, old, move):
    days = {"2024-01-08": "x" * 39_000 + " the end", "2024-01-09": "a\0b\x1b[2J", "2024-01-10": ""}
    for number, (day, text) in enumerate(days.items()):
        old.plan(number, plan=text, date=day)
        for minute in range(9):
            old.edit(number, f"{minute}{text}", f"2024-01-05 09:{minute:02}")
    assert (await move(*move.users))[0] == 0

    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    for day in days:
        for command in ("plan show", "history show", "history diff"):
            shown = await own_room.dana.slash(command, coach="d", day=day)
            assert "Coach D (Day Trading)" in shown.text
    assert await bot.stop() == 0


async def test_a_dry_run_reports_and_writes_nothing(own_discord: Discord, old, move):
    old.fill(30)
    assert (await move(*move.users))[0] == 0
    old.plan(17, author="eve", coach_name="coach_new")
    old.chart(17, "https://cdn.discordapp.com/a.png")
    before = files_in(own_discord.folder)

    status, said = await move(*move.users, "--coach=nobody=s", "--dry-run")

    assert status == 0
    assert "coach “nobody”: named by --coach, and not in the file" in said
    assert said.count("Nothing was changed") == 1
    assert "new: 1; already in the database: 30" in said
    assert "coach new: 1 plan, a new coach" in said
    assert "author “eve”: unknown, 1 text" in said
    assert "links to charts: 1" in said
    assert "Unknown authors: “eve”." in said
    assert said.endswith("Nothing was changed: this was --dry-run.")
    assert files_in(own_discord.folder) == before


async def test_a_coach_is_who_the_operator_says(own_discord: Discord, old, move):
    old.plan(17, coach_name="Coach Swing")
    for pair in ("Coach Swing", "Coach Swing=S!", "=s"):
        status, said = await move(*move.users, "--coach", pair)
        assert (status, "write name=key" in said) == (1, True)

    status, said = await move(*move.users, "--coach", "Coach Swing=s")

    assert status == 0
    assert "coach s: 1 plan\n" in said
    assert "imported: 1 plan, 0 charts" in said


async def test_a_dry_run_makes_no_book(own_discord: Discord, old, move):
    old.plan(17)
    before = files_in(own_discord.folder)

    assert (await move("--dry-run"))[0] == 0

    assert files_in(own_discord.folder) == before


async def test_names_that_nobody_has_are_refused_before_anything_is_done(own_discord: Discord, old, move):
    old.plan(17, author="eve")
    old.plan(18, author=None, coach_name="coach_i")
    before = files_in(own_discord.folder)

    status, said = await move(*move.users)

    assert status == 1
    assert "Unknown authors: (no name), “eve”. Map each with --map" in said
    assert files_in(own_discord.folder) == before


async def test_a_second_run_changes_nothing(own_discord: Discord, old, move):
    old.fill(30)
    await move(*move.users)
    book = await _plans(own_discord)

    status, said = await move(*move.users)

    assert (status, said.splitlines()[-1]) == (0, "imported: 0 plans, 0 charts")
    assert await _plans(own_discord) == book


async def test_killed_in_the_middle_and_run_again_everything_is_there_once(
    own_discord: Discord, own_room: Room, old, move
):
    old.fill(200)
    last = link_to(own_room, image_samples.png(seed=2), "last.png")
    for number in range(0, 150, 30):
        link = link_to(own_room, image_samples.png(seed=number + 3))
        old.chart(1000 + number, link, f"{2023}-01-01 00:00:00")
    old.chart(1160, last, "2023-01-01 00:00:00")
    stall = own_discord.sandbox.faults.stall("*last.png", 10)
    moving = await move.start(*ZONE, *move.users, **PATIENT)
    await eventually(lambda: stall.hits, DEADLINE)

    assert await moving.stop(signal.SIGKILL) == -signal.SIGKILL
    there = await _plans(own_discord)
    assert 0 < len(there) < 200
    assert (await move.check()).endswith("\nok")

    status, said = await move(*move.users)

    assert status == 0, said
    assert f"already in the database: {len(there)}" in said
    after = await _plans(own_discord)
    assert len(after) == 200
    assert len({(coach, day) for _, coach, day, _ in after}) == 200
    assert after[: len(there)] == there
    assert (await move.check()).endswith("\nok")


async def test_a_book_that_is_exchanged_in_the_middle_is_told_and_gets_them_at_the_next_run(
    own_discord: Discord, own_room: Room, old, move
):
    old.fill(200)
    link = link_to(own_room, image_samples.png(seed=2), "last.png")
    old.chart(1160, link, "2023-01-01 00:00:00")
    await (await (await BotProcess.start("run", env=own_discord.settings())).ready()).stop()
    assert await (await BotProcess.start("backup", env=own_discord.settings())).ended() == 0
    (backup,) = own_discord.folder.rglob("coachbook-*.zip")
    last = own_discord.sandbox.faults.slow("GET", "*last.png", seconds=DEADLINE)
    moving = await move.start(*ZONE, *move.users)
    await eventually(lambda: last.hits, DEADLINE)

    restoring = await BotProcess.start("restore", str(backup), "--force", env=own_discord.settings())
    assert await restoring.ended() == 0, restoring.output
    own_discord.sandbox.faults.kill_links(int(link.split("/")[-2]))
    last.release()

    assert await moving.ended() == 1
    assert "was moved, replaced or deleted while it was in use" in moving.output
    assert "\nimported:" not in moving.output
    own_discord.sandbox.world.links.dead_ids.clear()
    status, said = await move(*move.users)
    assert (status, said.splitlines()[-1]) == (0, "imported: 200 plans, 1 chart"), said
    assert (await move.check()).endswith("\nok")


async def test_plans_come_in_while_the_bot_runs(own_discord: Discord, own_room: Room, old, move):
    old.fill(200)
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    moving = asyncio.create_task(move(*move.users))
    await own_room.dana.slash("plan post", text="Long 945")
    await own_room.shows("Long 945")

    assert (await moving)[1].endswith("imported: 200 plans, 0 charts")
    assert f" to {listed_day(today(), today())}\n" in (await own_room.max.slash("plan list")).text
    assert "### 1 plan\n" in (await own_room.mia.slash("plan list")).text
    await own_room.max.slash("admin settings", plans_channel=own_room.channel)
    assert f" to {listed_day(today(), today())}\n" in (await own_room.mia.slash("plan list")).text
    assert len(own_room.cards()) == 1
    assert await bot.stop() == 0


async def test_dead_links_are_told(own_discord: Discord, own_room: Room, old, move):
    link = link_to(own_room, image_samples.png())
    own_discord.sandbox.faults.kill_links()
    old.plan(17)
    old.chart(17, link)

    status, said = await move(*move.users)

    assert status == 0
    assert f"coach_plans 17: chart a.png can’t be downloaded anymore: {link}" in said
    assert "imported: 1 plan, 0 charts" in said


async def test_as_many_rows_are_told_as_are_wanted(old, move):
    for number in range(10):
        old.plan(number, date="?")

    said = (await move("--rows", "3"))[1]

    assert said.count("coach_plans ") == 3
    assert "and 7 more: see them with --rows 10" in said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--map", "dana"), "--map “dana”: write author=user-id"),
        (("--map", "dana=x"), "--map “dana=x”: write author=user-id"),
        (("--map", "=5"), "write author=user-id"),
        (("--map", "dana=0"), "write author=user-id"),
        (("--map", f"dana={2**63}"), "write author=user-id"),
        (("--map", "dana=5", "--map", "dana=6"), "“dana” already has another user"),
        (("--map", "dana=5", "--timezone", "Mars/Base"), "--timezone Mars/Base: use a name such as"),
        (("--map", "dana=5", "--timezone", "../../etc/passwd"), "use a name such as"),
    ],
)
async def test_options_that_can_not_be_meant_are_refused(own_discord, old, move, options, says):
    old.plan(17)
    before = files_in(own_discord.folder)
    process = await move.start(*options)

    assert await process.ended() == 1
    assert says in process.output
    assert "Traceback" not in process.output
    assert files_in(own_discord.folder) == before


async def test_a_file_of_another_kind_is_refused(own_discord, old, move):
    old.path.write_bytes(b"a text")
    before = files_in(own_discord.folder)

    status, said = await move()

    assert (status, "it is not a SQLite database. Nothing was changed." in said) == (1, True)
    assert files_in(own_discord.folder) == before


async def test_as_the_bots_own_book_the_file_is_refused_with_advice(own_discord, old, move):
    old.plan(17)
    bot = await BotProcess.start("run", env=own_discord.settings("old/old.db"))

    assert await bot.ended() == 1
    assert f"python -m bot import-predecessor {old.path} --guild ID" in bot.output


async def _plans(discord: Discord) -> list[tuple[int, int, str, str]]:
    """Id, coach, day and hash of each plan, in the order in which they came."""
    store = Store.open(discord.folder / "book.db")
    try:
        return await store.read(
            lambda: [(row.id, row.coach_id, str(row.day), row.hash) for row in PlanRow.select().order_by(PlanRow.id)]
        )
    finally:
        await store.close()
