"""The first step of the command line: signals end it from here on, also during its imports."""

import contextlib
import importlib
import sys
from collections.abc import Generator
from typing import Any

from bot import garbage, signals


def main() -> None:
    """Run the command line. A bot that is stopped before it is up exits with status 0."""
    is_bot = sys.argv[1:2] == ["run"]
    signals.exit_at_once(0 if is_bot else None)
    if is_bot:
        garbage.postpone_full_collections()
    with _hidden("rich"):  # structlog imports it for tracebacks that the log does not use: 3 MiB in every process
        importlib.import_module("structlog")
    from bot.cli.commands import main as run

    run()


@contextlib.contextmanager
def _hidden(module: str) -> Generator[None]:
    """Have a module that is not imported yet seem not to be installed while the block runs."""
    modules: dict[str, Any] = sys.modules
    if module in modules:
        yield
        return
    modules[module] = None
    try:
        yield
    finally:
        del modules[module]
