"""Cards whose pictures can't be had for a while: they say so, the health names them, and they become right."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.driver import Seen
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room, card_of
from tests.processes import BotProcess

CHART = Upload("nq.png", image_samples.png(seed=1))
UNREADABLE = "Chart 1 can’t be shown: the stored picture can’t be read right now."


@pytest.fixture
async def own_bot(own_discord: Discord) -> AsyncIterator[BotProcess]:
    bot = await start(own_discord)
    yield bot
    if bot.process.returncode is None:
        assert await bot.stop() == 0, bot.output


@pytest.fixture
async def card(own_bot: BotProcess, own_room: Room) -> Seen:
    return await card_of(own_room.dana, await own_room.dana.slash("plan post", text="Long above 945", chart1=CHART))


@pytest.fixture
def folder(own_discord: Discord) -> Path:
    return own_discord.folder / "charts"


async def start(discord: Discord) -> BotProcess:
    bot = await (await BotProcess.start("run", env=discord.settings())).ready()
    await bot.logged("swept")  # the folder is the database's own from here on
    return bot


def move_away(folder: Path) -> None:
    folder.rename(folder.with_name("away"))


def move_back(folder: Path) -> None:
    folder.with_name("away").rename(folder)


def spoil(folder: Path, how: str) -> None:
    """Let the picture's file be missing, altered or as it was."""
    name = hashlib.sha256(CHART.data).hexdigest()
    file = folder / name[:2] / name
    file.unlink(missing_ok=True)
    if how != "is missing":
        file.write_bytes(b"other" if how == "was altered" else CHART.data)


async def put_back(room: Room, card: Seen) -> Seen:
    """Delete the card by hand, and wait for the new message, to which the picture must be uploaded again."""
    room.discord.sandbox.world.delete(card.shown)
    await room.discord.until(lambda: [each.message for each in room.cards()] not in ([], [card.message]))
    return room.cards()[0]


async def is_right(room: Room, card: Seen) -> None:
    """Wait until the card shows the picture, and the health has nothing against any card."""
    await room.discord.until(lambda: "can’t be shown" not in card.text and bool(pictures_in(card)))
    assert [each.data for each in await room.mia.pictures(card)] == [CHART.data]
    while "all up to date" not in (await room.max.slash("admin health")).text:
        pass


def pictures_in(seen: Seen) -> list[object]:
    return [item for each in seen.components for item in each.get("items", ())]


async def test_a_card_keeps_its_picture_while_the_folder_is_away(
    own_bot: BotProcess, own_room: Room, card: Seen, folder: Path
):
    move_away(folder)

    await card_of(own_room.dana, await own_room.dana.slash("plan edit", text="Long above 950"))

    assert "Long above 950" in card.text
    assert "can’t be shown" not in card.text
    assert [each.data for each in await own_room.mia.pictures(card)] == [CHART.data]
    health = (await own_room.max.slash("admin health")).text
    assert "1 card waiting to be updated" in health
    assert "nq.png can’t be read right now: the charts' folder is not there" in health
    logged = await own_bot.logged("pictures of a card missing")
    assert logged["plan_id"] == 1
    assert logged["pictures"] == ["nq.png can’t be read right now: the charts' folder is not there"]
    move_back(folder)
    await is_right(own_room, card)


async def test_a_card_that_is_made_while_the_folder_is_away_becomes_right_by_itself(
    own_room: Room, card: Seen, folder: Path
):
    move_away(folder)
    again = await put_back(own_room, card)
    assert UNREADABLE in again.text
    other = await own_room.dana.slash("plan post", day="2030-01-02", text="not held up")
    await card_of(own_room.dana, other)

    move_back(folder)

    await is_right(own_room, again)


async def test_a_card_becomes_right_also_after_a_restart(
    own_bot: BotProcess, own_discord: Discord, own_room: Room, card: Seen, folder: Path
):
    move_away(folder)
    again = await put_back(own_room, card)
    await own_bot.logged("pictures of a card missing")
    await own_bot.stop()
    move_back(folder)

    bot = await start(own_discord)

    await is_right(own_room, again)
    await bot.stop()


@pytest.mark.parametrize("problem", ["is missing", "was altered"])
async def test_a_card_whose_picture_is_lost_says_so_until_somebody_puts_it_back(
    own_bot: BotProcess, own_room: Room, card: Seen, folder: Path, problem: str
):
    spoil(folder, problem)
    again = await put_back(own_room, card)
    assert f"Chart 1 can’t be shown: the stored picture {problem}." in again.text
    assert f"nq.png {problem}" in (await own_room.max.slash("admin health")).text

    spoil(folder, "is back")

    await is_right(own_room, again)


async def test_a_card_becomes_right_when_an_import_brings_its_picture(
    own_bot: BotProcess, own_discord: Discord, own_room: Room, card: Seen, folder: Path, tmp_path: Path
):
    exported, guild = str(tmp_path / "plans.zip"), str(own_room.guild.id)
    export = await BotProcess.start("export", exported, "--guild", guild, env=own_discord.settings())
    assert await export.ended() == 0, export.output
    spoil(folder, "is missing")
    again = await put_back(own_room, card)
    assert "is missing" in again.text

    importing = await BotProcess.start("import", exported, env=own_discord.settings())
    assert await importing.ended() == 0, importing.output

    await is_right(own_room, again)


async def test_what_can_not_be_read_now_is_not_called_missing(
    own_discord: Discord, own_room: Room, card: Seen, folder: Path
):
    move_away(folder)

    shown = await own_room.mia.slash("plan show", coach="d")
    exported = await own_room.dana.slash("plan export", format="zip")
    await own_discord.until(lambda: "1 plan" in exported.text)

    assert UNREADABLE in shown.text
    assert "1 picture left out: can’t be read right now" in exported.text
    assert "missing" not in exported.text
    move_back(folder)
