"""Erasing a revision empties its charts too: their names and captions are somebody's words, and prove nothing then."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

NEW = """
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
OLD = """
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
    """


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Let the trigger allow it."""
    db.execute_sql("DROP TRIGGER plan_history_is_only_erased")
    db.execute_sql(NEW)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Let it refuse that again."""
    db.execute_sql("DROP TRIGGER plan_history_is_only_erased")
    db.execute_sql(OLD)
