"""A client's options, clicks and selections, checked against the command or component."""

from typing import Any

import pytest

from sandbox.rules import check_autocomplete, check_options, check_press
from tests.sandbox.refusals import found

NEEDED = "BASE_TYPE_REQUIRED"
CHOICES = "BASE_TYPE_CHOICES"
MAX = "BASE_TYPE_MAX_LENGTH"
MIN = "BASE_TYPE_MIN_LENGTH"


def known(kind: int = 3, name: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "description": "d", **more}


def given(value: Any = "words", kind: int = 3, name: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "value": value, **more}


LIMITED = known(min_length=2, max_length=3)
RANGED = known(4, min_value=1, max_value=9)
CASES = {
    "given": ([known()], [given()], []),
    "left out": ([known()], [], []),
    "required": ([known(required=True)], [], [f"options.text: {NEEDED}"]),
    "unknown": ([known()], [given(name="other")], ["options.0.name: OPTION_NOT_FOUND"]),
    "of another type": ([known()], [given(1, 4)], ["options.0.type: OPTION_TYPE_INVALID"]),
    "twice": ([known()], [given(), given()], ["options.1.name: OPTION_DUPLICATED"]),
    "no string": ([known()], [given(5)], ["options.0.value: STRING_TYPE_CONVERT"]),
    "no words": ([known()], [given("")], [f"options.0.value: {NEEDED}"]),
    "6000": ([known()], [given("w" * 6000)], []),
    "6001": ([known()], [given("w" * 6001)], ["options.0.value: BASE_TYPE_BAD_LENGTH"]),
    "shortest": ([LIMITED], [given("ab")], []),
    "too short": ([LIMITED], [given("a")], [f"options.0.value: {MIN}"]),
    "longest": ([LIMITED], [given("abc")], []),
    "too long": ([LIMITED], [given("abcd")], [f"options.0.value: {MAX}"]),
    "least": ([RANGED], [given(1, 4)], []),
    "too little": ([RANGED], [given(0, 4)], ["options.0.value: NUMBER_TYPE_MIN"]),
    "most": ([RANGED], [given(9, 4)], []),
    "too much": ([RANGED], [given(10, 4)], ["options.0.value: NUMBER_TYPE_MAX"]),
    "half": ([RANGED], [given(1.5, 4)], ["options.0.value: NUMBER_TYPE_COERCE"]),
    "decimals": ([known(10)], [given(1.5, 10)], []),
    "past 2^53": ([known(4)], [given(2**53, 4)], ["options.0.value: NUMBER_TYPE_MAX"]),
    "choice": ([known(choices=[{"name": "A", "value": "a"}])], [given("a")], []),
    "no choice": ([known(choices=[{"name": "A", "value": "a"}])], [given("A")], [f"options.0.value: {CHOICES}"]),
    "yes": ([known(5)], [given(True, 5)], []),
    "no boolean": ([known(5)], [given("yes", 5)], ["options.0.value: BOOLEAN_TYPE_CONVERT"]),
    "user": ([known(6)], [given("123", 6)], []),
    "no user": ([known(6)], [given("dana", 6)], ["options.0.value: NUMBER_TYPE_COERCE"]),
}


@pytest.mark.parametrize(("registered", "options", "faults"), CASES.values(), ids=CASES)
def test_options(registered: list[Any], options: list[Any], faults: list[str]):
    assert found(check_options, {"name": "plan", "options": registered}, options) == faults


NESTED = {"name": "plan", "options": [known(1, "post", options=[known(required=True)]), known(1, "list")]}


@pytest.mark.parametrize(
    ("options", "faults"),
    [
        ([{"name": "post", "type": 1, "options": [given()]}], []),
        ([{"name": "list", "type": 1}], []),
        ([], ["options: OPTION_SUBCOMMAND_REQUIRED"]),
        ([{"name": "post", "type": 1}], [f"options.0.options.text: {NEEDED}"]),
        ([{"name": "drop", "type": 1}], ["options.0.name: OPTION_NOT_FOUND"]),
    ],
)
def test_subcommands(options: list[Any], faults: list[str]):
    assert found(check_options, NESTED, options) == faults


LOOKED_UP = {"options": [known(autocomplete=True), known(name="day", required=True)]}


@pytest.mark.parametrize(
    ("options", "faults"),
    [
        ([given("", focused=True)], []),
        ([given("w", focused=True), given("x", name="day")], []),
        ([given("w")], ["options: OPTION_FOCUS_INVALID"]),
        ([given("w", name="day", focused=True)], ["options.0.name: OPTION_WITHOUT_AUTOCOMPLETE"]),
    ],
)
def test_autocomplete(options: list[Any], faults: list[str]):
    assert found(check_autocomplete, LOOKED_UP, options) == faults


BUTTON = {"type": 2, "style": 1, "custom_id": "go"}
MENU = {"type": 3, "custom_id": "m", "max_values": 2, "options": [{"label": c, "value": c} for c in "abc"]}
PRESSES = {
    "button": (BUTTON, None, []),
    "disabled": (BUTTON | {"disabled": True}, None, ["component: COMPONENT_DISABLED"]),
    "link": ({"type": 2, "style": 5, "url": "https://x.example"}, None, ["component: COMPONENT_IS_LINK"]),
    "values for a button": (BUTTON, ["a"], ["values: COMPONENT_WITHOUT_VALUES"]),
    "menu": (MENU, ["a", "b"], []),
    "nothing chosen": (MENU, [], ["values: BASE_TYPE_BAD_LENGTH"]),
    "too many": (MENU, ["a", "b", "c"], ["values: BASE_TYPE_BAD_LENGTH"]),
    "twice": (MENU, ["a", "a"], ["values: SET_TYPE_ALREADY_CONTAINS_VALUE"]),
    "not offered": (MENU, ["z"], [f"values: {CHOICES}"]),
    "menu without values": (MENU, None, [f"values: {NEEDED}"]),
    "disabled menu": (MENU | {"disabled": True}, ["a"], ["component: COMPONENT_DISABLED"]),
    "people": ({"type": 5, "custom_id": "w"}, ["123"], []),
}


@pytest.mark.parametrize(("component", "values", "faults"), PRESSES.values(), ids=PRESSES)
def test_press(component: dict[str, Any], values: list[str] | None, faults: list[str]):
    assert found(check_press, component, values) == faults
