"""Interactions with made-up or missing data are refused in private, and none fails."""

from typing import Any

import pytest

from sandbox.driver import Seen
from sandbox.interactions.interaction import InteractionKind
from sandbox.world.entities import Message
from tests.conftest import Room, plan_in
from tests.processes import BotProcess

NO_NUMBERS = {
    "over 2^63": str(2**63),
    "huge": "9" * 60,
    "negative": "-1",
    "a sign": "+1",
    "Arabic digits": "\u0663",
    "superscript": "\u00b2",
    "an underscore": "1_0",
    "a blank": " 1",
    "empty": "",
    "a word": "one",
    "a fraction": "1.0",
}
ROUTES = (
    "cb:plans.open:{}",
    "cb:plans.part:1:{}",
    "cb:plans.delete:{}:1",
    "cb:plans.bring_back:{}",
    "cb:plans.resume:{}",
    "cb:history.show:1:{}",
    "cb:charts.page:{}:1",
)
CUSTOM_IDS = {
    "empty": "",
    "no route": "cb:plans.nothing:1",
    "no plugin": "cb:nothing.open:1",
    "no action": "cb:plans",
    "too few arguments": "cb:plans.part:1",
    "too many arguments": "cb:plans.part:1:1:1",
    "no arguments": "cb:plans.open",
    "of another bot": "other:1",
    "a surrogate's place": "cb:plans.open:\ufffd",
}
SELECTS = (
    "cb:plans.choose",
    "cb:plans.choose_draft",
    "cb:plans.discard_draft",
    "cb:history.other",
    "cb:history.choose:1",
    "cb:actions.add_to:1",
    "cb:charts.take_off:1",
    "cb:charts.put_first:1",
    "cb:charts.ask_caption:1",
)
MODALS = (
    "cb:plans.post:d:",
    "cb:plans.post_draft:1",
    "cb:plans.edit:1:1",
    "cb:plans.edit_kept:1:1:1",
    "cb:charts.caption:1:abc",
)


async def forge(room: Room, kind: InteractionKind, data: dict[str, Any], **more: Any) -> Seen:
    interactions, application = room.discord.sandbox.interactions, room.discord.application
    sent = interactions.forge(kind, room.dana.user, room.channel, application, data, **more)
    return Seen(await sent.filled(), sent)


async def press(room: Room, custom_id: str, message: Message, **more: Any) -> Seen:
    data = {"custom_id": custom_id, "component_type": 3 if "values" in more else 2, **more}
    return await forge(room, InteractionKind.COMPONENT, data, message=message)


async def submit(room: Room, custom_id: str, components: list[Any]) -> Seen:
    opened = (await room.dana.slash("plan post")).interaction
    data = {"custom_id": custom_id, "components": components}
    return await forge(room, InteractionKind.MODAL, data, opened_by=opened)


async def answer_of(room: Room) -> Message:
    """A message of the bot's that has neither buttons nor menus."""
    return (await room.dana.slash("plan drafts")).shown


def is_not_valid(answer: Seen, what: str = "button") -> None:
    assert answer.ephemeral
    assert f"This {what} is no longer valid." in answer.text


@pytest.fixture(autouse=True)
def nothing_fails(bot: BotProcess):
    """No test here may leave an error in the log."""
    before = len(bot.lines)
    yield
    assert not [line for line in bot.lines[before:] if "Traceback" in line or '"level": "error"' in line]


@pytest.mark.parametrize("route", ROUTES)
async def test_a_made_up_number_is_refused(room: Room, route: str):
    message = await answer_of(room)

    for number in NO_NUMBERS.values():
        is_not_valid(await press(room, route.format(number)[:100], message))


@pytest.mark.parametrize("custom_id", CUSTOM_IDS.values(), ids=CUSTOM_IDS)
async def test_a_made_up_route_is_refused(room: Room, custom_id: str):
    is_not_valid(await press(room, custom_id, await answer_of(room)))
    is_not_valid(await submit(room, custom_id, []), "form")


@pytest.mark.parametrize("custom_id", SELECTS)
async def test_values_that_were_not_offered_are_refused(room: Room, custom_id: str):
    message = await answer_of(room)

    for values in ([], ["1"], ["1", "2"], *([each] for each in NO_NUMBERS.values())):
        is_not_valid(await press(room, custom_id, message, values=values))
    is_not_valid(await press(room, custom_id, message))


@pytest.mark.parametrize(
    "route",
    [
        "cb:plans.part:{plan}:{number}",
        "cb:plans.delete:{plan}:{number}",
        "cb:plans.page:::0:{number}",
        "cb:plans.newer:::0:{number}",
        "cb:plans.older:::0:{number}",
        "cb:plans.open_edit:{number}",
        "cb:history.show:{plan}:{number}",
        "cb:history.page:{plan}:{number}",
        "cb:history.revision:{plan}:{number}:1",
        "cb:history.revision:{plan}:1:{number}",
        "cb:charts.page:{plan}:{number}",
    ],
)
async def test_the_largest_number_does_no_harm(room: Room, route: str):
    await room.dana.slash("plan post", text="first")
    card = await room.shows("first")

    message = await answer_of(room)

    for number in (0, 2**63 - 1):
        await press(room, route.format(plan=plan_in(card), number=number), message)

    assert (await room.shows("first")).message is card.message


async def test_the_buttons_of_a_list_of_numbered_pages_lead_to_its_first_page(room: Room):
    await room.dana.slash("plan post", text="the only one")

    answer = await press(room, "cb:plans.page::d:0:7", await answer_of(room))

    assert "1 plan" in answer.text
    assert "the only one" in answer.text


async def test_a_value_of_another_menu_is_refused(room: Room):
    await room.dana.slash("plan post", text="first")
    card = await room.shows("first")
    assert plan_in(card)

    is_not_valid(await press(room, "cb:plans.choose", card.shown, values=[str(plan_in(card))]))


@pytest.mark.parametrize("custom_id", MODALS)
@pytest.mark.parametrize(
    "components",
    [
        [],
        [{"type": 1, "id": 1, "components": []}],
        [{"type": 1, "id": 1, "components": [{"type": 4, "id": 2, "custom_id": "other", "value": "x"}]}],
    ],
)
async def test_a_form_without_its_fields_is_refused(room: Room, custom_id: str, components: list[Any]):
    is_not_valid(await submit(room, custom_id, components), "form")


@pytest.mark.parametrize("name", ["Save as plan", "Add charts to plan", "Edit plan", "Plan history", "Delete plan"])
@pytest.mark.parametrize("resolved", [{}, {"resolved": {}}, {"resolved": {"messages": {}}}])
async def test_a_message_action_without_its_message_is_refused(room: Room, name: str, resolved: dict[str, Any]):
    data = {**command(room, name, 3), "target_id": "123", **resolved}

    is_not_valid(await forge(room, InteractionKind.COMMAND, data), "command")


@pytest.mark.parametrize("resolved", [{}, {"resolved": {}}, {"resolved": {"users": {}}}])
async def test_a_user_action_without_its_user_is_refused(room: Room, resolved: dict[str, Any]):
    data = {**command(room, "Today's plan", 2), "target_id": "123", **resolved}

    is_not_valid(await forge(room, InteractionKind.COMMAND, data), "command")


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("plan post", [{"type": 11, "name": "chart1", "value": "123"}, {"type": 3, "name": "text", "value": "x"}]),
        ("chart add", [{"type": 11, "name": "chart1", "value": "123"}]),
        ("chart add", []),
        ("chart move", [{"type": 3, "name": "chart", "value": "1"}]),
        ("chart move", [{"type": 3, "name": "chart", "value": "1"}, {"type": 4, "name": "to", "value": "x"}]),
        ("plan show", [{"type": 3, "name": "coach", "value": 5}]),
        ("plan show", [{"type": 3, "name": "coach", "value": None}]),
        ("plan show", [{"type": 3, "name": "coach", "value": "x" * 7000}]),
        ("plan list", [{"type": 5, "name": "mine", "value": "yes"}]),
        ("plan export", [{"type": 3, "name": "format", "value": "exe"}]),
        ("history restore", [{"type": 4, "name": "revision", "value": 2**62}]),
    ],
)
async def test_made_up_options_are_refused(room: Room, path: str, options: list[Any]):
    group, name = path.split()
    data = {**command(room, group, 1), "options": [{"type": 1, "name": name, "options": options}]}

    is_not_valid(await forge(room, InteractionKind.COMMAND, data), "command")


@pytest.mark.parametrize(
    "option",
    [
        {"type": 3, "name": "coach", "value": "x" * 7000, "focused": True},
        {"type": 3, "name": "coach", "value": 5, "focused": True},
        {"type": 3, "name": "coach", "value": None, "focused": True},
        {"type": 3, "name": "coach", "focused": True},
        {"type": 3, "name": "nothing", "value": "x", "focused": True},
        {"type": 3, "name": "coach", "value": "x"},
    ],
)
async def test_made_up_typing_does_no_harm(room: Room, option: dict[str, Any]):
    data = {**command(room, "plan", 1), "options": [{"type": 1, "name": "show", "options": [option]}]}

    sandbox, application = room.discord.sandbox, room.discord.application
    sandbox.interactions.forge(InteractionKind.AUTOCOMPLETE, room.dana.user, room.channel, application, data)

    assert await room.dana.autocomplete("plan show", coach="d")


def command(room: Room, name: str, kind: int) -> dict[str, Any]:
    commands = room.discord.sandbox.world.commands.values()
    return {"id": str(next(each.id for each in commands if each.name == name)), "name": name, "type": kind}
