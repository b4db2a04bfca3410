"""Dates in numbers: read as their writer writes them, and asked about where nobody can know."""

import datetime
from collections.abc import Iterator

import pytest

from bot.domain.days import DateOrder, long_day, parse_day, short_day
from sandbox.driver import Person
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Room, card_of, today

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def dana(room: Room) -> Iterator[Person]:
    """A coach whose locale, and whose server's, Coachbook does not know."""
    before = room.dana.user.locale
    room.dana.user.locale = room.guild.preferred_locale = "eo"
    yield room.dana
    room.dana.user.locale = before


def january() -> datetime.date:
    return parse_day("1/2", today(), DateOrder.MONTH_FIRST)


def february() -> datetime.date:
    return parse_day("1/2", today(), DateOrder.DAY_FIRST)


async def test_a_command_goes_on_with_the_day_that_is_chosen(dana: Person):
    asked = await dana.slash("plan show", coach="d", day="1/2")
    assert asked.ephemeral
    assert "Which one?" in asked.text
    assert sorted(asked.buttons) == sorted([long_day(january()), long_day(february())])

    shown = await dana.click(asked, long_day(february()))
    form = await dana.click(await dana.slash("plan post", day="1/2"), long_day(january()))

    assert f"plan for {short_day(february())}" in shown.text
    assert form.form
    assert "Posted" in (await dana.submit(form, Plan="my text")).text
    assert f"{long_day(january())}" in (await dana.slash("plan show", day=january().isoformat())).text


async def test_a_text_is_posted_on_the_day_that_is_chosen(room: Room, dana: Person):
    asked = await dana.slash("plan post", day="1/2", text="my text")
    assert "my text" in asked.text

    await dana.click(asked, long_day(february()))

    assert long_day(february()) in (await room.shows("my text")).text
    assert "You have no drafts" in (await dana.slash("plan drafts")).text


async def test_an_edit_changes_the_plan_of_the_day_that_is_chosen(room: Room, dana: Person):
    await dana.slash("plan post", day=february().isoformat(), text="first")
    card = await room.shows("first")
    picture = Upload("1.png", image_samples.png(seed=1))

    edited = await dana.click(await dana.slash("plan edit", day="1/2", text="second"), long_day(february()))
    added = await dana.click(await dana.slash("chart add", day="1/2", chart1=picture), long_day(february()))
    await card_of(dana, edited)
    await card_of(dana, added)

    assert "second" in card.text
    assert len(await room.mia.pictures(card)) == 1
    assert "You have no drafts" in (await dana.slash("plan drafts")).text
    await room.max.slash("admin coach assign", coach="d", user=room.ivan.user)
    form = await room.ivan.slash("plan edit", coach="d", day=february().isoformat())
    await room.ivan.submit(form, Plan="not seen by dana")
    stale = await dana.click(await dana.slash("plan edit", day="1/2", text="third"), long_day(february()))
    assert "Nothing was overwritten" in stale.text
    none = await dana.click(await dana.slash("plan edit", day="1/2", text="third"), long_day(january()))
    assert "has no plan for" in none.text
    assert none.buttons == ["Edit and resend"]
    asked = await dana.slash("chart caption", chart="1.png", text="1/2", day="1/2")
    await dana.click(asked, long_day(february()))
    assert "1. 1/2" in (await dana.slash("plan show", day=february().isoformat())).text


async def test_a_draft_that_got_pictures_meanwhile_changes_the_plan_of_the_day_with_them(room: Room, dana: Person):
    await dana.slash("plan post", day="today", text="of today")
    await dana.slash("plan post", day=february().isoformat(), text="first")
    card = await room.shows("first")
    asked = await dana.slash("plan edit", day="1/2", text="second")
    listed = await dana.slash("plan drafts")
    form = await dana.select(listed, listed.choices[0])
    taken = await dana.submit(form, files=[Upload("1.png", image_samples.png(seed=1))], Day=[today().isoformat()])
    await room.discord.until(lambda: bool(taken.buttons))

    edited = await dana.click(asked, long_day(february()))
    await card_of(dana, edited)

    assert "second" in card.text
    assert len(await room.mia.pictures(card)) == 1


async def test_what_a_button_can_not_say_is_explained(dana: Person):
    asked = await dana.slash("history at", day="1/2", time="09:31 " + "x" * 50)

    assert not asked.buttons
    assert long_day(january()) in asked.text
    assert "2026-11-23" in asked.text


async def test_the_users_locale_decides_or_else_the_servers(room: Room, dana: Person):
    room.guild.preferred_locale = "de"
    assert f"plan for {short_day(february())}" in (await dana.slash("plan show", coach="d", day="1/2")).text

    dana.user.locale = "en-US"
    assert f"plan for {short_day(january())}" in (await dana.slash("plan show", coach="d", day="1/2")).text
    label, value = (await dana.autocomplete("plan show", day="1/2"))[0]
    assert value == january().isoformat()
    assert label.startswith(f"{january():%a}")
