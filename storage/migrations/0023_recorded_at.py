"""Revisions know when they entered the database: an import brings them later than they were made."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

_UTC_GLOB = "0000-00-00T00:00:00.000000Z".replace("0", "[0-9]")
_OLD = """
    CREATE TRIGGER plan_history_is_only_erased BEFORE UPDATE ON plan_history
    WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
        OR (NEW.text IS NOT NULL AND NEW.text IS NOT OLD.text)
        OR (NEW.actor_id IS NOT NULL AND NEW.actor_id IS NOT OLD.actor_id)
        OR (NEW.note IS NOT NULL AND NEW.note IS NOT OLD.note)
        OR (NEW.salt IS NOT NULL AND NEW.salt IS NOT OLD.salt)
        OR (NEW.charts IS NOT '[]' AND NEW.charts IS NOT OLD.charts)
        OR (NEW.id, NEW.plan_id, NEW.revision, NEW.kind, NEW.made_at,
            NEW.text_digest, NEW.charts_digest, NEW.actor_digest, NEW.note_digest,
            NEW.previous_hash, NEW.hash)
        IS NOT (OLD.id, OLD.plan_id, OLD.revision, OLD.kind, OLD.made_at,
            OLD.text_digest, OLD.charts_digest, OLD.actor_digest, OLD.note_digest,
            OLD.previous_hash, OLD.hash)
    BEGIN
        SELECT RAISE(ABORT, 'plan_history is never changed, only erased, once');
    END
    """
_NEW = _OLD.replace("NEW.kind, NEW.made_at,", "NEW.kind, NEW.made_at, NEW.recorded_at,").replace(
    "OLD.kind, OLD.made_at,", "OLD.kind, OLD.made_at, OLD.recorded_at,"
)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the column, which the trigger guards too; of what was recorded before, the time is not known."""
    db.execute_sql(f"""ALTER TABLE plan_history ADD COLUMN "recorded_at" TEXT CHECK (recorded_at GLOB '{_UTC_GLOB}')""")
    db.execute_sql("DROP TRIGGER plan_history_is_only_erased")
    db.execute_sql(_NEW)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Remove the column."""
    db.execute_sql("DROP TRIGGER plan_history_is_only_erased")
    db.execute_sql("ALTER TABLE plan_history DROP COLUMN recorded_at")
    db.execute_sql(_OLD)
