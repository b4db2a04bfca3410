"""`/history ...` as people use it: through a local Discord, against the real bot in a process of its own."""

import asyncio
import io
import json
import zipfile

import pytest

from sandbox.driver import Person, Seen
from sandbox.driver.menu import Value
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room, last_sunday_of_change, today
from tests.processes import BotProcess

BOT = pytest.mark.usefixtures("bot")


@pytest.fixture
async def changed(room: Room, bot: BotProcess) -> Seen:
    """The card of a plan that was changed twice."""
    await room.dana.slash("plan post", text="Long above 945\nStop 940")
    await room.dana.slash("plan edit", text="Long above 950\nStop 940")
    await room.dana.slash("plan edit", text="Long above 950\nStop 930")
    return await room.shows("Long above 950\nStop 930", "#3")


async def test_the_revisions_are_shown_newest_first(room: Room, changed: Seen):
    shown = await room.mia.slash("history show", coach="d")

    assert shown.ephemeral
    assert "3 revisions" in shown.text
    lines = [line for line in shown.text.splitlines() if line.startswith("**")]
    assert [line[:11] for line in lines] == ["**#3** Edit", "**#2** Edit", "**#1** Post"]
    assert f"<@{room.dana.user.id}>" in lines[0]
    assert "<t:" in lines[0]
    assert "+3 \N{MINUS SIGN}3 characters" in lines[1]


async def test_a_cards_button_leads_to_the_history(room: Room, changed: Seen):
    assert "What changed (2)" in changed.buttons

    compared = await room.mia.click(changed, "What changed (2)")
    assert "Stop ~~940~~ → **930**" in compared.text
    shown = await room.mia.click(compared, "All revisions")
    last = await room.mia.click(shown, "What changed last")

    assert shown.message is compared.message
    assert "3 revisions" in shown.text
    assert "#2 to #3" in last.text
    assert "1 line unchanged" not in last.text


async def test_a_price_that_changed_stands_out(room: Room, changed: Seen):
    compared = await room.mia.slash("history diff", **{"from": "1", "to": "2"})

    assert "Long above ~~945~~ → **950**" in compared.text


async def test_a_revision_can_be_looked_at_compared_and_taken_back(room: Room, changed: Seen):
    shown = await room.dana.slash("history show")
    old = await room.dana.select(shown, "#1: posted")
    assert "#1 of 3" in old.text
    assert "Long above 945" in old.text
    assert old.buttons == ["What changed since", "Revert to this\N{HORIZONTAL ELLIPSIS}", "All revisions"]

    asked = await room.dana.click(old, "Revert to this\N{HORIZONTAL ELLIPSIS}")
    assert "~~950~~ → **945**" in asked.text
    taken = await room.dana.click(asked, "Revert to #1")

    assert taken.ephemeral
    assert "Reverted: Coach D (Day Trading)" in taken.text
    assert "#4" in taken.text
    card = await room.shows("Long above 945\nStop 940", "#4")
    assert card.message is changed.message
    assert card.buttons == ["Edit", "More\N{HORIZONTAL ELLIPSIS}"]  # it is what it was at first
    assert "Reverted (revision 1)" in (await room.mia.slash("history show")).text


async def test_restoring_asks_first(room: Room, changed: Seen):
    asked = await room.dana.slash("history restore", revision=2)

    assert asked.ephemeral
    assert asked.buttons == ["Revert to #2", "Cancel"]
    assert "#3" in (await room.mia.slash("plan show", coach="d")).text


async def test_a_double_press_takes_back_once(room: Room, changed: Seen):
    asked = await room.dana.slash("history restore", revision=1)
    custom_id = asked.button("Revert to #1")["custom_id"]

    interactions = room.discord.sandbox.interactions
    presses = [await interactions.press(room.dana.user, asked.shown, custom_id) for _ in range(2)]
    for each in presses:
        await each.first_answer()

    await room.shows("Long above 945", "#4")
    assert "4 revisions" in (await room.mia.slash("history show", coach="d")).text


async def test_what_is_current_is_not_restored(room: Room, changed: Seen):
    answer = await room.dana.slash("history restore", revision=3)

    assert answer.ephemeral
    assert "nothing to revert" in answer.text


async def test_a_plan_is_shown_as_it_stood(room: Room, changed: Seen):
    stood = await room.mia.slash("history at", time="now", coach="d")

    assert stood.ephemeral
    assert "Current since" in stood.text
    assert "Stop 930" in stood.text


@pytest.mark.parametrize(
    ("words", "said"),
    [("yesterday 16:00", "had no plan"), ("tomorrow 16:00", "still to come"), ("25:99", "09:31")],
)
async def test_a_moment_that_has_no_plan_is_refused(room: Room, changed: Seen, words: str, said: str):
    answer = await room.mia.slash("history at", time=words, coach="d")

    assert answer.ephemeral
    assert said in answer.text


@BOT
async def test_a_revision_that_is_not_there_is_refused(room: Room, changed: Seen):
    for answer in (
        await room.mia.slash("history diff", **{"from": "1", "to": "9"}),
        await room.dana.slash("history restore", revision=9),
    ):
        assert answer.ephemeral
        assert "no text of #9" in answer.text
    same = await room.mia.slash("history diff", **{"from": "2", "to": "2"})
    assert "nothing to compare" in same.text


async def test_added_and_removed_charts_are_shown_as_pictures(room: Room, bot: BotProcess):
    one, two = (image_samples.png(seed=number) for number in (1, 2))
    await room.dana.slash("plan post", text="text", chart1=Upload("one.png", one))
    await room.shows("text", "Posted <t:")
    await room.dana.slash("chart add", chart1=Upload("two.png", two))
    await room.shows("text", "#2")
    await room.dana.slash("chart remove", chart="1")
    card = await room.shows("text", "#3")

    compared = await room.mia.slash("history diff", **{"from": "1", "to": "3"})
    first = await room.mia.select(await room.mia.slash("history show"), "#1: posted")

    assert "Charts added" in compared.text
    assert "Charts removed" in compared.text
    assert [picture.data for picture in await room.mia.pictures(compared)] == [two, one]
    assert [picture.data for picture in await room.mia.pictures(first)] == [one]
    assert [picture.data for picture in await room.mia.pictures(card)] == [two]


async def test_a_long_comparison_has_pages_and_a_file_with_all_of_it(room: Room, bot: BotProcess):
    before, after = (" ".join(f"{word}{number}" for number in range(400)) for word in ("buy", "sell"))
    await room.dana.slash("plan post", text=before)
    await room.dana.slash("plan edit", text=after)

    first = await room.mia.slash("history diff")
    assert "page 1 of" in first.text
    assert first.files == ["changes.txt"]
    second = await room.mia.click(first, "Next")

    assert "page 2 of" in second.text
    assert "Previous" in second.buttons


@pytest.mark.parametrize(
    "text",
    ["```\ncode\n``` and ```", "\x1b[31mred\x1b[0m", "\u202eabc\u202c", "~~**__||`", "- # > list", "@everyone <@1>"],
)
async def test_any_text_is_compared_as_text(room: Room, bot: BotProcess, text: str):
    await room.dana.slash("plan post", text=f"before {text}")
    await room.dana.slash("plan edit", text=f"after {text}")

    compared = await room.mia.slash("history diff")

    assert "before" in compared.text
    assert "\u202e" not in compared.text
    assert "\x1b" not in compared.text
    assert not compared.shown.mention_everyone


async def test_a_deleted_plans_history_is_for_its_coach_and_managers(room: Room, changed: Seen):
    await room.dana.click(await room.dana.slash("plan delete"), "Delete")

    assert "4 revisions" in (await room.dana.slash("history show")).text
    assert "4 revisions" in (await room.max.slash("history show", coach="d")).text
    refused = await room.mia.slash("history show", coach="d")
    assert "no plan" in refused.text
    mark = await room.shows("Deleted <t:", "#4")
    assert mark.message is changed.message
    assert "Long above" not in mark.text
    told = (await room.mia.click(mark, "History")).text
    assert "Only Coach D (Day Trading)’s team" in told
    assert "can see the history of deleted plans" in told
    assert "4 revisions" in (await room.dana.click(mark, "History")).text


async def test_an_earlier_plan_of_the_day_is_offered(room: Room, changed: Seen):
    await room.dana.click(await room.dana.slash("plan delete"), "Delete")
    await room.dana.slash("plan post", text="second")

    shown = await room.dana.slash("history show")
    [earlier] = [label for label in shown.choices if label.startswith("deleted")]
    other = await room.dana.select(shown, earlier)

    assert "4 revisions" in other.text


async def test_the_history_has_pages_that_can_be_turned(room: Room, changed: Seen):
    for number in range(9):
        await room.dana.slash("plan edit", text=f"edit {number}")

    first = await room.mia.slash("history show")
    assert "page 1 of 2" in first.text
    second = await room.mia.click(first, "Older")

    assert "page 2 of 2" in second.text
    assert "**#1** Posted" in second.text
    assert second.message is first.message


async def test_revisions_are_offered_while_one_types(room: Room, changed: Seen):
    offered = await room.dana.autocomplete("history restore", coach="d", revision="2")

    [(label, value)] = offered
    assert label.startswith("2: edited")
    assert int(value) == 2


async def test_the_buttons_of_a_history_outlive_the_bot(own_discord: Discord, own_room: Room):
    first = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    await own_room.dana.slash("plan post", text="Long above 945")
    await own_room.dana.slash("plan edit", text="Long above 950")
    card = await own_room.shows("Long above 950", "#2")
    await first.stop()
    second = await (await BotProcess.start("run", env=own_discord.settings())).ready()

    compared = await own_room.mia.click(card, "What changed (1)")

    assert "~~945~~ → **950**" in compared.text
    await second.stop()


async def test_a_time_that_the_clock_showed_twice_is_asked_about(own_discord: Discord, own_room: Room):
    variables = own_discord.settings(COACHBOOK_DAYS__TIMEZONE="America/New_York")
    bot = await (await BotProcess.start("run", env=variables)).ready()
    last_change = last_sunday_of_change(today())
    await own_room.dana.slash("plan post", day=last_change.isoformat(), text="Long above 945")

    asked = await own_room.mia.slash("history at", time="01:30", day=last_change.isoformat())
    answer = await own_room.mia.click(asked, asked.buttons[0])

    assert "twice" in asked.text
    assert len(asked.buttons) == 2
    assert "had no plan" in answer.text
    await bot.stop()


async def exported(person: Person, path: str, **options: Value) -> Seen:
    """Use a command that exports, and wait until it has ended."""
    answer = await person.slash(path, **options)
    assert answer.interaction
    await answer.interaction.until(lambda: "One file holds" not in answer.text)
    return answer


async def test_a_plan_is_exported_with_its_history_and_pictures(room: Room, bot: BotProcess):
    chart = image_samples.png(seed=3)
    await room.dana.slash("plan post", text="Long above 945", chart1=Upload("open.png", chart))
    await room.shows("Long above 945")
    await room.dana.slash("plan edit", text="Long above 950")

    answer = await exported(room.mia, "history export", coach="d", format="zip")

    assert answer.ephemeral
    assert answer.text == "Exported 1 plan with 2 revisions."
    data = await room.mia.file(answer, answer.files[0])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        lines = [json.loads(line) for line in archive.read("book.jsonl").splitlines()]
        [picture] = [archive.read(name) for name in archive.namelist() if name.startswith("charts/")]
    assert [line["text"] for line in lines if line["type"] == "revision"] == ["Long above 945", "Long above 950"]
    assert picture == chart


async def test_an_export_without_a_format_is_there_to_be_read(room: Room, changed: Seen):
    answer = await exported(room.mia, "plan export")

    assert answer.files == [f"coachbook-{today()}-to-{today()}.md"]
    text = (await room.mia.file(answer, answer.files[0])).decode()
    assert "```\nLong above 950\nStop 930\n```" in text
    assert text.count("| edited |") == 2


async def test_days_that_can_not_be_exported_are_told(room: Room, changed: Seen):
    nothing = await exported(room.mia, "plan export", **{"from": "2020-01-01", "to": "2020-01-31"})
    backwards = await exported(room.mia, "plan export", **{"from": "2020-02-01", "to": "2020-01-31"})
    nobody = await exported(room.mia, "plan export", coach="nobody")

    assert "There are no plans from" in nothing.text
    assert "is after" in backwards.text
    assert "no coach" in nobody.text
    assert all(answer.ephemeral for answer in (nothing, backwards, nobody))


async def test_an_export_that_discord_would_not_take_is_refused(room: Room, bot: BotProcess):
    charts = [Upload("chart.png", image_samples.noise_png(5_500_000, seed)) for seed in range(2)]
    await room.dana.slash("plan post", text="large", chart1=charts[0], chart2=charts[1])
    await room.shows("large", "Posted <t:")

    refused = await exported(room.mia, "history export", coach="d", format="zip")
    smaller = await exported(room.mia, "history export", coach="d", format="jsonl")

    assert "the limit here is 10" in refused.text
    assert smaller.files == [f"coachbook-d-{today()}.jsonl"]


async def test_who_has_an_export_in_hand_waits_for_it(room: Room, changed: Seen):
    both = [asyncio.create_task(exported(room.mia, "plan export", format="zip")) for _ in range(2)]

    texts = [(await each).text for each in both]

    assert sum("You have an export in progress" in text for text in texts) == 1
    assert sum("1 plan with 3 revisions" in text for text in texts) == 1


async def test_a_deleted_plan_is_exported_to_its_coach_only(room: Room, changed: Seen):
    await room.dana.click(await room.dana.slash("plan delete"), "Delete")

    member = await exported(room.mia, "history export", coach="d")
    coach = await exported(room.dana, "history export", coach="d")

    assert "has no plan" in member.text
    assert "(deleted)" in (await room.dana.file(coach, coach.files[0])).decode()
