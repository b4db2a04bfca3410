"""A post for a day that has a plan discards nothing, and each button names what it removes."""

import re

import pytest

from sandbox.driver import Seen
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room, card_of, today
from tests.crash.test_degraded import direct_texts, locked, says
from tests.processes import BotProcess

BOT = pytest.mark.usefixtures("bot")
OTHER_DAY = "Other day\N{HORIZONTAL ELLIPSIS}"
ADD_TWO, WITH_TEXT, REPLACE_ONE = "Add 2 charts", "Replace text, add charts", "Replace text and 1 chart"


def charts(*seeds: int) -> dict[str, Upload]:
    return {
        f"chart{number}": Upload(f"{seed}.png", image_samples.png(seed=seed)) for number, seed in enumerate(seeds, 1)
    }


async def until_shows(seen: Seen, words: str) -> Seen:
    assert seen.interaction
    await seen.interaction.until(lambda: words in seen.text)
    return seen


async def post_on_taken_day(room: Room, *seeds: int) -> Seen:
    """The card of dana's plan with these charts."""
    return await card_of(room.dana, await room.dana.slash("plan post", text="first", **charts(*seeds)))


async def refused(room: Room, *seeds: int, **options: str) -> Seen:
    return await until_shows(await room.dana.slash("plan post", **charts(*seeds), **options), "already has a plan")


async def pictures(room: Room, card: Seen) -> list[int]:
    """The seeds of the pictures that the card shows."""
    seeds = {image_samples.png(seed=seed): seed for seed in range(1, 20)}
    return [seeds[each.data] for each in await room.mia.pictures(card)]


async def drafts(room: Room) -> str:
    return (await room.dana.slash("plan drafts")).text


@BOT
async def test_pictures_without_a_text_are_kept_and_can_be_added(room: Room):
    card = await post_on_taken_day(room, 1)

    question = await refused(room, 2, 3)

    assert question.buttons == ["Edit that plan", ADD_TWO, "Replace 1 chart", OTHER_DAY]
    assert "2 charts are saved as a draft" in question.text
    assert re.search(r"2 charts · <t:\d+:R>: no text yet", await drafts(room))
    custom_id = question.button(ADD_TWO)["custom_id"]
    for _ in range(2):
        await room.discord.sandbox.interactions.press(room.dana.user, question.shown, custom_id)
    await room.shows("#2")
    assert await pictures(room, card) == [1, 2, 3]
    assert "You have no drafts" in await drafts(room)


@BOT
async def test_a_text_with_pictures_is_added_or_replaces_what_its_button_names(room: Room):
    card = await post_on_taken_day(room, 1)

    question = await refused(room, 2, 3, text="second")
    assert question.buttons == ["Edit that plan", ADD_TWO, WITH_TEXT, REPLACE_ONE, OTHER_DAY]
    assert question.button(REPLACE_ONE)["style"] == 4
    added = await room.dana.click(question, ADD_TWO)
    await card_of(room.dana, added)
    assert added.message is question.message
    assert "Your text is still a draft" in added.text
    assert await pictures(room, card) == [1, 2, 3]
    assert "first" in card.text

    listed = await room.dana.slash("plan drafts")
    again = await room.dana.submit(await room.dana.select(listed, listed.choices[0]))
    assert again.buttons == ["Edit that plan", "Replace text", OTHER_DAY]
    await card_of(room.dana, await room.dana.click(again, "Replace text"))
    assert await pictures(room, card) == [1, 2, 3]
    assert "second" in card.text

    question = await refused(room, 4, text="third")
    await card_of(room.dana, await room.dana.click(question, "Replace text and 3 charts"))
    assert await pictures(room, card) == [4]
    assert "third" in card.text


@BOT
async def test_only_what_fits_is_offered(room: Room):
    plain = await post_on_taken_day(room)
    assert (await refused(room, 1, 2)).buttons == ["Edit that plan", ADD_TWO, OTHER_DAY]
    question = await refused(room, 1, 2, text="second")
    assert question.buttons == ["Edit that plan", ADD_TWO, WITH_TEXT, OTHER_DAY]
    await card_of(room.dana, await room.dana.click(question, WITH_TEXT))
    assert ("second" in plain.text, await pictures(room, plain)) == (True, [1, 2])

    adding = await refused(room, *range(3, 11))
    await card_of(room.dana, await room.dana.slash("chart add", chart1=Upload("11.png", image_samples.png(seed=11))))
    full = await until_shows(await room.dana.click(adding, "Add 8 charts"), "the limit is 10")

    assert full.buttons == ["Edit that plan", "Replace 3 charts"]
    await card_of(room.dana, await room.dana.click(full, "Replace 3 charts"))
    assert await pictures(room, plain) == list(range(3, 11))


@BOT
async def test_what_is_no_picture_is_neither_kept_nor_offered(room: Room):
    await post_on_taken_day(room, 1)
    notes = {"chart1": Upload("notes.txt", image_samples.TEXT)}

    alone = await until_shows(await room.dana.slash("plan post", text="second", **notes), "already has a plan")
    beside = await until_shows(
        await room.dana.slash("plan post", text="third", **notes, chart2=charts(2)["chart1"]), "already has a plan"
    )

    assert "notes.txt" in alone.text
    assert "1 chart" not in alone.text
    assert "Add chart" not in alone.buttons
    assert "Add chart" in beside.buttons


@BOT
async def test_an_edit_that_changes_nothing_says_so(room: Room):
    await post_on_taken_day(room, 1)
    question = await refused(room, 1, text="first")

    receipt = await room.dana.click(question, "Replace text, add chart")

    await until_shows(receipt, "is already the same")


@BOT
async def test_the_form_and_a_saved_message_ask_the_same(room: Room):
    form = await room.dana.slash("plan post", **charts(2, 3))
    card = await post_on_taken_day(room, 1)

    question = await until_shows(await room.dana.submit(form, Plan="second"), "already has a plan")
    assert question.buttons == ["Edit that plan", ADD_TWO, WITH_TEXT, REPLACE_ONE, OTHER_DAY]
    saving = await room.dana.message_action("Save as plan", room.dana.send("third", list(charts(4, 5).values())))
    question = await until_shows(await room.dana.submit(saving), "already has a plan")
    assert question.buttons == ["Edit that plan", ADD_TWO, WITH_TEXT, REPLACE_ONE, OTHER_DAY]

    await card_of(room.dana, await room.dana.click(question, REPLACE_ONE))
    assert ("third" in card.text, await pictures(room, card)) == (True, [4, 5])
    assert re.search(r"2 charts · <t:\d+:R>: second", await drafts(room))


@BOT
@pytest.mark.parametrize(
    ("option", "words", "mended"),
    [
        ({"coach": "x"}, "no coach", {"Coach": ["d"]}),
        ({"day": "soon"}, "2026-11-23", {"Day": [today().isoformat()]}),
    ],
)
async def test_pictures_of_a_post_that_was_refused_for_another_reason_are_kept(room: Room, option, words, mended):
    question = await until_shows(await room.dana.slash("plan post", **charts(1), **option), words)

    assert "1 chart is saved as a draft" in question.text
    form = await room.dana.click(question, "Edit and resend")
    card = await card_of(room.dana, await room.dana.submit(form, Plan="text", **mended))
    assert await pictures(room, card) == [1]


@BOT
async def test_pictures_that_have_no_plan_yet_are_kept_to_be_posted(room: Room):
    question = await until_shows(await room.dana.slash("chart add", **charts(1)), "no plan")

    form = await room.dana.click(question, "Edit and resend")
    card = await card_of(room.dana, await room.dana.submit(form, Plan="text"))

    assert await pictures(room, card) == [1]
    assert "You have no drafts" in await drafts(room)


async def test_all_of_it_survives_a_restart_and_a_plan_that_is_deleted_meanwhile(own_discord: Discord, own_room: Room):
    first = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    await post_on_taken_day(own_room, 1)
    question, other = await refused(own_room, 2, 3), await refused(own_room, 4, text="second")
    third = await refused(own_room, 5, text="third")
    assert await first.stop() == 0
    own_discord.sandbox.faults.kill_links()
    second = await (await BotProcess.start("run", env=own_discord.settings())).ready()

    card = await card_of(own_room.dana, await own_room.dana.click(question, ADD_TWO))
    assert await pictures(own_room, card) == [1, 2, 3]
    changed = await until_shows(await own_room.dana.click(other, REPLACE_ONE), "Nothing was overwritten")
    assert changed.buttons == [
        "Edit my text",
        "Add chart",
        "Replace text, add chart",
        "Replace text and 3 charts",
    ]
    await own_room.dana.click(await own_room.dana.slash("plan delete"), "Delete")
    for asked, button in ((third, REPLACE_ONE), (changed, "Add chart")):
        gone = await until_shows(await own_room.dana.click(asked, button), "no longer exists")
        assert "1 chart are saved" in gone.text

    form = await own_room.dana.click(gone, "Post as new")
    posted = await card_of(own_room.dana, await own_room.dana.submit(form))
    assert ("second" in posted.text, await pictures(own_room, posted)) == (True, [4])
    assert await second.stop() == 0, second.output


@pytest.mark.parametrize("text", [None, "second"])
async def test_charts_that_are_added_during_an_outage_are_queued_as_charts(
    own_discord: Discord, own_room: Room, text: str | None
):
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    card = await post_on_taken_day(own_room)
    question = await refused(own_room, 1, 2, **({"text": text} if text else {}))

    with locked(own_discord.folder / "book.db"):
        await says(await own_room.dana.click(question, ADD_TWO), "queued, not saved yet")

    [sent] = await direct_texts(own_room.dana, own_discord, 1)
    assert "is saved now" in sent
    await own_room.shows("#2")
    assert await pictures(own_room, card) == [1, 2]
    assert "first" in card.text
    assert (text or "You have no drafts") in await drafts(own_room)
    assert await bot.stop() == 0, bot.output
