"""What can't be done is refused in plain words, and a text that was written is never lost."""

import datetime

import pytest

from bot.domain.days import long_day, short_date, short_day
from sandbox.driver import ActionFailedError, Seen
from sandbox.world.entities import Channel, Upload
from tests import image_samples
from tests.conftest import Discord, Room, make_room, today
from tests.predecessor_database import Predecessor
from tests.processes import BotProcess

pytestmark = pytest.mark.usefixtures("bot")

HOSTILE = {
    "everyone": "@everyone @here <@&1> <@1>",
    "markdown": "# big **bold** ||spoiler|| [link](https://example.com) `code` > quote ```fence",
    "right to left": "\u202eabc\u202c \u2067def\u2069 \u05e9\u05dc\u05d5\u05dd",
    "zalgo": "Z\u0351\u036b\u0343\u036a\u0302a\u0348l\u0322g\u0321o\u0328" * 40,
    "emoji": "\N{CHART WITH UPWARDS TREND}<:up:123>\N{WAVING BLACK FLAG}\u200d\N{SKULL AND CROSSBONES}\ufe0f",
    "4000 astral": "\N{CHART WITH UPWARDS TREND}" * 4000,
    "custom ids": "cb:plans.delete:1:1 \\ \" ' \x07",
}


def is_refused(answer: Seen, *words: str) -> None:
    assert answer.ephemeral, answer.text
    for word in words:
        assert word in answer.text, answer.text


async def force_show(room: Room, channel: Channel) -> Seen:
    """Return the answer to `/plan show` in a channel where no client would offer it."""
    sandbox = room.discord.sandbox
    [command] = [each for each in sandbox.world.commands.values() if each.name == "plan"]
    options = [{"type": 1, "name": "show", "options": []}]
    forced = await sandbox.interactions.invoke_command(room.dana.user, channel, command, options)
    return Seen(await forced.filled(), forced)


async def test_an_unknown_coach_is_refused_with_the_nearest(room: Room):
    answer = await room.both.slash("plan post", coach="swingg", text="my text")

    is_refused(answer, "swingg", "Coach S (Swing)", "my text")


async def test_a_coach_of_others_is_refused(room: Room):
    is_refused(
        await room.dana.slash("plan post", coach="i", text="my text"),
        "Only Coach I (Intraday)’s team can post as this coach",
        "my text",
    )


async def test_a_member_who_is_no_coach_is_refused(room: Room):
    is_refused(await room.mia.slash("plan post", text="my text"), "not a coach", "my text")


async def test_a_member_who_is_no_coach_is_refused_before_a_form_opens(room: Room):
    is_refused(await room.mia.slash("plan post"), "not a coach")


async def test_one_who_is_several_coaches_is_asked_which(room: Room):
    is_refused(await room.both.slash("plan post", text="my text"), "Which coach?", "Coach I", "Coach S", "my text")


async def test_a_manager_may_post_as_any_coach(room: Room):
    await room.max.slash("plan post", coach="d", text="from the manager")

    card = await room.shows("Coach D", "from the manager")
    assert "Posted <t:" in card.text
    assert f"by <@{room.max.user.id}>" in card.text


@pytest.mark.parametrize("text", ["\u200b\u200d", "\u2800", "\u00ad"])
async def test_a_blank_text_is_refused(room: Room, text: str):
    is_refused(await room.dana.slash("plan post", text=text), "needs some text")


@pytest.mark.parametrize("day", ["2024-02-30", "yesterdai", "2026-13-01", "soon", "31"])
async def test_a_day_that_is_none_is_refused(room: Room, day: str):
    is_refused(await room.dana.slash("plan post", day=day, text="my text"), "my text", "2026-11-23")


async def test_a_second_plan_for_the_day_is_refused_and_may_replace_the_first(room: Room):
    await room.dana.slash("plan post", text="first")
    card = await room.shows("first")

    refused = await room.dana.slash("plan post", text="second")
    is_refused(refused, "already has a plan", "second")
    await room.dana.click(refused, "Replace text")

    replaced = await room.shows("second", "#2")
    assert replaced.message is card.message
    assert len(room.cards()) == 1


async def test_a_second_plan_for_the_day_leads_to_the_form_of_the_first_or_of_another_day(room: Room):
    await room.dana.slash("plan post", text="first")
    refused = await room.dana.slash("plan post")

    form = await room.dana.click(refused, "Edit that plan")
    assert form.form
    assert form.form.field("Plan").value == "first"
    await room.dana.submit(await room.dana.click(refused, "Other day\N{HORIZONTAL ELLIPSIS}"), Plan="next")

    assert {each.message and "next" in each.text for each in room.cards()} == {False, True}


async def test_what_is_not_there_can_be_neither_edited_shown_deleted_nor_restored(room: Room):
    day = short_date(today())

    for command in ("plan edit", "plan show", "plan delete"):
        is_refused(await room.dana.slash(command, coach="d"), "no plan", day)
    is_refused(await room.dana.slash("plan restore", coach="d"), "nothing to restore", day)


async def test_an_edit_of_what_is_not_there_gives_the_text_back_to_be_posted(room: Room):
    refused = await room.dana.slash("plan edit", text="my text")
    is_refused(refused, "no plan", "my text")

    assert not room.cards()
    await room.dana.submit(await room.dana.click(refused, "Edit and resend"))

    assert "Posted <t:" in (await room.shows("my text")).text


async def test_a_refused_post_can_be_mended_and_sent_again(room: Room):
    refused = await room.dana.slash("plan post", coach="x", day="tomorrow", text="my text")

    form = await room.dana.click(refused, "Edit and resend")
    assert form.form
    assert form.form.field("Plan").value == "my text"
    again = await room.dana.click(refused, "Edit and resend")
    sent = await room.dana.submit(form, Coach=["d"], Plan="my better text")

    posted = await room.shows("my better text")
    assert long_day(today() + datetime.timedelta(days=1)) in posted.text
    assert sent.message is refused.message
    is_refused(await room.dana.submit(again, Coach=["d"], Plan="my better text"), "already used")


async def test_a_stale_edit_overwrites_nothing_and_gives_both_texts(room: Room):
    await room.dana.slash("plan post", text="first")
    stale = await room.dana.slash("plan edit")
    await room.dana.slash("plan edit", text="second")

    refused = await room.dana.submit(stale, Plan="mine")

    is_refused(refused, "Nothing was overwritten or deleted", "second", "mine")
    assert "second" in (await room.mia.slash("plan show", coach="d")).text
    card = await room.shows("second", "#2")
    assert "mine" not in card.text
    form = await room.dana.click(refused, "Edit my text")
    await room.dana.submit(form, Plan="second and mine")
    assert (await room.shows("second and mine", "#3")).message is card.message


async def test_edits_of_different_lines_are_merged_and_the_receipt_says_with_whose(room: Room):
    await room.ivan.slash("plan post", text="ES: long\nNQ: flat")
    form = await room.ivan.slash("plan edit")
    await room.both.submit(await room.both.slash("plan edit", coach="i"), Plan="ES: long\nNQ: short")

    merged = await room.ivan.submit(form, Plan="ES: flat\r\nNQ: flat")

    assert f"(#3), merged with <@{room.both.user.id}>’s change, <t:" in merged.text
    assert "merged with #2" in (await room.ivan.slash("history show")).text
    await room.shows("ES: flat\nNQ: short", "#3")
    too_long = await room.ivan.slash("plan edit")
    longer = f"{'x' * 3900}\nES: flat\nNQ: short"
    await room.both.submit(await room.both.slash("plan edit", coach="i"), Plan=longer)
    refused = await room.ivan.submit(too_long, Plan=f"ES: flat\nNQ: short\n{'y' * 3900}")
    assert "Merged with your text, it would have 7,820 characters; the limit is 4,000." in refused.text


async def test_a_stale_edit_can_be_saved_over_what_was_seen_but_not_over_what_was_not(room: Room):
    await room.dana.slash("plan post", text="first")
    stale = await room.dana.slash("plan edit")
    await room.dana.slash("plan edit", text="second")
    refused = await room.dana.submit(stale, Plan="mine")
    await room.dana.slash("plan edit", text="third")

    again = await room.dana.click(refused, "Replace text")

    is_refused(again, "Nothing was overwritten or deleted", "third", "mine")
    assert "mine" not in (await room.shows("third", "#3")).text
    await room.dana.click(again, "Replace text")
    assert "third" not in (await room.shows("mine", "#4")).text


async def test_an_edit_of_a_plan_that_was_deleted_meanwhile_can_be_posted_anew(room: Room):
    await room.dana.slash("plan post", text="first")
    form = await room.dana.slash("plan edit")
    await room.max.click(await room.max.slash("plan delete", coach="d"), "Delete")

    refused = await room.dana.submit(form, Plan="my text")
    is_refused(refused, "no longer exists", "my text")
    mark = await room.shows("Deleted <t:", f"by <@{room.max.user.id}>")
    await room.dana.submit(await room.dana.click(refused, "Post as new"))

    posted = await room.shows("my text", "Posted <t:")
    assert posted.message is not mark.message
    assert len(room.cards()) == 2


async def test_an_edit_and_an_undo_of_a_plan_that_was_posted_again_name_the_new_one(room: Room):
    await room.dana.slash("plan post", text="first")
    form = await room.dana.slash("plan edit")
    deleted = await room.dana.click(await room.dana.slash("plan delete"), "Delete")
    await room.dana.slash("plan post", text="second")

    undo = await room.dana.click(deleted, "Undo")
    assert "Can’t restore: Coach D (Day Trading) has another plan for" in undo.text
    assert "Deleted by" in (await room.dana.click(undo, "Its history")).text
    refused = await room.dana.submit(form, Plan="mine")
    is_refused(refused, "was deleted, and Coach D (Day Trading) has another one", "mine")
    assert refused.buttons == ["Edit that plan", "Replace text"]
    await room.dana.click(refused, "Replace text")

    assert "second" not in (await room.shows("mine", "#2")).text


async def test_a_rescued_edit_goes_to_the_coach_and_day_it_was_meant_for(room: Room):
    day = (today() + datetime.timedelta(days=3)).isoformat()
    await room.both.slash("plan post", coach="s", day=day, text="first")
    form = await room.both.slash("plan edit", coach="s", day=day)
    await room.max.click(await room.max.slash("plan delete", coach="s", day=day), "Delete")
    refused = await room.both.submit(form, Plan="rescued")

    await room.both.submit(await room.both.click(refused, "Post as new"))

    posted = await room.shows("rescued")
    assert "Coach S" in posted.text
    assert long_day(datetime.date.fromisoformat(day)) in posted.text


async def test_a_text_in_the_command_overwrites_no_change_of_somebody_else(room: Room):
    await room.max.slash("plan post", coach="d", text="from the manager")

    refused = await room.dana.slash("plan edit", text="mine")

    is_refused(refused, "from the manager", "mine")
    card = await room.shows("from the manager")
    await room.dana.click(refused, "Replace text")
    assert (await room.shows("mine", "#2")).message is card.message


async def test_kept_texts_can_be_found_when_their_message_is_gone(room: Room):
    assert "You have no drafts" in (await room.both.slash("plan drafts")).text
    await room.both.slash("plan post", coach="x", text="first text")
    await room.both.slash("plan post", coach="y", text="second text")

    listed = await room.both.slash("plan drafts")
    assert listed.text.index("second text") < listed.text.index("first text")
    assert f"1. {short_day(today())} · y · <t:" in listed.text
    form = await room.both.select(listed, listed.choices[1])
    await room.both.submit(form, Coach=["i"])

    assert "Coach I" in (await room.shows("first text")).text
    assert "first text" not in (await room.both.slash("plan drafts")).text


async def test_one_who_may_not_edit_is_not_led_in_a_circle(room: Room):
    await room.dana.slash("plan post", text="first")

    assert not (await room.max.slash("plan edit", coach="d", text="not yours")).buttons
    assert (await room.max.slash("plan post", coach="d", text="another")).buttons == [
        "Other day\N{HORIZONTAL ELLIPSIS}"
    ]


async def test_a_stale_form_with_the_current_text_says_nothing_changed(room: Room):
    await room.dana.slash("plan post", text="first")
    stale = await room.dana.slash("plan edit")
    await room.dana.slash("plan edit", text="second")

    answer = await room.dana.submit(stale, Plan="second")

    is_refused(answer, "Nothing changed")


async def test_a_stale_delete_deletes_nothing(room: Room):
    await room.dana.slash("plan post", text="first")
    asked = await room.dana.slash("plan delete")
    await room.dana.slash("plan edit", text="second")

    refused = await room.dana.click(asked, "Delete")

    is_refused(refused, "changed after you opened it")
    assert "Posted <t:" in (await room.shows("second", "#2")).text
    assert "second" in (await room.dana.click(refused, "Show current")).text


async def test_a_manager_may_delete_but_not_rewrite(room: Room):
    await room.dana.slash("plan post", text="first")

    is_refused(
        await room.max.slash("plan edit", coach="d", text="not yours"), "Only Coach D (Day Trading)’s team", "not yours"
    )
    assert (await room.max.slash("plan delete", coach="d")).buttons == ["Delete", "Cancel"]


async def test_a_member_may_neither_edit_nor_delete_nor_restore(room: Room):
    await room.dana.slash("plan post", text="first")

    for command in ("plan edit", "plan delete"):
        is_refused(await room.mia.slash(command, coach="d"), "not a coach")
    await room.dana.click(await room.dana.slash("plan delete"), "Delete")
    is_refused(await room.mia.slash("plan restore", coach="d"), "not a coach")


async def test_a_member_who_is_no_coach_is_told_so_at_once_and_keeps_no_draft(room: Room):
    await room.both.slash("plan post", coach="i", text="first")
    await room.both.slash("plan post", coach="s", text="first")
    chart = Upload("1.png", image_samples.png(seed=1))

    for command, options in {
        "plan post": {"coach": "x", "text": "my text"},
        "plan edit": {"text": "my text"},
        "plan delete": {},
        "plan restore": {},
        "chart add": {"chart1": chart},
        "chart remove": {"chart": "1"},
        "chart move": {"chart": "1", "to": 1},
        "chart caption": {"chart": "1", "text": "caption"},
        "history restore": {"revision": 1},
    }.items():
        refused = await room.mia.slash(command, **options)
        is_refused(refused, "not a coach", "my text" if command in ("plan post", "plan edit") else "")
        assert refused.buttons == [], command
    assert "You have no drafts" in (await room.mia.slash("plan drafts")).text


async def test_what_resending_can_not_mend_offers_no_resending_and_leaves_no_draft(room: Room):
    await room.both.slash("plan post", coach="i", text="first")
    await room.both.slash("plan post", coach="s", text="first")

    of_none = await room.dana.slash("plan delete")
    of_others = await room.dana.slash("plan edit", coach="i", text="my text")

    is_refused(of_none, "Coach D (Day Trading) has no plan")
    is_refused(of_others, "Only Coach I (Intraday)’s team", "my text")
    assert of_others.buttons == []
    assert "You have no drafts" in (await room.dana.slash("plan drafts")).text


async def test_a_kept_text_belongs_to_its_writer(room: Room):
    refused = await room.dana.slash("plan post", coach="x", text="my text")
    custom_id = refused.button("Edit and resend")["custom_id"]

    with pytest.raises(ActionFailedError):
        await room.mia.click(refused, "Edit and resend")
    forged = room.discord.sandbox.interactions.press(room.mia.user, refused.shown, custom_id)
    interaction = await forged
    await interaction.first_answer()

    assert interaction.modal is None
    assert "not yours" in Seen(interaction.original).text


@pytest.mark.parametrize("name", HOSTILE)
async def test_any_text_is_kept_to_the_letter_and_mentions_nobody(room: Room, name: str):
    receipt = await room.dana.slash("plan post", text=HOSTILE[name])

    card = await room.shows("Posted <t:")
    for shown in (card.shown, receipt.shown):
        assert not shown.mention_everyone
        assert not shown.mention_ids
        assert not shown.mention_role_ids
    form = await room.dana.slash("plan edit")
    assert form.form
    assert form.form.field("Plan").value == HOSTILE[name]


async def test_a_name_with_markdown_in_a_refusal_is_shown_as_text(room: Room):
    answer = await room.dana.slash("plan post", coach="**x** <@1>", text="my text")

    is_refused(answer, r"\*\*x\*\* \<\@1>")


async def test_a_button_of_another_release_is_answered(room: Room):
    await room.dana.slash("plan post", text="first")
    seen = await room.shows("first")
    for custom_id in (
        "cb:plans.gone:1",
        "cb:plans.part:x:y",
        "cb:plans.part",
        "something else",
        f"cb:plans.open:{2**63}",
    ):
        seen.shown.components.append(_row_with(custom_id))

    for custom_id in (
        "cb:plans.gone:1",
        "cb:plans.part:x:y",
        "cb:plans.part",
        "something else",
        f"cb:plans.open:{2**63}",
    ):
        is_refused(await room.mia.click(seen, custom_id), "no longer valid")


async def test_no_command_is_offered_in_a_private_message(room: Room, discord):
    world = discord.sandbox.world
    direct: Channel = world.direct_channel(room.dana.user.id, discord.application.id)

    with pytest.raises(ActionFailedError):
        await room.dana.at(direct).slash("plan show")
    forced = await force_show(room, direct)

    assert "in a server" in forced.text


async def test_a_guild_that_the_bot_has_left_and_comes_back_to_keeps_its_plans(room: Room, discord, bot: BotProcess):
    await room.dana.slash("plan post", text="first")
    discord.sandbox.world.remove_bot(discord.application, room.guild)

    with pytest.raises(ActionFailedError):
        await room.dana.slash("plan show")
    assert "a server that has Coachbook" in (await force_show(room, room.channel)).text
    others = make_room(discord)
    assert "No plans yet" in (await others.dana.slash("plan list")).text
    discord.sandbox.world.install(discord.application, room.guild)

    assert "first" in (await room.mia.slash("plan show", coach="d")).text


def _row_with(custom_id: str):
    return {
        "type": 1,
        "id": 90,
        "components": [
            {"type": 2, "id": 91, "style": 2, "label": custom_id, "custom_id": custom_id, "disabled": False},
        ],
    }


async def test_a_plan_that_no_form_can_hold_is_not_cut_off_in_one(own_discord: Discord, own_room: Room):
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    old = Predecessor.make(own_discord.folder / "old.db")
    old.plan(1, plan="far too long " * 400 + "and its end")
    options = ("--guild", str(own_room.guild.id), f"--map=dana={own_room.dana.user.id}")
    taking = await BotProcess.start("import-predecessor", str(old.path), *options, env=own_discord.settings())
    assert await taking.ended() == 0, taking.output

    refused = await own_room.dana.slash("plan edit", day="2024-01-05")
    assert "its end would be lost" in refused.text
    edited = await own_room.dana.slash("plan edit", day="2024-01-05", text="Short now.")
    assert "#2" in edited.text
    assert await bot.stop() == 0
