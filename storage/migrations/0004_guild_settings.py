"""Settings of a guild: where its plans are to be shown, and who may see the history of deleted ones."""

from peewee import Database
from playhouse.migrate import SchemaMigrator


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make room for both; what a guild that is there already may see stays as it was."""
    db.execute_sql('ALTER TABLE guild_settings ADD COLUMN "plans_channel_id" INTEGER CHECK (plans_channel_id > 0)')
    db.execute_sql(
        """ALTER TABLE guild_settings ADD COLUMN "deleted_visible_to" TEXT NOT NULL DEFAULT 'members' """
        """CHECK (deleted_visible_to IN ('members', 'managers', 'everyone'))"""
    )


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take both away."""
    db.execute_sql("ALTER TABLE guild_settings DROP COLUMN deleted_visible_to")
    db.execute_sql("ALTER TABLE guild_settings DROP COLUMN plans_channel_id")
