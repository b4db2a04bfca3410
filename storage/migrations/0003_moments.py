"""History by moments: how a plan stood once is found without reading all of its revisions."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

INDEX = "plan_history_plan_id_made_at_revision"


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the index."""
    db.execute_sql(f'CREATE INDEX "{INDEX}" ON "plan_history" ("plan_id", "made_at", "revision")')


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take it away."""
    db.execute_sql(f'DROP INDEX "{INDEX}"')
