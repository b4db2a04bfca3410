"""Tokens with which programs read the plans of a guild."""

from peewee import Check, Database, ForeignKeyField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator
from playhouse.sqlite_ext import AutoIncrementField

_UTC_GLOB = "0000-00-00T00:00:00.000000Z".replace("0", "[0-9]")


class _Table(Model):
    class Meta:
        legacy_table_names = False
        strict_tables = True


class _GuildSettings(_Table):
    guild_id = IntegerField(primary_key=True)

    class Meta:
        table_name = "guild_settings"


class _FeedToken(_Table):
    id = AutoIncrementField()
    guild = ForeignKeyField(_GuildSettings, column_name="guild_id", on_delete="CASCADE", index=False)
    name = TextField(constraints=[Check("length(name) BETWEEN 1 AND 50")])
    digest = TextField(unique=True, constraints=[Check("length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'")])
    as_of = TextField(constraints=[Check("length(as_of) BETWEEN 3 AND 13")])
    channel_id = IntegerField(null=True, constraints=[Check("channel_id > 0")])
    created_at = TextField(constraints=[Check(f"created_at GLOB '{_UTC_GLOB}'")])
    expires_at = TextField(null=True, constraints=[Check(f"expires_at GLOB '{_UTC_GLOB}'")])

    class Meta:
        table_name = "feed_tokens"
        indexes = ((("guild", "name"), True),)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the table."""
    with db.bind_ctx([_GuildSettings, _FeedToken]):
        _FeedToken.create_table(safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Remove it."""
    db.execute_sql("DROP TABLE feed_tokens")
