"""The rows of the database itself, and of the guilds with their coaches."""

from peewee import SQL, AutoField, Check, CompositeKey, ForeignKeyField, IntegerField, TextField

from storage.fields import DayField, UtcField
from storage.models.base import Row, array_check, day_check, moment_check

_IS_EXCHANGE = "exchange IN ('NYSE', 'XCME', 'XLON', 'XETR', 'XJPX', 'weekdays', 'every_day')"


class GuildSettingsRow(Row):
    """A guild that the database knows."""

    guild_id = IntegerField(primary_key=True)
    timezone = TextField(null=True)
    """An IANA name; null: the configured one."""
    seed = TextField(default="[]", constraints=[SQL("DEFAULT '[]'"), array_check("seed")])
    """The configuration's coaches as last applied: a JSON array."""
    created_at = UtcField(constraints=[moment_check("created_at")])
    plans_channel_id = IntegerField(null=True, constraints=[Check("plans_channel_id > 0")])
    """The channel that its plans are to be shown in."""
    deleted_visible_to = TextField(
        default="members",
        constraints=[SQL("DEFAULT 'members'"), Check("deleted_visible_to IN ('members', 'managers', 'everyone')")],
    )
    """The people who may see the history of deleted plans."""
    deleted_cards = TextField(
        default="put_back",
        constraints=[SQL("DEFAULT 'put_back'"), Check("deleted_cards IN ('put_back', 'let_go')")],
    )
    """The rule for a card whose message was deleted by hand."""
    exchange = TextField(
        default="NYSE",
        constraints=[
            SQL("DEFAULT 'NYSE'"),
            Check(_IS_EXCHANGE),
        ],
    )
    """The exchange whose sessions its plans are for."""

    write_channel_id = IntegerField(null=True, constraints=[Check("write_channel_id > 0")])
    """The channel of the message with the button that opens the form for today's plan."""
    write_message_id = IntegerField(null=True, constraints=[Check("write_message_id > 0")])
    """The id of that message; null: there was none, or it was deleted."""

    class Meta:
        table_name = "guild_settings"
        indexes = ((("exchange",), False),)


class ExchangeDayRow(Row):
    """A day other than a weekend on which an exchange is closed, or closes early. A year is here with all, or not."""

    exchange = TextField(constraints=[Check("exchange IN ('NYSE', 'XCME', 'XLON', 'XETR', 'XJPX')")])
    day = DayField(constraints=[day_check("day")])
    kind = TextField(constraints=[Check("kind IN ('closed', 'half_day')")])

    class Meta:
        table_name = "exchange_days"
        primary_key = CompositeKey("exchange", "day")


class SessionOverrideRow(Row):
    """A day that a guild's managers say is open, closed or a half day, while the guild follows the exchange."""

    guild_id = IntegerField()
    exchange = TextField(constraints=[Check(_IS_EXCHANGE)])
    day = DayField(constraints=[day_check("day")])
    kind = TextField(constraints=[Check("kind IN ('open', 'half_day', 'closed')")])
    closes_at = UtcField(null=True, constraints=[moment_check("closes_at")])
    """The end of a half day."""

    class Meta:
        table_name = "session_overrides"
        primary_key = CompositeKey("guild_id", "exchange", "day")
        constraints = (Check("(kind = 'half_day') = (closes_at IS NOT NULL)"),)


class DatabaseRow(Row):
    """The database itself: one row."""

    id = AutoField(constraints=[Check("id = 1")])
    name = TextField(constraints=[Check("length(name) = 32")])
    """Random hexadecimal digits, by which its folder of pictures knows it."""

    class Meta:
        table_name = "book"


class CoachRow(Row):
    """A named voice in a guild."""

    id = AutoField()
    guild_id: int
    guild = ForeignKeyField(GuildSettingsRow, column_name="guild_id", on_delete="RESTRICT", index=False)
    key = TextField(constraints=[Check("length(key) BETWEEN 1 AND 16 AND key NOT GLOB '*[^a-z0-9_]*'")])
    name = TextField(constraints=[Check("length(name) BETWEEN 1 AND 100")])
    created_at = UtcField(constraints=[moment_check("created_at")])
    retired_at = UtcField(null=True, constraints=[moment_check("retired_at")])
    color = IntegerField(null=True, constraints=[Check("color BETWEEN 0 AND 16777215")])
    """Red, green and blue as one number; null: the default of its key."""
    picture = TextField(default="[]", constraints=[SQL("DEFAULT '[]'"), array_check("picture")])
    """The picture on its cards: a JSON array of one chart, or of none."""

    class Meta:
        table_name = "coaches"
        indexes = ((("guild", "key"), True),)


class CoachMemberRow(Row):
    """A user, or a role's bearers, who may post as a coach."""

    id = AutoField()
    coach_id: int
    coach = ForeignKeyField(CoachRow, on_delete="CASCADE", index=False)
    kind = TextField(constraints=[Check("kind IN ('user', 'role')")])
    subject_id = IntegerField()
    """The user's or the role's id."""

    class Meta:
        table_name = "coach_members"
        indexes = ((("coach", "kind", "subject_id"), True),)
