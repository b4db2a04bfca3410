"""Revisions of plans, and exports."""

import dataclasses
import datetime
import enum

from bot.domain.diff import Line, Skipped
from bot.domain.values.charts import Chart, ChartFile
from bot.domain.values.ids import GuildId, PlanId, UserId
from bot.domain.values.plans import ChangeKind, Plan, Source


@dataclasses.dataclass(frozen=True, slots=True)
class Revision:
    """One state of a plan, with the change that made it."""

    number: int
    """Counts from 1."""
    kind: ChangeKind
    text: str | None
    """None: erased at the author's request."""
    charts: tuple[Chart, ...]
    actor_id: UserId | None
    """None: erased."""
    at: datetime.datetime
    hash: str
    note: str | None = None
    source: Source | None = None
    """The message from which it was saved."""
    recorded_at: datetime.datetime | None = None
    """The time at which it entered the database, such as that of an import; None: not known."""
    is_erased: bool = False
    """True: its text is erased; see `bot.service.records.erasure`."""


@dataclasses.dataclass(frozen=True, slots=True)
class Proof:
    """The part of a revision's hash that the revision lacks; see `bot.service.records.revisions`."""

    salt: bytes | None
    """None: erased."""
    text: str
    """The digest of the text; so with charts, actor and note."""
    charts: str
    actor: str
    note: str
    previous: str
    """The hash of the revision before; empty for the first."""


class ChartChange(enum.StrEnum):
    """Changes of charts, in words."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CAPTIONED = "captioned"


@dataclasses.dataclass(frozen=True, slots=True)
class ChangedCharts:
    """Charts of one revision that were changed alike."""

    change: ChartChange
    charts: tuple[ChartFile, ...]
    """Not empty; without their files, with their new numbers, or if removed with their last ones."""


@dataclasses.dataclass(frozen=True, slots=True)
class ListedRevision:
    """A revision in a list, with the size of its change."""

    revision: Revision
    added: int
    """Characters (code points) of words that the previous revision does not have."""
    removed: int
    charts: tuple[ChangedCharts, ...] = ()
    """The charts that it added and removed, else those captioned, else the one moved."""


@dataclasses.dataclass(frozen=True, slots=True)
class HistoryPage:
    """Revisions of a plan, newest first; `number` counts from 1."""

    plan: Plan
    revisions: tuple[ListedRevision, ...]
    number: int
    pages: int
    others: tuple[Plan, ...] = ()
    """Other plans of the coach for the day, newest first."""


@dataclasses.dataclass(frozen=True, slots=True)
class PlanSnapshot:
    """A plan at a past revision."""

    plan: Plan
    """The plan's current state."""
    revision: Revision
    until: datetime.datetime | None
    """Time of the next revision; None: this is the newest."""
    moment: datetime.datetime | None = None
    """The requested time; None: the revision was requested by number."""
    may_revert: bool = False
    """True: the reader may make it the plan's newest revision, unless it is that already."""


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """The difference between two revisions of a plan."""

    plan: Plan
    before: Revision
    after: Revision
    lines: tuple[Line | Skipped, ...]
    """Empty when the texts are equal, or one was erased."""
    actors: tuple[UserId | None, ...] = ()
    """Authors of the revisions after `before` up to `after`, each once, in order; None: not known."""

    @property
    def erased(self) -> tuple[Revision, ...]:
        """The revisions whose text was erased: one of the two, or both."""
        return tuple(each for each in (self.before, self.after) if each.is_erased)

    @property
    def knows_charts(self) -> bool:
        """False: the charts of one were erased with its text."""
        return None not in (self.before.text, self.after.text)

    @property
    def is_same(self) -> bool:
        """True if text and charts are known to be equal."""
        if self.erased:
            return False
        return (self.before.text, self.before.charts) == (self.after.text, self.after.charts)


class ExportFormat(enum.StrEnum):
    """Formats of an export."""

    MARKDOWN = "markdown"
    """For people: the current state of each plan, and a table of its changes."""
    JSON_LINES = "jsonl"
    """The journal: everything but the pictures, verifiable and importable."""
    ZIP = "zip"
    """Both of these, and the pictures."""

    @property
    def suffix(self) -> str:
        """The ending of the file's name, without its dot."""
        return "md" if self is ExportFormat.MARKDOWN else self.value


@dataclasses.dataclass(frozen=True, slots=True)
class ExportRequest:
    """The plans to export, which the user may read; no others are read."""

    guild_id: GuildId
    plan_ids: tuple[PlanId, ...]
    form: ExportFormat
    timezone: str
    """Time zone of the displayed times."""
    name: str
    """Part of the file name: the coach or the days."""
    max_bytes: int
    """Size limit of the export's file."""
    is_partial: bool = False
    """True: plans may be missing, as some threads could not be checked."""


@dataclasses.dataclass(frozen=True, slots=True)
class ExportProgress:
    """The progress of an export."""

    max_bytes: int
    ahead: int = 0
    """Number of exports ahead in the queue."""
    percent: int | None = None
    """Percentage written; None: not started."""


@dataclasses.dataclass(frozen=True, slots=True)
class Exported:
    """A file with plans and their histories."""

    filename: str
    content: bytes
    plans: int
    revisions: int
    missing: int
    """Number of its pictures that are missing or altered."""
    unreadable: int = 0
    """Number of its pictures that can't be read at the moment."""
    is_partial: bool = False
    """True: plans may be missing, as some threads could not be checked."""


@dataclasses.dataclass(frozen=True, slots=True)
class HistoryIssue:
    """A revision at which the verification of a plan's history fails."""

    plan_id: PlanId
    revision: int
    why: str
