"""Migrations by the operator, without Discord, while no bot runs on the database."""

import pathlib

from bot.cli.errors import NoDatabaseError
from bot.cli.output import say
from storage import open_checks, opening
from storage.errors import StorageError
from storage.process_lock import lock_database


def migrate(path: pathlib.Path) -> list[str]:
    """Apply the migrations that the database lacks, after a copy was made beside it; return their names.

    Raises:
        StorageError: a bot runs on it, or it can't be migrated.
        NoDatabaseError: there is no database.
    """
    path = path.absolute()
    open_checks.refuse_unfinished(path)
    if not open_checks.exists(path):
        raise NoDatabaseError(path)
    with lock_database(path):
        return opening.prepare(path)


def tell_outdated(path: pathlib.Path) -> None:
    """Say of a database that an older program made which version it has, and which this program needs."""
    try:
        version = open_checks.version_of(path.absolute())
    except StorageError:  # whoever uses it has told why
        return
    if version.is_outdated:
        say(f"{path.absolute()}: {version}; start the bot or run migrate to update it")
