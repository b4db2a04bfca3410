"""Cards know the last change that somebody asked for; messages that no card knows are noted."""

from peewee import Check, Database, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator

FAILING = "cards_failing"
_UTC_GLOB = "0000-00-00T00:00:00.000000Z".replace("0", "[0-9]")


class _StrayMessage(Model):
    message_id = IntegerField(primary_key=True)
    guild_id = IntegerField()
    channel_id = IntegerField()
    plan_id = IntegerField()
    is_removable = IntegerField(constraints=[Check("is_removable IN (0, 1)")])
    found_at = TextField(constraints=[Check(f"found_at GLOB '{_UTC_GLOB}'")])

    class Meta:
        legacy_table_names = False
        strict_tables = True
        table_name = "stray_messages"


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make room for both; what waits now counts as asked for."""
    db.execute_sql("""ALTER TABLE cards ADD COLUMN "asked" INTEGER NOT NULL DEFAULT 1 CHECK (asked >= 0)""")
    db.execute_sql("UPDATE cards SET asked = wanted")
    db.execute_sql(f"""CREATE INDEX "{FAILING}" ON "cards" ("channel_id") WHERE ("failure" IS NOT NULL)""")
    with db.bind_ctx([_StrayMessage]):
        _StrayMessage.create_table(safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take both away."""
    db.execute_sql("DROP TABLE stray_messages")
    db.execute_sql(f'DROP INDEX "{FAILING}"')
    db.execute_sql("ALTER TABLE cards DROP COLUMN asked")
