"""Contents of a database, as listed and checked in a backup."""

import pathlib

from bot.service.pictures import needed
from bot.service.records import cards as card_rows
from bot.service.records import chains
from storage.backup.contents import Contents
from storage.file_checks import check_file
from storage.models import DatabaseRow, PlanRow, RevisionRow


def inspect(database: pathlib.Path) -> Contents:
    """Return the contents of a database that is not in use.

    Raises:
        StorageError: the file is not a database.
    """
    contents = list[Contents]()

    def read() -> list[str]:
        contents.append(_contents())
        return list(contents[0].faults)

    faults = check_file(database, read, database.parent)
    return contents[0] if contents else Contents(tuple(faults) or ("it is empty",))


def _contents() -> Contents:
    """Return the contents of the connected database."""
    return Contents(
        (*chains.faults(), *card_rows.faults()),
        DatabaseRow.get().name,
        PlanRow.select().count(),
        RevisionRow.select().count(),
        frozenset(needed.shown()),
    )
