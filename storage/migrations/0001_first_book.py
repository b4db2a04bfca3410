"""The first book: guilds and their coaches, plans and their history, drafts, done acts."""

from peewee import (
    SQL,
    AutoField,
    BlobField,
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


def _day(column: str) -> Node:
    return Check(f"{column} IS date({column})")


def _digest(column: str) -> Node:
    return Check(f"length({column}) = 64 AND {column} NOT GLOB '*[^0-9a-f]*'")


def _array(column: str) -> Node:
    return Check(f"json_valid({column}) AND json_type({column}) = 'array'")


class _Table(Model):
    class Meta:
        legacy_table_names = False
        strict_tables = True


class _GuildSettings(_Table):
    guild_id = IntegerField(primary_key=True)
    timezone = TextField(null=True)
    seed = TextField(default="[]", constraints=[SQL("DEFAULT '[]'"), _array("seed")])
    created_at = TextField(constraints=[_moment("created_at")])

    class Meta:
        table_name = "guild_settings"


class _Coach(_Table):
    id = AutoField()
    guild = ForeignKeyField(_GuildSettings, column_name="guild_id", on_delete="RESTRICT", index=False)
    key = TextField(constraints=[Check("length(key) BETWEEN 1 AND 16 AND key NOT GLOB '*[^a-z0-9_]*'")])
    name = TextField(constraints=[Check("length(name) BETWEEN 1 AND 100")])
    created_at = TextField(constraints=[_moment("created_at")])
    retired_at = TextField(null=True, constraints=[_moment("retired_at")])

    class Meta:
        table_name = "coaches"
        indexes = ((("guild", "key"), True),)


class _CoachMember(_Table):
    id = AutoField()
    coach = ForeignKeyField(_Coach, on_delete="CASCADE", index=False)
    kind = TextField(constraints=[Check("kind IN ('user', 'role')")])
    subject_id = IntegerField()

    class Meta:
        table_name = "coach_members"
        indexes = ((("coach", "kind", "subject_id"), True),)


class _Plan(_Table):
    id = AutoIncrementField()
    guild_id = IntegerField()
    coach = ForeignKeyField(_Coach, on_delete="RESTRICT")
    day = TextField(constraints=[_day("day")])
    text = TextField()
    author_id = IntegerField()
    revision = IntegerField(constraints=[Check("revision >= 1")])
    hash = TextField(constraints=[_digest("hash")])
    posted_at = TextField(constraints=[_moment("posted_at")])
    changed_at = TextField(constraints=[_moment("changed_at")])
    changed_by = IntegerField()
    deleted_at = TextField(null=True, constraints=[_moment("deleted_at")])
    deleted_by = IntegerField(null=True)

    class Meta:
        table_name = "coach_plans"
        indexes = ((("guild_id", "day"), False),)
        constraints = (Check("(deleted_at IS NULL) = (deleted_by IS NULL)"),)


_Plan.add_index(
    _Plan.index(
        _Plan.guild_id,
        _Plan.coach,
        _Plan.day,
        unique=True,
        where=_Plan.deleted_at.is_null(),
        name="coach_plans_live",
    )
)


class _Revision(_Table):
    id = AutoIncrementField()
    plan = ForeignKeyField(_Plan, on_delete="RESTRICT", index=False)
    revision = IntegerField(constraints=[Check("revision >= 1")])
    kind = TextField(
        constraints=[
            Check(
                "kind IN ('posted', 'edited', 'deleted', 'restored', 'chart_added',"
                " 'chart_removed', 'chart_moved', 'chart_captioned', 'taken_back')"
            )
        ]
    )
    text = TextField(null=True)
    charts = TextField(default="[]", constraints=[SQL("DEFAULT '[]'"), _array("charts")])
    actor_id = IntegerField(null=True)
    note = TextField(null=True)
    made_at = TextField(constraints=[_moment("made_at")])
    salt = BlobField(null=True, constraints=[Check("length(salt) = 16")])
    text_digest = TextField(constraints=[_digest("text_digest")])
    charts_digest = TextField(constraints=[_digest("charts_digest")])
    actor_digest = TextField(constraints=[_digest("actor_digest")])
    note_digest = TextField(constraints=[_digest("note_digest")])
    previous_hash = TextField(constraints=[Check("length(previous_hash) IN (0, 64)")])
    hash = TextField(constraints=[_digest("hash")])
    erased_at = TextField(null=True, constraints=[_moment("erased_at")])

    class Meta:
        table_name = "plan_history"
        indexes = ((("plan", "revision"), True),)


class _Draft(_Table):
    id = AutoIncrementField()
    guild_id = IntegerField()
    user_id = IntegerField()
    kind = TextField(constraints=[Check("kind IN ('post', 'edit')")])
    text = TextField()
    coach = TextField(null=True)
    day = TextField(null=True)
    plan = ForeignKeyField(_Plan, null=True, on_delete="CASCADE", index=False)
    seen = IntegerField(null=True)
    created_at = TextField(constraints=[_moment("created_at")])

    class Meta:
        table_name = "drafts"


class _Operation(_Table):
    id = IntegerField(primary_key=True)
    kind = TextField()
    plan = ForeignKeyField(_Plan, on_delete="CASCADE", index=False)
    revision = IntegerField(constraints=[Check("revision >= 1")])
    done_at = TextField(constraints=[_moment("done_at")])

    class Meta:
        table_name = "operations"


TABLES = (_GuildSettings, _Coach, _CoachMember, _Plan, _Revision, _Draft, _Operation)

TRIGGERS = (
    """
    CREATE TRIGGER plan_history_follows BEFORE INSERT ON plan_history
    WHEN NEW.revision IS NOT (
            SELECT coalesce(max(revision), 0) + 1 FROM plan_history WHERE plan_id = NEW.plan_id)
        OR NEW.previous_hash IS NOT coalesce((
            SELECT hash FROM plan_history
            WHERE plan_id = NEW.plan_id AND revision = NEW.revision - 1), '')
        OR EXISTS (SELECT 1 FROM plan_history WHERE id = NEW.id)
    BEGIN
        SELECT RAISE(ABORT, 'a revision must follow the last one of its plan');
    END
    """,
    """
    CREATE TRIGGER plan_history_stays BEFORE DELETE ON plan_history
    BEGIN
        SELECT RAISE(ABORT, 'plan_history is never deleted from');
    END
    """,
    """
    CREATE TRIGGER plan_history_is_only_erased BEFORE UPDATE ON plan_history
    WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
        OR (NEW.text IS NOT NULL AND NEW.text IS NOT OLD.text)
        OR (NEW.actor_id IS NOT NULL AND NEW.actor_id IS NOT OLD.actor_id)
        OR (NEW.note IS NOT NULL AND NEW.note IS NOT OLD.note)
        OR (NEW.salt IS NOT NULL AND NEW.salt IS NOT OLD.salt)
        OR (NEW.id, NEW.plan_id, NEW.revision, NEW.kind, NEW.charts, NEW.made_at,
            NEW.text_digest, NEW.charts_digest, NEW.actor_digest, NEW.note_digest,
            NEW.previous_hash, NEW.hash)
        IS NOT (OLD.id, OLD.plan_id, OLD.revision, OLD.kind, OLD.charts, OLD.made_at,
            OLD.text_digest, OLD.charts_digest, OLD.actor_digest, OLD.note_digest,
            OLD.previous_hash, OLD.hash)
    BEGIN
        SELECT RAISE(ABORT, 'plan_history is never changed, only erased, once');
    END
    """,
)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the tables and what guards them."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)
    for trigger in TRIGGERS:
        db.execute_sql(trigger)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take the tables away, with all that is in them."""
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES, safe=False)
