"""`/plan ...` as people use it: through a local Discord, against the real bot in a process of its own."""

import datetime

import pytest

from bot.domain.days import long_day, short_day
from sandbox.driver import Seen
from sandbox.world.entities import Message
from tests.conftest import Room, today

pytestmark = pytest.mark.usefixtures("bot")

ONE_DAY = datetime.timedelta(days=1)


async def test_a_posted_plan_is_shown_to_everyone_with_its_day(room: Room):
    receipt = await room.dana.slash("plan post", text="Long above 21,450")

    card = await room.shows("Long above 21,450")
    assert "Coach D (Day Trading)" in card.text
    assert long_day(today()) in card.text
    assert receipt.ephemeral
    assert f"[See it](https://discord.com/channels/{room.guild.id}/{room.channel.id}/{card.shown.id})" in receipt.text


async def test_a_plan_can_be_written_in_a_form(room: Room):
    form = await room.dana.slash("plan post", day="tomorrow")
    assert form.form
    assert form.form.title == "Post plan: Coach D (Day Trading)"
    [day] = [each["label"] for each in form.form.field("Day").component["options"] if each["default"]]
    assert day == f"{short_day(today() + ONE_DAY)} (tomorrow)"

    await room.dana.submit(form, Plan="Wait for the open")

    await room.shows("Wait for the open", long_day(today() + ONE_DAY))


async def test_a_coach_may_be_named_loosely(room: Room):
    await room.both.slash("plan post", coach=" COACH_S ", text="Swing")

    await room.shows("Coach S (Swing)")


async def test_editing_opens_a_form_with_the_current_text(room: Room):
    await room.dana.slash("plan post", text="Long above 21,450")

    form = await room.dana.slash("plan edit")
    assert form.form
    assert form.form.field("Plan").value == "Long above 21,450"
    edited = await room.dana.submit(form, Plan="Long above 21,460")

    assert edited.ephemeral
    await room.shows("Long above 21,460", "#2")
    again = await room.dana.submit(await room.dana.slash("plan edit"), Plan="Long above 21,470")
    assert "#3" in again.text
    await room.shows("Long above 21,470", "#3")
    assert len(room.cards()) == 1


async def test_editing_with_the_text_in_the_command_needs_no_form(room: Room):
    await room.dana.slash("plan post", text="first")

    await room.dana.slash("plan edit", text="second")

    await room.shows("second")


async def test_an_edit_that_changes_nothing_says_so_and_makes_no_revision(room: Room):
    await room.dana.slash("plan post", text="same")

    answer = await room.dana.slash("plan edit", text="same")

    assert answer.ephemeral
    assert "Nothing changed" in answer.text
    assert "#1 `" in (await room.mia.slash("plan show", coach="d")).text


async def test_showing_a_plan_is_private(room: Room):
    await room.dana.slash("plan post", text="Long above 21,450")

    shown = await room.mia.slash("plan show", coach="d")

    assert shown.ephemeral
    assert "Long above 21,450" in shown.text


async def test_showing_without_a_coach_offers_what_there_is(room: Room):
    await room.dana.slash("plan post", text="from d")
    await room.ivan.slash("plan post", text="from i")

    shown = await room.mia.slash("plan show")
    assert "2 plans" in shown.text
    chosen = await room.mia.select(shown, f"{short_day(today())}: Coach I (Intraday)")

    assert "from i" in chosen.text
    assert "from d" not in chosen.text


async def test_showing_without_a_coach_shows_the_only_plan(room: Room):
    await room.dana.slash("plan post", text="from d")

    assert "from d" in (await room.mia.slash("plan show")).text


async def test_a_list_has_pages_that_can_be_turned(room: Room):
    for ahead in range(4):
        day = today() + ahead * ONE_DAY
        await room.dana.slash("plan post", day=day.isoformat(), text=f"day {ahead}")

    first = await room.mia.slash("plan list")
    assert "Plans from " in first.text
    assert first.buttons == ["Older"]
    second = await room.mia.click(first, "Older")

    assert "Plans for " in second.text
    assert "day 0" in second.text
    assert second.message is first.message
    assert second.buttons == ["Newest", "Newer"]
    assert "day 3" in (await room.mia.click(second, "Newer")).text


async def test_a_list_can_be_narrowed(room: Room):
    await room.dana.slash("plan post", text="from d")
    await room.ivan.slash("plan post", text="from i")
    await room.ivan.slash("plan post", day="tomorrow", text="from i tomorrow")

    by_coach = await room.mia.slash("plan list", coach="i")
    by_day = await room.mia.slash("plan list", day="tomorrow")
    mine = await room.ivan.slash("plan list", mine=True)

    assert "2 plans" in by_coach.text
    assert "from d" not in by_coach.text
    assert "1 plan" in by_day.text
    assert "from i tomorrow" in by_day.text
    assert "2 plans" in mine.text
    assert "from d" not in mine.text


async def test_empty_lists_are_told_in_a_few_words(room: Room):
    assert (await room.mia.slash("plan list")).text == "No plans yet."
    assert (await room.mia.slash("plan show")).text == f"No plan for {short_day(today())} yet."


async def test_deleting_asks_first_and_marks_the_card(room: Room):
    await room.dana.slash("plan post", text="Long above 21,450")

    asked = await room.dana.slash("plan delete")
    assert asked.ephemeral
    assert asked.buttons == ["Delete", "Cancel"]
    deleted = await room.dana.click(asked, "Delete")

    assert "Deleted" in deleted.text
    assert deleted.message is asked.message
    card = await room.shows(f"by <@{room.dana.user.id}> · #2")
    assert "Deleted" in card.text
    assert "Long above" not in card.text
    assert "no plan" in (await room.mia.slash("plan show", coach="d")).text


async def test_a_deletion_can_be_called_off(room: Room):
    await room.dana.slash("plan post", text="Long above 21,450")

    kept = await room.dana.click(await room.dana.slash("plan delete"), "Cancel")

    assert "Canceled" in kept.text
    assert not kept.buttons
    assert "Long above 21,450" in (await room.mia.slash("plan show", coach="d")).text


async def test_a_deleted_plan_can_be_restored(room: Room):
    await room.dana.slash("plan post", text="Long above 21,450")
    await room.dana.click(await room.dana.slash("plan delete"), "Delete")

    [marked] = room.cards()
    restored = await room.dana.slash("plan restore")

    assert "Restored" in restored.text
    assert (await room.shows("Long above 21,450")).message is marked.message
    assert "Long above 21,450" in (await room.mia.slash("plan show", coach="d")).text


async def test_a_deleted_day_can_be_posted_again(room: Room):
    await room.dana.slash("plan post", text="first")
    await room.dana.click(await room.dana.slash("plan delete"), "Delete")

    await room.dana.slash("plan post", text="second")

    await room.shows("second")
    assert len(room.cards()) == 2
    assert "has another plan for" in (await room.dana.slash("plan restore")).text


async def test_a_plan_longer_than_a_message_can_be_read_to_its_end(room: Room):
    text = "".join(f"line {number:04}\n" for number in range(400))[:4000].strip()
    await room.dana.slash("plan post", text=text)
    card = await room.shows("line 0001")
    assert "line 0399" not in card.text

    rest = await room.mia.click(card, "Show more")

    assert rest.ephemeral
    assert "line 0399" in rest.text
    assert "part 2 of 2" in rest.text


async def test_coaches_are_suggested_with_ones_own_first(room: Room):
    own = await room.ivan.autocomplete("plan post", coach="")
    every = await room.mia.autocomplete("plan show", coach="")
    typed = await room.mia.autocomplete("plan show", coach="swi")

    assert own[0] == ("i: Coach I (Intraday)", "i")
    assert [value for _, value in every] == ["d", "i", "s"]
    assert [value for _, value in typed] == ["s"]


async def test_days_are_suggested_with_their_weekdays(room: Room):
    coming = await room.mia.autocomplete("plan show", day="")
    typed = await room.mia.autocomplete("plan show", day="tomorrow")

    assert coming[0] == (f"{short_day(today())} (today)", today().isoformat())
    assert typed[0][1] == (today() + ONE_DAY).isoformat()


async def test_a_guild_never_sees_anothers_plans(room: Room, other_room: Room):
    await room.dana.slash("plan post", text="only here " + "x " * 1900)
    card = await room.shows("only here")

    elsewhere = await other_room.dana.slash("plan show")
    assert "only here" not in elsewhere.text
    button = card.button("Show more")["custom_id"]
    forged = _same_buttons(card, room, other_room)
    foreign = await room.discord.sandbox.interactions.press(other_room.mia.user, forged, button)
    await foreign.first_answer()

    assert foreign.original
    assert "no longer exists" in str(foreign.original.components)


def _same_buttons(card: Seen, room: Room, other: Room) -> Message:
    """A message in the other guild with the buttons of the card, as a forger would want it."""
    world = room.discord.sandbox.world
    copy = Message(
        world.new_id(),
        other.channel.id,
        other.guild.id,
        room.discord.application.id,
        world.clock(),
        components=card.shown.components,
        flags=card.shown.flags,
    )
    return world.post(copy)
