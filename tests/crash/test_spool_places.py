"""Where a running bot puts what it can't save: nowhere that others can write, and on a full disk into its reserve."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from bot.config.paths import former_spool, spool_in_state
from storage.spool_reserve import RESERVE_BYTES
from tests.conftest import Discord, Room
from tests.crash.test_degraded import CHART, at, check, direct_texts, locked, put, start

ANOTHER = 65_534
"""A user who is not the one who runs the tests."""
MIB = 2**20


def lacks_mounts() -> bool:
    """Return whether this user can mount no disk."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with disk(Path(folder), MIB):
                return False
        except (OSError, subprocess.CalledProcessError):
            return True


@contextlib.contextmanager
def disk(folder: Path, size: int) -> Generator[None]:
    """A small disk is mounted there."""
    options = f"size={size},mode=700"
    command = ["/usr/bin/env", "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["/usr/bin/env", "umount", "--lazy", str(folder)], check=True)


def fill(file: Path) -> None:
    """Write until the disk is full."""
    with file.open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(bytes(4096)):
            pass


@pytest.mark.crash
@pytest.mark.parametrize("how", ["a link", "another's", "writable by others"])
async def test_nothing_is_written_where_others_can_write(
    own_discord: Discord, own_room: Room, tmp_path: Path, how: str
):
    spool, elsewhere = tmp_path / "spool", tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (elsewhere / "charts").mkdir()
    (elsewhere / "charts" / "mine").write_text("an innocent file")
    if how == "a link":
        spool.symlink_to(elsewhere)
    else:
        elsewhere.rename(spool)
        spool.chmod(0o777 if how == "writable by others" else 0o700)
        os.chown(spool, ANOTHER if how == "another's" else -1, -1)
    variables = {"COACHBOOK_STORAGE__SPOOL_PATH": str(spool)}
    assert "The spool can't be used" in await check(own_discord, **variables)
    bot = await start(own_discord, **variables)
    await bot.printed("or choose another storage.spool_path")
    await own_room.ivan.slash("plan post", text="before")

    with locked(own_discord.folder / "book.db"):
        posted = await own_room.dana.slash("plan post", text="precious words", chart1=CHART)
        await posted.interaction.until(lambda: "only in memory" in posted.text)  # pyright: ignore[reportOptionalMemberAccess]
    await direct_texts(own_room.dana, own_discord, 1)
    for file in own_discord.folder.glob("book.db*"):
        file.unlink()
    copy = Path((await bot.logged("database file gone; the open one was copied"))["copy"])

    assert copy.parent == own_discord.folder
    assert [path.name for path in spool.rglob("*")] == ["charts", "mine"]
    put(copy, own_discord.folder / "book.db")
    await own_room.both.slash("plan post", coach="s", text="afterwards")
    await own_room.shows("afterwards")
    assert await bot.stop() == 0, bot.output


@pytest.mark.parametrize("where", ["the first version's", "a state folder"])
async def test_what_waits_at_another_place_of_the_book_is_put_in(
    own_discord: Discord, own_room: Room, tmp_path: Path, where: str
):
    book, variables = own_discord.folder / "book.db", {"HOME": str(tmp_path), "STATE_DIRECTORY": ""}
    state = {"STATE_DIRECTORY": str(tmp_path / ".local" / "state" / "coachbook")}
    former = spool_in_state(book, state) if where == "a state folder" else former_spool(book)
    assert former
    bot = await start(own_discord, **variables)
    await own_room.ivan.slash("plan post", text="before")
    with locked(own_discord.folder / "book.db"):
        assert "queued, not saved yet" in (await own_room.dana.slash("plan post", text="left behind")).text
        assert await bot.stop() == 3, bot.output
    former.parent.mkdir(parents=True, exist_ok=True)
    (own_discord.folder / "spool-book.db").rename(former)
    try:
        said = await check(own_discord, **variables)
        assert f"Spool: {own_discord.folder / 'spool-book.db'}: empty." in said
        assert f"Another spool of this database: {former}: 1 change is queued." in said
        assert said.endswith("ok; queued changes, which the bot saves when it runs: 1")

        bot = await start(own_discord, **variables)

        assert (await bot.logged("queued changes moved from another spool"))["operations"] == 1
        await own_room.shows("left behind")
        assert not former.exists()
        assert await bot.stop() == 0, bot.output
    finally:
        shutil.rmtree(former, ignore_errors=True)


async def test_what_waits_beside_the_book_is_put_in_by_a_bot_with_a_spool_elsewhere(
    own_discord: Discord, own_room: Room, tmp_path: Path
):
    bot = await start(own_discord)
    await own_room.ivan.slash("plan post", text="before")
    with locked(own_discord.folder / "book.db"):
        assert "queued, not saved yet" in (await own_room.dana.slash("plan post", text="left behind")).text
        assert await bot.stop() == 3, bot.output
    spool = tmp_path / "spool"

    bot = await start(own_discord, COACHBOOK_STORAGE__SPOOL_PATH=str(spool))

    await own_room.shows("left behind")
    assert not (own_discord.folder / "spool-book.db").exists()
    assert await bot.stop() == 0, bot.output


@pytest.mark.crash
@pytest.mark.skipif(lacks_mounts() and not os.environ.get("CI"), reason="no disk can be mounted here")
async def test_a_disk_that_is_full_still_takes_what_is_sent(own_discord: Discord, own_room: Room, tmp_path: Path):
    folder = tmp_path / "disk"
    folder.mkdir()
    with disk(folder, 16 * MIB):
        spool = folder / "spool-book.db"
        fast = {"COACHBOOK_QUOTAS__USER_MESSAGES": "100", "COACHBOOK_QUOTAS__SERVER_MESSAGES": "100"}
        bot = await start(own_discord, **at(folder), **fast, COACHBOOK_STORAGE__SPOOL_PATH=str(spool))
        await own_room.ivan.slash("plan post", text="before")
        await own_room.shows("before")
        fill(folder / "filler")

        waiting = 0
        for number in range(1, 25):  # the database has some pages left
            day, text = f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}", "x" * 3000
            posted = await own_room.dana.slash("plan post", day=day, text=f"plan {number} {text}")
            assert "only in memory" not in posted.text
            waiting += "queued, not saved yet" in posted.text

        assert waiting > 8
        assert (spool / "reserve").stat().st_size < RESERVE_BYTES
        (folder / "filler").unlink()
        assert all("is saved now" in text for text in await direct_texts(own_room.dana, own_discord, waiting))
        assert await bot.logged("database available again")
        assert await bot.stop() == 0, bot.output
        assert (spool / "reserve").stat().st_size == RESERVE_BYTES
