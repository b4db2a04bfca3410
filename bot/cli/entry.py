"""The first step of the command line: signals end it from here on, also during its imports."""

import sys

from bot import garbage, signals


def main() -> None:
    """Run the command line. A bot that is stopped before it is up exits with status 0."""
    is_bot = sys.argv[1:2] == ["run"]
    signals.exit_at_once(0 if is_bot else None)
    if is_bot:
        garbage.postpone_full_collections()
    from bot.cli.commands import main as run

    run()
