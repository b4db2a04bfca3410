"""The form of a plan, as people use it and as they should not: text, pictures, coach and day."""

import datetime
from typing import Any

import pytest
from pydantic import SecretStr

from bot.discord.connection.gateway import gateway_client
from bot.discord.modal_fields import Submitted, SubmittedModals
from bot.domain.days import long_day
from sandbox import rendering
from sandbox.driver import Seen
from sandbox.driver.seen import Form
from sandbox.interactions.interaction import InteractionKind, ResponseKind
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Room, card_of, plan_in, today
from tests.forms import old_form, write_button
from tests.processes import BotProcess

DRAWN = {image_samples.png(seed=number): number for number in range(12)}
HEIC = Upload("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")


@pytest.fixture(autouse=True)
def nothing_fails(bot: BotProcess):
    """No test here may leave an error in the log."""
    before = len(bot.lines)
    yield
    assert not [line for line in bot.lines[before:] if "Traceback" in line or '"level": "error"' in line]


def files(*numbers: int) -> list[Upload]:
    return [Upload(f"nq-{number}.png", image_samples.png(seed=number)) for number in numbers]


def with_filling(png: bytes, size: int) -> bytes:
    """The same picture with so many bytes that show nothing."""
    return png[:-12] + image_samples.png_chunk(b"noTe", bytes(size)) + png[-12:]


def charts(*numbers: int) -> dict[str, Upload]:
    return {f"chart{at}": each for at, each in enumerate(files(*numbers), 1)}


async def open_with(room: Room, given: dict[str, Upload], **options: str) -> Seen:
    """The form that `/plan post` opens; a busy machine is offered a button for it."""
    opened = await room.dana.slash("plan post", **options, **given)
    return opened if opened.form else await room.dana.click(opened, "Open the form")


def form_in(seen: Seen) -> Form:
    assert seen.form, seen.text
    return seen.form


def labels(seen: Seen, name: str) -> list[str]:
    return [each["label"] for each in form_in(seen).field(name).component["options"]]


def chosen(seen: Seen, name: str) -> list[str]:
    return [each["value"] for each in form_in(seen).field(name).component["options"] if each["default"]]


def room_for(seen: Seen) -> int | None:
    """The number of files that the form takes; None: it has no field for any."""
    uploads = [each.component for each in form_in(seen).fields if each.component["type"] == 19]
    return uploads[0]["max_values"] if uploads else None


def says(seen: Seen, custom_id: str) -> str:
    """The description beside a field."""
    assert seen.interaction
    assert seen.interaction.modal
    [found] = [each for each in seen.interaction.modal["components"] if each["component"]["custom_id"] == custom_id]
    return found.get("description", "")


async def shown(seen: Seen, words: str) -> Seen:
    assert seen.interaction
    await seen.interaction.until(lambda: words in seen.text)
    return seen


async def pictures(room: Room, card: Seen) -> list[int]:
    """The numbers of the files on a card."""
    return [DRAWN[each.data] for each in await room.mia.pictures(card)]


async def forged(room: Room, opened: Seen, uploads: list[Upload], **values: list[str]) -> Seen:
    """Send an open form as a modified client might: with more files, or values that it does not offer."""
    world, interaction = room.discord.sandbox.world, opened.interaction
    assert interaction
    kept = [world.keep_file(each, room.discord.application.id, ephemeral=True) for each in uploads]
    resolved = {str(each.id): rendering.attachment(world, each) for each in kept}
    fields: list[dict[str, Any]] = [
        {"type": 4, "custom_id": "text", "value": "forged"},
        {"type": 19, "custom_id": "files", "values": list(resolved)},
        *({"type": 3, "custom_id": name, "values": given} for name, given in values.items()),
    ]
    components = [{"type": 18, "id": at, "component": each} for at, each in enumerate(fields, 1)]
    data = {"custom_id": form_in(opened).custom_id, "components": components, "resolved": {"attachments": resolved}}
    interactions = room.discord.sandbox.interactions
    application = room.discord.application
    sent = interactions.forge(
        InteractionKind.MODAL, room.dana.user, room.channel, application, data, opened_by=interaction
    )
    return Seen(await sent.filled(), sent)


async def test_the_button_of_a_channel_opens_a_form_that_takes_pictures_and_a_day(room: Room):
    form = await room.dana.click(write_button(room), "Post today’s plan")
    assert [each.label for each in form_in(form).fields] == ["Plan", "Charts", "Day"]
    assert (room_for(form), chosen(form, "Day")) == (10, [today().isoformat()])
    tomorrow = (today() + datetime.timedelta(1)).isoformat()

    receipt = await room.dana.submit(form, Plan="Long above 945", Charts=files(1, 2), Day=[tomorrow])

    assert receipt.ephemeral
    card = await card_of(room.dana, receipt)
    assert long_day(datetime.date.fromisoformat(tomorrow)) in card.text
    assert await pictures(room, card) == [1, 2]
    assert "(#1)" not in receipt.text


async def test_one_of_several_coaches_is_chosen_in_the_form(room: Room):
    form = await room.both.click(write_button(room), "Post today’s plan")
    assert labels(form, "Coach") == ["i: Coach I (Intraday)", "s: Coach S (Swing)"]
    assert chosen(form, "Coach") == []

    await room.both.submit(form, Plan="Swing", Coach=["s"])

    assert "Coach S (Swing)" in (await room.shows("Swing")).text
    assert chosen(await room.both.slash("plan post", coach="i"), "Coach") == ["i"]


async def test_a_coach_is_typed_where_there_are_more_than_a_menu_shows(room: Room):
    for number in range(23):
        await room.max.slash("admin coach add", key=f"n{number:02}", name=f"New {number}")
    form = await room.max.click(write_button(room), "Post today’s plan")
    assert (form_in(form).field("Coach").is_text, says(form, "coach")) == (True, "Its key or its name.")

    refused = await room.max.submit(form, Plan="typed", Coach="new 99")
    assert "no coach" in refused.text
    again = await room.max.click(refused, "Edit and resend")
    await room.max.submit(again, Coach="new 22")

    assert "New 22" in (await room.shows("typed")).text


async def test_a_form_with_pictures_says_how_many_are_added_and_takes_more_after_them(room: Room):
    form = await open_with(room, charts(1, 2))
    assert (says(form, "text"), says(form, "files")) == ("2 charts will be added.", "Up to 8: PNG, JPEG, GIF or WebP.")

    card = await card_of(room.dana, await room.dana.submit(form, Plan="text", Charts=files(3)))

    assert await pictures(room, card) == [1, 2, 3]
    full = await open_with(room, charts(*range(10)), day="tomorrow")
    assert (says(full, "text"), room_for(full)) == ("10 charts will be added.", None)


async def test_a_refused_edit_takes_more_files_after_those_that_it_had(room: Room):
    await room.dana.slash("plan post", text="first")
    stale = await room.dana.slash("plan edit")
    await room.dana.slash("plan edit", text="second")
    refused = await shown(await room.dana.submit(stale, Plan="mine", **{"Add charts": files(1)}), "mine")

    form = await room.dana.click(refused, "Edit my text")
    assert says(form, "text") == "1 chart will be added."
    receipt = await room.dana.submit(form, Plan="mine", **{"Add charts": files(2)})

    await shown(receipt, "Edited")
    assert await pictures(room, await room.shows("mine", "#3")) == [1, 2]


async def test_the_eleventh_file_is_named_and_the_others_are_posted(room: Room):
    form = await room.dana.slash("plan post")

    receipt = await shown(await forged(room, form, files(*range(11))), "10 charts")

    assert "nq-10.png" in receipt.text
    assert len(await pictures(room, await card_of(room.dana, receipt))) == 10


async def test_thirty_mib_with_a_picture_that_is_none_are_posted_without_it(room: Room):
    form = await room.dana.slash("plan post")
    large = [Upload(each.filename, with_filling(each.data, 19 * 2**19)) for each in files(1, 2, 3)]

    receipt = await room.dana.submit(form, Plan="text", Charts=[large[0], HEIC, *large[1:]])

    await shown(receipt, "Couldn’t add photo.heic: a HEIC picture.")
    card = await card_of(room.dana, receipt)
    assert "3 charts" in receipt.text
    assert await pictures(room, card) == [1, 2, 3]


async def test_a_full_plan_of_the_longest_text_and_captions_is_posted_and_opens_without_room(room: Room):
    text, captions = "word " * 800, ["c" * 99 + f"{number}" for number in range(10)]
    drawn = [
        Upload(each.filename, each.data, caption) for each, caption in zip(files(*range(10)), captions, strict=True)
    ]

    card = await card_of(room.dana, await room.dana.submit(await room.dana.slash("plan post"), Plan=text, Charts=drawn))

    assert [each.description for each in await room.mia.pictures(card)] == captions
    assert room_for(await room.dana.click(card, "Edit")) is None


async def test_a_form_that_is_sent_twice_makes_one_plan_and_returns_the_text(room: Room):
    form = await room.dana.slash("plan post")
    assert form.interaction
    again = Seen(None, form.interaction, form.form and Form(form.form.title, form.form.custom_id, form.form.fields))

    await card_of(room.dana, await room.dana.submit(form, Plan="text", Charts=files(1)))
    refused = await room.dana.submit(again, Plan="text once more", Charts=files(2))

    await shown(refused, "already has a plan")
    assert "text once more" in refused.text
    using = ["Add chart", "Replace text, add chart", "Replace text and 1 chart"]
    assert refused.buttons == ["Edit that plan", *using, "Other day\N{HORIZONTAL ELLIPSIS}"]
    assert len(room.cards()) == 1


async def test_who_lost_the_role_meanwhile_gets_the_text_back(room: Room):
    world = room.discord.sandbox.world
    role = world.add_role(room.guild, "Swingers")
    world.add_member(room.guild, room.mia.user, [role])
    await room.max.slash("admin coach assign", coach="s", role=role)
    await room.mia.slash("plan post", text="today")
    form, edit = await room.mia.slash("plan post", day="tomorrow"), await room.mia.slash("plan edit")
    world.set_roles(room.guild.members[room.mia.user.id], [])

    refused = await room.mia.submit(form, Plan="my text", Charts=files(1))
    refused_edit = await room.mia.submit(edit, Plan="my edit", **{"Add charts": files(2)})

    await shown(refused, "not a coach")
    assert "my text" in refused.text
    assert "my edit" in (await shown(refused_edit, "not a coach")).text
    assert [card.shown.id for card in room.cards()] == [(await room.shows("today", "Posted <t:")).shown.id]


@pytest.mark.parametrize("given", [{}, charts(1)], ids=["without pictures", "with pictures"])
async def test_a_form_never_posts_as_another_coach_than_the_one_it_was_opened_for(room: Room, given: dict[str, Upload]):
    form = await open_with(room, given)
    await room.max.slash("admin coach assign", coach="s", user=room.dana.user)
    await room.max.slash("admin coach remove", coach="d")

    refused = await room.dana.submit(form, Plan="my text", Charts=files(2))

    await shown(refused, "my text")
    assert "retired" in refused.text or "no coach “d”" in refused.text
    assert not room.cards()
    again = await room.dana.click(refused, "Edit and resend")
    assert (labels(again, "Coach"), chosen(again, "Coach")) == (["s: Coach S (Swing)"], [])


@pytest.mark.parametrize("values", [{"coach": ["i"]}, {"coach": ["nobody"]}, {"day": ["soon"]}])
async def test_what_a_form_does_not_offer_is_refused(room: Room, values: dict[str, list[str]]):
    form = await room.dana.slash("plan post")

    refused = await forged(room, form, [], **values)

    assert "forged" in refused.text
    assert "Edit and resend" in refused.buttons
    assert not room.cards()


async def test_an_edit_adds_its_files_with_the_text_as_one_change(room: Room):
    await room.dana.slash("plan post", text="first", **charts(1))
    card = await room.shows("first")
    form = await room.dana.click(card, "Edit")
    assert (form_in(form).field("Plan").value, room_for(form)) == ("first", 9)

    receipt = await room.dana.submit(form, Plan="second", **{"Add charts": files(2)})

    await card_of(room.dana, receipt)
    await room.discord.until(lambda: "second" in card.text)
    assert "#2" in card.text
    assert await pictures(room, card) == [1, 2]


async def test_the_answer_to_an_edit_from_a_card_is_a_private_message(room: Room):
    await room.dana.slash("plan post", text="first")
    card = await room.shows("first")

    for number, given in enumerate(({}, {"Add charts": files(1)})):
        receipt = await room.dana.submit(await room.dana.click(card, "Edit"), Plan=f"changed {number}", **given)

        await shown(receipt, "[See it]")
        assert receipt.interaction
        assert receipt.interaction.answer in {ResponseKind.MESSAGE, ResponseKind.DEFERRED_MESSAGE}
        assert receipt.ephemeral
        assert receipt.message is not card.message
        await room.discord.until(lambda: f"changed {number}" in card.text)  # noqa: B023 - waited for at once


async def test_charts_that_fill_the_plan_meanwhile_cost_neither_text_nor_files(room: Room):
    await room.dana.slash("plan post", text="first", **charts(*range(9)))
    form = await room.dana.click(await room.shows("first"), "Edit")
    await card_of(room.dana, await room.dana.slash("chart add", **charts(20)))

    refused = await room.dana.submit(form, Plan="second", **{"Add charts": files(21)})

    await shown(refused, "second")
    assert "1 chart" in (await room.dana.slash("plan drafts")).text


@pytest.mark.parametrize("route", ["post_draft", "post_kept"])
async def test_forms_that_an_older_release_opened_are_taken(room: Room, route: str):
    opened = await open_with(room, charts(1), day="tomorrow")
    draft = form_in(opened).custom_id.split(":")[2]
    form = old_form(opened, f"cb:plans.{route}:{draft}", "text", "coach", "day")

    card = await card_of(room.dana, await room.dana.submit(form, text="an old form"))

    assert plan_in(card)
    assert long_day(today() + datetime.timedelta(1)) in card.text
    assert await pictures(room, card) == [1]


async def test_without_the_raw_event_the_texts_of_a_form_are_read(room: Room):
    form = old_form(await room.dana.slash("plan post"), "cb:plans.post:d:", "text", "day")
    sent = (await room.dana.submit(form, text="an old form", day="tomorrow")).interaction
    assert sent
    gateway = gateway_client(SecretStr(room.discord.application.token), room.discord.sandbox.rest_url)

    submitted = SubmittedModals(gateway).fields(gateway.entity_factory.deserialize_modal_interaction(sent.payload))

    assert submitted == Submitted({"text": "an old form", "day": "tomorrow"})
