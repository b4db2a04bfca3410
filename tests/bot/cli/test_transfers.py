"""`python -m bot export` and `import`: out of a book, into another, and out again, as an operator does it."""

import asyncio
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.transfers import CommandError, export_plans
from bot.config.loader import load_config
from bot.domain.commands import PostPlan
from bot.domain.values import ChangeKind, GuildId, LackingPicture, UserId
from bot.service.records import revisions
from bot.service.transfer import packing
from bot.service.transfer.stored import journal_of
from sandbox.world.entities import Upload
from storage.connections import database
from storage.store import Store
from tests import image_samples
from tests.bot.cli.test_backups import is_ok
from tests.conftest import Discord, Room, today
from tests.processes import BotProcess
from tests.service.scene import DANA, FakeClock, Services, fresh


async def run(discord: Discord, *arguments: str, elsewhere: bool = False) -> tuple[int, str]:
    """The exit status, and what was said; elsewhere: for another book, with its pictures beside it."""
    settings = discord.settings()
    if elsewhere:
        charts = str(discord.folder / "other" / "charts")
        settings = discord.settings("other/book.db", COACHBOOK_STORAGE__CHARTS_PATH=charts)
    bot = await BotProcess.start(*arguments, env=settings)
    return await bot.ended(), bot.output


def contents(file: Path) -> dict[str, bytes]:
    """The files in an export, without the times at which revisions entered the database, which are of each its own."""
    if file.suffix == ".jsonl":
        found = {"book.jsonl": file.read_bytes()}
    else:
        with zipfile.ZipFile(file) as packed:
            found = {name: packed.read(name) for name in packed.namelist()}
    own = re.compile(rb',"recorded_at":"[^"]+"')
    assert own.search(found["book.jsonl"])
    return found | {"book.jsonl": own.sub(b"", found["book.jsonl"])}


@pytest.fixture
async def book(own_discord: Discord, own_room: Room) -> AsyncIterator[Room]:
    """A book with a plan that has a chart and was changed, and one that was deleted; the bot is running."""
    bot = await BotProcess.start("run", env=own_discord.settings())
    await bot.ready()
    await own_room.dana.slash("plan post", text="Long 945", chart1=Upload("a.png", image_samples.png()))
    await own_room.shows("Long 945")
    await own_room.dana.slash("plan edit", text="Long 950")
    await own_room.ivan.slash("plan post", text="a slip")
    await own_room.ivan.click(await own_room.ivan.slash("plan delete"), "Delete")
    yield own_room
    await bot.stop()


@pytest.mark.parametrize("ending", ["zip", "jsonl"])
async def test_what_was_exported_and_imported_is_the_same(own_discord: Discord, book: Room, ending: str):
    first, again = (own_discord.folder / f"{name}.{ending}" for name in ("first", "again"))
    guild = ("--guild", str(book.guild.id))

    assert await run(own_discord, "export", str(first), *guild) == (0, f"{first}: plans: 2, revisions: 4")
    status, said = await run(own_discord, "import", str(first), elsewhere=True)
    created, new, coaches, *missing = said.splitlines()
    assert f"There is no database at {own_discord.folder / 'other' / 'book.db'} yet" in created
    assert (status, new) == (0, "new plans: 2, new revisions: 4; already in the database: 0")
    assert coaches.endswith("Coach D (Day Trading), Coach I (Intraday)")
    assert bool(missing) == (ending == "jsonl")
    assert (await run(own_discord, "export", str(again), *guild, elsewhere=True))[0] == 0
    assert contents(again) == contents(first)
    status, said = await run(own_discord, "import", str(first), elsewhere=True)
    assert (status, said.splitlines()[0]) == (0, "new plans: 0, new revisions: 0; already in the database: 4")
    assert (await run(own_discord, "check", elsewhere=True))[0] == (0 if ending == "zip" else 1)


async def test_a_zip_supplies_the_pictures_that_json_lines_lack(own_discord: Discord, book: Room):
    for ending in ("jsonl", "zip"):
        file = own_discord.folder / f"plans.{ending}"
        await run(own_discord, "export", str(file), "--guild", str(book.guild.id))
        assert (await run(own_discord, "import", str(file), elsewhere=True))[0] == 0

    assert is_ok(await run(own_discord, "check", elsewhere=True))


async def test_coach_and_days_choose_the_plans(own_discord: Discord, book: Room):
    file = own_discord.folder / "plans.md"
    options = ("--guild", str(book.guild.id), "--coach", "d", "--from", str(today()), "--to", str(today()))

    assert (await run(own_discord, "export", str(file), *options))[0] == 0

    assert "Long 950" in file.read_text()
    assert "a slip" not in file.read_text()


async def test_what_can_not_be_exported_is_told(own_discord: Discord, book: Room):
    there = own_discord.folder / "there.zip"
    there.write_bytes(b"precious")
    guild = ("--guild", str(book.guild.id))
    nowhere = own_discord.folder / "no" / "where.zip"

    for arguments, says in (
        ((str(there), *guild), "already exists"),
        ((str(own_discord.folder / "plans.pdf"), *guild), f"{own_discord.folder}/plans.pdf: the name must end in"),
        ((str(own_discord.folder / "plans.zip"), "--guild", "1"), "No such plan"),
        ((str(own_discord.folder / "plans.zip"), *guild, "--to", "2020-01-01"), "No such plan"),
        ((str(nowhere), *guild), "can't be written"),
        ((str(own_discord.folder / f"{'n' * 300}.zip"), *guild), "can't be written"),
    ):
        status, said = await run(own_discord, "export", *arguments)
        assert (status, says in said, "Traceback" in said) == (1, True, False), said
    assert there.read_bytes() == b"precious"
    status, said = await run(own_discord, "export", "plans.zip", *guild, elsewhere=True)
    assert (status, "There is no database" in said) == (1, True)


async def test_a_file_that_came_to_be_meanwhile_is_not_overwritten(
    own_discord: Discord, book: Room, monkeypatch: pytest.MonkeyPatch
):
    file = own_discord.folder / "plans.zip"
    config = load_config(environ=own_discord.settings())
    write = packing.write

    def write_as_another_does(*arguments: Any) -> list[LackingPicture]:
        file.write_text("another's")
        return write(*arguments)

    monkeypatch.setattr(packing, "write", write_as_another_does)
    with pytest.raises(CommandError, match="already exists"):
        await asyncio.to_thread(export_plans, config, file, GuildId(book.guild.id), None, None, None)

    assert file.read_text() == "another's"
    assert not [*own_discord.folder.glob(".*")]


async def test_what_can_not_be_imported_is_told_and_changes_nothing(own_discord: Discord, book: Room):
    whole = own_discord.folder / "whole.jsonl"
    await run(own_discord, "export", str(whole), "--guild", str(book.guild.id))
    lines = whole.read_bytes().splitlines(keepends=True)
    files: dict[str, tuple[bytes, str]] = {
        "cut.jsonl": (b"".join(lines[:-1]), "does not end with this hash and number"),
        "altered.jsonl": (b"".join(lines).replace(b"Long 945", b"Long 999"), "its text was altered"),
        "picture.png": (image_samples.png(), "line 1"),
        "empty.zip": (b"", "the file is empty"),
    }

    for name, (data, says) in files.items():
        file = own_discord.folder / name
        file.write_bytes(data)
        status, said = await run(own_discord, "import", str(file), elsewhere=True)
        assert (status, says in said, "Traceback" in said) == (1, True, False), said
        assert f"Nothing was imported from {file}" in said
    status, said = await run(own_discord, "import", str(own_discord.folder / "gone.zip"), elsewhere=True)
    assert (status, "can't be read" in said) == (1, True)
    assert "There is no database" in (await run(own_discord, "check", elsewhere=True))[1]


async def test_plans_are_taken_in_while_the_bot_runs_and_coaches_post(own_discord: Discord, book: Room):
    edits = 0
    long = await _long_export(own_discord.folder)
    importing = asyncio.create_task(run(own_discord, "import", str(long)))
    while not importing.done():
        edits += 1
        posted = await book.ivan.slash("plan post", text=f"plan {edits}", day=str(today() + timedelta(days=edits)))
        assert (
            "Posted" in posted.text or "queued, not saved yet" in posted.text
        )  # where the machine has more to do than it can
        await book.shows(f"plan {edits}")

    status, said = await importing
    assert (status, said.splitlines()[0]) == (0, "new plans: 1, new revisions: 2,000; already in the database: 0")
    assert edits > 1
    assert f": plan {edits}" in (await book.mia.slash("plan list")).text
    assert is_ok(await run(own_discord, "check"))


async def _long_export(folder: Path) -> Path:
    """A plan of 2,000 revisions in another guild, with an id that is free, as another book would export it."""
    store, clock = Store.open(folder / "long.db"), FakeClock()
    services = Services.on(store, clock)
    await store.write(database.execute_sql, "INSERT INTO sqlite_sequence VALUES ('coach_plans', 1000)")
    plan = await services.plans.post(DANA, PostPlan("Long 945", day="today"), fresh())

    def edit() -> None:
        head = plan
        for number in range(2, 2001):
            head = revisions.append(head, ChangeKind.EDITED, UserId(DANA.user_id), clock(), text=f"Long {number}")

    await store.write(edit)
    file = folder / "long.jsonl"
    await store.read(lambda: file.write_text("".join(journal_of(DANA.guild_id, [plan.id]).lines())))
    await store.close()
    return file
