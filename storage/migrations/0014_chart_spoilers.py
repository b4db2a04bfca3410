"""Charts know whether they are hidden until a reader opens them."""

from peewee import Database
from playhouse.migrate import SchemaMigrator


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the column."""
    db.execute_sql(
        """ALTER TABLE plan_charts ADD COLUMN "is_spoiler" INTEGER NOT NULL DEFAULT 0 """
        """CHECK (is_spoiler IN (0, 1))"""
    )


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Remove the column."""
    db.execute_sql("ALTER TABLE plan_charts DROP COLUMN is_spoiler")
