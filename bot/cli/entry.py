"""The first step of the command line: signals end it from here on, also during its imports."""

import sys

from bot import signals


def main() -> None:
    """Run the command line. A bot that is stopped before it is up exits with status 0."""
    signals.exit_at_once(0 if sys.argv[1:2] == ["run"] else None)
    from bot.cli.commands import main as run

    run()
