"""Initial responses by interaction type."""

from typing import Any

import pytest

from sandbox.rules import check_callback, check_choices
from tests.sandbox.refusals import found

V2 = 1 << 15
KIND = "type: BASE_TYPE_CHOICES"
MESSAGE = {"content": "before", "flags": 0, "embeds": [], "components": [], "attachments": []}
COMMAND = {"type": 2, "data": {"name": "plan", "options": []}}
COMPONENT = {"type": 3, "data": {"custom_id": "go"}, "message": MESSAGE}
SUBMIT = {"type": 5, "data": {"custom_id": "m"}}
SUBMIT_FROM_MESSAGE = SUBMIT | {"message": MESSAGE}
MODAL = {
    "custom_id": "m",
    "title": "t",
    "components": [{"type": 18, "label": "l", "component": {"type": 4, "custom_id": "c", "style": 1}}],
}
DATA = {4: {"content": "x"}, 5: {}, 6: {}, 7: {"content": "x"}, 8: {"choices": []}, 9: MODAL}


def typing(kind: int) -> dict[str, Any]:
    inner = {"name": "day", "type": kind, "value": "1", "focused": True}
    return {"type": 4, "data": {"name": "plan", "options": [{"name": "post", "type": 1, "options": [inner]}]}}


@pytest.mark.parametrize(
    ("interaction", "allowed"),
    [
        (COMMAND, {4, 5, 9}),
        (COMPONENT, {4, 5, 6, 7, 9}),
        (typing(3), {8}),
        (SUBMIT, {4, 5}),
        (SUBMIT_FROM_MESSAGE, {4, 5, 6, 7}),
    ],
    ids=["command", "component", "autocomplete", "modal", "modal of a message"],
)
def test_kinds_of_answer(interaction: dict[str, Any], allowed: set[int]):
    accepted = {
        kind for kind, data in DATA.items() if not found(check_callback, {"type": kind, "data": data}, interaction)
    }

    assert accepted == allowed


@pytest.mark.parametrize(
    ("response", "interaction", "faults"),
    [
        ({}, COMMAND, ["type: BASE_TYPE_REQUIRED"]),
        ({"type": 1}, COMMAND, [KIND]),
        ({"type": 10}, COMMAND, [KIND]),
        ({"type": 12}, COMMAND, ["0"]),
        ({"type": 4}, COMMAND, ["50006"]),
        ({"type": 4, "data": {"content": "x", "flags": 64}}, COMMAND, []),
        ({"type": 4, "data": {"content": "x", "flags": 128}}, COMMAND, ["data.flags: MESSAGE_FLAGS_INVALID"]),
        ({"type": 4, "data": {"content": "x" * 2001}}, COMMAND, ["data.content: BASE_TYPE_MAX_LENGTH"]),
        ({"type": 5, "data": {"flags": 64}}, COMMAND, []),
        ({"type": 5, "data": {"flags": V2}}, COMMAND, ["data.flags: MESSAGE_FLAGS_INVALID"]),
        ({"type": 6}, COMPONENT, []),
        ({"type": 7, "data": {"content": ""}}, COMPONENT, ["50006"]),
        ({"type": 7, "data": {"flags": 64}}, COMPONENT, ["data.flags: MESSAGE_FLAGS_INVALID"]),
        ({"type": 8}, typing(3), ["data: BASE_TYPE_REQUIRED"]),
        ({"type": 8, "data": {}}, typing(3), ["data.choices: BASE_TYPE_REQUIRED"]),
        ({"type": 9}, COMMAND, ["data: BASE_TYPE_REQUIRED"]),
        ({"type": 9, "data": MODAL | {"title": "t" * 46}}, COMMAND, ["data.title: BASE_TYPE_BAD_LENGTH"]),
    ],
)
def test_callback(response: dict[str, Any], interaction: dict[str, Any], faults: list[str]):
    assert found(check_callback, response, interaction) == faults


def test_choices_are_of_the_type_that_is_typed():
    words = {"type": 8, "data": {"choices": [{"name": "n", "value": "monday"}]}}

    assert found(check_callback, words, typing(3)) == []
    assert found(check_callback, words, typing(4)) == ["data.choices.0.value: NUMBER_TYPE_COERCE"]


def _choice(name: int = 1, value: int = 1) -> dict[str, str]:
    return {"name": "n" * name, "value": "v" * value}


@pytest.mark.parametrize(
    ("suggested", "faults"),
    [
        ([], []),
        ([_choice()] * 25, []),
        ([_choice()] * 26, ["choices: BASE_TYPE_MAX_LENGTH"]),
        ([_choice(name=100, value=100)], []),
        ([_choice(name=101)], ["choices.0.name: BASE_TYPE_BAD_LENGTH"]),
        ([_choice(value=101)], ["choices.0.value: BASE_TYPE_BAD_LENGTH"]),
        ([_choice(name=0)], ["choices.0.name: BASE_TYPE_REQUIRED"]),
        ([_choice(value=0)], ["choices.0.value: BASE_TYPE_REQUIRED"]),
        ([{"name": "n"}], ["choices.0.value: BASE_TYPE_REQUIRED"]),
    ],
)
def test_choices(suggested: list[dict[str, str]], faults: list[str]):
    assert found(check_choices, suggested) == faults
