"""Charts: which pictures each plan shows, those of drafts, and a name by which their folder knows the book."""

import secrets

from peewee import (
    AutoField,
    Check,
    Database,
    ForeignKeyField,
    IntegerField,
    Model,
    Node,
    TextField,
)
from playhouse.migrate import SchemaMigrator
from playhouse.sqlite_ext import AutoIncrementField

_UTC_GLOB = "0000-00-00T00:00:00.000000Z".replace("0", "[0-9]")


def _moment(column: str) -> Node:
    return Check(f"{column} GLOB '{_UTC_GLOB}'")


def _digest(column: str) -> Node:
    return Check(f"length({column}) = 64 AND {column} NOT GLOB '*[^0-9a-f]*'")


class _Table(Model):
    class Meta:
        legacy_table_names = False
        strict_tables = True


class _Plan(_Table):
    id = AutoIncrementField()

    class Meta:
        table_name = "coach_plans"


class _Book(_Table):
    id = AutoField(constraints=[Check("id = 1")])
    name = TextField(constraints=[Check("length(name) = 32")])

    class Meta:
        table_name = "book"


class _Chart(_Table):
    id = AutoIncrementField()
    plan = ForeignKeyField(_Plan, on_delete="RESTRICT", index=False)
    position = IntegerField(constraints=[Check("position BETWEEN 1 AND 10")])
    sha256 = TextField(constraints=[_digest("sha256")])
    filename = TextField(constraints=[Check("length(filename) BETWEEN 1 AND 100")])
    media_type = TextField(constraints=[Check("media_type IN ('image/png', 'image/jpeg', 'image/gif', 'image/webp')")])
    width = IntegerField(constraints=[Check("width >= 1")])
    height = IntegerField(constraints=[Check("height >= 1")])
    bytes = IntegerField(constraints=[Check("bytes >= 1")])
    caption = TextField(null=True, constraints=[Check("length(caption) BETWEEN 1 AND 100")])
    added_by = IntegerField()
    added_at = TextField(constraints=[_moment("added_at")])
    removed_at = TextField(null=True, constraints=[_moment("removed_at")])

    class Meta:
        table_name = "plan_charts"
        indexes = ((("sha256",), False),)


_Chart.add_index(
    _Chart.index(_Chart.plan, _Chart.sha256, unique=True, where=_Chart.removed_at.is_null(), name="plan_charts_live")
)


TRIGGERS = (
    """
    CREATE TRIGGER plan_charts_stays BEFORE DELETE ON plan_charts
    BEGIN
        SELECT RAISE(ABORT, 'plan_charts is never deleted from');
    END
    """,
    """
    CREATE TRIGGER plan_charts_keeps_its_pictures BEFORE UPDATE ON plan_charts
    WHEN (NEW.id, NEW.plan_id, NEW.sha256) IS NOT (OLD.id, OLD.plan_id, OLD.sha256)
    BEGIN
        SELECT RAISE(ABORT, 'a chart stays the picture that it is');
    END
    """,
)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the table, and room for pictures in a draft."""
    with db.bind_ctx((_Book, _Chart)):
        db.create_tables((_Book, _Chart), safe=False)
        _Book.create(name=secrets.token_hex(16))
    for trigger in TRIGGERS:
        db.execute_sql(trigger)
    db.execute_sql(
        """ALTER TABLE drafts ADD COLUMN "pictures" TEXT NOT NULL DEFAULT '[]' """
        """CHECK (json_valid(pictures) AND json_type(pictures) = 'array')"""
    )


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take both away, with all that is in them; the files of the pictures stay."""
    db.execute_sql("ALTER TABLE drafts DROP COLUMN pictures")
    with db.bind_ctx((_Book, _Chart)):
        db.drop_tables((_Book, _Chart), safe=False)
