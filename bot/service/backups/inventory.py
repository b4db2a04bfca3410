"""The contents of a database, as a backup lists and checks them."""

import pathlib

from bot.service.pictures import needed
from bot.service.records import cards as card_rows
from bot.service.records import revisions
from storage.backup.contents import Contents
from storage.file_checks import check_file
from storage.models import DatabaseRow, PlanRow, RevisionRow


def inspect(database: pathlib.Path) -> Contents:
    """Return the contents of a database that nobody uses.

    Raises:
        StorageError: it can't be opened as one.
    """
    found = list[Contents]()

    def read() -> list[str]:
        found.append(_contents())
        return list(found[0].faults)

    faults = check_file(database, read, database.parent)
    return found[0] if found else Contents(tuple(faults) or ("it is empty",))


def _contents() -> Contents:
    """Return the contents of the connected database."""
    return Contents(
        (*revisions.faults(), *card_rows.faults()),
        DatabaseRow.get().name,
        PlanRow.select().count(),
        RevisionRow.select().count(),
        frozenset(needed.shown()),
    )
