"""The full-text index, which is made from the texts of the plans: damage of it loses nothing."""

from collections.abc import Iterable

import apsw
from peewee import DatabaseError

from storage.connections import database
from storage.models import SearchProgressRow

FAULT = (
    "the index of /plan search is damaged, or is not that of the plans' texts. No plan is affected, so nothing needs "
    "to be restored: the bot builds the index again when it meets the damage, or when a backup of its own finds it"
)
_NAME = "search_index"


def without_index(findings: Iterable[str]) -> list[str]:
    """Return the findings of SQLite's checks that are of something else."""
    return [finding for finding in findings if _NAME not in finding]


def refresh() -> None:
    """Have this connection read the index again: it checks what it remembers, whatever others wrote meanwhile."""
    _is_done("SELECT 1 FROM search_index WHERE search_index MATCH 'x' LIMIT 1")


def fits_texts() -> bool:
    """Return whether the index has all texts, and nothing else; true while older texts are not indexed yet.

    Others can't write meanwhile.
    """
    is_whole = not SearchProgressRow.get().unindexed
    return not is_whole or _is_done("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")


def empty() -> None:
    """Empty the index, within a transaction: all texts are indexed again in the background."""
    database.execute_sql("INSERT INTO search_index (search_index) VALUES ('delete-all')")
    database.execute_sql("UPDATE search_progress SET unindexed = (SELECT coalesce(max(id), 0) FROM plan_history)")


def _is_done(statement: str) -> bool:
    """Run a statement; false: the index is damaged."""
    try:
        database.execute_sql(statement).fetchall()
    except (DatabaseError, apsw.Error) as error:
        if isinstance(getattr(error, "orig", error), apsw.CorruptError):
            return False
        raise
    return True
