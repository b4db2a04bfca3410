"""Sessions: the exchange of a guild, the closed and half days of exchanges, and what managers override."""

from peewee import Check, CompositeKey, Database, DateField, DateTimeField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator

_IS_EXCHANGE = "exchange IN ('NYSE', 'XCME', 'XLON', 'XETR', 'XJPX', 'weekdays', 'every_day')"
_UTC_GLOB = "0000-00-00T00:00:00.000000Z".replace("0", "[0-9]")


class _Day(DateField):
    field_type = "TEXT"


class _Utc(DateTimeField):
    field_type = "TEXT"


class _Table(Model):
    class Meta:
        legacy_table_names = False
        strict_tables = True


class _ExchangeDay(_Table):
    exchange = TextField(constraints=[Check("exchange IN ('NYSE', 'XCME', 'XLON', 'XETR', 'XJPX')")])
    day = _Day(constraints=[Check("day IS date(day)")])
    kind = TextField(constraints=[Check("kind IN ('closed', 'half_day')")])

    class Meta:
        table_name = "exchange_days"
        primary_key = CompositeKey("exchange", "day")


class _SessionOverride(_Table):
    guild_id = IntegerField()
    exchange = TextField(constraints=[Check(_IS_EXCHANGE)])
    day = _Day(constraints=[Check("day IS date(day)")])
    kind = TextField(constraints=[Check("kind IN ('open', 'half_day', 'closed')")])
    closes_at = _Utc(null=True, constraints=[Check(f"closes_at GLOB '{_UTC_GLOB}'")])

    class Meta:
        table_name = "session_overrides"
        primary_key = CompositeKey("guild_id", "exchange", "day")
        constraints = (Check("(kind = 'half_day') = (closes_at IS NOT NULL)"),)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the column and the tables; guilds that are there follow New York."""
    db.execute_sql(
        """ALTER TABLE guild_settings ADD COLUMN "exchange" TEXT NOT NULL DEFAULT 'NYSE' """
        f"CHECK ({_IS_EXCHANGE})"
    )
    db.execute_sql('CREATE INDEX "guild_settings_exchange" ON "guild_settings" ("exchange")')
    with db.bind_ctx([_ExchangeDay, _SessionOverride]):
        _ExchangeDay.create_table(safe=False)
        _SessionOverride.create_table(safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Remove them."""
    db.execute_sql("DROP TABLE session_overrides")
    db.execute_sql("DROP TABLE exchange_days")
    db.execute_sql('DROP INDEX "guild_settings_exchange"')
    db.execute_sql("ALTER TABLE guild_settings DROP COLUMN exchange")
