"""The states that a plan had, and exports of them."""

import dataclasses
import datetime
import enum

from bot.domain.diff import Line, Skipped
from bot.domain.values.charts import Chart
from bot.domain.values.ids import GuildId, PlanId, UserId
from bot.domain.values.plans import ChangeKind, Plan, Source


@dataclasses.dataclass(frozen=True, slots=True)
class Revision:
    """One state of a plan, and what made it."""

    number: int
    """Counts from 1."""
    kind: ChangeKind
    text: str | None
    """None: it was erased at the wish of its writer."""
    charts: tuple[Chart, ...]
    actor_id: UserId | None
    """None: erased."""
    at: datetime.datetime
    hash: str
    note: str | None = None
    source: Source | None = None
    """The message that it was saved from."""


@dataclasses.dataclass(frozen=True, slots=True)
class ListedRevision:
    """A revision in a list, with the size of its change."""

    revision: Revision
    added: int
    """Characters (code points) of words that the one before did not have."""
    removed: int


@dataclasses.dataclass(frozen=True, slots=True)
class HistoryPage:
    """Revisions of a plan, newest first; `number` counts from 1."""

    plan: Plan
    revisions: tuple[ListedRevision, ...]
    number: int
    pages: int
    others: tuple[Plan, ...] = ()
    """Other plans that the coach had for the day, newest first."""


@dataclasses.dataclass(frozen=True, slots=True)
class Stood:
    """A plan as it stood once."""

    plan: Plan
    """As it is now."""
    revision: Revision
    until: datetime.datetime | None
    """When the next revision was made; None: it is the newest."""
    moment: datetime.datetime | None = None
    """The moment that was asked for; None: the revision was."""


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one revision of a plan to another."""

    plan: Plan
    before: Revision
    after: Revision
    lines: tuple[Line | Skipped, ...]
    """Empty when the texts are equal."""
    actors: tuple[UserId | None, ...] = ()
    """Who made the revisions after the earlier one up to the later, each once, the first first; None: not known."""


class ExportForm(enum.StrEnum):
    """What an export is written as."""

    MARKDOWN = "markdown"
    """To read: each plan as it stands, and its changes in a table."""
    JSON_LINES = "jsonl"
    """The journal: everything but the pictures, to be proved and taken in again."""
    ZIP = "zip"
    """Both, and the pictures."""


@dataclasses.dataclass(frozen=True, slots=True)
class ExportRequest:
    """Plans to be written down, chosen by what the one who asks may see; nothing else is read."""

    guild_id: GuildId
    plan_ids: tuple[PlanId, ...]
    form: ExportForm
    timezone: str
    """Of the times that people read."""
    name: str
    """In the file's: whose plans, or of which days."""
    most_bytes: int
    """The limits of an export's file."""
    is_partial: bool = False
    """Plans in threads that could not be checked may be lacking."""


@dataclasses.dataclass(frozen=True, slots=True)
class ExportProgress:
    """The progress of an export."""

    most_bytes: int
    ahead: int = 0
    """Exports that go first."""
    percent: int | None = None
    """Written; None: it has not begun."""


@dataclasses.dataclass(frozen=True, slots=True)
class Exported:
    """Plans with their histories as a file."""

    filename: str
    content: bytes
    plans: int
    revisions: int
    missing: int
    """Pictures that belong into it, and are missing or were altered."""
    unreadable: int = 0
    """Pictures that belong into it, and can't be read now."""
    is_partial: bool = False
    """Plans in threads that could not be checked may be lacking."""


@dataclasses.dataclass(frozen=True, slots=True)
class HistoryFault:
    """A place where the history of a plan does not prove itself."""

    plan_id: PlanId
    revision: int
    why: str
