"""Templates as a coach's team uses them: through a local Discord, against the real bot in a process of its own."""

import datetime

import pytest

from bot.domain.days import long_day, short_day
from sandbox.driver import Seen
from tests.conftest import Discord, Room, today
from tests.crash.test_degraded import locked
from tests.processes import BotProcess

BOT = pytest.mark.usefixtures("bot")
EDIT, DELETE = "Edit a template", "Delete a template"
OTHER_DAY = "Other day\N{HORIZONTAL ELLIPSIS}"


async def added(room: Room, name: str, text: str, panel: Seen | None = None) -> Seen:
    """The panel of coach d, after a template was added with it."""
    panel = panel or await room.dana.slash("plan template", day=today().isoformat())
    await room.dana.submit(await room.dana.click(panel, "New template"), Name=name, Text=text)
    await room.discord.until(lambda: f"Template saved: {name}" in panel.text)
    return panel


@BOT
async def test_a_plan_begins_with_a_template_for_its_day(room: Room):
    yesterday = today() - datetime.timedelta(days=1)
    await room.dana.slash("plan post", day=yesterday.isoformat(), text="yesterday’s")
    panel = await added(room, "Opening", "{weekday}, {day}\r\n{coach} {unknown}\r\n{last}")
    assert panel.ephemeral
    assert panel.buttons == [f"Start from the last plan ({short_day(yesterday)})", "Opening", "New template"]
    assert f"**Opening** by <@{room.dana.user.id}>" in panel.text

    form = await room.dana.click(panel, "Opening")
    assert form.form
    weekday, date = long_day(today()).split(" ", 1)
    text = f"{weekday}, {date}\nCoach D (Day Trading) {{unknown}}\nyesterday’s"
    assert form.form.field("Plan").value == text
    await room.dana.submit(form)

    await room.shows(f"{weekday}, {date}", "yesterday’s", long_day(today()))
    panel = await room.dana.slash("plan template", day=today().isoformat())
    is_taken = await room.dana.click(panel, "Opening")
    assert "already has a plan" in is_taken.text
    assert is_taken.buttons == ["Edit that plan", OTHER_DAY]
    form = await room.dana.click(is_taken, OTHER_DAY)
    assert form.form
    assert form.form.field("Plan").value.startswith(long_day(today() + datetime.timedelta(days=1)).split(" ", 1)[0])


@BOT
async def test_a_plan_begins_with_the_last_one_without_any_template(room: Room):
    assert (await room.dana.slash("plan template")).buttons == ["New template"]
    await room.dana.slash("plan post", text="today’s")
    panel = await room.dana.slash("plan template", day="tomorrow")

    last = f"Start from the last plan ({short_day(today())})"
    form = await room.dana.click(panel, last)

    assert form.form
    assert form.form.field("Plan").value == "today’s"
    await room.dana.submit(form)
    await room.shows("today’s", long_day(today() + datetime.timedelta(days=1)))
    panel = await room.dana.slash("plan template", day="tomorrow")
    form = await room.dana.click(await room.dana.click(panel, last), OTHER_DAY)
    assert form.form
    assert form.form.field("Plan").value == "today’s"


@BOT
async def test_a_named_template_opens_the_form_at_once(room: Room):
    await added(room, "Opening", "{weekday}")
    await added(room, "Close", "text")

    assert await room.dana.autocomplete("plan template", name="ope") == [("Opening", "Opening")]
    form = await room.dana.slash("plan template", name="opening", day="tomorrow")

    assert form.form
    assert form.form.field("Plan").value == long_day(today() + datetime.timedelta(days=1)).split()[0]
    assert "no such template" in (await room.dana.slash("plan template", name="gone")).text


@BOT
async def test_the_panel_edits_and_deletes_templates(room: Room):
    panel = await added(room, "Opening", "first")
    form = await room.dana.select(panel, "Opening", menu=EDIT)
    stale = await room.dana.select(panel, "Opening", menu=EDIT)
    assert form.form
    assert [form.form.field(each).value for each in ("Name", "Text")] == ["Opening", "first"]
    await room.dana.submit(form, Name="Range", Text="second")
    await room.discord.until(lambda: "Template saved: Range" in panel.text)
    assert panel.buttons == ["Range", "New template"]

    refused = await room.dana.submit(stale, Text="late")
    assert "was changed after you opened it. Nothing was overwritten." in refused.text
    assert f"Changed by <@{room.dana.user.id}>" in refused.text
    assert "second" in refused.text
    assert "late" in refused.text

    old = await room.dana.slash("plan template")
    await room.dana.select(panel, "Range", menu=DELETE)
    await room.discord.until(lambda: "Template deleted: Range." in panel.text)
    assert "second" in panel.text
    assert panel.buttons == ["New template"]
    await room.dana.click(old, "Range")
    await room.discord.until(lambda: "no such template" in old.text)
    assert old.buttons == ["New template"]


@BOT
async def test_a_refused_template_is_returned(room: Room):
    panel = await added(room, "Opening", "text")

    for name, text, why in (
        ("OPENING", "my text", "already has a template named Opening"),
        ("\u200b", "mine", "name needs 1 to 50"),
    ):
        refused = await room.dana.submit(await room.dana.click(panel, "New template"), Name=name, Text=text)
        assert why in refused.text
        assert text in refused.text
    assert "You have no drafts" in (await room.dana.slash("plan drafts")).text


@BOT
async def test_a_coach_with_ten_templates_is_told_that_these_are_all(room: Room):
    panel = await room.dana.slash("plan template")
    form = await room.dana.click(panel, "New template")
    for number in range(10):
        await added(room, f"Template {number}", "text", panel)

    assert "New template" not in panel.buttons
    refused = await room.dana.submit(form, Name="One more", Text="my text")
    assert "has 10 templates" in refused.text
    assert "my text" in refused.text


@BOT
async def test_the_panel_turns_to_another_coach_and_others_do_not_see_it(room: Room):
    panel = await room.both.slash("plan template")
    assert "Coach I (Intraday): templates" in panel.text

    await room.both.select(panel, "Coach S (Swing)", menu="Another coach")

    await room.discord.until(lambda: "Coach S (Swing): templates" in panel.text)
    for person in (room.dana, room.max):
        refused = await person.slash("plan template", coach="s")
        assert "Only Coach S (Swing)’s team can see and change its templates." in refused.text


async def test_a_template_that_can_not_be_saved_now_is_returned_and_becomes_no_plan(
    own_discord: Discord, own_room: Room
):
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    form = await own_room.dana.click(await own_room.dana.slash("plan template"), "New template")

    with locked(own_discord.folder / "book.db"):
        answer = await own_room.dana.submit(form, Name="Opening", Text="my text")
        await own_discord.until(lambda: bool(answer.followups))

    assert "nothing was saved" in answer.followups[0].text
    assert "my text" in answer.followups[0].text
    await bot.logged("database available again")
    assert not own_room.cards()
    assert await bot.stop() == 0
