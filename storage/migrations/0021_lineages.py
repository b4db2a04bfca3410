"""Plans know the revisions that made them what they are."""

import itertools
import json
import re
from collections.abc import Iterable
from operator import itemgetter

from peewee import Database
from playhouse.migrate import SchemaMigrator

_LATE = re.compile("sent with #[0-9]+(; .*)?")
_CHANGED = """
    SELECT plan_id, revision, text, charts, note FROM plan_history
    WHERE plan_id IN (SELECT id FROM coach_plans WHERE revision > 1)
    ORDER BY plan_id, revision
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the column, and fill it from the histories."""
    db.execute_sql(
        """ALTER TABLE coach_plans ADD COLUMN "lineage" TEXT NOT NULL DEFAULT '[1]' """
        """CHECK (json_valid(lineage) AND json_type(lineage) = 'array')"""
    )
    for plan_id, history in itertools.groupby(db.execute_sql(_CHANGED), key=itemgetter(0)):
        lineage = json.dumps(_lineage(history))
        db.execute_sql("UPDATE coach_plans SET lineage = ? WHERE id = ?", (lineage, plan_id))


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Remove the column."""
    db.execute_sql("ALTER TABLE coach_plans DROP COLUMN lineage")


def _lineage(history: Iterable[tuple[int, int, str | None, str, str | None]]) -> list[int]:
    """Return the revisions that made the plan what it is, without those that were undone; erased ones are in it."""
    revisions = dict[object, int]()  # by text and charts
    for _, revision, text, charts, note in history:
        state = revision if text is None else (text, charts)
        if same := revisions.get(state):
            while revisions and next(reversed(revisions.values())) > same:
                revisions.popitem()
            continue
        if revisions and note and _LATE.fullmatch(note):
            revisions.popitem()
        revisions[state] = revision
    return list(revisions.values())
