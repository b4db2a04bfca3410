"""The cards of a restored database: their messages may show changes that were made after the backup."""

import contextlib
import datetime
import pathlib

import apsw

DAYS = 30
"""Cards of plans for earlier days than so many before the backup are not renewed: such plans hardly change."""
_HAS_CARDS = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'cards'"
_RENEW = """
    UPDATE cards SET wanted = wanted + 1
    WHERE message_id IS NOT NULL AND plan_id IN (SELECT id FROM coach_plans WHERE day >= date(?, ?))
"""


def renew_cards(database: pathlib.Path, made_at: str) -> None:
    """Mark the cards that have a message for an update at low priority; a schema without cards has none.

    Args:
        database: the file, which nobody else uses.
        made_at: when the backup was made, in ISO 8601.

    Raises:
        apsw.Error: the file can't be written.
    """
    day = datetime.datetime.fromisoformat(made_at).date().isoformat()
    with contextlib.closing(apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READWRITE)) as connection:
        if list(connection.execute(_HAS_CARDS)):
            connection.execute(_RENEW, (day, f"-{DAYS} days"))
