"""Reading: markers of opened revisions, today's plans, and the changes since."""

import dataclasses
import datetime
import enum
from collections.abc import Mapping

from bot.domain.values.history import Comparison
from bot.domain.values.ids import GuildId, PlanId, UserId
from bot.domain.values.plans import Plan, PlanPage


@dataclasses.dataclass(frozen=True, slots=True)
class ReadMarker:
    """The revision of a plan that a user last opened through the bot."""

    user_id: UserId
    plan_id: PlanId
    guild_id: GuildId
    revision: int
    opened_at: datetime.datetime
    follows: int | None = None
    """The user made all revisions after this one, and knows them if they had opened it; None: they opened the plan."""

    def after(self, before: "ReadMarker") -> "ReadMarker":
        """Return what is left of the two if this one was noted after the other."""
        if self.follows is None:
            return self
        is_known = self.follows <= before.revision < self.revision
        return dataclasses.replace(self, follows=before.follows) if is_known else before


@dataclasses.dataclass(frozen=True, slots=True)
class PageNumber:
    """The number of a page, in a list of several whose plans are counted."""

    number: int
    """Counts from 1."""
    pages: int
    plans: int


@dataclasses.dataclass(frozen=True, slots=True)
class TodayPage:
    """Plans of today, with what their reader has opened of them."""

    page: PlanPage
    opened: Mapping[PlanId, ReadMarker]
    is_closed: bool = False
    """True: the exchange is known to be closed."""
    next_session: datetime.date | None = None
    """Its day, once no session of today is left; None: today has one that is not over."""
    next_close: datetime.datetime | None = None
    """The time when that session closes if its day is a half day."""
    coming: tuple[Plan, ...] = ()
    """The first plans of that session, beside the first page of today's."""
    number: PageNumber | None = None
    """None: there is one page."""
    unchanged: frozenset[PlanId] = frozenset()
    """Plans that were changed, and changed back, since the reader opened them, or without that since the post."""

    def has_changes(self, plan: Plan) -> bool:
        """Return whether the plan differs from what the reader opened, or without that from what was posted."""
        return plan.revision > self.seen(plan) and plan.id not in self.unchanged

    def seen(self, plan: Plan) -> int:
        """Return the revision that the reader opened last; of a plan that they did not open, the post."""
        opened = self.opened.get(plan.id)
        return opened.revision if opened else plan.lineage[0]


class Since(enum.Enum):
    """Beginnings of the time whose changes are shown."""

    OPENED = enum.auto()
    """The reader last opened the plan."""
    SESSION_OPEN = enum.auto()
    POSTED = enum.auto()
    LAST_CHANGE = enum.auto()
    """The last change alone is shown."""


@dataclasses.dataclass(frozen=True, slots=True)
class Changes:
    """The changes of a plan since a moment."""

    comparison: Comparison
    since: Since
    at: datetime.datetime
    """The moment; for the last change, its time."""
    seen_at: datetime.datetime | None = None
    """The time at which the reader opened the plan as it is now; None: they did not."""
