"""A full-text index of all revisions' texts. New ones are indexed as they are made, older ones page by page."""

from peewee import Check, Database, IntegerField, Model
from playhouse.migrate import SchemaMigrator

_TEXTS = """
    CREATE VIEW revision_texts AS
    SELECT plan_history.id, 'g' || guild_id AS guild, plan_history.text
    FROM plan_history JOIN coach_plans ON coach_plans.id = plan_id
    WHERE plan_history.text IS NOT NULL
"""
"""The guild is a word: a search walks through the texts of its own guild alone, however many others have the words."""
_INDEX = """
    CREATE VIRTUAL TABLE search_index USING fts5 (
        guild, text, content = 'revision_texts', content_rowid = 'id', columnsize = 0,
        prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
    )
"""
_ERASE_FOR_GOOD = "INSERT INTO search_index (search_index, rank) VALUES ('secure-delete', 1)"
_TRIGGERS = {
    "search_index_of_new": """AFTER INSERT ON plan_history WHEN NEW.text IS NOT NULL
    BEGIN
        INSERT INTO search_index (rowid, guild, text)
        SELECT NEW.id, 'g' || guild_id, NEW.text FROM coach_plans WHERE id = NEW.plan_id;
    END""",
    "search_index_of_erased": """AFTER UPDATE OF text ON plan_history
    WHEN OLD.text IS NOT NULL AND NEW.text IS NULL AND OLD.id > (SELECT unindexed FROM search_progress)
    BEGIN
        INSERT INTO search_index (search_index, rowid, guild, text)
        SELECT 'delete', OLD.id, 'g' || guild_id, OLD.text FROM coach_plans WHERE id = OLD.plan_id;
    END""",
}


class _Progress(Model):
    id = IntegerField(primary_key=True, constraints=[Check("id = 1")])
    unindexed = IntegerField(constraints=[Check("unindexed >= 0")])

    class Meta:
        table_name = "search_progress"
        legacy_table_names = False
        strict_tables = True


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the index; existing revisions are indexed after the start."""
    with db.bind_ctx([_Progress]):
        _Progress.create_table(safe=False)
    db.execute_sql("INSERT INTO search_progress (id, unindexed) SELECT 1, coalesce(max(id), 0) FROM plan_history")
    for statement in (_TEXTS, _INDEX, _ERASE_FOR_GOOD):
        db.execute_sql(statement)
    for name, what in _TRIGGERS.items():
        db.execute_sql(f"CREATE TRIGGER {name} {what}")


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Remove it."""
    for name in _TRIGGERS:
        db.execute_sql(f"DROP TRIGGER {name}")
    db.execute_sql("DROP TABLE search_index")
    db.execute_sql("DROP VIEW revision_texts")
    db.execute_sql("DROP TABLE search_progress")
