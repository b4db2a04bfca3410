"""No request reads more as a database grows: indexes of what is waiting, and counts that are stored."""

from peewee import Check, Database, ForeignKeyField, IntegerField, Model
from playhouse.migrate import SchemaMigrator

_MAY_BE_TRIED = '(("failure" IS NULL) OR ("retry_at" IS NULL))'
_IS_PENDING = '(("done" < "wanted") AND ("gone_at" IS NULL))'

_NEW = {
    "cards_open_tries": '"cards" ("channel_id") WHERE (("message_id" IS NULL) AND ("tried_at" IS NOT NULL))',
    "cards_asked": f'"cards" ("id") WHERE ((("done" < "asked") AND ("gone_at" IS NULL)) AND {_MAY_BE_TRIED})',
    "cards_renewable": (
        f'"cards" ("channel_id", "id") WHERE (({_IS_PENDING} AND ("done" >= "asked")) AND {_MAY_BE_TRIED})'
    ),
    "cards_retry_at": '"cards" ("retry_at") WHERE ("failure" IS NOT NULL)',
    "card_channels_channel_id": '"card_channels" ("channel_id")',
    "card_channels_public_thread_of": ('"card_channels" ("public_thread_of") WHERE ("public_thread_of" IS NOT NULL)'),
    "stray_messages_guild_id": '"stray_messages" ("guild_id")',
    "stray_messages_removable": '"stray_messages" ("message_id") WHERE ("is_removable" = 1)',
    "coach_plans_coach_id_changed_at": '"coach_plans" ("coach_id", "changed_at")',
    "coach_plans_author": '"coach_plans" ("guild_id", "author_id", "day") WHERE ("deleted_at" IS NULL)',
    "plan_charts_plan_id_added_at": '"plan_charts" ("plan_id", "added_at")',
    "drafts_guild_id_user_id_size": '"drafts" ("guild_id", "user_id", "size")',
    "drafts_created_at": '"drafts" ("created_at")',
    "drafts_with_links": """"drafts" ("id") WHERE (instr("pictures", '"url"') > 0)""",
}
_ALTERED = {
    "cards_failing": (
        '"cards" ("channel_id") WHERE ("failure" IS NOT NULL)',
        '"cards" ("channel_id", "told_at", "failure") WHERE ("failure" IS NOT NULL)',
    ),
    "cards_lacking": (
        """"cards" ("id") WHERE ("lacking" != '[]')""",
        """"cards" ("channel_id", "id") WHERE (("lacking" != '[]') AND ("gone_at" IS NULL))""",
    ),
}
_OLD = {
    "cards_due": '"cards" ("id") WHERE ("done" < "wanted")',
    "coach_plans_coach_id": '"coach_plans" ("coach_id")',
}


class _Table(Model):
    class Meta:
        legacy_table_names = False
        strict_tables = True


class _Coach(_Table):
    class Meta:
        table_name = "coaches"


class _CoachCounts(_Table):
    coach = ForeignKeyField(_Coach, primary_key=True, on_delete="CASCADE")
    plans = IntegerField(constraints=[Check("plans >= 0")])
    deleted = IntegerField(constraints=[Check("deleted BETWEEN 0 AND plans")])
    edits = IntegerField(constraints=[Check("edits >= 0")])
    charts = IntegerField(constraints=[Check("charts >= 0")])

    class Meta:
        table_name = "coach_counts"


_COUNT_ALL = """
    INSERT INTO coach_counts (coach_id, plans, deleted, edits, charts)
    SELECT coach_id, count(*), count(deleted_at), sum(revision) - count(*), coalesce(sum(charts.number), 0)
    FROM coach_plans
    LEFT JOIN (SELECT plan_id, count(*) AS number FROM plan_charts GROUP BY plan_id) AS charts
        ON charts.plan_id = coach_plans.id
    GROUP BY coach_id
"""
_TRIGGERS = {
    "coach_counts_of_new_plans": """AFTER INSERT ON coach_plans
    BEGIN
        INSERT INTO coach_counts (coach_id, plans, deleted, edits, charts)
        VALUES (NEW.coach_id, 1, NEW.deleted_at IS NOT NULL, NEW.revision - 1, 0)
        ON CONFLICT (coach_id) DO UPDATE SET
            plans = plans + 1, deleted = deleted + excluded.deleted, edits = edits + excluded.edits;
    END""",
    "coach_counts_of_changes": """AFTER UPDATE OF revision, deleted_at ON coach_plans
    WHEN (NEW.revision, NEW.deleted_at IS NULL) IS NOT (OLD.revision, OLD.deleted_at IS NULL)
    BEGIN
        UPDATE coach_counts SET
            deleted = deleted + (NEW.deleted_at IS NOT NULL) - (OLD.deleted_at IS NOT NULL),
            edits = edits + NEW.revision - OLD.revision
        WHERE coach_id = NEW.coach_id;
    END""",
    "coach_counts_of_charts": """AFTER INSERT ON plan_charts
    BEGIN
        UPDATE coach_counts SET charts = charts + 1
        WHERE coach_id = (SELECT coach_id FROM coach_plans WHERE id = NEW.plan_id);
    END""",
}
_SIZE_ALL = """
    UPDATE drafts SET size = length(text)
        + (SELECT coalesce(sum(json_extract(value, '$.bytes')), 0) FROM json_each(pictures))
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the indexes; count what is there, and keep counting."""
    db.execute_sql("""ALTER TABLE drafts ADD COLUMN "size" INTEGER NOT NULL DEFAULT 0 CHECK (size >= 0)""")
    db.execute_sql(_SIZE_ALL)
    for name in (*_OLD, *_ALTERED):
        _drop(db, name)
    for name, what in (*_NEW.items(), *((name, after) for name, (_, after) in _ALTERED.items())):
        _create(db, name, what)
    with db.bind_ctx([_Coach, _CoachCounts]):
        _CoachCounts.create_table(safe=False)
    db.execute_sql(_COUNT_ALL)
    for name, what in _TRIGGERS.items():
        db.execute_sql(f"CREATE TRIGGER {name} {what}")


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Remove all of them."""
    for name in _TRIGGERS:
        db.execute_sql(f"DROP TRIGGER {name}")
    db.execute_sql("DROP TABLE coach_counts")
    for name in (*_NEW, *_ALTERED):
        _drop(db, name)
    for name, what in (*_OLD.items(), *((name, before) for name, (before, _) in _ALTERED.items())):
        _create(db, name, what)
    db.execute_sql("ALTER TABLE drafts DROP COLUMN size")


def _create(db: Database, name: str, what: str) -> None:
    db.execute_sql(f'CREATE INDEX "{name}" ON {what}')


def _drop(db: Database, name: str) -> None:
    db.execute_sql(f'DROP INDEX "{name}"')
