"""Coaches have a color and a picture, which their cards show."""

from peewee import Database
from playhouse.migrate import SchemaMigrator


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the columns."""
    db.execute_sql("""ALTER TABLE coaches ADD COLUMN "color" INTEGER CHECK (color BETWEEN 0 AND 16777215)""")
    db.execute_sql(
        """ALTER TABLE coaches ADD COLUMN "picture" TEXT NOT NULL DEFAULT '[]' """
        """CHECK (json_valid(picture) AND json_type(picture) = 'array')"""
    )


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Remove the columns."""
    db.execute_sql("ALTER TABLE coaches DROP COLUMN picture")
    db.execute_sql("ALTER TABLE coaches DROP COLUMN color")
