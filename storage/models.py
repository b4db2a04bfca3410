"""The rows, one class a table. What holds for every row is said here, and SQLite enforces it.

What a CHECK can't say is said by triggers, in the migration that makes the table.
"""

from peewee import (
    SQL,
    AutoField,
    BlobField,
    Check,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    Node,
    TextField,
)
from playhouse.sqlite_ext import AutoIncrementField

from storage.connections import database
from storage.fields import DayField, UtcField

_UTC_GLOB = "0000-00-00T00:00:00.000000Z".replace("0", "[0-9]")


def _moment(column: str) -> Node:
    return Check(f"{column} GLOB '{_UTC_GLOB}'")


def _day(column: str) -> Node:
    return Check(f"{column} IS date({column})")


def _digest(column: str) -> Node:
    return Check(f"length({column}) = 64 AND {column} NOT GLOB '*[^0-9a-f]*'")


def _array(column: str) -> Node:
    return Check(f"json_valid({column}) AND json_type({column}) = 'array'")


class Row(Model):
    """A row of the book."""

    class Meta:
        database = database
        legacy_table_names = False
        strict_tables = True


class GuildSettingsRow(Row):
    """A guild that the book knows."""

    guild_id = IntegerField(primary_key=True)
    timezone = TextField(null=True)
    """An IANA name; null: the configured one."""
    seed = TextField(default="[]", constraints=[SQL("DEFAULT '[]'"), _array("seed")])
    """The configuration's coaches as last applied: a JSON array."""
    created_at = UtcField(constraints=[_moment("created_at")])
    plans_channel_id = IntegerField(null=True, constraints=[Check("plans_channel_id > 0")])
    """The channel that its plans are to be shown in."""
    deleted_visible_to = TextField(
        default="members",
        constraints=[SQL("DEFAULT 'members'"), Check("deleted_visible_to IN ('members', 'managers', 'everyone')")],
    )
    """Who may see the history of deleted plans."""
    deleted_cards = TextField(
        default="put_back",
        constraints=[SQL("DEFAULT 'put_back'"), Check("deleted_cards IN ('put_back', 'let_go')")],
    )
    """What becomes of a card whose message was deleted by hand."""

    class Meta:
        table_name = "guild_settings"


class BookRow(Row):
    """The book itself: one row."""

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
    created_at = UtcField(constraints=[_moment("created_at")])
    retired_at = UtcField(null=True, constraints=[_moment("retired_at")])

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


class PlanRow(Row):
    """A plan as its last revision left it; deleted when `deleted_at` is set."""

    id = AutoIncrementField()
    guild_id = IntegerField()
    coach_id: int
    coach = ForeignKeyField(CoachRow, on_delete="RESTRICT")
    day = DayField(constraints=[_day("day")])
    text = TextField()
    author_id = IntegerField()
    revision = IntegerField(constraints=[Check("revision >= 1")])
    hash = TextField(constraints=[_digest("hash")])
    posted_at = UtcField(constraints=[_moment("posted_at")])
    changed_at = UtcField(constraints=[_moment("changed_at")])
    changed_by = IntegerField()
    deleted_at = UtcField(null=True, constraints=[_moment("deleted_at")])
    deleted_by = IntegerField(null=True)
    source_channel_id = IntegerField(null=True)
    source_message_id = IntegerField(null=True)
    """The message it was saved from, in that channel."""
    source_author_id = IntegerField(null=True)
    """Who wrote that message; null: no user did."""

    class Meta:
        table_name = "coach_plans"
        indexes = ((("guild_id", "day"), False),)
        constraints = (Check("(deleted_at IS NULL) = (deleted_by IS NULL)"),)


PlanRow.add_index(
    PlanRow.index(
        PlanRow.guild_id,
        PlanRow.coach,
        PlanRow.day,
        unique=True,
        where=PlanRow.deleted_at.is_null(),
        name="coach_plans_live",
    )
)


PlanRow.add_index(
    PlanRow.index(
        PlanRow.source_message_id,
        where=PlanRow.source_message_id.is_null(False),
        name="coach_plans_source_message_id",
    )
)


class ChartRow(Row):
    """A picture at a place on a plan; no longer there when `removed_at` is set. Rows are never deleted.

    So each picture that any revision shows has a row. The file is in the charts' folder.
    """

    id = AutoIncrementField()
    plan_id: int
    plan = ForeignKeyField(PlanRow, on_delete="RESTRICT", index=False)
    position = IntegerField(constraints=[Check("position BETWEEN 1 AND 10")])
    """Counts from 1; the last place it had when it was removed."""
    sha256 = TextField(constraints=[_digest("sha256")])
    filename = TextField(constraints=[Check("length(filename) BETWEEN 1 AND 100")])
    media_type = TextField(constraints=[Check("media_type IN ('image/png', 'image/jpeg', 'image/gif', 'image/webp')")])
    width = IntegerField(constraints=[Check("width >= 1")])
    height = IntegerField(constraints=[Check("height >= 1")])
    bytes = IntegerField(constraints=[Check("bytes >= 1")])
    caption = TextField(null=True, constraints=[Check("length(caption) BETWEEN 1 AND 100")])
    added_by = IntegerField()
    added_at = UtcField(constraints=[_moment("added_at")])
    removed_at = UtcField(null=True, constraints=[_moment("removed_at")])
    is_spoiler = IntegerField(default=0, constraints=[SQL("DEFAULT 0"), Check("is_spoiler IN (0, 1)")])
    """1: hidden until a reader opens it."""

    class Meta:
        table_name = "plan_charts"
        indexes = ((("sha256",), False),)


ChartRow.add_index(
    ChartRow.index(
        ChartRow.plan, ChartRow.sha256, unique=True, where=ChartRow.removed_at.is_null(), name="plan_charts_live"
    )
)


class RevisionRow(Row):
    """One state of a plan, for good: only erasing may touch it, once, and only to empty it."""

    id = AutoIncrementField()
    plan_id: int
    plan = ForeignKeyField(PlanRow, on_delete="RESTRICT", index=False)
    revision = IntegerField(constraints=[Check("revision >= 1")])
    kind = TextField(
        constraints=[
            Check(
                "kind IN ('posted', 'edited', 'deleted', 'restored', 'chart_added',"
                " 'chart_removed', 'chart_moved', 'chart_captioned', 'taken_back')"
            )
        ]
    )
    text = TextField(null=True)
    charts = TextField(default="[]", constraints=[SQL("DEFAULT '[]'"), _array("charts")])
    """The charts in order: a JSON array."""
    actor_id = IntegerField(null=True)
    note = TextField(null=True)
    made_at = UtcField(constraints=[_moment("made_at")])
    salt = BlobField(null=True, constraints=[Check("length(salt) = 16")])
    text_digest = TextField(constraints=[_digest("text_digest")])
    charts_digest = TextField(constraints=[_digest("charts_digest")])
    actor_digest = TextField(constraints=[_digest("actor_digest")])
    note_digest = TextField(constraints=[_digest("note_digest")])
    previous_hash = TextField(constraints=[Check("length(previous_hash) IN (0, 64)")])
    hash = TextField(constraints=[_digest("hash")])
    erased_at = UtcField(null=True, constraints=[_moment("erased_at")])

    class Meta:
        table_name = "plan_history"
        indexes = ((("plan", "revision"), True), (("plan", "made_at", "revision"), False))


class DraftRow(Row):
    """A text that was written but not taken into the book."""

    id = AutoIncrementField()
    guild_id = IntegerField()
    user_id = IntegerField()
    kind = TextField(constraints=[Check("kind IN ('post', 'edit')")])
    text = TextField()
    coach = TextField(null=True)
    """As it was asked for, not a key."""
    day = TextField(null=True)
    """A date, or words that name none."""
    plan_id: int | None
    plan = ForeignKeyField(PlanRow, null=True, on_delete="CASCADE", index=False)
    seen = IntegerField(null=True)
    created_at = UtcField(constraints=[_moment("created_at")])
    pictures = TextField(default="[]", constraints=[SQL("DEFAULT '[]'"), _array("pictures")])
    """Charts, and attachments still to be fetched, in order: a JSON array."""
    source_channel_id = IntegerField(null=True)
    source_message_id = IntegerField(null=True)
    source_author_id = IntegerField(null=True)

    class Meta:
        table_name = "drafts"


class LatePicturesRow(Row):
    """Pictures that a plan was posted without, and that are added to it when they are there."""

    id = IntegerField(primary_key=True)
    """Of the draft that the plan was made of."""
    guild_id = IntegerField()
    user_id = IntegerField()
    """Who posted it."""
    channel_id = IntegerField(null=True)
    """The channel in which they did."""
    plan_id: int
    plan = ForeignKeyField(PlanRow, on_delete="CASCADE", index=False)
    pictures = TextField(constraints=[_array("pictures")])
    """As those of a draft, with those that the plan has."""

    class Meta:
        table_name = "late_pictures"


class OperationRow(Row):
    """An interaction that was carried out, and which revision it made."""

    id = IntegerField(primary_key=True)
    """Discord's id of the interaction."""
    kind = TextField()
    plan_id: int
    plan = ForeignKeyField(PlanRow, on_delete="CASCADE", index=False)
    revision = IntegerField(constraints=[Check("revision >= 1")])
    done_at = UtcField(constraints=[_moment("done_at")])

    class Meta:
        table_name = "operations"


class DraftOperationRow(Row):
    """An interaction that kept something as a draft. It outlives the draft, and nobody's words are in it."""

    id = IntegerField(primary_key=True)
    """Discord's id of the interaction."""
    draft_id = IntegerField(index=True)
    """The draft may be gone; its number is never another's."""
    used_by = IntegerField(null=True)
    """The interaction that made a revision of the draft; null: none did."""
    made_at = UtcField(constraints=[_moment("made_at")])

    class Meta:
        table_name = "draft_operations"


class CardRow(Row):
    """The message in Discord that shows a plan: what it is to show, and what it shows."""

    id = AutoIncrementField()
    plan_id: int
    plan = ForeignKeyField(PlanRow, on_delete="RESTRICT", unique=True)
    channel_id = IntegerField()
    message_id = IntegerField(null=True)
    """Null: nobody knows of one."""
    nonce = TextField(constraints=[Check("length(nonce) BETWEEN 1 AND 25")])
    """Makes it harmless to create the message twice; each message has its own."""
    wanted = IntegerField(default=1, constraints=[SQL("DEFAULT 1"), Check("wanted >= 1")])
    """Counts the changes that it is to show."""
    done = IntegerField(default=0, constraints=[SQL("DEFAULT 0"), Check("done BETWEEN 0 AND wanted")])
    """Those that it shows."""
    revision = IntegerField(null=True, constraints=[Check("revision >= 1")])
    """The plan's, that it shows."""
    tried_at = UtcField(null=True, constraints=[_moment("tried_at")])
    """When a request to Discord began of which nobody knows yet what came of it."""
    put_back = IntegerField(default=0, constraints=[SQL("DEFAULT 0"), Check("put_back >= 0")])
    """How often it was put back after its message had been deleted by hand."""
    gone_at = UtcField(null=True, constraints=[_moment("gone_at")])
    """When it was let go: its message was deleted by hand."""
    retry_at = UtcField(null=True, constraints=[_moment("retry_at")])
    """When to try again after a failure; null: at once."""
    told_at = UtcField(null=True, constraints=[_moment("told_at")])
    """When a manager was told of the failure."""
    lacking = TextField(default="[]", constraints=[SQL("DEFAULT '[]'"), _array("lacking")])
    """The pictures of it that could not be had when it was last sent, and why: a JSON array."""
    asked = IntegerField(default=1, constraints=[SQL("DEFAULT 1"), Check("asked >= 0")])
    """The last of the changes in `wanted` that somebody asked for; the others are renewals, which can wait."""
    failure = TextField(null=True, constraints=[Check("failure IN ('no_channel', 'closed', 'refused', 'archived')")])
    """Why it can't be shown."""

    class Meta:
        table_name = "cards"


class StrayMessageRow(Row):
    """A message of ours in Discord that looks like a plan's card, and that no card knows."""

    message_id = IntegerField(primary_key=True)
    guild_id = IntegerField()
    channel_id = IntegerField()
    plan_id = IntegerField()
    """The plan that its buttons name; perhaps there is none."""
    is_removable = IntegerField(constraints=[Check("is_removable IN (0, 1)")])
    """1: it shows a revision of that plan, so it is a copy and is deleted. 0: it is only reported."""
    found_at = UtcField(constraints=[_moment("found_at")])

    class Meta:
        table_name = "stray_messages"


class CardChannelRow(Row):
    """A channel in which a guild has, or had, cards. Triggers on `cards` keep it."""

    guild_id = IntegerField()
    channel_id = IntegerField()
    public_thread_of = IntegerField(null=True)
    """The channel of which it is a public thread; null: it is none, or was not seen yet."""

    class Meta:
        table_name = "card_channels"
        primary_key = CompositeKey("guild_id", "channel_id")
        without_rowid = True


CardRow.add_index(CardRow.index(CardRow.message_id, where=CardRow.message_id.is_null(False), name="cards_message_id"))
CardRow.add_index(CardRow.index(CardRow.id, where=CardRow.done < CardRow.wanted, name="cards_due"))
CardRow.add_index(CardRow.index(CardRow.id, where=CardRow.lacking != "[]", name="cards_lacking"))
CardRow.add_index(CardRow.index(CardRow.channel_id, where=CardRow.failure.is_null(False), name="cards_failing"))


ALL_ROWS: tuple[type[Row], ...] = (
    BookRow,
    GuildSettingsRow,
    CoachRow,
    CoachMemberRow,
    PlanRow,
    ChartRow,
    RevisionRow,
    DraftRow,
    LatePicturesRow,
    OperationRow,
    DraftOperationRow,
    CardRow,
    CardChannelRow,
    StrayMessageRow,
)
