"""The rows of what members have read."""

from peewee import Check, CompositeKey, IntegerField

from storage.fields import UtcField
from storage.models.base import Row, moment_check


class ReadMarkerRow(Row):
    """The revision of a plan that a user last opened through the bot: a hint, which no other row depends on."""

    user_id = IntegerField()
    """First in the key: all that is stored of a person is found by it."""
    plan_id = IntegerField()
    guild_id = IntegerField()
    revision = IntegerField(constraints=[Check("revision >= 1")])
    opened_at = UtcField(constraints=[moment_check("opened_at")], index=True)

    class Meta:
        table_name = "read_markers"
        primary_key = CompositeKey("user_id", "plan_id")
        without_rowid = True
