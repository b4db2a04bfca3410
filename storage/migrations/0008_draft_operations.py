"""Drafts know the interactions that made them: one that is delivered again finds its draft, or what became a plan."""

from peewee import Check, Database, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator

_UTC_GLOB = "0000-00-00T00:00:00.000000Z".replace("0", "[0-9]")


class _DraftOperation(Model):
    id = IntegerField(primary_key=True)
    draft_id = IntegerField(index=True)
    used_by = IntegerField(null=True)
    made_at = TextField(constraints=[Check(f"made_at GLOB '{_UTC_GLOB}'")])

    class Meta:
        legacy_table_names = False
        strict_tables = True
        table_name = "draft_operations"


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the table."""
    with db.bind_ctx([_DraftOperation]):
        _DraftOperation.create_table(safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take it away."""
    db.execute_sql("DROP TABLE draft_operations")
