"""The rows of the texts to begin a plan with."""

from peewee import Check, ForeignKeyField, IntegerField, TextField
from playhouse.sqlite_ext import AutoIncrementField

from storage.fields import UtcField
from storage.models.base import Row, moment_check
from storage.models.guilds import CoachRow


class TemplateRow(Row):
    """A text of a coach's team to begin a plan with."""

    id = AutoIncrementField()
    coach_id: int
    coach = ForeignKeyField(CoachRow, on_delete="CASCADE", index=False)
    name = TextField(constraints=[Check("length(name) BETWEEN 1 AND 50")])
    text = TextField(constraints=[Check("length(text) >= 1")])
    revision = IntegerField(constraints=[Check("revision >= 1")])
    """The number of times that it was saved."""
    changed_by = IntegerField()
    """The user who saved it last; 0: their id was erased."""
    changed_at = UtcField(constraints=[moment_check("changed_at")])

    class Meta:
        table_name = "plan_templates"
        indexes = ((("coach", "name"), True),)
