"""The revision of each plan that a user last opened."""

from peewee import Check, CompositeKey, Database, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator

_IS_MOMENT = f"opened_at GLOB '{'0000-00-00T00:00:00.000000Z'.replace('0', '[0-9]')}'"


class _ReadMarker(Model):
    user_id = IntegerField()
    plan_id = IntegerField()
    guild_id = IntegerField()
    revision = IntegerField(constraints=[Check("revision >= 1")])
    opened_at = TextField(constraints=[Check(_IS_MOMENT)], index=True)

    class Meta:
        legacy_table_names = False
        strict_tables = True
        table_name = "read_markers"
        primary_key = CompositeKey("user_id", "plan_id")
        without_rowid = True


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the table."""
    with db.bind_ctx([_ReadMarker]):
        _ReadMarker.create_table(safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take it away."""
    db.execute_sql("DROP TABLE read_markers")
