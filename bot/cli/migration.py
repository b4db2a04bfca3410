"""Migrations by the operator, without Discord, while no bot runs on the database."""

import pathlib

from bot.cli.errors import CommandError
from bot.cli.output import echo
from bot.config.settings import Config
from bot.open_files import refuse_missing
from storage import open_checks, opening
from storage.errors import StorageError
from storage.process_lock import lock_database

NEW_ADVICE = "If there should be one, check storage.path and the working directory."


def migrate(path: pathlib.Path) -> list[str]:
    """Copy the database to a file next to it, apply the pending migrations, and return their names.

    Raises:
        StorageError: a bot runs on the database, or it can't be migrated.
        CommandError: there is no database.
    """
    path = path.absolute()
    require_database(path)
    with lock_database(path):
        return opening.prepare(path)


def require_database(path: pathlib.Path) -> None:
    """Refuse a missing database, and one whose restore was interrupted.

    Raises:
        StorageError: the restore was interrupted.
        CommandError: there is no database.
    """
    open_checks.refuse_unfinished(path)
    if not open_checks.exists(path):
        raise CommandError(f"There is no database at {path}. Check storage.path.")


def report_new(config: Config) -> None:
    """Print that there is no database yet, for a command that creates one: the configured path may be a wrong one.

    Raises:
        DatabaseMissingError: there was one.
        UnreadableError: that can't be found out.
    """
    path = config.storage.path
    if not open_checks.exists(path):
        refuse_missing(config)
        echo(f"There is no database at {path.absolute()} yet, so the import creates it. {NEW_ADVICE}")


def report_outdated(path: pathlib.Path) -> None:
    """Print the version of a database that needs migrations, and the version that this program needs."""
    try:
        version = open_checks.version_of(path.absolute())
    except StorageError:  # reported by the code that opens it
        return
    if version.is_outdated:
        echo(f"{path.absolute()}: {version}; start the bot or run migrate to update it")
