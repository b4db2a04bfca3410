"""The first step of the command line: from here on signals end it, while what it needs is still being imported."""

import sys

from bot import signals


def main() -> None:
    """Run the command line; a bot that is stopped before it was up has ended well."""
    signals.exit_at_once(0 if sys.argv[1:2] == ["run"] else None)
    from bot.cli.commands import main as run

    run()
