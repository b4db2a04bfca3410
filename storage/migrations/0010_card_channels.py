"""The channels in which a guild has cards, so that they are found without reading all cards."""

from peewee import CompositeKey, Database, IntegerField, Model
from playhouse.migrate import SchemaMigrator


class _CardChannel(Model):
    guild_id = IntegerField()
    channel_id = IntegerField()
    public_thread_of = IntegerField(null=True)

    class Meta:
        legacy_table_names = False
        strict_tables = True
        table_name = "card_channels"
        primary_key = CompositeKey("guild_id", "channel_id")
        without_rowid = True


_TRIGGERS = (
    """
    CREATE TRIGGER card_channels_of_new AFTER INSERT ON cards
    BEGIN
        INSERT OR IGNORE INTO card_channels (guild_id, channel_id)
        SELECT guild_id, NEW.channel_id FROM coach_plans WHERE id = NEW.plan_id;
    END
    """,
    """
    CREATE TRIGGER card_channels_of_moved AFTER UPDATE OF channel_id ON cards
    BEGIN
        INSERT OR IGNORE INTO card_channels (guild_id, channel_id)
        SELECT guild_id, NEW.channel_id FROM coach_plans WHERE id = NEW.plan_id;
    END
    """,
)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Make the table, fill it, and keep it filled."""
    with db.bind_ctx([_CardChannel]):
        _CardChannel.create_table(safe=False)
    db.execute_sql(
        "INSERT INTO card_channels (guild_id, channel_id) SELECT DISTINCT guild_id, channel_id "
        "FROM cards JOIN coach_plans ON coach_plans.id = cards.plan_id"
    )
    for trigger in _TRIGGERS:
        db.execute_sql(trigger)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Take the table away."""
    db.execute_sql("DROP TRIGGER card_channels_of_moved")
    db.execute_sql("DROP TRIGGER card_channels_of_new")
    db.execute_sql("DROP TABLE card_channels")
