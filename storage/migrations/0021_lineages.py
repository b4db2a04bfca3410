"""Plans know the revisions that made them what they are."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

_FILL = """
    UPDATE coach_plans SET lineage = (
        SELECT json_group_array(revision ORDER BY revision) FROM plan_history WHERE plan_id = coach_plans.id
    )
    WHERE revision > 1
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the column; of what was changed before, each revision counts."""
    db.execute_sql(
        """ALTER TABLE coach_plans ADD COLUMN "lineage" TEXT NOT NULL DEFAULT '[1]' """
        """CHECK (json_valid(lineage) AND json_type(lineage) = 'array')"""
    )
    db.execute_sql(_FILL)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Remove the column."""
    db.execute_sql("ALTER TABLE coach_plans DROP COLUMN lineage")
