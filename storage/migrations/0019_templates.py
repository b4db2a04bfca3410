"""Templates: texts of a coach's team to begin a plan with."""

from peewee import Check, Database, DateTimeField, ForeignKeyField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator
from playhouse.sqlite_ext import AutoIncrementField

_UTC_GLOB = "0000-00-00T00:00:00.000000Z".replace("0", "[0-9]")


class _Utc(DateTimeField):
    field_type = "TEXT"


class _Table(Model):
    class Meta:
        legacy_table_names = False
        strict_tables = True


class _Coach(_Table):
    class Meta:
        table_name = "coaches"


class _Template(_Table):
    id = AutoIncrementField()
    coach = ForeignKeyField(_Coach, on_delete="CASCADE", index=False)
    name = TextField(constraints=[Check("length(name) BETWEEN 1 AND 50")])
    text = TextField(constraints=[Check("length(text) >= 1")])
    revision = IntegerField(constraints=[Check("revision >= 1")])
    changed_by = IntegerField()
    changed_at = _Utc(constraints=[Check(f"changed_at GLOB '{_UTC_GLOB}'")])

    class Meta:
        table_name = "plan_templates"
        indexes = ((("coach", "name"), True),)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the table."""
    with db.bind_ctx([_Coach, _Template]):
        _Template.create_table(safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Remove it."""
    db.execute_sql("DROP TABLE plan_templates")
