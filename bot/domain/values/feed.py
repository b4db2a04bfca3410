"""Plans as programs read them: as they were known at a moment."""

import dataclasses
import datetime

from bot.domain.as_of import AsOf
from bot.domain.import_notes import Names
from bot.domain.values.actors import Reader
from bot.domain.values.guilds import Coach, GuildSettings
from bot.domain.values.history import Proof, Revision
from bot.domain.values.ids import PlanId
from bot.domain.values.plans import ChangeKind, Plan, Source


@dataclasses.dataclass(frozen=True, slots=True)
class PointInTime:
    """The moment as of which plans are read."""

    asked: AsOf | None = None
    """None: as late as may be read."""
    latest: AsOf | None = None
    """The last moment that may be read; None, or still to come: now."""

    @property
    def instant(self) -> datetime.datetime | None:
        """The instant that was asked for; None: it was something else, of each plan's day."""
        return self.asked if isinstance(self.asked, datetime.datetime) else None


@dataclasses.dataclass(frozen=True, slots=True)
class FixedPoint:
    """A point in time, and the present in which it is read."""

    point: PointInTime
    now: datetime.datetime
    last_revision: int | None = None
    """The id of the last revision that was there at the first page; None: of one read, which sees all."""
    is_export: bool = False
    """True: it says of when it is, so it has nothing that is later, also where the clock was put back."""

    def now_for(self, plan: Plan) -> datetime.datetime:
        """Return the present of a plan: not before its last change, should the clock have been put back."""
        return self.now if self.is_export else max(self.now, plan.changed_at)


@dataclasses.dataclass(frozen=True, slots=True)
class PlanState:
    """A plan as it was known at a moment."""

    plan: Plan
    """As it is now."""
    revision: Revision
    """The newest at the moment."""
    moment: datetime.datetime

    @property
    def is_deleted(self) -> bool:
        """True: it was deleted then."""
        return self.revision.kind is ChangeKind.DELETED

    @property
    def is_newest(self) -> bool:
        """True: it is as it is now."""
        return self.revision.number == self.plan.revision

    @property
    def is_erased(self) -> bool:
        """True: its text was erased since."""
        return self.revision.is_erased


@dataclasses.dataclass(frozen=True, slots=True)
class StateFilter:
    """A filter for plans as of a moment: all fields that are set apply."""

    first: datetime.date | None = None
    last: datetime.date | None = None
    """The first and the last trading day."""
    coach: str | None = None
    """A key, as `d`, `D` or `coach_d`."""

    @property
    def days(self) -> tuple[datetime.date, datetime.date]:
        """The first and the last trading day, of all if none is set."""
        return self.first or datetime.date.min, self.last or datetime.date.max

    @property
    def only_day(self) -> datetime.date | None:
        """The trading day, if it is one; None: there may be several."""
        return self.first if self.first == self.last else None


@dataclasses.dataclass(frozen=True, slots=True)
class StateCursor:
    """The place after a plan in a list, newest trading day first; plans have it for good."""

    day: datetime.date
    plan_id: PlanId


@dataclasses.dataclass(frozen=True, slots=True)
class StatePage:
    """Plans that were known and not deleted at a moment, newest trading day first."""

    states: tuple[PlanState, ...]
    next: StateCursor | None
    """None: this is the last page."""
    is_partial: bool
    """True: plans may be missing, as some threads could not be checked."""


@dataclasses.dataclass(frozen=True, slots=True)
class RevisionPage:
    """Revisions of a plan until a moment, oldest first."""

    state: PlanState
    """The plan at the moment."""
    revisions: tuple[tuple[Revision, Proof], ...]
    """None if it was deleted then."""
    next: int | None
    """The number of the revision to go on from; None: this is the last page."""


@dataclasses.dataclass(frozen=True, slots=True)
class StateExport:
    """An export that has begun, with everything that decides about its plans, as it was then."""

    filter: StateFilter
    point: FixedPoint
    until: datetime.datetime
    """The last moment that it reads, of any day."""
    with_revisions: bool
    """True: each revision until the moment, not only the newest."""
    reader: Reader
    settings: GuildSettings


@dataclasses.dataclass(frozen=True, slots=True)
class StateOfDay:
    """A coach's plan for a trading day."""

    coach: Coach
    day: datetime.date
    state: PlanState | None
    """None: there was none that may be read."""
    names: Names
    """Of a plan that was imported from the predecessor."""
    source: Source | None = None
    """The message from which it had been saved last."""


@dataclasses.dataclass(frozen=True, slots=True)
class StateHit:
    """A plan whose text at a moment has all words of a search."""

    state: PlanState
    marked: str
    """Its text, with each word that was searched for between `HIT_START` and `HIT_END`."""


@dataclasses.dataclass(frozen=True, slots=True)
class HitsCursor:
    """The place after a hit."""

    hit_id: int
    last_revision: int | None
    """The id of the last one that might be read at the first page: no later one changes the pages after it.

    None: all may count, as the moment was asked for.
    """


@dataclasses.dataclass(frozen=True, slots=True)
class StateHits:
    """A page of hits, the text that was written last first."""

    hits: tuple[StateHit, ...]
    next: HitsCursor | None
    """None: this is the last page."""
    is_partial: bool
    is_indexed: bool
    """False: plans may be missing, as not all older texts are indexed yet."""


@dataclasses.dataclass(frozen=True, slots=True)
class PlanChange:
    """A revision of a plan, in the order in which all were made."""

    id: int
    """Higher than that of every earlier revision."""
    state: PlanState
    """The plan right after it."""


@dataclasses.dataclass(frozen=True, slots=True)
class ChangeStart:
    """The place from which a reader follows the changes."""

    place: int
    """The id of the revision before the first to send; 0: none is before it."""
    is_resync: bool
    """True: changes before it were missed, so that all plans are to be read again."""


@dataclasses.dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes that follow a place."""

    changes: tuple[PlanChange, ...]
    place: int
    """The place to go on from. It may be after revisions that the reader may not read, so they are not to see it."""
    has_more: bool
    """True: others may follow already."""
    is_partial: bool
    """True: who may read the next one is not known; it is to be asked for again."""
