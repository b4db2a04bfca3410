"""What each command loads: hikari takes half a second of work, which only the bot itself and its plugins are worth."""

import subprocess
import sys

import pytest

from tests.processes import ROOT

WITHOUT_DISCORD = ("commands", "backups", "transfers", "predecessor")


@pytest.mark.parametrize("module", WITHOUT_DISCORD)
def test_a_command_that_needs_no_discord_loads_no_hikari(module: str):
    code = f"import sys, bot.cli.{module}; print([each for each in ('hikari', 'lightbulb') if each in sys.modules])"

    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
