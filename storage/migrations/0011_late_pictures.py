"""Pictures that a plan was posted without, and that are added to it when they are there."""

from peewee import Check, Database, ForeignKeyField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator
from playhouse.sqlite_ext import AutoIncrementField


class _Table(Model):
    class Meta:
        legacy_table_names = False
        strict_tables = True


class _Plan(_Table):
    id = AutoIncrementField()

    class Meta:
        table_name = "coach_plans"


class _LatePictures(_Table):
    id = IntegerField(primary_key=True)
    guild_id = IntegerField()
    user_id = IntegerField()
    channel_id = IntegerField(null=True)
    plan = ForeignKeyField(_Plan, on_delete="CASCADE", index=False)
    pictures = TextField(constraints=[Check("json_valid(pictures) AND json_type(pictures) = 'array'")])

    class Meta:
        table_name = "late_pictures"


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the table."""
    with db.bind_ctx([_Plan, _LatePictures]):
        _LatePictures.create_table(safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take it away."""
    db.execute_sql("DROP TABLE late_pictures")
