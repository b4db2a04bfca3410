"""A card may wait for its thread to be opened again."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

INDEX = "cards_failing"
BEFORE = ("no_channel", "closed", "refused")


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Take the further reason why a card can't be shown."""
    _take(db, *BEFORE, "archived")


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take those of before alone."""
    db.execute_sql("UPDATE cards SET failure = 'refused' WHERE failure = 'archived'")
    _take(db, *BEFORE)


def _take(db: Database, *failures: str) -> None:
    """Let the column take these values: a constraint can't be changed, so the column is made again."""
    values = ", ".join(f"'{each}'" for each in failures)
    db.execute_sql(f'DROP INDEX "{INDEX}"')
    db.execute_sql("ALTER TABLE cards RENAME COLUMN failure TO former_failure")
    db.execute_sql(f'ALTER TABLE cards ADD COLUMN "failure" TEXT CHECK (failure IN ({values}))')
    db.execute_sql("UPDATE cards SET failure = former_failure")
    db.execute_sql("ALTER TABLE cards DROP COLUMN former_failure")
    db.execute_sql(f'CREATE INDEX "{INDEX}" ON "cards" ("channel_id") WHERE ("failure" IS NOT NULL)')
