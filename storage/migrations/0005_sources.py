"""Where a plan was saved from: a message in Discord, and who wrote it."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

INDEX = "coach_plans_source_message_id"
COLUMNS = ("source_channel_id", "source_message_id", "source_author_id")


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make room for it in plans and in drafts."""
    for table in ("coach_plans", "drafts"):
        for column in COLUMNS:
            db.execute_sql(f'ALTER TABLE {table} ADD COLUMN "{column}" INTEGER')
    db.execute_sql(
        f'CREATE INDEX "{INDEX}" ON "coach_plans" ("source_message_id") WHERE ("source_message_id" IS NOT NULL)'
    )


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take it away."""
    db.execute_sql(f'DROP INDEX "{INDEX}"')
    for table in ("coach_plans", "drafts"):
        for column in COLUMNS:
            db.execute_sql(f'ALTER TABLE {table} DROP COLUMN "{column}"')
