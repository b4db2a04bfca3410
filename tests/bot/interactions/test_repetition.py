"""A command that a button repeats: made-up buttons repeat none."""

import pytest

from bot.discord.commands.sync import builders_of
from bot.interactions.repetition import Repetition
from plugins.history import Diff, history
from plugins.plans.group import plan
from plugins.plans.reading import List


@pytest.mark.parametrize(
    ("command", "custom_id", "values"),
    [
        (List, "cb:commands.again:plan list:day=2026-11-23:coach=a%3Ab:mine=True", ["2026-11-23", "a:b", True]),
        (List, "cb:commands.again:plan list", []),
        (List, "cb:commands.again:plan list:page=1", None),
        (List, f"cb:commands.again:plan list:day={'x' * 200}", None),
        (Diff, "cb:commands.again:history diff:from=1:to=2", [1, 2]),
        (Diff, "cb:commands.again:history diff:from=one", None),
        (Diff, "cb:commands.again:history diff:from=0", None),
    ],
)
async def test_the_options_are_those_of_the_command(command, custom_id: str, values: list[object] | None):
    await builders_of([history, plan])  # which gives the options their names
    repetition = Repetition.parse(custom_id)
    assert repetition

    options = repetition.options(command._command_data.options)

    assert (None if options is None else [each.value for each in options]) == values


@pytest.mark.parametrize("custom_id", ["cb:plans.open:1", "cb:commands.again", "cb:", "x", ""])
def test_another_button_gives_no_command(custom_id: str):
    assert Repetition.parse(custom_id) is None
