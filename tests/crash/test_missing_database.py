"""A database that is away at a start, as its disk is not mounted: no empty one takes its place, and its changes."""

import dataclasses
from pathlib import Path

import pytest

from tests.conftest import Discord, Room
from tests.crash.test_degraded import TROUBLE, check, direct_texts, locked, start
from tests.predecessor_database import Predecessor
from tests.processes import BotProcess

SIGNS = ("1 queued change for it", "the pictures of one", "backups of one")


@dataclasses.dataclass
class Disks:
    """A disk with the database alone, and the folders beside it that are on others."""

    data: Path

    @property
    def book(self) -> Path:
        return self.data / "book.db"

    @property
    def variables(self) -> dict[str, str]:
        folders = {"STORAGE__CHARTS_PATH": "charts", "STORAGE__SPOOL_PATH": "spool", "BACKUP__FOLDER": "backups"}
        return {"COACHBOOK_STORAGE__PATH": str(self.book)} | {
            f"COACHBOOK_{name}": str(self.folder(folder)) for name, folder in folders.items()
        }

    def folder(self, name: str) -> Path:
        return self.data.with_name(name)

    def unmount(self) -> None:
        """Leave the empty folder that the disk was mounted on."""
        self.data.rename(self.folder("disk"))
        self.data.mkdir()

    def mount(self) -> None:
        self.data.rename(self.folder("hidden"))
        self.folder("disk").rename(self.data)

    def set_aside(self, *names: str) -> None:
        for name in names:
            if self.folder(name).exists():
                self.folder(name).rename(self.folder(f"{name}-aside"))


@pytest.fixture
def disks(tmp_path: Path) -> Disks:
    (tmp_path / "data").mkdir()
    return Disks(tmp_path / "data")


async def leave(sign: str, disks: Disks, discord: Discord, room: Room) -> None:
    """Run a bot that leaves this sign of its database alone, and take the disk with the database away."""
    bot = await start(discord, **disks.variables)
    await room.ivan.slash("plan post", text="before")
    await room.shows("before")
    await discord.until((disks.folder("charts") / ".book").exists)
    if sign == SIGNS[0]:
        with locked(disks.book):
            assert "queued, not saved yet" in (await room.dana.slash("plan post", text="in the queue")).text
            assert await bot.stop() == 3, bot.output
    else:
        assert await bot.stop() == 0, bot.output
    if sign != SIGNS[1]:
        disks.set_aside("charts")
    if sign == SIGNS[2]:
        backup = await BotProcess.start("backup", env=discord.settings(**disks.variables))
        assert await backup.ended() == 0, backup.output
    disks.unmount()


@pytest.mark.parametrize("sign", SIGNS)
async def test_a_database_that_is_away_at_the_start_is_waited_for_and_none_made(
    own_discord: Discord, own_room: Room, disks: Disks, sign: str
):
    await leave(sign, disks, own_discord, own_room)

    said = await check(own_discord, **disks.variables)
    bot = await start(own_discord, **disks.variables)
    why = (await bot.logged(TROUBLE))["why"]
    assert "queued, not saved yet" in (await own_room.both.slash("plan post", coach="s", text="meanwhile")).text

    assert why.startswith(f"The database {disks.book} can't be opened: it is not there, and there was one, as ")
    assert (
        f" has {sign}. Mount its disk, put the file or its newest rescued copy back, or restore the last backup: "
        in why
    )
    assert said.endswith(why)
    assert "it is new" not in said
    assert not (await bot.logged("starting"))["is_new"]
    assert list(disks.data.iterdir()) == []

    disks.mount()

    await own_room.shows("meanwhile")
    assert "before" in (await own_room.mia.slash("plan show", coach="i")).text
    if sign == SIGNS[0]:
        assert "in the queue" in (await own_room.mia.slash("plan show", coach="d")).text
        await direct_texts(own_room.dana, own_discord, 1)
    await direct_texts(own_room.both, own_discord, 1)
    assert await bot.stop() == 0, bot.output


async def test_a_backup_takes_the_changes_of_a_database_that_is_lost(
    own_discord: Discord, own_room: Room, disks: Disks
):
    await leave(SIGNS[2], disks, own_discord, own_room)
    [backup] = disks.folder("backups").iterdir()
    bot = await start(own_discord, **disks.variables)
    await bot.logged(TROUBLE)
    await own_room.both.slash("plan post", coach="s", text="meanwhile")

    arguments = ("restore", str(backup), "--force")
    restore = await BotProcess.start(*arguments, env=own_discord.settings(**disks.variables))
    assert await restore.ended() == 0, restore.output

    await own_room.shows("meanwhile")
    assert "before" in (await own_room.mia.slash("plan show", coach="i")).text
    assert await bot.stop() == 0, bot.output


async def test_a_new_database_is_begun_once_what_is_left_of_the_other_was_moved_away(
    own_discord: Discord, own_room: Room, disks: Disks
):
    await leave(SIGNS[0], disks, own_discord, own_room)
    bot = await start(own_discord, **disks.variables)
    why = (await bot.logged(TROUBLE))["why"]
    assert await bot.stop() == 3, bot.output
    assert f"stop the bot, and move away {disks.folder('spool')}." in why

    disks.set_aside("spool")
    bot = await start(own_discord, **disks.variables)

    await own_room.dana.slash("plan post", text="the first of the new one")
    await own_room.shows("the first of the new one")
    assert "before" not in (await own_room.mia.slash("plan show", coach="i")).text
    assert await bot.stop() == 0, bot.output


async def test_changes_of_a_first_start_that_could_make_no_database_are_saved_in_the_one_that_is_made_later(
    own_discord: Discord, own_room: Room, disks: Disks
):
    disks.book.touch()
    bot = await start(own_discord, **disks.variables)
    assert "If there never was a database, delete the file" in (await bot.logged(TROUBLE))["why"]
    assert "queued, not saved yet" in (await own_room.dana.slash("plan post", text="the first of all")).text
    assert await bot.stop() == 3, bot.output
    disks.book.unlink()

    bot = await start(own_discord, **disks.variables)

    await own_room.shows("the first of all")
    assert (await bot.logged("starting"))["is_new"]
    await direct_texts(own_room.dana, own_discord, 1)
    assert await bot.stop() == 0, bot.output


@pytest.mark.parametrize("command", ["import", "import-predecessor"])
async def test_an_import_makes_no_database_in_the_place_of_one_that_is_away(
    own_discord: Discord, own_room: Room, disks: Disks, command: str
):
    file, guild = disks.folder("plans.jsonl"), ("--guild", str(own_room.guild.id))
    await leave(SIGNS[0], disks, own_discord, own_room)
    variables = own_discord.settings(**disks.variables)
    on_disk = variables | {"COACHBOOK_STORAGE__PATH": str(disks.folder("disk") / "book.db")}
    export = await BotProcess.start("export", str(file), *guild, env=on_disk)
    assert await export.ended() == 0, export.output
    Predecessor.make(disks.folder("old.db")).plan(1)
    arguments = (str(file),) if command == "import" else (str(disks.folder("old.db")), "--unmapped", *guild)

    imported = await BotProcess.start(command, *arguments, env=variables)

    assert await imported.ended() == 1
    assert "it is not there, and there was one, as " in imported.output
    assert list(disks.data.iterdir()) == []
