"""Cards: which message in Discord shows each plan, and what becomes of one that was deleted by hand."""

from peewee import SQL, Check, Database, ForeignKeyField, IntegerField, Model, Node, TextField
from playhouse.migrate import SchemaMigrator
from playhouse.sqlite_ext import AutoIncrementField

_UTC_GLOB = "0000-00-00T00:00:00.000000Z".replace("0", "[0-9]")


def _moment(column: str) -> Node:
    return Check(f"{column} GLOB '{_UTC_GLOB}'")


class _Table(Model):
    class Meta:
        legacy_table_names = False
        strict_tables = True


class _Plan(_Table):
    id = AutoIncrementField()

    class Meta:
        table_name = "coach_plans"


class _Card(_Table):
    id = AutoIncrementField()
    plan = ForeignKeyField(_Plan, on_delete="RESTRICT", unique=True)
    channel_id = IntegerField()
    message_id = IntegerField(null=True)
    nonce = TextField(constraints=[Check("length(nonce) BETWEEN 1 AND 25")])
    wanted = IntegerField(default=1, constraints=[SQL("DEFAULT 1"), Check("wanted >= 1")])
    done = IntegerField(default=0, constraints=[SQL("DEFAULT 0"), Check("done BETWEEN 0 AND wanted")])
    revision = IntegerField(null=True, constraints=[Check("revision >= 1")])
    tried_at = TextField(null=True, constraints=[_moment("tried_at")])
    put_back = IntegerField(default=0, constraints=[SQL("DEFAULT 0"), Check("put_back >= 0")])
    gone_at = TextField(null=True, constraints=[_moment("gone_at")])
    failure = TextField(null=True, constraints=[Check("failure IN ('no_channel', 'closed', 'refused')")])
    retry_at = TextField(null=True, constraints=[_moment("retry_at")])
    told_at = TextField(null=True, constraints=[_moment("told_at")])

    class Meta:
        table_name = "cards"


_Card.add_index(_Card.index(_Card.message_id, where=_Card.message_id.is_null(False), name="cards_message_id"))
_Card.add_index(_Card.index(_Card.id, where=_Card.done < _Card.wanted, name="cards_due"))


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the table, and room for the setting."""
    with db.bind_ctx([_Plan, _Card]):
        _Card.create_table(safe=False)
    db.execute_sql(
        """ALTER TABLE guild_settings ADD COLUMN "deleted_cards" TEXT NOT NULL DEFAULT 'put_back' """
        """CHECK (deleted_cards IN ('put_back', 'let_go'))"""
    )


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take both away."""
    db.execute_sql("ALTER TABLE guild_settings DROP COLUMN deleted_cards")
    db.execute_sql("DROP TABLE cards")
