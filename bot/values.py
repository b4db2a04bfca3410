"""What the services take and return: frozen, plain, and safe to keep or to send anywhere."""

import dataclasses
import datetime
import enum
from collections.abc import Callable
from typing import NewType, TypeAlias

GuildId = NewType("GuildId", int)
UserId = NewType("UserId", int)
RoleId = NewType("RoleId", int)
CoachId = NewType("CoachId", int)
PlanId = NewType("PlanId", int)
DraftId = NewType("DraftId", int)
OperationId = NewType("OperationId", int)
"""The id of the interaction that asks for an act. The same id asks for the same act, done once."""

Clock: TypeAlias = Callable[[], datetime.datetime]
"""Tells the time as an aware UTC datetime."""


@dataclasses.dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as Discord vouched for them in the interaction, in the guild they act in."""

    guild_id: GuildId
    user_id: UserId
    role_ids: frozenset[RoleId] = frozenset()
    is_manager: bool = False
    """Has Manage Server in this guild."""


@dataclasses.dataclass(frozen=True, slots=True)
class Coach:
    """A named voice in a guild."""

    id: CoachId
    guild_id: GuildId
    key: str
    """1 to 16 of a-z 0-9 _; unique in the guild."""
    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class CoachSeed:
    """A coach as the configuration names it: every guild starts with these."""

    key: str
    name: str
    users: frozenset[UserId] = frozenset()
    roles: frozenset[RoleId] = frozenset()


class ChangeKind(enum.StrEnum):
    """What made a revision."""

    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"
    RESTORED = "restored"


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """One coach's text for one trading day, as it stood at `revision`."""

    id: PlanId
    coach: Coach
    day: datetime.date
    """A date in the guild's time zone."""
    text: str
    author_id: UserId
    revision: int
    """Counts from 1; each change is one more."""
    hash: str
    """Of this revision, over all before it: 64 hexadecimal digits."""
    posted_at: datetime.datetime
    changed_at: datetime.datetime
    """When this revision was made; `posted_at` for the first."""
    changed_by: UserId
    deleted_at: datetime.datetime | None = None
    deleted_by: UserId | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Edited:
    """What came of an edit."""

    plan: Plan
    is_changed: bool
    """False: the plan said exactly that already, and no revision was made."""


@dataclasses.dataclass(frozen=True, slots=True)
class PlanFilter:
    """Which plans to list: those that fit every field that is set."""

    day: datetime.date | None = None
    coach: str | None = None
    """A coach's key, already looked up."""
    mine: bool = False
    """Only plans that the one who asks wrote, or may edit as a member of the coach."""


@dataclasses.dataclass(frozen=True, slots=True)
class PlanPage:
    """Live plans, newest trading day first, then by the coach's name; `number` counts from 1."""

    plans: tuple[Plan, ...]
    number: int
    pages: int
    """At least 1, also when there are no plans."""
    total: int
    filter: PlanFilter
    today: datetime.date


@dataclasses.dataclass(frozen=True, slots=True)
class PostTarget:
    """Where a post would go: checked before the coach starts to write."""

    coach: Coach
    day: datetime.date


class DraftKind(enum.StrEnum):
    """What an unfinished text was meant for."""

    POST = "post"
    EDIT = "edit"


@dataclasses.dataclass(frozen=True, slots=True)
class Writing:
    """A text on its way into the book, and what it is meant for."""

    kind: DraftKind
    text: str
    coach: str | None = None
    """As it was asked for: a key, a name, or None for the only one."""
    day: str | None = None
    """As it was asked for, or None for today; in a draft a date, or the words if they name none."""
    plan_id: PlanId | None = None
    seen: int | None = None
    """Of an edit: the revision the writer had before their eyes."""
    draft_id: DraftId | None = None
    """The draft that the text comes from."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Writing):
    """A writing that was not taken into the book, and is kept."""

    id: DraftId
    guild_id: GuildId
    user_id: UserId


@dataclasses.dataclass(frozen=True, slots=True)
class Suggestion:
    """A choice that Discord shows while one types. Both at most 100 characters."""

    label: str
    value: str


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """How much of something there may be; the configuration may set others."""

    plan_text: int = 4000
    """Code points in a plan: what one text field of a Discord modal takes."""
    plans_on_page: int = 10
    draft_days: int = 30
    """Days after which an unused draft is thrown away."""


@dataclasses.dataclass(frozen=True, slots=True)
class HistoryFault:
    """A place where the history of a plan does not prove itself."""

    plan_id: PlanId
    revision: int
    why: str
