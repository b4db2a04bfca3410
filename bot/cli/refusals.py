"""The end of a command that was refused: its words on the standard error, and its status."""

import contextlib
from collections.abc import Generator

import typer

from bot import signals
from bot.cli.errors import TransferError
from bot.cli.output import complain
from bot.config.errors import ConfigError
from bot.config.loader import load_config
from bot.config.settings import Config
from storage.errors import StorageError


def stop(message: str, status: int = 1) -> typer.Exit:
    """Say why the command ends, and return what ends it when it is raised."""
    complain(message)
    return typer.Exit(status)


@contextlib.contextmanager
def stopping() -> Generator[None]:
    """Stop with the words of what was refused; a signal undoes what is under way."""
    try:
        with signals.unwinding():
            yield
    except (TransferError, StorageError) as error:
        raise stop(str(error)) from error


def read_config() -> Config:
    """Return the configuration, or stop with all that is wrong in it."""
    try:
        return load_config()
    except ConfigError as error:
        raise stop(str(error)) from error
