"""Sessions through a local Discord: overridden days, closed days, and an exchange of a server's own."""

import datetime

import pytest

from bot.domain.days import short_day
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Room, card_of, today

pytestmark = pytest.mark.usefixtures("bot")


def day(ahead: int) -> datetime.date:
    return today() + datetime.timedelta(days=ahead)


async def test_a_plan_for_a_closed_day_is_posted_when_its_author_says_so(room: Room):
    closed = await room.max.slash("admin session", day="+3", kind="closed")
    assert "is closed here now" in closed.text

    asked = await room.dana.slash("plan post", day="+3", text="my text", chart1=Upload("1.png", image_samples.png()))
    assert asked.interaction
    await asked.interaction.until(lambda: bool(asked.buttons))
    assert "This server has no session on" in asked.text
    assert "saved as a draft" in asked.text
    assert asked.buttons == [f"Post for {short_day(day(4))}", "Post anyway", "Other day…"]
    assert not room.cards()
    card = await card_of(room.dana, await room.dana.click(asked, "Post anyway"))

    assert "my text" in card.text
    assert len(await room.mia.pictures(card)) == 1
    assert "You have no drafts" in (await room.dana.slash("plan drafts")).text


async def test_a_plan_for_a_closed_day_is_posted_for_another(room: Room):
    await room.max.slash("admin session", day="+1", kind="closed")
    form = await room.dana.slash("plan post", day="+1")
    asked = await room.dana.submit(form, Plan="my text")

    other = await room.dana.click(asked, "Other day…")
    assert other.form
    posted = await room.dana.click(asked, f"Post for {short_day(day(2))}")

    assert "Posted" in posted.text
    assert "my text" in (await room.dana.slash("plan show", day="+2")).text


async def test_cards_and_lists_say_when_a_half_day_closes(room: Room):
    card = await card_of(room.dana, await room.dana.slash("plan post", day="+2", text="my text"))
    assert "When does it close?" in (await room.max.slash("admin session", day="+2", kind="half_day")).text

    told = await room.max.slash("admin session", day="+2", kind="half_day", closes="13:00")

    assert "is a half day here now" in told.text
    await room.shows("my text", "half day, closes <t:")
    assert "half day, closes <t:" in card.text
    assert "half day, closes <t:" in (await room.mia.slash("plan list")).text
    assert "half day, closes <t:" in (await room.mia.slash("plan show", day="+2")).text
    assert (await room.mia.autocomplete("plan show", day="+2"))[0][0] == f"{short_day(day(2))} (half day)"
    assert f"{short_day(day(2))} half day, closes <t:" in (await room.max.slash("admin settings")).text
    await room.max.slash("admin session", day="+2", kind="as_usual")
    await room.discord.until(lambda: "half day" not in card.text)


async def test_a_server_follows_an_exchange_whose_calendar_is_computed_at_once(room: Room):
    changed = await room.max.slash("admin settings", exchange="XLON")

    assert changed.interaction
    await changed.interaction.until(lambda: "LSE (London), 08:00 to 16:30" in changed.text)
    assert "Not known yet" not in changed.text
    assert "calendar" not in (await room.max.slash("admin health")).text
    offered = await room.mia.autocomplete("plan show", day="dec 25")
    assert offered[0][0].endswith("closed)")


async def test_revisions_are_compared_by_times(room: Room):
    await room.dana.slash("plan post", text="first")
    await room.dana.slash("plan edit", text="second")

    too_early = await room.mia.slash("history diff", **{"from": "session_open"})
    compared = await room.mia.slash("history diff", **{"from": "1", "to": "now"})

    assert "had no plan" in too_early.text
    assert "#1 to #2" in compared.text
    offered = await room.mia.autocomplete("history diff", coach="d", **{"from": "ses"})
    assert [value for _, value in offered] == ["session_open", "session_close"]
