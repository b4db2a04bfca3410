"""The rows, one class a table.

SQLite enforces their constraints. What a CHECK can't express, a trigger does, in the migration that makes the table.
"""

from storage.models.base import Row
from storage.models.cards import CardChannelRow, CardRow, StrayMessageRow
from storage.models.guilds import CoachMemberRow, CoachRow, DatabaseRow, GuildSettingsRow
from storage.models.plans import ChartRow, PlanRow, RevisionRow
from storage.models.submissions import DraftOperationRow, DraftRow, LatePicturesRow, OperationRow

__all__ = [
    "ALL_ROWS",
    "CardChannelRow",
    "CardRow",
    "ChartRow",
    "CoachMemberRow",
    "CoachRow",
    "DatabaseRow",
    "DraftOperationRow",
    "DraftRow",
    "GuildSettingsRow",
    "LatePicturesRow",
    "OperationRow",
    "PlanRow",
    "RevisionRow",
    "Row",
    "StrayMessageRow",
]

ALL_ROWS: tuple[type[Row], ...] = (
    DatabaseRow,
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
