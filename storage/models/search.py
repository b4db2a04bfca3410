"""The full-text index of revisions' texts, and how far it is built."""

from peewee import Check, IntegerField
from playhouse.sqlite_ext import FTS5Model, RowIDField, SearchField

from storage.connections import database
from storage.models.base import Row


class SearchIndexRow(FTS5Model):
    """The text of a revision, by the id of its row. Triggers on `plan_history` add it, and remove what is erased."""

    rowid = RowIDField()
    guild = SearchField()
    """`g` and the guild's id, one word."""
    text = SearchField()

    class Meta:
        database = database
        table_name = "search_index"


class SearchProgressRow(Row):
    """One row: the largest id of a revision that is not indexed yet; 0: all are."""

    id = IntegerField(primary_key=True, constraints=[Check("id = 1")])
    unindexed = IntegerField(constraints=[Check("unindexed >= 0")])

    class Meta:
        table_name = "search_progress"
