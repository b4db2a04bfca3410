"""Guilds know the message with the button that opens the form for today's plan."""

from peewee import Database
from playhouse.migrate import SchemaMigrator


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add its channel and its id."""
    db.execute_sql('ALTER TABLE guild_settings ADD COLUMN "write_channel_id" INTEGER CHECK (write_channel_id > 0)')
    db.execute_sql('ALTER TABLE guild_settings ADD COLUMN "write_message_id" INTEGER CHECK (write_message_id > 0)')


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Remove both."""
    db.execute_sql("ALTER TABLE guild_settings DROP COLUMN write_message_id")
    db.execute_sql("ALTER TABLE guild_settings DROP COLUMN write_channel_id")
