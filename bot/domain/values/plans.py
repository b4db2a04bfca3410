"""Plans, and the results of changes to them."""

import dataclasses
import datetime
import enum
from typing import TypeAlias

from bot.domain.values.actors import Suggestion
from bot.domain.values.charts import Chart, ChartFile, RejectedPicture
from bot.domain.values.guilds import Coach
from bot.domain.values.ids import ChannelId, MessageId, PlanId, UserId


class ChangeKind(enum.StrEnum):
    """Kinds of changes, each of which makes a revision."""

    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"
    RESTORED = "restored"
    CHART_ADDED = "chart_added"
    CHART_REMOVED = "chart_removed"
    CHART_MOVED = "chart_moved"
    CHART_CAPTIONED = "chart_captioned"
    REVERTED = "taken_back"

    @property
    def words(self) -> str:
        """The kind in words: `chart added`."""
        return "reverted" if self is ChangeKind.REVERTED else self.value.replace("_", " ")


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """The message in Discord that a plan was saved from."""

    channel_id: ChannelId
    message_id: MessageId
    author_id: UserId | None
    """None: not known, as of a webhook or a forwarded message."""


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """One coach's text and charts for one trading day, at `revision`."""

    id: PlanId
    coach: Coach
    day: datetime.date
    """A date in the guild's time zone."""
    text: str
    author_id: UserId
    revision: int
    """Counts from 1; each change is one more."""
    hash: str
    """The hash of this revision and all before it: 64 hexadecimal digits."""
    posted_at: datetime.datetime
    changed_at: datetime.datetime
    """Time of this revision; `posted_at` for the first."""
    changed_by: UserId
    deleted_at: datetime.datetime | None = None
    deleted_by: UserId | None = None
    charts: tuple[Chart, ...] = ()
    """In the coach's order."""
    source: Source | None = None
    """The message from which it was last saved; None: it was written for Coachbook."""
    early_close: datetime.datetime | None = None
    """The end of its day's session, if that is known to be a half day."""
    lineage: tuple[int, ...] = (1,)
    """The revisions that made it what it is: the post, and the changes that were not undone, oldest first."""
    is_erased: bool = False
    """True: its text is erased, and empty here; see `bot.service.records.erasure`."""

    @property
    def changes(self) -> int:
        """The number of changes since the post that still have an effect."""
        return len(self.lineage) - 1


@dataclasses.dataclass(frozen=True, slots=True)
class PlanOfDay:
    """The plan of a coach for a trading day, both as typed."""

    coach: str | None
    """A key or a name; None: the only possible one."""
    day: str | None
    """None: today."""


PlanRef: TypeAlias = PlanId | PlanOfDay
"""A reference to a plan: its id, or coach and day."""


@dataclasses.dataclass(frozen=True, slots=True)
class Rights:
    """A user's rights on a plan."""

    may_edit: bool = False
    may_delete: bool = False
    may_restore: bool = False
    may_see_history: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Merged:
    """The changes that others made after the author of an edit saw the plan, and that are part of its new text."""

    makers: tuple[UserId | None, ...]
    """Each once, in the order of their first change; None: erased."""
    at: datetime.datetime
    """Time of the last change."""


@dataclasses.dataclass(frozen=True, slots=True)
class Undone:
    """A change that was undone."""

    kind: ChangeKind
    maker: UserId | None
    """None: erased."""
    at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class EditResult:
    """The result of a change to a plan."""

    plan: Plan
    is_changed: bool
    """False: the plan was the same already, and no revision was made."""
    kind: ChangeKind | None = None
    """None: nothing was changed."""
    chart: ChartFile | None = None
    """The chart that was removed, moved or captioned."""
    added: int = 0
    """The number of charts that an edit or a revert added."""
    removed: int = 0
    """The number of charts that an edit or a revert removed."""
    merged: Merged | None = None
    """None: its text has nothing of others that the author had not seen."""
    undone: Undone | None = None
    """The change that it undid; None: it was no undo."""
    replaces_erased: bool = False
    """True: it replaced a text that was erased, and can't be brought back."""

    @property
    def undoes(self) -> int | None:
        """The revision that Undo would undo; None: nothing was changed, or it can't be undone."""
        return self.plan.revision if self.is_changed and not self.replaces_erased else None


@dataclasses.dataclass(frozen=True, slots=True)
class AddChartsResult:
    """The result of adding charts to a plan."""

    plan: Plan
    added: int | None
    """The number of new charts; 0: no revision was made; None: not known, as the interaction was delivered before."""
    left_out: tuple[RejectedPicture, ...] = ()

    @property
    def undoes(self) -> int | None:
        """The revision that Undo would undo; None: nothing was changed."""
        return None if self.added == 0 else self.plan.revision


@dataclasses.dataclass(frozen=True, slots=True)
class PlanOptions:
    """A plan, live or deleted, and a user's rights on it."""

    plan: Plan
    rights: Rights


@dataclasses.dataclass(frozen=True, slots=True)
class PlanFilter:
    """A filter for lists of plans: all fields that are set apply."""

    day: datetime.date | None = None
    coach: str | None = None
    """The key of an existing coach."""
    mine: bool = False
    """Only plans that the reader wrote, or may edit as a member of the coach."""


class Turn(enum.StrEnum):
    """Directions in a list of plans."""

    NEWER = "newer"
    OLDER = "older"


@dataclasses.dataclass(frozen=True, slots=True)
class PlanCursor:
    """The part of a list of plans that begins beside one of them; it stays right when others are posted or deleted."""

    plan_id: PlanId
    """The plan may be deleted meanwhile: it has its place in the list for good."""
    turn: Turn


@dataclasses.dataclass(frozen=True, slots=True)
class PlanPage:
    """Live plans, newest trading day first, then by the coach's name."""

    plans: tuple[Plan, ...]
    filter: PlanFilter
    today: datetime.date
    newer: PlanCursor | None = None
    """The page before; None: this is the first."""
    older: PlanCursor | None = None
    """The page after; None: this is the last."""
    is_partial: bool = False
    """True: plans may be missing, as some threads could not be checked."""

    @property
    def total(self) -> int | None:
        """The number of plans in the list; None: there are other pages, which are not counted."""
        return None if self.newer or self.older else len(self.plans)


@dataclasses.dataclass(frozen=True, slots=True)
class PostForm:
    """The coaches and days that the form of a post offers."""

    coaches: tuple[Coach, ...]
    """The user's own first."""
    coach: Coach | None
    """The chosen one; None: still to be chosen."""
    days: tuple[Suggestion, ...]
    day: datetime.date | None
    """The chosen one; None: still to be chosen."""

    @property
    def has_choice(self) -> bool:
        """True: the coach can be chosen."""
        return bool(self.coaches) and self.coaches != (self.coach,)
