"""The rows of what users have sent: drafts, pictures that come late, handled interactions."""

from peewee import SQL, Check, Expression, ForeignKeyField, IntegerField, TextField, fn
from playhouse.sqlite_ext import AutoIncrementField

from storage.fields import UtcField
from storage.models.base import Row, array_check, moment_check
from storage.models.plans import PlanRow


class DraftRow(Row):
    """A text that was written and is not part of a plan."""

    id = AutoIncrementField()
    guild_id = IntegerField()
    user_id = IntegerField()
    kind = TextField(constraints=[Check("kind IN ('post', 'edit')")])
    text = TextField()
    coach = TextField(null=True)
    """As it was typed, not a key."""
    day = TextField(null=True)
    """A date, or words that name none."""
    plan_id: int | None
    plan = ForeignKeyField(PlanRow, null=True, on_delete="CASCADE", index=False)
    seen = IntegerField(null=True)
    created_at = UtcField(index=True, constraints=[moment_check("created_at")])
    pictures = TextField(default="[]", constraints=[SQL("DEFAULT '[]'"), array_check("pictures")])
    """Charts, and attachments still to be fetched, in order: a JSON array."""
    source_channel_id = IntegerField(null=True)
    source_message_id = IntegerField(null=True)
    source_author_id = IntegerField(null=True)
    size = IntegerField(default=0, constraints=[SQL("DEFAULT 0"), Check("size >= 0")])
    """Characters of its text, and bytes of its pictures."""

    class Meta:
        table_name = "drafts"
        indexes = ((("guild_id", "user_id", "size"), False),)


DRAFT_HAS_LINKS: Expression = fn.instr(DraftRow.pictures, SQL("""'"url"'""")) > SQL("0")
"""Pictures of it may still be links."""

DraftRow.add_index(DraftRow.index(DraftRow.id, where=DRAFT_HAS_LINKS, name="drafts_with_links"))


class LatePicturesRow(Row):
    """Pictures that are added to a plan when they are downloaded, as it was posted before."""

    id = IntegerField(primary_key=True)
    """The id of the draft that the plan was posted from."""
    guild_id = IntegerField()
    user_id = IntegerField()
    """The user who posted the plan."""
    channel_id = IntegerField(null=True)
    """The channel of the interaction."""
    plan_id: int
    plan = ForeignKeyField(PlanRow, on_delete="CASCADE", index=False)
    pictures = TextField(constraints=[array_check("pictures")])
    """In the form of a draft's pictures; the plan's own are among them."""

    class Meta:
        table_name = "late_pictures"


class OperationRow(Row):
    """An interaction that was handled, and the plan's revision after it."""

    id = IntegerField(primary_key=True)
    """Discord's id of the interaction."""
    kind = TextField()
    plan_id: int
    plan = ForeignKeyField(PlanRow, on_delete="CASCADE", index=False)
    revision = IntegerField(constraints=[Check("revision >= 1")])
    done_at = UtcField(constraints=[moment_check("done_at")])

    class Meta:
        table_name = "operations"


class DraftOperationRow(Row):
    """An interaction that saved a draft. It outlives the draft, and has none of its text."""

    id = IntegerField(primary_key=True)
    """Discord's id of the interaction."""
    draft_id = IntegerField(index=True)
    """The draft may be gone; its number is never another's."""
    used_by = IntegerField(null=True)
    """The interaction that made a revision of the draft; null: none did."""
    made_at = UtcField(constraints=[moment_check("made_at")])

    class Meta:
        table_name = "draft_operations"
