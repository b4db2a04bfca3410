"""Discord's limits on commands."""

from typing import Any

import pytest

from bot.discord.commands.limits import MESSAGE, SLASH, faults_of, faults_of_all


def slash(name: str = "count", **changes: Any) -> dict[str, Any]:
    return {"type": SLASH, "name": name, "description": "Counts.", "options": [], **changes}


def option(name: str = "what", **changes: Any) -> dict[str, Any]:
    return {"type": 3, "name": name, "description": "What to count.", **changes}


def choice(name: str, value: Any = "x") -> dict[str, Any]:
    return {"name": name, "value": value}


SUBCOMMAND = option("sub", type=1, options=[option()])
GROUP = option("group", type=2, options=[SUBCOMMAND])


@pytest.mark.parametrize(
    "command",
    [
        slash(),
        slash("x" * 32, description="x" * 100),
        slash("café-größe_3"),
        slash("योजना"),
        slash("แผน"),
        slash(options=[option(f"o{number}", required=number < 5) for number in range(25)]),
        slash(options=[option(choices=[choice(f"c{number}") for number in range(25)])]),
        slash(options=[SUBCOMMAND, GROUP]),
        {"type": MESSAGE, "name": "Save as Plan", "description": ""},
    ],
)
def test_what_discord_takes_has_no_faults(command: dict[str, Any]):
    assert faults_of([command]) == []


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        (slash("x" * 33), "can’t be used"),
        (slash("Count"), "can’t be used"),
        (slash("count it"), "can’t be used"),
        (slash("count!"), "can’t be used"),
        (slash(name_localizations={"de": "Zähle"}), "the name “Zähle” of count can’t be used"),
        (slash(description=""), "0 characters"),
        (slash(description="x" * 101), "101 characters, not 1 to 100"),
        (slash(description_localizations={"de": "x" * 101}), "101 characters, not 1 to 100"),
        (slash(options=[option(f"o{number}") for number in range(26)]), "26 options"),
        (slash(options=[option(), option()]), "two options what"),
        (slash(options=[option("a"), option("b", required=True)]), "b must be given"),
        (slash(options=[option("A")]), "the name “A” of "),
        (slash(options=[option(), SUBCOMMAND]), "beside its subcommands"),
        (slash(options=[option("g", type=2, options=[GROUP])]), "lies too deep"),
        (slash(options=[option(choices=[choice(f"c{number}") for number in range(26)])]), "26 choices"),
        (slash(options=[option(choices=[choice("a"), choice("a", "y")])]), "two choices a"),
        (slash(options=[option(choices=[choice("a", "x" * 101)])]), "the choice 'a'"),
        (slash(options=[option(choices=[choice("a")], autocomplete=True)]), "choices and autocomplete"),
        (slash(options=[option(min_length=3, max_length=2)]), "min_length is more than max_length"),
        (slash(options=[option(max_length=6001)]), "0 to 6000"),
        (slash(options=[option(min_value=3, max_value=2)]), "min_value is more than max_value"),
        (
            slash(
                options=[option(f"o{n}", choices=[choice(f"{k}" * 9, "x" * 100) for k in range(9)]) for n in range(9)]
            ),
            "characters in all, and Discord takes 8,000",
        ),
        ({"type": MESSAGE, "name": "x" * 33, "description": ""}, "has not 1 to 32"),
    ],
)
def test_what_discord_refuses_is_a_fault(command: dict[str, Any], fault: str):
    assert fault in "\n".join(faults_of([command]))


def test_two_commands_of_one_name_and_kind_are_a_fault():
    message = {"type": MESSAGE, "name": "count", "description": ""}

    assert faults_of([slash(), message]) == []
    assert faults_of([slash(), slash()]) == ["it has two commands named count"]


def test_all_plugins_together_have_a_limit_for_each_kind():
    messages = [{"type": MESSAGE, "name": f"Count {number}", "description": ""} for number in range(16)]

    assert faults_of_all([*(slash(f"c{number}") for number in range(100)), *messages[:15]]) == []
    assert faults_of_all(messages) == ["all plugins together would have 16 message commands, and Discord takes 15"]
