"""A command that a button repeats: made-up buttons repeat none."""

import lightbulb
import pytest

from bot.interactions.repetition import Repetition
from plugins.history import Restore
from plugins.plans.reading import List


@pytest.mark.parametrize(
    ("command", "custom_id", "values"),
    [
        (List, "cb:commands.again:plan list:day=2026-11-23:coach=a%3Ab:mine=True", ["2026-11-23", "a:b", True]),
        (List, "cb:commands.again:plan list", []),
        (List, "cb:commands.again:plan list:page=1", None),
        (List, f"cb:commands.again:plan list:day={'x' * 200}", None),
        (Restore, "cb:commands.again:history restore:revision=2", [2]),
        (Restore, "cb:commands.again:history restore:revision=one", None),
        (Restore, "cb:commands.again:history restore:revision=0", None),
    ],
)
def test_the_options_are_those_of_the_command(command, custom_id: str, values: list[object] | None):
    repetition = Repetition.parse(custom_id)
    assert repetition

    options = repetition.options(lightbulb.utils.get_command_data(command).options)

    assert (None if options is None else [each.value for each in options]) == values


@pytest.mark.parametrize("custom_id", ["cb:plans.open:1", "cb:commands.again", "cb:", "x", ""])
def test_another_button_gives_no_command(custom_id: str):
    assert Repetition.parse(custom_id) is None
