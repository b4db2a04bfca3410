"""Contents of a database, as listed and checked in a backup."""

import dataclasses
import pathlib

from bot.service.pictures import needed
from bot.service.records import cards as card_rows
from bot.service.records import chains
from storage import search_index
from storage.backup import timelines
from storage.backup.changes import Changes
from storage.backup.contents import Contents
from storage.file_checks import check_file
from storage.models import DatabaseRow, RevisionRow


def inspect(database: pathlib.Path, changed: Changes | None) -> Contents:
    """Return the contents of a database that is not in use; see `storage.backup.contents.Inspect`.

    Raises:
        StorageError: the file is not a database.
    """
    contents = list[Contents]()

    def read() -> list[str]:
        contents.append(_contents(changed))
        return list(contents[0].faults)

    def empty_index() -> list[str]:
        search_index.empty()
        contents.append(dataclasses.replace(contents.pop(), is_index_sound=False))
        return []

    faults = check_file(database, read, database.parent, with_constraints=changed is None, on_index_fault=empty_index)
    return contents[0] if contents else Contents(tuple(faults) or ("it is empty",))


def _contents(changed: Changes | None) -> Contents:
    """Return the contents of the connected database."""
    plans, plan_ids = chains.count(), changed.plans if changed else None
    return Contents(
        (*chains.faults(plan_ids=plan_ids), *card_rows.faults()),
        DatabaseRow.get().name,
        plans,
        RevisionRow.select().count(),
        plans if plan_ids is None else len(plan_ids),
        frozenset(needed.shown(plan_ids)),
        timelines.current(),
    )
