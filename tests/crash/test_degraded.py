"""Storage that fails and comes back, as coaches see it: the bot stays up, and nothing is lost or done twice."""

import asyncio
import contextlib
import dataclasses
import itertools
import resource
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import pytest

from sandbox.driver import ActionFailedError, NoAnswerError, Person, Seen
from sandbox.interactions.invoke import FIRST_ANSWER_SECONDS
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room, card_of
from tests.processes import BotProcess
from tests.rounds import rounds

TROUBLE = "database unavailable; queueing writes and retrying"
WAITING = "pictures can't be saved; queueing plans with pictures and retrying"
SPOOL = Path("spool-book.db", "operations.jsonl")
CHART = Upload("nq.png", image_samples.png())
LARGE = Upload("es.png", image_samples.noise_png(3 * 2**20))


async def start(discord: Discord, **variables: str) -> BotProcess:
    bot = await BotProcess.start("run", env=discord.settings(**variables))
    return await bot.ready()


def at(folder: Path) -> Mapping[str, str]:
    """The variables that let a bot keep everything in this folder."""
    return {
        "COACHBOOK_STORAGE__PATH": str(folder / "book.db"),
        "COACHBOOK_STORAGE__CHARTS_PATH": str(folder / "charts"),
    }


@dataclasses.dataclass
class Place:
    """The folder of a bot's data, and the damage that can be done there."""

    bot: BotProcess
    folder: Path

    @property
    def book(self) -> Path:
        return self.folder / "book.db"

    @contextlib.contextmanager
    def room_for(self, size: int) -> Generator[None]:
        """No file may grow past so many bytes."""
        pid, free = self.bot.process.pid, resource.RLIM_INFINITY
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, free))
        yield
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (free, free))

    @contextlib.contextmanager
    def full(self) -> Generator[None]:
        """The disk takes nothing more: no file may grow past what the smallest has."""
        with self.room_for(1):
            yield

    @contextlib.contextmanager
    def moved(self) -> Generator[None]:
        """The folder is gone, and comes back."""
        elsewhere = self.folder.with_name("elsewhere")
        self.folder.rename(elsewhere)
        yield
        elsewhere.rename(self.folder)

    @contextlib.contextmanager
    def without_log(self) -> Generator[None]:
        """Somebody tidies up."""
        self.book.with_name("book.db-wal").unlink()
        yield

    @contextlib.contextmanager
    def without_room_for_pictures(self) -> Generator[None]:
        """The folder of the pictures is broken."""
        incoming = self.folder / "charts" / "incoming"
        shutil.rmtree(incoming)
        incoming.touch()
        yield
        incoming.unlink()

    @contextlib.contextmanager
    def without_the_disk_of_pictures(self) -> Generator[None]:
        """Take the pictures' disk out for a time, and leave the empty folder that it was mounted on."""
        charts = self.folder / "charts"
        away = charts.rename(self.folder / "away")
        charts.mkdir()
        yield
        away.rename(charts)  # an empty folder is replaced, in one step: the bot makes none anew in between

    @contextlib.contextmanager
    def without_room_for_large_pictures(self) -> Generator[None]:
        """The disk has room for little."""
        with self.room_for(2 * 2**20):
            yield


DISKS: dict[str, Callable[[Place], contextlib.AbstractContextManager[None]]] = {
    "takes nothing": Place.without_room_for_pictures,
    "is taken out": Place.without_the_disk_of_pictures,
    "is almost full": Place.without_room_for_large_pictures,
}
BREAKS: dict[str, Callable[[Place], contextlib.AbstractContextManager[None]]] = {
    "a lock": lambda place: locked(place.book),
    "a full disk": Place.full,
    "a missing folder": Place.moved,
    "a deleted log": Place.without_log,
}


def direct_messages(person: Person, discord: Discord) -> list[Seen]:
    """Return the direct messages of the bot to this person, oldest first."""
    world = discord.sandbox.world
    channel = world.direct_channel(discord.application.id, person.user.id)
    return [Seen(each) for each in world.messages.values() if each.channel_id == channel.id]


async def direct_texts(person: Person, discord: Discord, count: int) -> list[str]:
    await discord.until(lambda: len(direct_messages(person, discord)) >= count)
    return [each.text for each in direct_messages(person, discord)]


async def says(receipt: Seen, words: str) -> None:
    """Wait for these words in an answer, or in what follows a change of a message that was deferred."""
    interaction = receipt.interaction
    assert interaction

    def answers() -> list[Seen]:
        return [receipt, *map(Seen, interaction.followups)]

    await interaction.until(lambda: any(words in each.text for each in answers()))
    assert all(each.ephemeral for each in answers())


@contextlib.contextmanager
def locked(book: Path) -> Generator[None]:
    """Another program holds the book."""
    with contextlib.closing(sqlite3.connect(book, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def put(file: Path, place: Path) -> None:
    file.replace(place)


async def check(discord: Discord, **variables: str) -> str:
    """Return the output of `check`."""
    checked = await BotProcess.start("check", env=discord.settings(**variables))
    await checked.ended()
    return checked.output


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=[pytest.mark.crash] * (kind in ("a lock", "a missing folder"))) for kind in BREAKS],
)
async def test_what_is_sent_while_storage_fails_is_in_the_book_afterwards_once(
    own_discord: Discord, own_room: Room, tmp_path: Path, kind: str
):
    folder = tmp_path / "kept"
    folder.mkdir()
    paths = at(folder)
    bot = await start(own_discord, **paths)
    dana, ivan, both = own_room.dana, own_room.ivan, own_room.both
    before = await card_of(dana, await dana.slash("plan post", text="before", chart1=CHART))
    form = await dana.slash("plan edit")

    with BREAKS[kind](Place(bot, folder)):
        await says(
            await ivan.slash("plan post", coach="i", text="while it fails", chart1=CHART), "queued, not saved yet"
        )
        edited = await dana.submit(form, text="changed while it fails")
        assert "not saved yet" in edited.text
        tomorrow = await both.slash("plan post", coach="s", day="tomorrow", text="for tomorrow")
        assert "for tomorrow" in tomorrow.text

    assert ["is saved now" in text for text in await direct_texts(dana, own_discord, 1)] == [True]
    assert "Coach I" in (await direct_texts(ivan, own_discord, 1))[0]
    assert "Coach S" in (await direct_texts(both, own_discord, 1))[0]
    card = await own_room.shows("while it fails")
    assert len(await own_room.mia.pictures(card)) == 1
    await own_discord.until(lambda: "changed while it fails" in before.text)
    history = await own_room.mia.slash("history show", coach="d")
    assert "while the database was unavailable" in history.text
    assert "Posted" in (await dana.slash("plan post", day="tomorrow", text="as always")).text
    await own_room.shows("as always")
    assert len(own_room.cards()) == 4
    assert [len(direct_messages(each, own_discord)) for each in (dana, ivan, both)] == [1, 1, 1]
    assert await bot.stop() == 0, bot.output
    assert not (own_discord.folder / SPOOL).exists()
    assert (await check(own_discord, **paths)).endswith("\nok")


@pytest.mark.crash
async def test_a_lock_that_is_held_for_long_delays_and_loses_nothing(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    await own_room.ivan.slash("plan post", text="can be read all the time")
    assert await bot.stop() == 0
    bot = await start(own_discord, COACHBOOK_QUOTAS__USER_MESSAGES="10", COACHBOOK_QUOTAS__SERVER_MESSAGES="10")
    until = time.monotonic() + rounds(5, 60)
    days = (f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}" for number in itertools.count())
    sent: list[str] = []

    with locked(own_discord.folder / "book.db"):
        while time.monotonic() < until:
            if len(sent) < 8:
                sent.append(next(days))
                posted = await own_room.dana.slash("plan post", day=sent[-1], text=f"sent for {sent[-1]}")
                assert "queued, not saved yet" in posted.text
            assert "can be read all the time" in (await own_room.mia.slash("plan show", coach="i")).text

    await direct_texts(own_room.dana, own_discord, len(sent))
    for day in sent:
        assert f"sent for {day}" in (await own_room.mia.slash("plan show", coach="d", day=day)).text
    await own_discord.until(lambda: len(own_room.cards()) == len(sent) + 1)
    assert await bot.stop() == 0, bot.output


@pytest.mark.crash
async def test_deletions_and_charts_wait_their_turn_too(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    dana, ivan = own_room.dana, own_room.ivan
    first = await card_of(dana, await dana.slash("plan post", text="to be deleted"))
    second = await card_of(ivan, await ivan.slash("plan post", text="to have charts"))
    asked = await dana.slash("plan delete")

    with locked(own_discord.folder / "book.db"):
        await says(await dana.click(asked, "Delete"), "queued, not saved yet")
        await says(await ivan.slash("chart add", chart1=CHART), "queued, not saved yet")
        await says(await dana.slash("plan restore"), "queued, not saved yet")
        managed = await own_room.max.slash("admin health")
        await says(managed, "3 changes")
        assert "another process has locked it" in managed.text

    await direct_texts(dana, own_discord, 2)
    await own_discord.until(lambda: "to be deleted" in first.text)
    await own_discord.until(lambda: "nq.png" in str(second.components))
    shown = await own_room.mia.slash("history show", coach="d")
    assert "Restored" in shown.text
    assert "Deleted" in shown.text
    assert await bot.stop() == 0, bot.output


@pytest.mark.crash
async def test_a_damaged_book_is_left_as_it_is_until_a_good_one_is_in_its_place(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    for number in range(30):
        await own_room.dana.slash("plan post", day=f"2026-03-{number + 1:02}", text=f"plan {number} " + "x" * 3000)
    assert await bot.stop() == 0
    book = own_discord.folder / "book.db"
    good = book.read_bytes()
    flipped = bytearray(good)
    for page in range(2, len(good) // 4096):
        flipped[page * 4096] ^= 0x55
    book.write_bytes(flipped)

    bot = await start(own_discord)
    assert "A read of the database" in (await bot.logged(TROUBLE))["why"]
    await bot.printed("or it is damaged. It was not changed")
    assert "can’t be read right now" in (await own_room.mia.slash("plan show", day="2026-03-03")).text
    await says(await own_room.dana.slash("plan post", text="never lost"), "queued, not saved yet")
    await says(await own_room.dana.slash("chart add", day="2026-03-04", chart1=CHART), "queued, not saved yet")
    await says(await own_room.max.slash("admin health"), "it is damaged")
    assert book.read_bytes() == flipped
    replaced = own_discord.folder / "good.db"
    replaced.write_bytes(good)
    replaced.replace(book)

    assert "is saved now" in (await direct_texts(own_room.dana, own_discord, 1))[0]
    await own_room.shows("never lost")
    assert "Mar" in (await direct_texts(own_room.dana, own_discord, 2))[1]
    assert "plan 2 " in (await own_room.mia.slash("plan show", day="2026-03-03")).text
    assert await bot.stop() == 0, bot.output
    assert (await check(own_discord)).endswith("\nok")


@pytest.mark.crash
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_what_is_kept_outlives_the_bot(own_discord: Discord, own_room: Room, number: signal.Signals):
    bot = await start(own_discord)
    await own_room.dana.slash("plan post", text="before")
    with locked(own_discord.folder / "book.db"):
        await says(
            await own_room.ivan.slash("plan post", text="on the disk already", chart1=CHART), "queued, not saved yet"
        )
        assert "queued, not saved yet" in (await own_room.dana.slash("plan edit", text="changed")).text
        status = await bot.stop(number)
    if number is signal.SIGTERM:
        assert status == 3, bot.output
        assert "which are saved at the next start: 2" in bot.output

    bot = await start(own_discord)

    assert "is saved now" in (await direct_texts(own_room.ivan, own_discord, 1))[0]
    await own_room.shows("on the disk already")
    await own_room.shows("changed")
    assert len(own_room.cards()) == 2
    assert await bot.stop() == 0, bot.output
    assert not [entry for entry in bot.events if "exception" in entry]


async def test_what_is_in_memory_alone_is_given_back_at_a_stop(own_discord: Discord, own_room: Room):
    (own_discord.folder / "file").write_text("no folder")
    bot = await start(own_discord, COACHBOOK_STORAGE__SPOOL_PATH=str(own_discord.folder / "file" / "spool"))
    await own_room.ivan.slash("plan post", text="before")
    with locked(own_discord.folder / "book.db"):
        receipt = await own_room.dana.slash("plan post", text="precious words")
        assert "only in memory" in receipt.text
        assert await bot.stop() == 4, bot.output

    assert "their senders were notified: 1" in bot.output
    assert "precious words" not in bot.output
    [letter] = direct_messages(own_room.dana, own_discord)
    assert "not saved" in letter.text
    assert letter.message is not None
    assert [attachment.filename for attachment in letter.message.attachments] == ["your-text.txt"]


async def test_what_is_kept_in_memory_alone_is_put_in_all_the_same(own_discord: Discord, own_room: Room):
    (own_discord.folder / "file").write_text("no folder")
    bot = await start(own_discord, COACHBOOK_STORAGE__SPOOL_PATH=str(own_discord.folder / "file" / "spool"))
    with locked(own_discord.folder / "book.db"):
        await says(await own_room.dana.slash("plan post", text="with a chart", chart1=CHART), "only in memory")

    assert len(await own_room.mia.pictures(await own_room.shows("with a chart"))) == 1
    assert await bot.stop() == 0, bot.output


async def test_what_is_refused_afterwards_is_told_and_kept_as_a_draft(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    await own_room.dana.slash("plan post", text="the first")
    own_room.ivan.user.takes_direct_messages = False
    await own_room.ivan.slash("plan post", text="also there")
    with locked(own_discord.folder / "book.db"):
        for person, text in (
            (own_room.dana, "the second"),
            (own_room.ivan, "for the drafts"),
            (own_room.mia, "not mine"),
        ):
            assert "queued, not saved yet" in (await person.slash("plan post", text=text)).text

    [told_dana] = await direct_texts(own_room.dana, own_discord, 1)
    assert "**not saved**" in told_dana
    assert "/plan drafts" in told_dana
    assert "the second" in (await own_room.dana.slash("plan drafts")).text
    assert "**not saved**" in (await direct_texts(own_room.mia, own_discord, 1))[0]
    public = await own_room.shows(f"<@{own_room.ivan.user.id}>")
    assert "for the drafts" not in public.text
    assert len(own_room.cards()) == 2
    assert await bot.stop() == 0, bot.output


async def test_a_book_that_cannot_be_opened_at_the_start_is_opened_when_it_can_be(own_discord: Discord, own_room: Room):
    in_the_way = own_discord.folder / "book.db.lock"
    in_the_way.mkdir()  # SQLite can't open it
    bot = await start(own_discord)
    assert "queued, not saved yet" in (await own_room.dana.slash("plan post", text="the very first")).text
    assert "can’t be read right now" in (await own_room.mia.slash("plan show")).text

    in_the_way.rmdir()

    await own_room.shows("the very first")
    assert await bot.stop() == 0, bot.output


async def test_a_disk_that_is_not_there_yet_at_the_start_is_waited_for(
    own_discord: Discord, own_room: Room, tmp_path: Path
):
    disk = tmp_path / "disk"
    (tmp_path / "data").symlink_to(disk)  # where a disk is to be mounted
    bot = await start(own_discord, **at(tmp_path / "data"))
    assert "can't be opened" in (await bot.logged(TROUBLE))["why"]
    await says(await own_room.dana.slash("plan post", text="before the disk", chart1=CHART), "queued, not saved yet")

    disk.mkdir()

    assert len(await own_room.mia.pictures(await own_room.shows("before the disk"))) == 1
    assert await bot.stop() == 0, bot.output


@pytest.mark.crash
async def test_a_deleted_book_is_copied_while_it_is_still_open(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    await own_room.dana.slash("plan post", text="only in memory")
    book = own_discord.folder / "book.db"
    for file in (book, book.with_name("book.db-wal"), book.with_name("book.db-shm")):
        file.unlink()

    copy = Path((await bot.logged("database file gone; the open one was copied"))["copy"])
    assert "queued, not saved yet" in (await own_room.ivan.slash("plan post", text="meanwhile")).text
    assert not book.exists()
    put(copy, book)

    await own_room.shows("meanwhile")
    assert "only in memory" in (await own_room.mia.slash("plan show", coach="d")).text
    assert await bot.stop() == 0, bot.output
    assert (await check(own_discord)).endswith("\nok")


@pytest.mark.crash
async def test_a_deleted_book_is_copied_as_soon_as_a_disk_takes_the_copy(own_discord: Discord, own_room: Room):
    spool = own_discord.folder / SPOOL.parent
    spool.mkdir(mode=0o700)
    for folder in (spool, own_discord.folder):
        (folder / "rescued.db").write_text("of another time")
    bot = await start(own_discord)
    await own_room.dana.slash("plan post", text="only in memory")
    with Place(bot, own_discord.folder).full():
        for file in own_discord.folder.glob("book.db*"):
            file.unlink()
        await bot.logged("database file gone, and the open one could not be copied")

    copy = Path((await bot.logged("database file gone; the open one was copied"))["copy"])
    assert copy.name == "rescued-2.db"
    assert copy.with_name("rescued.db").read_text() == "of another time"
    put(copy, own_discord.folder / "book.db")

    await bot.logged("database available again")
    assert "only in memory" in (await own_room.mia.slash("plan show", coach="d")).text
    assert await bot.stop() == 0, bot.output


async def test_a_deleted_book_that_no_disk_takes_ends_with_the_status_of_a_loss(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    await own_room.dana.slash("plan post", text="only in memory")
    with Place(bot, own_discord.folder).full():
        for file in own_discord.folder.glob("book.db*"):
            file.unlink()
        await bot.logged("database file gone, and the open one could not be copied")
        assert await bot.stop() == 4, bot.output

    assert "no copy of the open database could be made" in bot.output


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.crash] * (kind == "is almost full")) for kind in DISKS]
)
async def test_a_disk_that_takes_no_picture_holds_up_plans_with_pictures_alone(
    own_discord: Discord, own_room: Room, tmp_path: Path, kind: str
):
    bot = await start(own_discord, **at(tmp_path / "kept"))
    dana, ivan = own_room.dana, own_room.ivan
    await card_of(dana, await dana.slash("plan post", text="before"))
    with DISKS[kind](Place(bot, tmp_path / "kept")):
        await says(await ivan.slash("plan post", text="with a picture", chart1=LARGE), "queued, not saved yet")
        await bot.logged(WAITING)
        for number in range(1, 4):
            edited = await dana.slash("plan edit")
            assert f"(#{number + 1})" in (await dana.submit(edited, text=f"changed {number}")).text
        await says(
            await ivan.slash("plan post", coach="i", day="tomorrow", text="too", chart1=LARGE), "queued, not saved yet"
        )
        assert "Posted" in (await ivan.slash("plan post", coach="i", day="2026-01-05", text="no picture")).text
    troubles = [entry["event"] for entry in bot.events if entry["level"] == "error"]
    assert sorted(set(troubles)) == ["database unavailable", WAITING]
    assert troubles.count(WAITING) == 1

    first, second = await direct_texts(ivan, own_discord, 2)
    assert "is saved now" in first
    assert "is saved now" in second
    for text in ("with a picture", "too"):
        assert len(await own_room.mia.pictures(await own_room.shows(text))) == 1
    assert await bot.stop() == 0, bot.output


@pytest.mark.crash
async def test_who_waits_for_the_disk_of_pictures_is_served_in_order(
    own_discord: Discord, own_room: Room, tmp_path: Path
):
    bot = await start(own_discord, **at(tmp_path / "kept"))
    dana, ivan = own_room.dana, own_room.ivan
    await card_of(dana, await dana.slash("plan post", text="before"))
    with Place(bot, tmp_path / "kept").without_room_for_pictures():
        with locked(tmp_path / "kept" / "book.db"):
            await says(await ivan.slash("plan post", text="with a picture", chart1=CHART), "queued, not saved yet")
            await says(await ivan.slash("plan edit", text="changed at once"), "queued, not saved yet")
            await says(await dana.slash("plan edit", text="of no picture"), "queued, not saved yet")
            await bot.logged("pictures of a queued change downloaded")
        await own_room.shows("of no picture")
        await bot.logged("database available again")
        assert "of no picture" in (await own_room.mia.slash("plan show", coach="d")).text
        assert direct_messages(ivan, own_discord) == []
        assert any((own_discord.folder / SPOOL.parent / "charts").glob("??/*"))

    assert ["is saved now" in text for text in await direct_texts(ivan, own_discord, 2)] == [True, True]
    assert len(await own_room.mia.pictures(await own_room.shows("changed at once"))) == 1
    assert await bot.stop() == 0, bot.output


async def test_a_form_is_worth_its_text_while_no_picture_can_be_kept(
    own_discord: Discord, own_room: Room, tmp_path: Path
):
    bot = await start(own_discord, **at(tmp_path / "kept"))
    with Place(bot, tmp_path / "kept").without_room_for_pictures():
        form = await own_room.dana.slash("plan post", chart1=CHART)
        await own_discord.until(lambda: any("continue with the text" in each.text for each in own_room.dana.see()))
        await says(await own_room.dana.submit(form, text="written in a form"), "queued, not saved yet")

    card = await own_room.shows("written in a form")
    assert len(await own_room.mia.pictures(card)) == 1
    assert await bot.stop() == 0, bot.output


async def test_health_tells_of_a_disk_that_takes_no_picture(own_discord: Discord, own_room: Room, tmp_path: Path):
    bot = await start(own_discord, **at(tmp_path / "kept"))
    with DISKS["takes nothing"](Place(bot, tmp_path / "kept")):
        await says(await own_room.max.slash("admin health"), "Pictures:** can’t be written (the disk may be full")
        await says(await own_room.dana.slash("plan post", text="with a picture", chart1=CHART), "queued, not saved yet")
        assert await bot.stop() == 3, bot.output
    assert "A picture could not be saved" in bot.output


@pytest.mark.crash
async def test_a_spool_that_is_deleted_is_written_anew(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    await own_room.ivan.slash("plan post", text="before")
    with locked(own_discord.folder / "book.db"):
        await says(await own_room.dana.slash("plan post", text="never lost", chart1=CHART), "queued, not saved yet")
        await bot.logged("pictures of a queued change downloaded")
        shutil.rmtree(own_discord.folder / SPOOL.parent)
        assert await bot.stop() == 3, bot.output
        assert len((own_discord.folder / SPOOL).read_bytes().splitlines()) == 1

    bot = await start(own_discord)
    assert "is saved now" in (await direct_texts(own_room.dana, own_discord, 1))[0]
    assert len(await own_room.mia.pictures(await own_room.shows("never lost"))) == 1
    assert await bot.stop() == 0, bot.output


@pytest.mark.crash
async def test_a_spool_that_is_deleted_for_good_is_a_loss_that_is_told(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    await own_room.ivan.slash("plan post", text="before")
    with locked(own_discord.folder / "book.db"):
        await says(await own_room.dana.slash("plan post", text="precious words"), "queued, not saved yet")
        shutil.rmtree(own_discord.folder / SPOOL.parent)
        (own_discord.folder / SPOOL.parent).touch()
        assert await bot.stop() == 4, bot.output

    assert "not saved" in (await direct_texts(own_room.dana, own_discord, 1))[0]


async def test_two_bots_do_not_share_a_spool(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    spool = str(own_discord.folder / SPOOL.parent)

    other = own_discord.settings("other.db", COACHBOOK_STORAGE__SPOOL_PATH=spool)
    second = await BotProcess.start("run", env=other)
    assert await second.ended() == 1
    assert "Give each its own storage.spool_path" in second.output
    with locked(own_discord.folder / "book.db"):
        await says(await own_room.dana.slash("plan post", text="for the first"), "queued, not saved yet")
        assert await bot.stop() == 3, bot.output

    second = await (await BotProcess.start("run", env=other)).ready()
    left = await second.logged(
        "queued changes of another database left in the spool: run a bot with that database and this spool"
    )
    assert (left["operations"], left["database"]) == (1, str(own_discord.folder / "book.db"))
    assert left["spool"] == spool
    assert "no plan" in (await own_room.mia.slash("plan show", coach="d")).text
    assert await second.stop() == 0, second.output
    bot = await start(own_discord)
    await own_room.shows("for the first")
    assert await bot.stop() == 0, bot.output


async def test_a_second_bot_on_the_same_book_is_refused(own_discord: Discord, own_room: Room):
    first = await start(own_discord)

    second = await BotProcess.start("run", env=own_discord.settings())

    assert await second.ended() == 1
    assert "Another Coachbook runs on" in second.output
    assert "Traceback" not in second.output
    assert "Posted" in (await own_room.dana.slash("plan post", text="the first goes on")).text
    assert await first.stop() == 0


@pytest.mark.crash
async def test_a_stop_in_a_burst_loses_nothing_that_was_accepted(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    own_discord.sandbox.interactions.first_answer_seconds = FIRST_ANSWER_SECONDS  # so long a stopped bot is waited for
    accepted: dict[str, str] = {}
    refused: list[str] = []

    async def post(person: Person, number: int) -> None:
        day = f"2030-01-{number + 1:02}"
        with contextlib.suppress(NoAnswerError, ActionFailedError):
            answer = await person.slash("plan post", day=day, text=f"in the burst {number}")
            taken = "Posted" in answer.text or "queued, not saved yet" in answer.text
            accepted.update({day: f"in the burst {number}"} if taken else {})
            refused.extend([answer.text] * (not taken))

    posting = [asyncio.create_task(post(own_room.dana, number)) for number in range(28)]
    await own_discord.until(lambda: len(accepted) >= 3)
    status = await bot.stop()
    await asyncio.gather(*posting)

    assert status in (0, 3), bot.output
    assert refused == []
    again = await start(own_discord)
    for day, text in accepted.items():
        await own_room.shows(text)
        assert text in (await own_room.mia.slash("plan show", coach="d", day=day)).text
    assert await again.stop() == 0, again.output
    assert (await check(own_discord)).endswith("\nok")


@pytest.mark.crash
async def test_a_backup_of_another_book_takes_what_was_sent_meanwhile(own_discord: Discord, own_room: Room):
    """The backup has neither the server nor its coaches."""
    other = own_discord.settings("other.db", COACHBOOK_STORAGE__CHARTS_PATH=str(own_discord.folder / "others"))
    bot = await (await BotProcess.start("run", env=other)).ready()
    assert await bot.stop() == 0, bot.output
    folder = own_discord.folder / "backups"
    backup = await BotProcess.start("backup", "--to", str(folder), env=other)
    assert await backup.ended() == 0, backup.output
    bot = await start(own_discord)
    await own_room.dana.slash("plan post", text="lost with the book", chart1=CHART)
    for file in own_discord.folder.glob("book.db*"):
        file.unlink()
    await bot.logged(TROUBLE)
    await says(await own_room.ivan.slash("plan post", text="meanwhile"), "queued, not saved yet")

    [made] = folder.iterdir()
    restore = await BotProcess.start("restore", str(made), "--force", env=own_discord.settings())
    assert await restore.ended() == 0, restore.output

    await own_room.shows("meanwhile")
    await own_room.dana.slash("plan post", text="after it", chart1=CHART)
    assert len(await own_room.mia.pictures(await own_room.shows("after it"))) == 1
    assert not [entry for entry in bot.events if "exception" in entry]
    assert await bot.stop() == 0, bot.output
    assert (await check(own_discord)).endswith("\nok")
