"""Checks for damage of the connected database: a complete one, and a quick one for each opening.

SQLite reports a damaged page when it is read, so damage that the quick check does not see is found by the first act
that reads it; the database is then closed, and taken back into use only after a complete check. Complete checks are
made of the copies in backups, and by `check`, too.
"""

import logging
import pathlib
from typing import Final

from storage import search_index
from storage.connections import database
from storage.errors.database import ReadFailedError

_log = logging.getLogger(__name__)

MAX_BYTES: Final = 2 << 20
"""Of a database that is checked completely at each opening: it takes some 10 ms."""
MAX_UNCLEAN_BYTES: Final = 16 << 20
"""The same after a crash: it takes some 100 ms."""


def refuse_damaged(path: pathlib.Path) -> None:
    """Go on only where the connected database may be sound; takes a minute for 2 GiB.

    A damaged full-text index is emptied, so that it is built again.

    Raises:
        ReadFailedError: it is damaged, or a read has failed.
    """
    findings = _findings()
    if findings and not search_index.without_index(findings):
        _log.warning("The index of /plan search is damaged and is built again; no plan is affected.")
        with database.whole("IMMEDIATE"):
            search_index.empty()
        findings = _findings()
    if findings:
        raise ReadFailedError(path)


def refuse_visible_damage(path: pathlib.Path, *, is_unclean: bool) -> None:
    """Go on only where a quick check of the connected database finds nothing, in the same time for any size.

    A small database is checked completely. Of a large one both ends of each table are read: its root, and the page
    that the next row goes to.

    Raises:
        ReadFailedError: it is damaged, or a read has failed.
    """
    if path.stat().st_size <= (MAX_UNCLEAN_BYTES if is_unclean else MAX_BYTES):
        refuse_damaged(path)
        return
    for table in _tables():
        for end in ("min", "max"):
            database.execute_sql(f'SELECT {end}(rowid) FROM "{table}"').fetchall()  # noqa: S608 - a name of ours


def _findings() -> list[str]:
    return [row[0] for row in database.execute_sql("PRAGMA quick_check") if row[0] != "ok"]


def _tables() -> list[str]:
    rows = database.execute_sql(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT wr"
    )
    return [row[0] for row in rows]
