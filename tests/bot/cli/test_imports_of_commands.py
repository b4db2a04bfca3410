"""What each command loads: hikari takes half a second of work, which only the bot itself and its plugins are worth."""

import json
import subprocess
import sys
from pathlib import Path

from tests.bot.cli.test_backups import settings
from tests.bot.cli.test_commands import GUILD
from tests.processes import ROOT

COMMANDS = [
    ["init", "new.toml"],
    ["import-predecessor", "old.db", *GUILD, "--unmapped", "--dry-run"],
    ["import", "given.zip"],
    ["export", "again.zip", *GUILD],
    ["backup", "--to", "backups"],
    ["backup-of", "kept/book.db", "kept/charts", "backups"],
    ["restore", "backup.zip", "--force"],
    ["upgrade-check"],
    ["migrate"],
]
"""Commands that need no Discord, each with options for its whole work."""
PROGRAM = """
import json, sys
from bot.cli.commands import cli

for command in json.loads(sys.argv[1]):
    status = cli(command, standalone_mode=False)
    print(json.dumps([command[0], status, [each for each in ("hikari", "lightbulb") if each in sys.modules]]))
"""


def test_commands_that_need_no_discord_load_no_hikari(folder: Path):
    program = [sys.executable, "-c", PROGRAM, json.dumps(COMMANDS)]
    env = settings(folder) | {"PYTHONPATH": str(ROOT)}

    result = subprocess.run(program, cwd=folder.parent, env=env, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr
    loaded = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("[")]
    assert loaded == [[command[0], None, []] for command in COMMANDS]
