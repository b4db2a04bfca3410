"""Cards know which of their pictures could not be had: they are looked for until they can be."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

INDEX = "cards_lacking"


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make room for it."""
    db.execute_sql(
        """ALTER TABLE cards ADD COLUMN "lacking" TEXT NOT NULL DEFAULT '[]' """
        """CHECK (json_valid(lacking) AND json_type(lacking) = 'array')"""
    )
    db.execute_sql(f"""CREATE INDEX "{INDEX}" ON "cards" ("id") WHERE ("lacking" != '[]')""")


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take it away."""
    db.execute_sql(f'DROP INDEX "{INDEX}"')
    db.execute_sql("ALTER TABLE cards DROP COLUMN lacking")
