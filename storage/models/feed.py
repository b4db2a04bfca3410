"""The rows of the API's tokens."""

from peewee import Check, ForeignKeyField, IntegerField, TextField
from playhouse.sqlite_ext import AutoIncrementField

from storage.fields import UtcField
from storage.models.base import Row, digest_check, moment_check
from storage.models.guilds import GuildSettingsRow


class FeedTokenRow(Row):
    """A token with which a program reads the plans of a guild. It names no user."""

    id = AutoIncrementField()
    guild_id: int
    guild = ForeignKeyField(GuildSettingsRow, column_name="guild_id", on_delete="CASCADE", index=False)
    name = TextField(constraints=[Check("length(name) BETWEEN 1 AND 50")])
    digest = TextField(unique=True, constraints=[digest_check("digest")])
    """The SHA-256 of the secret, which has 256 random bits."""
    as_of = TextField(constraints=[Check("length(as_of) BETWEEN 3 AND 13")])
    channel_id = IntegerField(null=True, constraints=[Check("channel_id > 0")])
    created_at = UtcField(constraints=[moment_check("created_at")])
    expires_at = UtcField(null=True, constraints=[moment_check("expires_at")])

    class Meta:
        table_name = "feed_tokens"
        indexes = ((("guild", "name"), True),)
