"""Cards as people see them: one message for each plan, buttons that lead on, and what happens where it can't be."""

import pytest

from sandbox.driver import Seen
from sandbox.world.entities import Channel, Overwrite, Upload
from sandbox.world.permissions import Permissions
from tests import image_samples
from tests.conftest import Room, card_of

pytestmark = pytest.mark.usefixtures("bot")

CLOSED = "needs View Channel"
MORE = "More\N{HORIZONTAL ELLIPSIS}"


@pytest.fixture
async def card(room: Room) -> Seen:
    return await card_of(room.dana, await room.dana.slash("plan post", text="Long above 945"))


def close(room: Room, channel: Channel, *, again: bool = False) -> None:
    """Hide the channel from the bot, or show it again."""
    denied = 0 if again else int(Permissions.VIEW_CHANNEL)
    overwrite = Overwrite(room.discord.application.id, is_member=True, deny=denied)
    room.discord.sandbox.world.set_overwrite(channel, overwrite)


async def wait_for(receipt: Seen, *words: str) -> None:
    assert receipt.interaction
    await receipt.interaction.until(lambda: all(each in receipt.text for each in words))


async def test_plans_are_shown_in_the_plans_channel(room: Room):
    plans = room.discord.sandbox.world.add_channel(room.guild, "all-plans")
    await room.max.slash("admin settings", plans_channel=plans)

    card = await card_of(room.dana, await room.dana.slash("plan post", text="Long above 945"))

    assert card.shown.channel_id == plans.id
    assert room.cards() == []


async def test_a_coach_works_with_the_buttons_of_the_card(room: Room, card: Seen):
    edited = await room.dana.submit(await room.dana.click(card, "Edit"), Plan="Long above 950")
    await card_of(room.dana, edited)
    await card_of(room.dana, await room.dana.slash("chart add", chart1=_chart(1), chart2=_chart(2)))
    charts = await room.dana.click(card, MORE)
    await card_of(room.dana, await room.dana.select(charts, "2: 2.png", menu="Move to first"))
    form = await room.dana.select(charts, "1: 2.png", menu="Caption a chart")
    await card_of(room.dana, await room.dana.submit(form, text="the open"))

    assert "Long above 950" in card.text
    assert "1. the open" in card.text
    assert [each.data for each in await room.mia.pictures(card)] == [
        image_samples.png(seed=2),
        image_samples.png(seed=1),
    ]
    await room.dana.click(await room.dana.click(await room.dana.click(card, MORE), "Delete"), "Delete")
    await room.shows("Deleted")
    await room.max.click(card, "Restore")
    assert (await room.shows("Long above 950")).message is card.message


async def test_members_are_refused_privately_by_the_buttons_of_the_card(room: Room, card: Seen):
    refused = await room.mia.click(card, "Edit")

    assert refused.ephemeral
    assert "Only Coach" in refused.text


@pytest.mark.parametrize("route", ["charts.manage", "history.show", "plans.ask_delete"])
async def test_buttons_of_cards_of_earlier_releases_work(room: Room, card: Seen, route: str):
    plan_id = card.button(MORE)["custom_id"].rpartition(":")[2]
    more = {"charts.manage": "", "history.show": ":1", "plans.ask_delete": ""}
    card.button(MORE)["custom_id"] = custom_id = f"cb:{route}:{plan_id}{more[route]}"

    answer = await room.dana.click(card, custom_id)

    assert answer.ephemeral
    assert "Coach D (Day Trading)’s plan for" in answer.text or "Delete Coach D" in answer.text
    assert card.button("Edit")


async def test_a_member_is_offered_only_what_they_may(room: Room, card: Seen):
    assert card.buttons == ["Edit", MORE]
    assert (await room.mia.slash("plan show", coach="d")).buttons == ["Refresh", MORE]
    assert (await room.dana.slash("plan show")).buttons == ["Refresh", "Edit", MORE]
    assert (await room.mia.click(card, MORE)).buttons == ["History", "Export"]
    for person in (room.dana, room.max):
        assert (await person.click(card, MORE)).buttons == ["History", "Export", "Delete"]


async def test_the_panel_is_updated_in_place(room: Room, card: Seen):
    panel = await room.dana.click(card, MORE)

    assert "1 revision" in (await room.dana.click(panel, "History")).text
    other = await room.dana.click(card, MORE)
    export = await room.dana.click(other, "Export")
    await wait_for(export, "Export")

    for shown, first in (("1 revision", panel), ("1 plan", export)):
        assert shown in first.text
    assert export.message is other.message


@pytest.mark.parametrize("charts", [0, 1])
async def test_what_was_read_can_be_refreshed(room: Room, card: Seen, charts: int):
    read = await room.mia.slash("plan show", coach="d")
    await room.dana.slash("plan edit", text="Long above 950")
    if charts:
        await card_of(room.dana, await room.dana.slash("chart add", chart1=_chart(1)))

    again = await room.mia.click(read, "Refresh")

    await wait_for(again, "Long above 950")
    assert again.message is read.message
    assert len(await room.mia.pictures(again)) == charts


async def test_buttons_of_a_plan_that_is_gone_say_so(room: Room, card: Seen):
    read = await room.dana.slash("plan show")
    await room.dana.click(await room.dana.slash("plan delete"), "Delete")

    for name in ("Refresh", "Edit"):
        refused = await room.dana.click(read, name)
        assert refused.ephemeral
        assert "no longer exists" in refused.text


async def test_a_double_press_does_the_act_once(room: Room, card: Seen):
    asked = await room.dana.click(await room.dana.click(card, MORE), "Delete")
    custom_id = asked.button("Delete")["custom_id"]
    interactions = room.discord.sandbox.interactions

    presses = [await interactions.press(room.dana.user, asked.shown, custom_id) for _ in range(2)]
    for each in presses:
        await each.first_answer()

    await room.shows("Deleted", "#2")
    assert "2 revisions" in (await room.dana.slash("history show")).text


async def test_a_form_that_is_sent_twice_does_the_act_once(room: Room, card: Seen):
    form = await room.dana.click(card, "Edit")
    first = await room.dana.submit(form, Plan="Long above 950")
    form.form.sent = False  # pyright: ignore[reportOptionalMemberAccess]

    second = await room.dana.submit(form, Plan="Long above 950")

    await wait_for(first, "#2")
    assert "Nothing changed" in second.text
    assert "#2" in card.text


@pytest.mark.parametrize(
    "custom_id", ["cb:plans.gone:1", "cb:plans.open", "cb:plans.open:x", "cb:polls.vote:1:2", "something else"]
)
async def test_a_button_of_another_release_says_what_to_do(room: Room, card: Seen, custom_id: str):
    card.button(MORE)["custom_id"] = custom_id

    answer = await room.mia.click(card, custom_id)

    assert answer.ephemeral
    assert "no longer valid" in answer.text
    assert "/plan show" in answer.text


async def test_a_card_that_is_deleted_by_hand_is_put_back(room: Room, card: Seen):
    room.discord.sandbox.world.delete(card.shown)

    again = await room.shows("Long above 945")

    assert again.message is not card.message
    await card_of(room.dana, await room.dana.slash("plan edit", text="Long above 950"))
    assert "Long above 950" in again.text


async def test_cards_that_are_deleted_together_are_put_back(room: Room):
    for day in ("2030-01-02", "2030-01-03"):
        await card_of(room.dana, await room.dana.slash("plan post", day=day, text="text"))
    world = room.discord.sandbox.world

    world.delete_many([each.shown for each in room.cards()])

    await room.discord.until(lambda: len(room.cards()) == 2)


async def test_a_guild_can_let_go_of_cards_that_are_deleted_and_a_coach_show_them_again(room: Room, card: Seen):
    await room.max.slash("admin settings", deleted_cards="let_go")
    other = await card_of(room.dana, await room.dana.slash("plan post", day="2030-01-02", text="other"))
    room.discord.sandbox.world.delete(card.shown)
    room.discord.sandbox.world.delete(other.shown)
    receipt = await room.dana.slash("plan edit", text="Long above 950")
    while "deleted by hand" not in receipt.text:
        receipt = await room.dana.slash("plan edit", text=f"{receipt.text[-40:]} again")

    shown = await room.dana.click(receipt, "Post again")

    assert "Card posted again" in shown.text
    await room.discord.until(lambda: len(room.cards()) == 1)


async def test_a_closed_channel_is_told_to_the_coach_and_once_to_a_manager_and_heals(room: Room, card: Seen):
    close(room, room.channel)
    receipt = await room.dana.slash("plan edit", text="Long above 950")
    assert "can’t be posted" in receipt.text
    assert CLOSED in receipt.text
    assert "For managers" not in receipt.text
    open_channel = room.discord.sandbox.world.add_channel(room.guild, "open")

    first = await room.max.at(open_channel).slash("plan post", coach="i", text="elsewhere")
    second = await room.max.at(open_channel).slash("plan edit", coach="i", text="elsewhere again")

    assert CLOSED in first.text
    assert "For managers" in first.text
    assert CLOSED not in second.text
    assert CLOSED in (await room.max.slash("admin health")).text
    close(room, room.channel, again=True)
    await room.shows("Long above 950")
    assert len(room.cards()) == 1


async def test_a_channel_that_is_gone_is_replaced_by_the_next_plans_channel(room: Room):
    world = room.discord.sandbox.world
    old, new = world.add_channel(room.guild, "old"), world.add_channel(room.guild, "new")
    await room.max.slash("admin settings", plans_channel=old)
    await card_of(room.dana, await room.dana.slash("plan post", text="Long above 945"))
    world.remove_channel(old)
    receipt = await room.dana.slash("plan edit", text="Long above 950")
    assert "that channel no longer exists" in receipt.text
    posted = await room.dana.slash("plan post", day="tomorrow", text="Long above 960")
    assert "that channel no longer exists" in posted.text
    assert "Visible to everyone" not in posted.text

    await room.max.slash("admin settings", plans_channel=new)

    await room.discord.until(lambda: any("Long above 950" in Seen(each).text for each in world.messages_in(new.id)))


async def test_a_coachs_new_name_is_on_its_card(room: Room, card: Seen):
    await room.max.slash("admin coach edit", coach="d", name="Dana's")

    await room.shows("Dana's", "Long above 945")
    assert len(room.cards()) == 1


def _chart(seed: int) -> Upload:
    return Upload(f"{seed}.png", image_samples.png(seed=seed))


async def test_a_receipt_can_be_undone_and_the_undoing_too(room: Room, card: Seen):
    edited = await room.dana.slash("plan edit", text="Long above 950")

    undone = await room.dana.click(edited, "Undo")

    await wait_for(undone, "Undid your edit at <t:", ": Coach D (Day Trading)")
    assert (undone.message, undone.buttons) == (edited.message, ["Redo"])
    shown = await room.shows("Long above 945", "#3")
    assert "What changed" not in " ".join(shown.buttons)
    redone = await room.dana.click(undone, "Redo")
    await wait_for(redone, "Redone: Coach D (Day Trading)", "(#4)")
    assert redone.buttons == ["Undo"]
    assert "What changed (1)" in (await room.shows("Long above 950", "#4")).buttons


async def test_a_post_a_deletion_and_a_restoration_can_be_undone(room: Room):
    receipt = await room.dana.slash("plan post", text="Long above 945")

    for button, words, state in (
        ("Undo", ("Undid your post at <t:", "deleted for everyone. To bring it back, use Redo"), "#2"),
        ("Redo", ("Restored: Coach D",), "#3"),
        ("Undo", ("Undid your restoration at <t:", "deleted for everyone"), "#4"),
    ):
        receipt = await room.dana.click(receipt, button)
        await wait_for(receipt, *words)
        await room.shows(state)
    await wait_for(await room.dana.click(receipt, "Redo"), "Restored: Coach D", "(#5)")
    deleted = await room.dana.click(await room.dana.slash("plan delete"), "Delete")
    await wait_for(deleted, "Deleted: Coach D")
    await wait_for(await room.dana.click(deleted, "Undo"), "Undid your deletion at <t:", "is restored (#7)")


async def test_what_somebody_else_changed_since_is_not_undone(room: Room, card: Seen):
    edited = await room.dana.slash("plan edit", text="Long above 950")
    await room.max.click(await room.max.slash("plan delete", coach="d"), "Delete")

    refused = await room.dana.click(edited, "Undo")

    assert refused.ephemeral
    assert refused.message is not edited.message
    assert "Not undone: " in refused.text
    assert f"Changed by <@{room.max.user.id}>" in refused.text
    await room.shows("Deleted", "#3")


async def test_a_manager_changes_the_look_of_a_coachs_cards(room: Room, card: Seen):
    picture = Upload("dana.png", image_samples.png(seed=3))

    changed = await room.max.slash("admin coach edit", coach="d", color="#1565C0", picture=picture)

    await wait_for(changed, "color #1565C0, picture dana.png")
    await room.discord.until(lambda: card.shown.components[0]["accent_color"] == 0x1565C0)
    assert [each.filename.partition("-")[0] for each in card.shown.attachments] == ["coach"]
    await room.max.slash("admin coach edit", coach="d", clear="picture")
    await room.discord.until(lambda: not card.shown.attachments)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "Nothing to change"),
        ({"color": "bluish"}, "is not a color"),
        ({"picture": Upload("notes.txt", image_samples.TEXT)}, "The coach was not changed: notes.txt is not a PNG"),
        ({"picture": Upload("big.png", image_samples.noise_png(600 * 2**10))}, "big.png has 60"),
    ],
)
async def test_a_look_that_is_none_is_refused(room: Room, options, words: str):
    await wait_for(await room.max.slash("admin coach edit", coach="d", **options), words)
