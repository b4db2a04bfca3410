"""The rows of the messages in Discord."""

from peewee import SQL, Check, CompositeKey, Expression, ForeignKeyField, IntegerField, TextField
from playhouse.sqlite_ext import AutoIncrementField

from storage.fields import UtcField
from storage.models.base import Row, array_check, moment_check
from storage.models.plans import PlanRow


class CardRow(Row):
    """The message in Discord that shows a plan, with its wanted and its shown state."""

    id = AutoIncrementField()
    plan_id: int
    plan = ForeignKeyField(PlanRow, on_delete="RESTRICT", unique=True)
    channel_id = IntegerField()
    message_id = IntegerField(null=True)
    """Null: not known."""
    nonce = TextField(constraints=[Check("length(nonce) BETWEEN 1 AND 25")])
    """A value of this message alone, by which Discord creates it once."""
    wanted = IntegerField(default=1, constraints=[SQL("DEFAULT 1"), Check("wanted >= 1")])
    """The number of changes that the card is to show."""
    done = IntegerField(default=0, constraints=[SQL("DEFAULT 0"), Check("done BETWEEN 0 AND wanted")])
    """The number of changes that its message shows."""
    revision = IntegerField(null=True, constraints=[Check("revision >= 1")])
    """The revision of the plan that its message shows."""
    tried_at = UtcField(null=True, constraints=[moment_check("tried_at")])
    """The start of a request to Discord whose outcome is unknown."""
    put_back = IntegerField(default=0, constraints=[SQL("DEFAULT 0"), Check("put_back >= 0")])
    """The number of times that it was posted again after its message was deleted by hand."""
    gone_at = UtcField(null=True, constraints=[moment_check("gone_at")])
    """The time at which its message was deleted by hand, and was not to be posted again."""
    retry_at = UtcField(null=True, constraints=[moment_check("retry_at")])
    """The time of the next try after a failure; null: at once."""
    told_at = UtcField(null=True, constraints=[moment_check("told_at")])
    """The time at which a manager was notified of the failure."""
    lacking = TextField(default="[]", constraints=[SQL("DEFAULT '[]'"), array_check("lacking")])
    """Its pictures that were unavailable when it was last sent, with the reasons: a JSON array."""
    asked = IntegerField(default=1, constraints=[SQL("DEFAULT 1"), Check("asked >= 0")])
    """The last of the changes in `wanted` that somebody asked for; the others are renewals, which can wait."""
    failure = TextField(null=True, constraints=[Check("failure IN ('no_channel', 'closed', 'refused', 'archived')")])
    """The reason why it can't be posted."""

    class Meta:
        table_name = "cards"


_MAY_BE_TRIED: Expression = CardRow.failure.is_null() | CardRow.retry_at.is_null()

CARD_IS_PENDING: Expression = (CardRow.done < CardRow.wanted) & CardRow.gone_at.is_null()
CARD_IS_ASKED: Expression = (CardRow.done < CardRow.asked) & CardRow.gone_at.is_null() & _MAY_BE_TRIED
"""Cards to be sent now, as somebody asked for a change."""
CARD_IS_RENEWABLE: Expression = CARD_IS_PENDING & (CardRow.done >= CardRow.asked) & _MAY_BE_TRIED
"""Cards that may be sent now, and can wait."""
CARD_HAS_OPEN_TRY: Expression = CardRow.message_id.is_null() & CardRow.tried_at.is_null(False)
"""Cards that were perhaps sent, and whose message is not known."""
CARD_IS_FAILING: Expression = CardRow.failure.is_null(False)
CARD_IS_LACKING: Expression = (CardRow.lacking != SQL("'[]'")) & CardRow.gone_at.is_null()

for _name, _columns, _where in (
    ("cards_message_id", (CardRow.message_id,), CardRow.message_id.is_null(False)),
    ("cards_open_tries", (CardRow.channel_id,), CARD_HAS_OPEN_TRY),
    ("cards_asked", (CardRow.id,), CARD_IS_ASKED),
    ("cards_renewable", (CardRow.channel_id, CardRow.id), CARD_IS_RENEWABLE),
    ("cards_failing", (CardRow.channel_id, CardRow.told_at, CardRow.failure), CARD_IS_FAILING),
    ("cards_retry_at", (CardRow.retry_at,), CARD_IS_FAILING),
    ("cards_lacking", (CardRow.channel_id, CardRow.id), CARD_IS_LACKING),
):
    CardRow.add_index(CardRow.index(*_columns, where=_where, name=_name))


class StrayMessageRow(Row):
    """A message of ours in Discord that looks like a plan's card, and that no card knows."""

    message_id = IntegerField(primary_key=True)
    guild_id = IntegerField(index=True)
    channel_id = IntegerField()
    plan_id = IntegerField()
    """The plan that its buttons name; perhaps there is none."""
    is_removable = IntegerField(constraints=[Check("is_removable IN (0, 1)")])
    """1: it shows a revision of that plan, so it is a copy and is deleted. 0: it is only reported."""
    found_at = UtcField(constraints=[moment_check("found_at")])

    class Meta:
        table_name = "stray_messages"


StrayMessageRow.add_index(
    StrayMessageRow.index(
        StrayMessageRow.message_id, where=StrayMessageRow.is_removable == 1, name="stray_messages_removable"
    )
)


class CardChannelRow(Row):
    """A channel in which a guild has, or had, cards. Triggers on `cards` keep it."""

    guild_id = IntegerField()
    channel_id = IntegerField(index=True)
    public_thread_of = IntegerField(null=True)
    """The channel of which it is a public thread; null: it is none, or was not seen yet."""

    class Meta:
        table_name = "card_channels"
        primary_key = CompositeKey("guild_id", "channel_id")
        without_rowid = True


CardChannelRow.add_index(
    CardChannelRow.index(
        CardChannelRow.public_thread_of,
        where=CardChannelRow.public_thread_of.is_null(False),
        name="card_channels_public_thread_of",
    )
)
