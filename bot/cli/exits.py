"""The end of a command that failed: its message on the standard error, and its exit status."""

import contextlib
from collections.abc import Generator

import typer

from bot import signals
from bot.cli.errors import CommandError
from bot.cli.output import echo_error
from bot.config.errors import ConfigError
from bot.config.loader import load_config
from bot.config.settings import Config
from storage.errors import StorageError


def failed(message: str, status: int = 1) -> typer.Exit:
    """Print why the command failed, and return the exception that ends it."""
    echo_error(message)
    return typer.Exit(status)


@contextlib.contextmanager
def exit_on_error() -> Generator[None]:
    """End the command with the message of an error inside the context; a signal undoes work in progress."""
    try:
        with signals.unwinding():
            yield
    except (CommandError, StorageError) as error:
        raise failed(str(error)) from error


def read_config() -> Config:
    """Return the configuration, or end the command with all its issues."""
    try:
        return load_config()
    except ConfigError as error:
        raise failed(str(error)) from error
