"""The rows of plans, with their charts and histories."""

from peewee import SQL, BlobField, Check, ForeignKeyField, IntegerField, TextField
from playhouse.sqlite_ext import AutoIncrementField

from storage.fields import DayField, UtcField
from storage.models.base import Row, array_check, day_check, digest_check, moment_check
from storage.models.guilds import CoachRow


class PlanRow(Row):
    """A plan as its last revision left it; deleted when `deleted_at` is set."""

    id = AutoIncrementField()
    guild_id = IntegerField()
    coach_id: int
    coach = ForeignKeyField(CoachRow, on_delete="RESTRICT", index=False)
    day = DayField(constraints=[day_check("day")])
    text = TextField()
    author_id = IntegerField()
    revision = IntegerField(constraints=[Check("revision >= 1")])
    hash = TextField(constraints=[digest_check("hash")])
    posted_at = UtcField(constraints=[moment_check("posted_at")])
    changed_at = UtcField(constraints=[moment_check("changed_at")])
    changed_by = IntegerField()
    deleted_at = UtcField(null=True, constraints=[moment_check("deleted_at")])
    deleted_by = IntegerField(null=True)
    source_channel_id = IntegerField(null=True)
    source_message_id = IntegerField(null=True)
    """The message it was saved from, in that channel."""
    source_author_id = IntegerField(null=True)
    """The user who wrote that message; null: none did."""
    lineage = TextField(default="[1]", constraints=[SQL("DEFAULT '[1]'"), array_check("lineage")])
    """The revisions that made it what it is, without changes that were undone: a JSON array of their numbers."""

    class Meta:
        table_name = "coach_plans"
        indexes = ((("guild_id", "day"), False), (("coach", "changed_at"), False))
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
        PlanRow.guild_id,
        PlanRow.author_id,
        PlanRow.day,
        where=PlanRow.deleted_at.is_null(),
        name="coach_plans_author",
    )
)


PlanRow.add_index(
    PlanRow.index(
        PlanRow.source_message_id,
        where=PlanRow.source_message_id.is_null(False),
        name="coach_plans_source_message_id",
    )
)


class CoachCountsRow(Row):
    """Numbers of a coach's plans and of changes to them. Triggers on `coach_plans` and `plan_charts` keep them."""

    coach_id: int
    coach = ForeignKeyField(CoachRow, primary_key=True, on_delete="CASCADE")
    plans = IntegerField(constraints=[Check("plans >= 0")])
    deleted = IntegerField(constraints=[Check("deleted BETWEEN 0 AND plans")])
    edits = IntegerField(constraints=[Check("edits >= 0")])
    """Revisions after the first of each plan."""
    charts = IntegerField(constraints=[Check("charts >= 0")])
    """The charts that were ever added."""

    class Meta:
        table_name = "coach_counts"


class ChartRow(Row):
    """A picture at a place on a plan; no longer there when `removed_at` is set. Rows are never deleted.

    So each picture that any revision shows has a row. The file is in the charts' folder.
    """

    id = AutoIncrementField()
    plan_id: int
    plan = ForeignKeyField(PlanRow, on_delete="RESTRICT", index=False)
    position = IntegerField(constraints=[Check("position BETWEEN 1 AND 10")])
    """Counts from 1; the last place it had when it was removed."""
    sha256 = TextField(constraints=[digest_check("sha256")])
    filename = TextField(constraints=[Check("length(filename) BETWEEN 1 AND 100")])
    media_type = TextField(constraints=[Check("media_type IN ('image/png', 'image/jpeg', 'image/gif', 'image/webp')")])
    width = IntegerField(constraints=[Check("width >= 1")])
    height = IntegerField(constraints=[Check("height >= 1")])
    bytes = IntegerField(constraints=[Check("bytes >= 1")])
    caption = TextField(null=True, constraints=[Check("length(caption) BETWEEN 1 AND 100")])
    added_by = IntegerField()
    added_at = UtcField(constraints=[moment_check("added_at")])
    removed_at = UtcField(null=True, constraints=[moment_check("removed_at")])
    is_spoiler = IntegerField(default=0, constraints=[SQL("DEFAULT 0"), Check("is_spoiler IN (0, 1)")])
    """1: hidden until a reader opens it."""

    class Meta:
        table_name = "plan_charts"
        indexes = ((("sha256",), False), (("plan", "added_at"), False))


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
    charts = TextField(default="[]", constraints=[SQL("DEFAULT '[]'"), array_check("charts")])
    """The charts in order: a JSON array."""
    actor_id = IntegerField(null=True)
    note = TextField(null=True)
    made_at = UtcField(constraints=[moment_check("made_at")])
    salt = BlobField(null=True, constraints=[Check("length(salt) = 16")])
    text_digest = TextField(constraints=[digest_check("text_digest")])
    charts_digest = TextField(constraints=[digest_check("charts_digest")])
    actor_digest = TextField(constraints=[digest_check("actor_digest")])
    note_digest = TextField(constraints=[digest_check("note_digest")])
    previous_hash = TextField(constraints=[Check("length(previous_hash) IN (0, 64)")])
    hash = TextField(constraints=[digest_check("hash")])
    erased_at = UtcField(null=True, constraints=[moment_check("erased_at")])
    recorded_at = UtcField(null=True, constraints=[moment_check("recorded_at")])
    """The time at which it entered the database; null: before that was recorded."""

    class Meta:
        table_name = "plan_history"
        indexes = ((("plan", "revision"), True), (("plan", "made_at", "revision"), False))
