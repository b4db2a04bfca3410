"""Limits of application commands: at the limit, and one past it."""

from typing import Any

import pytest

from sandbox.rules import check_command, check_command_counts, check_command_edit, check_commands
from tests.sandbox.refusals import found

LENGTH = "BASE_TYPE_BAD_LENGTH"
MAX = "BASE_TYPE_MAX_LENGTH"
NEEDED = "BASE_TYPE_REQUIRED"
NAME = "APPLICATION_COMMAND_INVALID_NAME"


def command(**more: Any) -> dict[str, Any]:
    return {"name": "plan", "description": "Plans.", **more}


def option(kind: int = 3, name: str = "text", **more: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "description": "Words.", **more}


def choice(at: int, **more: Any) -> dict[str, Any]:
    return {"name": f"c{at}", "value": f"v{at}", **more}


def options(*given: dict[str, Any]) -> dict[str, Any]:
    return command(options=list(given))


ACCEPTED = {
    "least": {"name": "a", "description": "b"},
    "longest": command(name="a" * 32, description="d" * 100),
    "other scripts": command(name="план_-'1"),
    "devanagari": command(name="हिन्दी"),
    "thai": command(name="ชื่อ"),
    "25 options": options(*(option(name=f"o{at}") for at in range(25))),
    "25 choices": options(option(choices=[choice(at) for at in range(25)])),
    "long choice": options(option(choices=[{"name": "n" * 100, "value": "v" * 100}])),
    "lengths": options(option(min_length=0, max_length=6000)),
    "range": options(option(4, min_value=-(2**53) + 1, max_value=2**53 - 1)),
    "channel types": options(option(7, channel_types=[0, 5])),
    "group": options(option(2, "g", options=[option(1, "s", options=[option()])])),
    "user command": {"name": "Today's plan", "type": 2},
    "message command": {"name": "Save as plan", "type": 3, "description": ""},
    "permissions": command(default_member_permissions="32"),
    "no permissions": command(default_member_permissions=None),
    "contexts": command(contexts=[0], integration_types=[0]),
    "localized": command(name_localizations={"de": "plan"}, description_localizations={"de": "Pläne."}),
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(body: dict[str, Any]):
    assert found(check_command, body) == []


REFUSED = {
    "no object": ([], ": MODEL_TYPE_CONVERT"),
    "no name": ({"description": "b"}, f"name: {NEEDED}"),
    "blank name": (command(name=" "), f"name: {NEEDED}"),
    "long name": (command(name="a" * 33), f"name: {LENGTH}"),
    "capital": (command(name="Plan"), f"name: {NAME}"),
    "space": (command(name="plan post"), f"name: {NAME}"),
    "sign": (command(name="plan!"), f"name: {NAME}"),
    "no description": ({"name": "plan"}, f"description: {NEEDED}"),
    "long description": (command(description="d" * 101), f"description: {MAX}"),
    "26 options": (options(*(option(name=f"o{at}") for at in range(26))), f"options: {MAX}"),
    "26 choices": (options(option(choices=[choice(at) for at in range(26)])), f"options.0.choices: {MAX}"),
    "long choice name": (options(option(choices=[choice(1, name="n" * 101)])), f"options.0.choices.0.name: {LENGTH}"),
    "long choice value": (
        options(option(choices=[choice(1, value="v" * 101)])),
        f"options.0.choices.0.value: {LENGTH}",
    ),
    "choice of another type": (
        options(option(4, choices=[choice(1)])),
        "options.0.choices.0.value: NUMBER_TYPE_COERCE",
    ),
    "choice named twice": (
        options(option(choices=[choice(1), choice(2, name="c1")])),
        "options.0.choices.1.name: APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS",
    ),
    "choices and autocomplete": (
        options(option(choices=[choice(1)], autocomplete=True)),
        "options.0.autocomplete: APPLICATION_COMMAND_OPTIONS_CHOICES_AND_AUTOCOMPLETE",
    ),
    "min_length -1": (options(option(min_length=-1)), "options.0.min_length: NUMBER_TYPE_MIN"),
    "max_length 0": (options(option(max_length=0)), "options.0.max_length: NUMBER_TYPE_MIN"),
    "max_length 6001": (options(option(max_length=6001)), "options.0.max_length: NUMBER_TYPE_MAX"),
    "least over most": (
        options(option(min_length=2, max_length=1)),
        "options.0.min_length: APPLICATION_COMMAND_OPTIONS_BOUNDS_INVALID",
    ),
    "value past 2^53": (options(option(4, max_value=2**53)), "options.0.max_value: NUMBER_TYPE_MAX"),
    "no such channel type": (options(option(7, channel_types=[99])), "options.0.channel_types.0: BASE_TYPE_CHOICES"),
    "no such option type": (options(option(12)), "options.0.type: UNION_TYPE_CHOICES"),
    "long option name": (options(option(name="a" * 33)), f"options.0.name: {LENGTH}"),
    "option in capitals": (options(option(name="Text")), f"options.0.name: {NAME}"),
    "option without description": (options({"type": 3, "name": "a"}), f"options.0.description: {NEEDED}"),
    "option named twice": (
        options(option(), option()),
        "options.1.name: APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
    ),
    "required after optional": (
        options(option(), option(name="b", required=True)),
        "options.1: APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    "subcommand beside a value": (
        options(option(1, "s"), option()),
        "options.1.type: APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    "group in a group": (
        options(option(2, "g", options=[option(2, "h")])),
        "options.0.options.0.type: UNION_TYPE_CHOICES",
    ),
    "value in a group": (options(option(2, "g", options=[option()])), "options.0.options.0.type: UNION_TYPE_CHOICES"),
    "subcommand in a subcommand": (
        options(option(1, "s", options=[option(1, "t")])),
        "options.0.options.0.type: UNION_TYPE_CHOICES",
    ),
    "description of a user command": (
        {"name": "x", "type": 2, "description": "d"},
        "description: APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET",
    ),
    "options of a message command": (
        {"name": "x", "type": 3, "options": [option()]},
        "options: APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_CANNOT_BE_SET",
    ),
    "no such type": (command(type=5), "type: BASE_TYPE_CHOICES"),
    "negative permissions": (command(default_member_permissions="-1"), "default_member_permissions: NUMBER_TYPE_MIN"),
    "no contexts": (command(contexts=[]), f"contexts: {LENGTH}"),
    "no such context": (command(contexts=[3]), "contexts.0: BASE_TYPE_CHOICES"),
    "context twice": (command(contexts=[0, 0]), "contexts.1: SET_TYPE_ALREADY_CONTAINS_VALUE"),
    "no integration types": (command(integration_types=[]), f"integration_types: {LENGTH}"),
    "no such integration type": (command(integration_types=[2]), "integration_types.0: BASE_TYPE_CHOICES"),
    "no such locale": (command(name_localizations={"xx": "a"}), "name_localizations.xx: BASE_TYPE_CHOICES"),
    "localized capital": (command(name_localizations={"de": "Plan"}), f"name_localizations.de: {NAME}"),
    "nsfw in words": (command(nsfw="yes"), "nsfw: BOOLEAN_TYPE_CONVERT"),
    "options of an entry point": ({"name": "x", "type": 4, "options": []}, "0"),
    "a handler of a slash command": (command(handler=1), "0"),
    "no such handler": ({"name": "x", "type": 4, "handler": 3}, "handler: BASE_TYPE_CHOICES"),
}


@pytest.mark.parametrize(("body", "fault"), REFUSED.values(), ids=REFUSED)
def test_refused(body: Any, fault: str):
    assert found(check_command, body) == [fault]


def _of_size(size: int) -> dict[str, Any]:
    """Return a command with this many characters in names, descriptions and values."""
    choices = [{"name": f"{at:0100}", "value": f"{at:0100}"} for at in range(25)]
    body = command(
        name="a", description="b", options=[{"type": 3, "name": "o", "description": "p", "choices": choices}]
    )
    second = {"type": 3, "name": "q", "description": "r", "choices": []}
    body["options"].append(second)
    missing = size - 4 - 5000 - 2
    second["choices"] = [{"name": f"{at:0100}", "value": f"{at:0100}"} for at in range(missing // 200)]
    rest = missing % 200
    second["description"] = "r" * (1 + min(rest, 99))
    body["description"] = "b" * (1 + rest - min(rest, 99))
    return body


def test_a_command_may_have_8000_characters():
    assert found(check_command, _of_size(8000)) == []


def test_8001_characters_are_too_large():
    assert found(check_command, _of_size(8001)) == [": APPLICATION_COMMAND_TOO_LARGE"]


def test_the_longest_translation_counts():
    body = _of_size(8000) | {"name_localizations": {"de": "aa"}}

    assert found(check_command, body) == [": APPLICATION_COMMAND_TOO_LARGE"]


@pytest.mark.parametrize(("kind", "most"), [(1, 100), (2, 15), (3, 15)])
def test_a_scope_has_room_for_so_many(kind: int, most: int):
    commands = [{"name": f"c{at}", "type": kind} for at in range(most + 1)]

    assert found(check_command_counts, commands[:most]) == []
    assert found(check_command_counts, commands) == ["30032"]


def test_a_type_left_out_is_a_slash_command():
    assert found(check_commands, [command(name=f"c{at}") for at in range(101)]) == ["30032"]


def test_131_at_once_are_too_many():
    commands = [command(name=f"c{at}") for at in range(131)]

    assert found(check_commands, commands) == [f": {MAX}"]


def test_all_of_a_scope_are_named_differently():
    assert found(check_commands, [command(), command()]) == ["1.name: APPLICATION_COMMANDS_DUPLICATE_NAME"]


def test_a_name_is_free_for_another_type():
    assert found(check_commands, [command(), {"name": "plan", "type": 3}]) == []


def test_faults_in_a_list_name_the_command():
    assert found(check_commands, [command(), command(name="B")]) == [f"1.name: {NAME}"]


def test_no_list_is_refused():
    assert found(check_commands, {"name": "plan"}) == [": LIST_TYPE_CONVERT"]


def test_an_edit_is_checked_with_what_stays():
    before = command(type=1, options=[option()])

    assert found(check_command_edit, {"description": "New."}, before) == []
    assert found(check_command_edit, {"name": "New"}, before) == [f"name: {NAME}"]
    assert found(check_command_edit, {"name": None}, before) == [f"name: {NEEDED}"]
    assert found(check_command_edit, {"description": "d"}, {"name": "x", "type": 2, "description": ""}) == [
        "description: APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET"
    ]
