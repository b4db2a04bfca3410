"""What the Apps menu offers on messages and members, as people use it: through a local Discord."""

import dataclasses
import datetime

import pytest

from bot.domain.days import long_day
from sandbox.driver import Seen
from sandbox.messages import user_actions
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room, today
from tests.processes import BotProcess

pytestmark = pytest.mark.usefixtures("bot")

WORDS = "**Long** above 945 @everyone\nStop 940"
NOTHING = "can’t be saved"


def pictures(count: int) -> list[Upload]:
    return [Upload(f"nq-{number}.png", image_samples.png(seed=number)) for number in range(count)]


@pytest.fixture
async def card(room: Room) -> Seen:
    """The card of a plan that was just posted."""
    await room.dana.slash("plan post", text="Long above 945")
    return await room.shows("Long above 945", "Posted <t:")


async def test_a_message_with_pictures_becomes_a_plan(room: Room):
    message = room.dana.send(WORDS, pictures(2))

    form = await room.dana.message_action("Save as plan", message)
    assert form.form
    assert [(each.label, each.value) for each in form.form.fields][:2] == [("Plan", WORDS), ("Charts", "")]
    receipt = await room.dana.submit(form)
    card = await room.shows(WORDS, "Posted <t:")

    assert receipt.ephemeral
    assert f"Saved from [a message](https://discord.com/channels/{room.guild.id}/{room.channel.id}/" in card.text
    assert f"{message.id}) by <@{room.dana.user.id}>" in card.text
    assert [each.data for each in await room.mia.pictures(card)] == [each.data for each in pictures(2)]


async def test_the_form_can_correct_what_a_message_says(room: Room):
    form = await room.both.message_action("Save as plan", room.both.send("Long 945"))
    assert form.form
    coaches = [each["label"] for each in form.form.field("Coach").component["options"]]
    assert coaches == ["i: Coach I (Intraday)", "s: Coach S (Swing)"]
    tomorrow = today() + datetime.timedelta(1)

    await room.both.submit(form, text="Long 950", coach=["s"], day=[tomorrow.isoformat()])

    card = await room.shows("Long 950")
    assert "Coach S" in card.text
    assert long_day(tomorrow) in card.text


async def test_anothers_message_is_saved_and_the_plan_says_whose_it_is(room: Room):
    message = room.mia.send("I would go long")

    await room.dana.submit(await room.dana.message_action("Save as plan", message))
    card = await room.shows("I would go long", "Posted <t:")
    shown = await room.mia.slash("history show", coach="d")

    assert f"{message.id}) by <@{room.mia.user.id}>" in card.text
    assert f"Posted ([a message](https://discord.com/channels/{room.guild.id}" in shown.text


async def test_a_message_that_is_gone_costs_only_its_pictures(room: Room):
    message = room.dana.send("Long above 945", [Upload("gone.png", image_samples.png())])
    room.discord.sandbox.faults.fail("GET", "*gone.png*", status=404, count=2)
    form = await room.dana.message_action("Save as plan", message)
    room.discord.sandbox.world.delete(message)

    receipt = await room.dana.submit(form)
    card = await room.shows("Long above 945", "Posted <t:")

    assert await room.mia.pictures(card) == []
    assert receipt.interaction
    await receipt.interaction.until(lambda: "gone.png" in receipt.text)


async def test_a_forwarded_message_gives_what_it_forwards(room: Room):
    forwarded = room.dana.forward(room.mia.send("from elsewhere", pictures(1)))

    await room.dana.submit(await room.dana.message_action("Save as plan", forwarded))
    card = await room.shows("from elsewhere", "Posted <t:")

    assert f"{forwarded.id})\n" in f"{card.text}\n"
    assert len(await room.mia.pictures(card)) == 1


async def test_a_webhooks_message_is_saved(room: Room):
    message = user_actions.say_by_webhook(room.discord.sandbox.world, "News", room.channel, "CPI 08:30")

    await room.dana.submit(await room.dana.message_action("Save as plan", message))
    card = await room.shows("CPI 08:30", "Posted <t:")

    assert f"{message.id})\n" in f"{card.text}\n"


ALERT = {
    "author": {"name": "Alerts"},
    "title": "NQ setup",
    "url": "https://example.com/nq",
    "description": "Long above 945",
    "fields": [{"name": "Stop", "value": "940"}, {"name": "Target", "value": "960"}],
    "footer": {"text": "not advice"},
    "image": {"url": "attachment://nq-0.png"},
    "thumbnail": {"url": "https://example.com/logo.png"},
}
ALERT_TEXT = (
    "Alerts\n**NQ setup**\nhttps://example.com/nq\nLong above 945\n**Stop**\n940\n**Target**\n960\n-# not advice"
)


@pytest.mark.parametrize("is_forwarded", [False, True], ids=["itself", "forwarded"])
async def test_an_alert_in_an_embed_becomes_a_plan_with_its_pictures(room: Room, is_forwarded: bool):
    alert = user_actions.say_by_webhook(
        room.discord.sandbox.world, "Alerts", room.channel, "", pictures(1), embeds=[ALERT]
    )

    form = await room.dana.message_action("Save as plan", room.dana.forward(alert) if is_forwarded else alert)
    assert form.form
    text = form.form.fields[0].value
    receipt = await room.dana.submit(form)
    card = await room.shows("Long above 945", "Posted <t:")

    assert text == ALERT_TEXT
    assert [each.data for each in await room.mia.pictures(card)] == [pictures(1)[0].data]
    assert receipt.interaction
    await receipt.interaction.until(lambda: "logo.png" in receipt.text)


async def test_previews_of_links_are_no_part_of_the_plan(room: Room):
    message = room.dana.send("Long 945, see https://example.com/nq")
    message.embeds = [{"title": "A shop", "url": "https://example.com/nq", "description": "Buy now"}]
    forwarded = room.dana.forward(message)
    message.embeds.append({"title": "Where a short link leads", "url": "https://example.com/full"})

    forms = [await room.dana.message_action("Save as plan", each) for each in (message, forwarded)]

    assert [each.form and each.form.fields[0].value for each in forms] == [message.content] * 2


async def test_a_message_made_of_components_becomes_a_plan_with_its_pictures(room: Room):
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://nq-0.png"}}]}
    container = {"type": 17, "components": [{"type": 10, "content": "## CPI 08:30"}, gallery]}
    alert = user_actions.say_by_webhook(
        room.discord.sandbox.world, "Alerts", room.channel, "", pictures(1), components=[container]
    )

    await room.dana.submit(await room.dana.message_action("Save as plan", alert))
    card = await room.shows("CPI 08:30", "Posted <t:")

    assert [each.data for each in await room.mia.pictures(card)] == [pictures(1)[0].data]


async def test_a_text_that_discord_made_a_file_of_becomes_the_plan(room: Room):
    words = "Long above 945 \N{EN DASH} börse\n" * 90
    message = room.dana.send("see below", [Upload("message.txt", words.encode()), *pictures(1)])

    form = await room.dana.message_action("Save as plan", message)
    assert form.form
    text = form.form.fields[0].value
    await room.dana.submit(form)
    card = await room.shows("see below", "Posted <t:")

    assert text == f"see below\n{words}"
    assert len(await room.mia.pictures(card)) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x" * 4001, "has 4,001 characters"),
        (b"x" * 16_001, "is too long: a plan can have 4,000"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
    ],
    ids=["a little too long", "far too long", "no text"],
)
async def test_a_file_that_can_not_be_the_text_is_refused(room: Room, data: bytes, words: str):
    refused = await room.dana.message_action("Save as plan", room.dana.send("", [Upload("message.txt", data)]))

    assert refused.ephemeral
    assert words in refused.text
    assert "You have no drafts" in (await room.dana.slash("plan drafts")).text


async def test_a_card_is_not_saved_again_and_leads_to_the_form(room: Room, card: Seen):
    told = await room.dana.message_action("Save as plan", card)
    form = await room.dana.click(told, "Edit")
    refused = await room.mia.message_action("Save as plan", card)

    assert told.ephemeral
    assert "a plan’s card" in told.text
    assert form.form
    assert form.form.fields[0].value == "Long above 945"
    assert "not a coach" in refused.text


async def test_a_message_of_pictures_alone_needs_some_text(room: Room):
    form = await room.dana.message_action("Save as plan", room.dana.send(files=pictures(1)))

    await room.dana.submit(form, text="see chart")
    card = await room.shows("see chart")

    assert len(await room.mia.pictures(card)) == 1


async def test_files_that_are_no_pictures_are_named_while_the_form_is_open(room: Room):
    others = [Upload("plan.pdf", b"%PDF-1.7"), Upload("photo.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")]
    message = room.dana.send("Long above 945", [*others, *pictures(1)])

    form = await room.dana.message_action("Save as plan", message)
    said = await room.dana.followup(form)
    receipt = await room.dana.submit(form)

    assert form.form
    [modal] = [form.interaction.modal] if form.interaction and form.interaction.modal else []
    assert modal["components"][0]["description"] == "2 charts will be added. Can’t be added: plan.pdf."
    assert said.ephemeral
    assert "Couldn’t add plan.pdf: not a PNG, JPEG, GIF or WebP picture." in said.text
    assert "Couldn’t add photo.jpg: a HEIC picture." in said.text
    assert len(await room.mia.pictures(await room.shows("Long above 945", "Posted <t:"))) == 1
    assert "Couldn’t" not in receipt.text


async def test_of_twelve_pictures_ten_are_taken_and_the_others_named(room: Room):
    source = room.dana.send("many", pictures(10))
    forwarded = room.dana.forward(source)
    forwarded.attachments = [dataclasses.replace(each) for each in source.attachments[:2]]
    names = ("x.png", "y.png")
    for name, attachment in zip(names, forwarded.attachments, strict=True):
        attachment.filename = name

    receipt = await room.dana.submit(await room.dana.message_action("Save as plan", forwarded))

    assert len(await room.mia.pictures(await room.shows("many", "Posted <t:"))) == 8
    assert receipt.interaction
    await receipt.interaction.until(lambda: "the same picture" in receipt.text)
    assert "one too many" in receipt.text


async def test_stickers_and_polls_are_refused(room: Room):
    for message in (room.dana.show_sticker("wave"), room.dana.ask("Up or down?", "up", "down")):
        for action in ("Save as plan", "Add charts to plan"):
            refused = await room.dana.message_action(action, message)
            assert refused.ephemeral
            assert NOTHING in refused.text
            needed = "text or pictures" if action == "Save as plan" else "pictures"
            assert f"Choose a message with {needed}." in refused.text


async def test_a_member_who_is_no_coach_can_not_save(room: Room):
    refused = await room.mia.message_action("Save as plan", room.mia.send("Long 945"))

    assert refused.ephemeral
    assert "not a coach" in refused.text
    assert "kept" not in refused.text


async def test_a_form_that_is_sent_twice_posts_once(room: Room):
    form = await room.dana.message_action("Save as plan", room.dana.send("Long 945"))
    assert form.interaction
    sent = {each.custom_id: each.value for each in (form.form.fields if form.form else [])}
    interactions = room.discord.sandbox.interactions

    await interactions.submit(room.dana.user, form.interaction, sent)
    again = await interactions.submit(room.dana.user, form.interaction, sent)
    await again.first_answer()

    assert "1 plan" in (await room.mia.slash("plan list")).text
    await room.shows("Long 945", "Posted <t:")
    assert len(room.cards()) == 1


async def test_a_double_press_adds_the_charts_once_and_says_so_twice(room: Room, card: Seen):
    refused = await room.dana.slash("plan post", text="mine", chart1=pictures(1)[0])
    assert refused.interaction
    await refused.interaction.until(lambda: "Add chart" in refused.buttons)
    custom_id = refused.button("Add chart")["custom_id"]
    interactions = room.discord.sandbox.interactions

    presses = [await interactions.press(room.dana.user, refused.shown, custom_id) for _ in range(2)]
    for each in presses:
        await each.first_answer()
    await room.shows("#2")
    await refused.interaction.until(lambda: "Saved: Coach D" in refused.text or "1 chart added" in refused.text)

    answers = " ".join(seen.text for seen in room.dana.see() if seen.ephemeral)
    assert "already used" not in answers
    assert "2 revisions" in (await room.dana.slash("history show")).text


async def test_a_day_that_has_a_plan_keeps_it_and_offers_the_message(room: Room, card: Seen):
    message = room.dana.send("Long above 950", pictures(1))

    refused = await room.dana.submit(await room.dana.message_action("Save as plan", message))
    assert refused.interaction
    await refused.interaction.until(lambda: "already has a plan" in refused.text)
    await room.dana.click(refused, "Replace text, add chart")
    edited = await room.shows("Long above 950", "#2")

    assert edited.message is card.message
    assert [each.data for each in await room.mia.pictures(edited)] == [each.data for each in pictures(1)]
    assert f"{message.id}) by" in edited.text


async def test_charts_of_a_message_go_to_todays_plan(room: Room, card: Seen):
    await room.dana.message_action("Add charts to plan", room.mia.send("", pictures(2)))
    added = await room.shows("Long above 945", "#2")

    assert added.message is card.message
    assert len(await room.mia.pictures(added)) == 2


async def test_charts_of_a_message_go_to_the_plan_that_is_chosen(room: Room):
    for day in ("2030-01-02", "2030-01-03"):
        await room.dana.slash("plan post", text=day, day=day)

    asked = await room.dana.message_action("Add charts to plan", room.dana.send("", pictures(1)))
    assert asked.ephemeral
    assert [choice[:10] for choice in asked.choices] == ["Thu 3 Jan:", "Wed 2 Jan:"]
    await room.dana.select(asked, asked.choices[1])
    added = await room.shows("2030-01-02", "#2")

    assert len(await room.mia.pictures(added)) == 1
    none = await room.dana.message_action("Add charts to plan", room.dana.send("", [Upload("plan.pdf", b"%PDF-1.7")]))
    assert "Can’t be added: plan.pdf" in none.text
    assert "Couldn’t add plan.pdf: not a PNG" in (await room.dana.followup(none)).text
    assert "No chart was added." in (await room.dana.select(none, none.choices[1])).text


async def test_charts_without_a_plan_are_refused(room: Room):
    message = room.dana.send("", pictures(1))

    assert "You have no plan yet" in (await room.dana.message_action("Add charts to plan", message)).text
    assert "not a coach" in (await room.mia.message_action("Add charts to plan", message)).text


@pytest.mark.parametrize("saved", [False, True])
async def test_a_card_and_the_message_that_was_saved_lead_to_the_plan(room: Room, saved: bool):
    message = room.dana.send("Long 945")
    await room.dana.submit(await room.dana.message_action("Save as plan", message))
    card = await room.shows("Long 945", "Posted <t:")
    target = message if saved else card

    history = await room.mia.message_action("Plan history", target)
    form = await room.dana.message_action("Edit plan", target)
    await room.dana.submit(form, text="Long 950")
    edited = await room.shows("Long 950", "#2")
    assert edited.message is card.message
    asked = await room.max.message_action("Delete plan", target)
    await room.max.click(asked, "Delete")

    assert "one revision" in history.text.lower() or "1 revision" in history.text
    assert (await room.shows("Deleted <t:", "#3")).message is card.message
    assert "Deleted by" in (await room.dana.message_action("Plan history", target)).text
    assert "history of deleted plans" in (await room.mia.message_action("Plan history", target)).text


async def test_those_who_may_not_are_refused(room: Room, card: Seen):
    for action in ("Edit plan", "Delete plan"):
        for person, words in ((room.ivan, "Only Coach"), (room.mia, "not a coach")):
            refused = await person.message_action(action, card)
            assert refused.ephemeral
            assert words in refused.text


async def test_a_message_about_no_plan_is_told(room: Room, card: Seen):
    message = room.dana.send("good morning")

    for action in ("Edit plan", "Plan history", "Delete plan"):
        assert "is not a plan, and" in (await room.dana.message_action(action, message)).text
    for action in ("Edit plan", "Delete plan"):
        assert "You have no plan yet" in (await room.ivan.message_action(action, message)).text
        assert "not a coach" in (await room.mia.message_action(action, message)).text


async def test_a_members_plan_of_today_is_shown(room: Room, card: Seen):
    shown = await room.mia.user_action("Today's plan", room.dana.user)

    assert shown.ephemeral
    assert "Long above 945" in shown.text


async def test_a_member_without_a_plan_and_one_with_two_are_told_so(room: Room):
    nothing = await room.mia.user_action("Today's plan", room.ivan.user)
    for coach in ("i", "s"):
        await room.both.slash("plan post", coach=coach, text=f"plan of {coach}")
    two = await room.mia.user_action("Today's plan", room.both.user)

    assert "has no plan for today" in nothing.text
    assert "has 2 plans for today" in two.text
    assert "plan of s" in (await room.mia.select(two, two.choices[0])).text


async def test_what_was_saved_from_a_message_stands_in_the_history_for_good(own_discord: Discord, own_room: Room):
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    message = own_room.dana.send("Long 945")
    await own_room.dana.submit(await own_room.dana.message_action("Save as plan", message))
    await bot.stop()

    check = await BotProcess.start("check", env=own_discord.settings())

    assert await check.ended() == 0, check.output
