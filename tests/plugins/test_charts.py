"""`/chart ...` and plans with pictures, through a local Discord, against the real bot in a process of its own."""

import asyncio
import contextlib
import re
import resource
import sqlite3
from collections.abc import Awaitable, Generator
from pathlib import Path

import pytest

from sandbox.driver import Person, Seen
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room
from tests.processes import DEADLINE, BotProcess

BOT = pytest.mark.usefixtures("bot")


def upload(number: int, name: str | None = None) -> Upload:
    """A picture that is different for each number."""
    return Upload(name or f"nq-{number}.png", image_samples.png(seed=number))


def pictures(count: int, first: int = 1) -> dict[str, Upload]:
    return {f"chart{number}": upload(number) for number in range(first, first + count)}


async def shown(person: Person, seen: Seen) -> list[bytes]:
    return [picture.data for picture in await person.pictures(seen)]


async def says(receipt: Seen, words: str) -> None:
    """Wait until the receipt, which tells first how far the work is, says this."""
    assert receipt.interaction
    await receipt.interaction.until(lambda: words in receipt.text)


async def done(room: Room, act: Awaitable[Seen], *words: str) -> tuple[Seen, Seen]:
    """The receipt of an act, when all is said, and the card to which it leads, which has these words by then."""
    receipt = await act
    card = await room.shows(*words)
    await says(receipt, f"/{card.shown.id})")
    return receipt, card


async def post(room: Room, count: int) -> Seen:
    """The card of dana's plan with so many charts."""
    posting = room.dana.slash("plan post", text="Long above 21,450", **pictures(count))
    _, card = await done(room, posting, "Long above 21,450")
    return card


def chart_paths(discord: Discord) -> list[Path]:
    """The files of pictures that the bot keeps, and those that came in halfway."""
    return [path for path in (discord.folder / "charts").glob("*/*") if path.is_file()]


@BOT
async def test_a_plan_is_posted_with_its_charts_in_order(room: Room):
    posting = room.dana.slash("plan post", text="Long above 21,450", **pictures(3))
    receipt, card = await done(room, posting, "Long above 21,450")

    assert receipt.ephemeral
    assert "Posted" in receipt.text
    assert "3 charts" in receipt.text
    assert await shown(room.mia, card) == [upload(number).data for number in (1, 2, 3)]


async def test_the_charts_are_shown_when_their_links_are_dead_and_the_bot_was_restarted(
    own_discord: Discord, own_room: Room
):
    first = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    card = await post(own_room, 3)
    await first.stop()
    own_discord.sandbox.faults.kill_links()
    second = await (await BotProcess.start("run", env=own_discord.settings())).ready()

    seen = await own_room.mia.slash("plan show", coach="d")

    assert await shown(own_room.mia, seen) == [upload(number).data for number in (1, 2, 3)]
    assert await shown(own_room.mia, card) == [upload(number).data for number in (1, 2, 3)]
    await second.stop()


@BOT
async def test_a_form_for_the_text_comes_with_the_charts(room: Room):
    form = await room.dana.slash("plan post", day="tomorrow", **pictures(2))

    receipt, card = await done(room, room.dana.submit(form, Plan="Wait for the open"), "Wait for the open")

    assert "2 charts" in receipt.text
    assert await shown(room.mia, card) == [upload(1).data, upload(2).data]
    assert "You have no drafts" in (await room.dana.slash("plan drafts")).text


@BOT
async def test_a_form_that_was_closed_leaves_its_charts_among_the_drafts(room: Room):
    await room.dana.slash("plan post", **pictures(2))

    drafts = await room.dana.slash("plan drafts")
    assert "2 charts · <t:" in drafts.text
    assert "no text yet" in drafts.text
    form = await room.dana.select(drafts, drafts.choices[0])
    receipt, card = await done(room, room.dana.submit(form, Plan="Now I know"), "Now I know")

    assert "2 charts" in receipt.text
    assert await shown(room.mia, card) == [upload(1).data, upload(2).data]


async def test_a_form_with_charts_works_after_a_restart_and_when_the_links_are_dead(
    own_discord: Discord, own_room: Room
):
    first = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    form = await own_room.dana.slash("plan post", **pictures(2))
    with contextlib.closing(sqlite3.connect(own_discord.folder / "book.db")) as book:
        async with asyncio.timeout(DEADLINE):
            while '"url"' in book.execute("SELECT pictures FROM drafts").fetchone()[0]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert await first.stop() == 0
    own_discord.sandbox.faults.kill_links()
    second = await (await BotProcess.start("run", env=own_discord.settings())).ready()

    receipt, card = await done(own_room, own_room.dana.submit(form, Plan="After the restart"), "After the restart")

    assert "2 charts" in receipt.text
    assert await shown(own_room.mia, card) == [upload(1).data, upload(2).data]
    await second.stop()


@BOT
async def test_a_refused_post_keeps_its_charts_for_the_next_try(room: Room):
    await room.dana.slash("plan post", text="first")
    first = await room.shows("first")

    refused = await room.dana.slash("plan post", text="second", **pictures(2))
    await says(refused, "already has a plan")
    assert refused.ephemeral
    _, card = await done(room, room.dana.click(refused, "Replace text, add charts"), "second")

    assert card.message is first.message
    assert "first" not in card.text
    assert await shown(room.mia, card) == [upload(1).data, upload(2).data]


@BOT
async def test_a_post_that_was_mended_has_its_charts(room: Room):
    refused = await room.dana.slash("plan post", text="text", coach="x", **pictures(1))
    await says(refused, "no coach")

    form = await room.dana.click(refused, "Edit and resend")
    receipt, card = await done(room, room.dana.submit(form, Coach=["d"]), "text")

    assert "1 chart" in receipt.text
    assert await shown(room.mia, card) == [upload(1).data]


@BOT
async def test_charts_are_added_removed_moved_and_captioned(room: Room):
    card = await post(room, 2)
    one, two, three = (upload(number).data for number in (1, 2, 3))

    added, _ = await done(room, room.dana.slash("chart add", chart1=upload(3)), "#2")
    assert added.ephemeral
    assert "1 chart added" in added.text
    assert await shown(room.mia, card) == [one, two, three]
    moved, _ = await done(room, room.dana.slash("chart move", chart="3", to=1), "#3")
    assert moved.ephemeral
    assert await shown(room.mia, card) == [three, one, two]
    captioning = room.dana.slash("chart caption", chart="nq-1.png", text="5 minutes **now**")
    captioned, _ = await done(room, captioning, "#4")
    assert captioned.ephemeral
    assert r"2. 5 minutes \*\*now\*\*" in card.text
    removed, _ = await done(room, room.dana.slash("chart remove", chart="1"), "#5")
    assert removed.ephemeral
    assert "Chart 1 (" in removed.text
    assert await shown(room.mia, card) == [one, two]
    assert [each.message for each in room.cards()] == [card.message]


@BOT
async def test_charts_are_listed_with_their_names(room: Room):
    await post(room, 3)

    listed = await room.mia.slash("chart list", coach="d")

    assert listed.ephemeral
    assert "3 charts" in listed.text
    assert "2. nq-2.png" in listed.text
    assert [picture.description for picture in await room.mia.pictures(listed)] == ["nq-1.png", "nq-2.png", "nq-3.png"]


@BOT
async def test_a_plan_without_charts_says_so(room: Room):
    await room.dana.slash("plan post", text="text")

    assert "no charts" in (await room.mia.slash("chart list")).text
    refused = await room.dana.slash("chart remove", chart="1")
    assert refused.ephemeral
    assert "does not name one chart" in refused.text
    assert "/chart add" in refused.text


@BOT
async def test_charts_are_offered_while_one_types(room: Room):
    await post(room, 2)
    offered = await room.dana.autocomplete("chart remove", coach="d", chart="nq-2")

    assert [label for label, _ in offered] == ["2: nq-2.png"]
    _, removed = await done(room, room.dana.slash("chart remove", chart=offered[0][1]), "#2")
    assert await shown(room.mia, removed) == [upload(1).data]


@BOT
async def test_what_changes_nothing_says_so(room: Room):
    card = await post(room, 2)

    answer = await room.dana.slash("chart move", chart="2", to=10)

    assert answer.ephemeral
    assert "Nothing changed" in answer.text
    assert "#1 `" in card.text


@BOT
async def test_the_text_of_a_plan_with_charts_can_be_edited_and_the_plan_deleted_and_restored(room: Room):
    card = await post(room, 2)
    both = [upload(1).data, upload(2).data]

    editing = room.dana.submit(await room.dana.slash("plan edit"), Plan="Long above 21,460")
    await done(room, editing, "Long above 21,460")
    assert await shown(room.mia, card) == both
    await done(room, room.dana.click(await room.dana.slash("plan delete"), "Delete"), "Deleted")
    assert "Long above" not in card.text
    assert await shown(room.mia, card) == []
    await done(room, room.dana.slash("plan restore"), "Long above 21,460")

    assert await shown(room.mia, card) == both
    assert [each.message for each in room.cards()] == [card.message]
    listed = await room.mia.slash("plan list")
    assert "2 charts" in listed.text
    assert await shown(room.mia, await room.mia.select(listed, listed.choices[0])) == both


BAD = {
    "empty": (b"", "empty"),
    "text": (image_samples.TEXT, "not a PNG"),
    "svg": (image_samples.SVG, "not a PNG"),
    "cut": (image_samples.png(400, 300)[: len(image_samples.png(400, 300)) // 2], "cut off"),
    "huge": (image_samples.huge_png(8_000, 8_000), "has more than 40 million pixels"),
}


@BOT
@pytest.mark.parametrize("kind", BAD)
async def test_a_bad_picture_costs_neither_the_text_nor_the_good_ones(room: Room, kind: str):
    data, why = BAD[kind]
    bad = Upload("chart.png", data)

    posting = room.dana.slash("plan post", text="my text", chart1=upload(1), chart2=bad, chart3=upload(3))
    receipt, card = await done(room, posting, "my text")

    assert f"chart.png: {why}" in receipt.text
    assert "2 charts" in receipt.text
    assert await shown(room.mia, card) == [upload(1).data, upload(3).data]


@BOT
async def test_only_bad_pictures_leave_the_plan_as_it_was(room: Room):
    before = await post(room, 1)

    answer = await room.dana.slash("chart add", chart1=Upload("a.png", b""), chart2=Upload("b.png", image_samples.TEXT))

    await says(answer, "No chart was added")
    assert answer.ephemeral
    assert "a.png: empty" in answer.text
    assert room.mia.see()[-1].shown.id == before.shown.id
    assert "#1 `" in before.text


LINKS = {
    "404": "its link expired",
    "500": "could not be downloaded",
    "redirect": "its link expired",
    "1 GB": "larger than 10 MiB",
}


def break_links(room: Room, kind: str) -> None:
    """Let the next pictures that are asked of the CDN go wrong."""
    faults = room.discord.sandbox.faults
    match kind:
        case "404":
            faults.fail("GET", "*bad.png", status=404)
        case "500":
            faults.fail("GET", "*bad.png", status=500, count=9)
        case "redirect":
            faults.redirect("*bad.png", "http://127.0.0.1:9/elsewhere.png")
        case _:
            faults.overflow("*bad.png", 10**9)


@BOT
@pytest.mark.parametrize("kind", LINKS)
async def test_a_bad_link_costs_neither_the_text_nor_the_good_ones(room: Room, kind: str):
    break_links(room, kind)

    posting = room.dana.slash("plan post", text="my text", chart1=upload(1), chart2=upload(2, "bad.png"))
    receipt, card = await done(room, posting, "my text")
    room.discord.sandbox.faults.clear()

    assert "Couldn’t add bad.png" in receipt.text
    assert LINKS[kind] in receipt.text
    assert "1 chart" in receipt.text
    assert await shown(room.mia, card) == [upload(1).data]


async def test_a_link_that_never_ends_costs_neither_the_text_nor_the_good_ones(own_discord: Discord, own_room: Room):
    variables = own_discord.settings(COACHBOOK_LIMITS__CHART_SECONDS="5")
    bot = await (await BotProcess.start("run", env=variables)).ready()
    own_discord.sandbox.faults.stall("*bad.png", 100)

    posting = own_room.dana.slash("plan post", text="my text", chart1=upload(1), chart2=upload(2, "bad.png"))
    receipt, card = await done(own_room, posting, "my text")

    assert "Couldn’t add bad.png" in receipt.text
    assert "within 5 seconds" in receipt.text
    assert await shown(own_room.mia, card) == [upload(1).data]
    assert await bot.stop() == 0


@BOT
async def test_an_eleventh_chart_is_refused_before_it_is_fetched(room: Room):
    await post(room, 10)

    refused = await room.dana.slash("chart add", chart1=upload(11))

    assert refused.ephemeral
    assert "10 charts, and the limit is 10" in refused.text
    await room.dana.slash("chart remove", chart="10")
    some, _ = await done(room, room.dana.slash("chart add", chart1=upload(11), chart2=upload(12)), "#3")
    assert "1 chart added" in some.text
    assert "nq-12.png: one too many" in some.text


@BOT
async def test_the_same_picture_stands_on_a_plan_once(room: Room):
    await post(room, 2)

    adding = room.dana.slash("chart add", chart1=upload(1, "again.png"), chart2=upload(3))
    answer, _ = await done(room, adding, "#2")

    assert "1 chart added" in answer.text
    assert "again.png: on the plan already" in answer.text
    posting = room.dana.slash("plan post", day="tomorrow", text="Flat", chart1=upload(1), chart2=upload(1, "b.png"))
    twice, _ = await done(room, posting, "Flat")
    assert "b.png: the same picture as nq-1.png" in twice.text


@BOT
@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("../../etc/passwd.png", "1. passwd.png"),
        ("a\0b.png", "1. ab.png"),
        ("\u202egnp.exe.png", "1. gnp.exe.png"),
        ("**bold** [x](https://example.com).png", r"1. example.com).png"),
        ("x" * 300 + ".png", "1. " + "x" * 96 + ".png"),
    ],
)
async def test_a_hostile_file_name_is_shown_as_text(room: Room, given: str, named: str):
    await done(room, room.dana.slash("plan post", text="text", chart1=Upload(given, image_samples.png())), "text")

    listed = await room.mia.slash("chart list")

    assert named in listed.text
    [picture] = await room.mia.pictures(listed)
    assert re.fullmatch(r"chart-[0-9a-f]{16}\.png", picture.filename)


@BOT
async def test_the_bytes_tell_what_a_picture_is(room: Room):
    jpeg, webp, gif = image_samples.jpeg(), image_samples.animated_webp(), image_samples.gif(3)

    given = {"chart1": Upload("a.png", jpeg), "chart2": Upload("b", webp), "chart3": Upload("c.txt", gif)}
    _, card = await done(room, room.dana.slash("plan post", text="text", **given), "text")

    seen = await room.mia.pictures(card)
    assert [picture.data for picture in seen] == [jpeg, webp, gif]
    assert [picture.filename.rpartition(".")[2] for picture in seen] == ["jpeg", "webp", "gif"]


@BOT
async def test_no_location_is_shown(room: Room):
    located = Upload("a.jpg", image_samples.jpeg_with_location())
    _, card = await done(room, room.dana.slash("plan post", text="text", chart1=located), "text")

    [picture] = await room.mia.pictures(card)

    assert image_samples.SECONDS not in picture.data


@BOT
async def test_charts_that_fill_more_than_a_message_have_pages(room: Room):
    large = [Upload(f"{number}.png", image_samples.noise_png(9 * 2**20, seed=number)) for number in (1, 2, 3)]
    given = {f"chart{number}": each for number, each in enumerate(large, 1)}

    _, card = await done(room, room.dana.slash("plan post", text="text", **given), "text")

    assert await shown(room.mia, card) == [large[0].data, large[1].data]
    more = await room.mia.click(card, "More charts")
    assert "charts 3 to 3 of 3" in more.text
    assert more.ephemeral
    assert await shown(room.mia, more) == [large[2].data]


@BOT
async def test_a_receipt_tells_how_far_the_work_is(room: Room):
    said: list[str] = []
    room.discord.sandbox.exchanges.append(lambda exchange: said.append(str(exchange)))
    fault = room.discord.sandbox.faults.slow("GET", "*nq-2.png*", seconds=DEADLINE)

    posting = asyncio.create_task(room.dana.slash("plan post", text="text", **pictures(3)))
    await room.discord.until(lambda: any("Checking charts: " in each for each in said))
    fault.release()
    receipt, _ = await done(room, posting, "text")

    room.discord.sandbox.exchanges.pop()
    assert "Posted" in receipt.text


@BOT
@pytest.mark.parametrize("path", ["plan post", "chart add"])
async def test_those_who_are_no_coach_have_nothing_fetched(room: Room, path: str):
    await post(room, 1)
    before = len(chart_paths(room.discord))
    text = {"text": "my text"} if path == "plan post" else {}

    refused = await room.mia.slash(path, chart1=Upload("mine.png", image_samples.png(seed=4711)), coach="d", **text)

    assert refused.ephemeral
    assert "Only Coach" in refused.text or "not a coach" in refused.text
    assert len(chart_paths(room.discord)) == before


@contextlib.contextmanager
def full_disk(bot: BotProcess, limit: int) -> Generator[None]:
    """Inside, no file of the bot's can grow beyond so many bytes."""
    before = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (limit, before[1]))
    yield
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_in_the_middle_loses_nothing(own_discord: Discord, own_room: Room):
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    large = Upload("large.png", image_samples.noise_png(2 * 2**20))

    with full_disk(bot, 2**20):
        whole = await own_room.dana.slash("plan post", text="with both", chart1=upload(1), chart2=large)
        await says(whole, "queued, not saved yet")
    card = await own_room.shows("with both")

    assert await shown(own_room.mia, card) == [upload(1).data, large.data]
    assert not list((own_discord.folder / "charts" / "incoming").iterdir())
    assert await bot.stop() == 0, bot.output


async def test_missing_and_altered_pictures_are_told_and_break_nothing(own_discord: Discord, own_room: Room):
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    await done(own_room, own_room.dana.slash("plan post", text="my text", **pictures(3)), "my text")
    for path in chart_paths(own_discord):
        if path.read_bytes() == upload(1).data:
            path.unlink()
        elif path.read_bytes() == upload(2).data:
            path.write_bytes(b"altered")

    seen = await own_room.mia.slash("plan show", coach="d")

    assert "my text" in seen.text
    assert "Chart 1 can’t be shown: the stored picture is missing." in seen.text
    assert "Chart 2 can’t be shown: the stored picture was altered." in seen.text
    assert await shown(own_room.mia, seen) == [upload(3).data]
    await bot.stop()
    check = await BotProcess.start("check", env=own_discord.settings())
    assert await check.ended() == 1
    assert "is missing" in check.output
    assert "was altered" in check.output


async def test_a_kill_while_pictures_come_in_leaves_the_text_and_the_links(own_discord: Discord, own_room: Room):
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    fault = own_discord.sandbox.faults.stall("*nq-1.png*", 10)
    person = own_room.dana
    sandbox = own_discord.sandbox
    posting = asyncio.create_task(person.slash("plan post", text="my text", **pictures(2)))
    async with asyncio.timeout(DEADLINE):
        while not fault.hits:  # noqa: ASYNC110 - a count, which nobody announces
            await asyncio.sleep(0)
    bot.process.kill()
    await bot.ended()
    posting.cancel()
    sandbox.faults.clear()
    again = await (await BotProcess.start("run", env=own_discord.settings())).ready()

    drafts = await person.slash("plan drafts")
    assert "my text" in drafts.text
    sending = person.submit(await person.select(drafts, drafts.choices[0]))
    receipt, card = await done(own_room, sending, "my text")

    assert "2 charts" in receipt.text
    assert await shown(own_room.mia, card) == [upload(1).data, upload(2).data]
    await again.stop()
