"""A running bot whose system calls fail, while people act: nothing is lost, and nothing untrue is said."""

import asyncio
import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from sandbox.driver import Person, menu
from tests.conftest import Discord, Room
from tests.crash.strace import STRACE, failing
from tests.crash.test_degraded import CHART, TROUBLE, check, start
from tests.rounds import rounds

FAULTS: dict[str, tuple[str, str]] = {
    "reads of the database": ("pread64", "EIO"),
    "reads of files": ("read", "EIO"),
    "no more open files": ("openat", "EMFILE"),
    "no right to open": ("openat", "EACCES"),
    "flushes": ("fsync,fdatasync", "EIO"),
    "writes of the database": ("pwrite64", "EIO"),
    "a full disk under the database": ("pwrite64", "ENOSPC"),
    "writes of files": ("write", "EIO"),
    "a full disk under files": ("write", "ENOSPC"),
    "looks at files": ("newfstatat", "EIO"),
    "cuts": ("ftruncate", "EIO"),
    "removals": ("unlink", "EACCES"),
    "renames": ("rename", "EACCES"),
    "renames on a full disk": ("rename", "ENOSPC"),
}
"""System calls that fail wherever the bot makes them, and their errors."""
UNTRUE = ("damaged", "a backup", "went wrong", "missing", "altered", "truncated")
"""Words for what is not so while a disk fails for a moment."""
NORMAL_SECONDS = 30
"""The time after the last fault by which all must be as always."""
TAKEN = ("Posted", "Edited", "queued, not saved yet")
"""Words for what is saved, or will be."""

pytestmark = [
    pytest.mark.crash,
    pytest.mark.skipif(not STRACE and not os.environ.get("CI"), reason="there is no strace here"),
]


async def test_a_read_that_fails_for_a_moment_is_not_called_damage(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    for number in range(1, 29):
        await own_room.dana.slash("plan post", day=f"2026-02-{number:02}", text=f"plan {number} " + "x" * 3000)
    assert await bot.stop() == 0
    bot = await start(own_discord)  # one that has no page in memory

    async with failing(bot.process.pid, "pread64", "EIO", own_discord.folder / "book.db"):
        shown = await own_room.mia.slash("plan show", coach="d", day="2026-02-03")
        assert "can’t be read right now" in shown.text
        await bot.logged(TROUBLE)

    await bot.logged("database available again")
    assert "plan 3 " in (await own_room.mia.slash("plan show", coach="d", day="2026-02-03")).text
    await own_room.dana.slash("plan post", text="afterwards")
    await own_room.shows("afterwards")
    assert "damaged. It is left" not in bot.output
    assert "backup" not in bot.output
    assert await bot.stop() == 0, bot.output


@pytest.mark.parametrize("kind", FAULTS)
async def test_what_fails_for_a_moment_loses_nothing_and_nothing_untrue_is_said(
    own_discord: Discord, own_room: Room, kind: str
):
    bot = await start(own_discord)
    for number in range(1, 7):
        await own_room.dana.slash("plan post", day=f"2026-02-{number:02}", text=f"plan {number} " + "x" * 3000)
    await own_room.ivan.slash("plan post", text="with a chart", chart1=CHART)
    assert await bot.stop() == 0
    bot = await start(own_discord)  # one that has hardly a page in memory
    await own_room.mia.slash("plan show", coach="s")

    sent: dict[str, str] = {}
    read: list[str] = []
    async with failing(bot.process.pid, *FAULTS[kind]):
        for number in range(1, 1 + rounds(1, 20)):
            sent |= await _send(own_room, number)
            read += await _read(own_room)
    await _until_normal(own_room)

    assert not [text for text in (*sent.values(), *read) if any(word in text for word in UNTRUE)]
    taken = [text for text, answer in sent.items() if any(word in answer for word in TAKEN)]
    for text in taken:
        card = await own_room.shows(text)
        assert len(await own_room.mia.pictures(card)) == ("chart" in text)
    assert await bot.stop() == 0, bot.output
    assert (await check(own_discord)).endswith("\nok")
    assert _written(own_discord.folder / "book.db") == sorted(taken)


async def _send(room: Room, number: int) -> dict[str, str]:
    """Let coaches write at the same time; what each got for an answer, by text."""
    post, chart, edit = f"post {number}.", f"chart {number}.", f"edit {number}."
    day = f"2026-03-{number:02}"
    answers = await asyncio.gather(
        _answer(room.dana, "plan post", day=day, text=post),
        _answer(room.ivan, "plan post", day=day, text=chart, chart1=CHART),
        _answer(room.dana, "plan edit", day=f"2026-02-{1 + number % 6:02}", text=edit),
    )
    return dict(zip((post, chart, edit), answers, strict=True))


async def _read(room: Room) -> tuple[str, ...]:
    """Let others read at the same time, and give the answers."""
    return await asyncio.gather(
        _answer(room.mia, "plan show", coach="d", day="2026-02-05"),
        _answer(room.mia, "plan show", coach="i"),
        _answer(room.mia, "plan list"),
        _answer(room.mia, "plan export", coach="d"),
        _answer(room.mia, "history show", coach="i"),
        _answer(room.max, "admin health"),
    )


async def _answer(person: Person, path: str, **options: menu.Value) -> str:
    """Return the final text of a command's answer."""
    seen = await person.slash(path, **options)
    assert seen.interaction
    await seen.interaction.until(lambda: "Checking charts" not in seen.text)
    return seen.text


async def _until_normal(room: Room) -> None:
    """Ask for the health until all is well.

    Raises:
        TimeoutError: it was not in time; with the last answer.
    """
    wanted = ("Database:** written", "Pictures:** written", "Cards:** all up to date")
    health = ""
    try:
        async with asyncio.timeout(NORMAL_SECONDS):
            while not all(words in health for words in wanted) or "Queued, not saved yet" in health:
                health = await _answer(room.max, "admin health")
    except TimeoutError:
        raise TimeoutError(health) from None


def _written(book: Path) -> list[str]:
    """The texts of all that coaches sent, each as often as it was saved."""
    query = "SELECT text FROM plan_history WHERE kind IN ('posted', 'edited') AND text LIKE '% _%.'"
    with contextlib.closing(sqlite3.connect(book)) as connection:
        return sorted(text for (text,) in connection.execute(query))
