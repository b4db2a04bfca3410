"""The rows, one class a table.

SQLite enforces their constraints. What a CHECK can't express, a trigger does, in the migration that makes the table.
"""

from storage.models.base import Row
from storage.models.cards import (
    CARD_HAS_OPEN_TRY,
    CARD_IS_ASKED,
    CARD_IS_FAILING,
    CARD_IS_LACKING,
    CARD_IS_PENDING,
    CARD_IS_RENEWABLE,
    CardChannelRow,
    CardRow,
    StrayMessageRow,
)
from storage.models.feed import FeedTokenRow
from storage.models.guilds import (
    CoachMemberRow,
    CoachRow,
    DatabaseRow,
    ExchangeDayRow,
    GuildSettingsRow,
    SessionOverrideRow,
)
from storage.models.plans import ChartRow, CoachCountsRow, PlanRow, RevisionRow
from storage.models.reading import ReadMarkerRow
from storage.models.search import SearchIndexRow, SearchProgressRow
from storage.models.submissions import DRAFT_HAS_LINKS, DraftOperationRow, DraftRow, LatePicturesRow, OperationRow
from storage.models.templates import TemplateRow

__all__ = [
    "ALL_ROWS",
    "CARD_HAS_OPEN_TRY",
    "CARD_IS_ASKED",
    "CARD_IS_FAILING",
    "CARD_IS_LACKING",
    "CARD_IS_PENDING",
    "CARD_IS_RENEWABLE",
    "DRAFT_HAS_LINKS",
    "CardChannelRow",
    "CardRow",
    "ChartRow",
    "CoachCountsRow",
    "CoachMemberRow",
    "CoachRow",
    "DatabaseRow",
    "DraftOperationRow",
    "DraftRow",
    "ExchangeDayRow",
    "FeedTokenRow",
    "GuildSettingsRow",
    "LatePicturesRow",
    "OperationRow",
    "PlanRow",
    "ReadMarkerRow",
    "RevisionRow",
    "Row",
    "SearchIndexRow",
    "SearchProgressRow",
    "SessionOverrideRow",
    "StrayMessageRow",
    "TemplateRow",
]

ALL_ROWS: tuple[type[Row], ...] = (
    DatabaseRow,
    GuildSettingsRow,
    CoachRow,
    CoachMemberRow,
    PlanRow,
    CoachCountsRow,
    ChartRow,
    RevisionRow,
    DraftRow,
    LatePicturesRow,
    OperationRow,
    DraftOperationRow,
    CardRow,
    CardChannelRow,
    StrayMessageRow,
    ExchangeDayRow,
    SessionOverrideRow,
    ReadMarkerRow,
    SearchProgressRow,
    TemplateRow,
    FeedTokenRow,
)
