"""Plans as programs read them; the names of the fields are those of the API's description."""

import dataclasses
import datetime
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")

AsOf: TypeAlias = datetime.datetime | str
"""A moment: an instant with a time zone, or in words `now`, `session_open`, `session_close` or `09:25`."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Coach:
    """A named voice in a server."""

    key: str
    name: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture of a plan; `Client.chart` reads its bytes."""

    sha256: str
    filename: str
    media_type: str
    width: int
    height: int
    size: int
    """Bytes."""
    caption: str | None
    is_spoiler: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A plan’s text and charts after a change."""

    revision: int
    """Counts from 1."""
    kind: str
    """The change: posted, edited, deleted, restored, reverted, chart added, ..."""
    text: str | None
    """None: erased or deleted."""
    is_erased: bool
    charts: tuple[Chart, ...]
    made_at: datetime.datetime
    recorded_at: datetime.datetime | None
    """The time at which it entered the database; None: not known."""
    hash: str
    """The hash of this revision and all before it."""

    @property
    def is_deleted(self) -> bool:
        """True for a plan that was deleted by this change."""
        return self.kind == "deleted"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan(State):
    """A coach’s plan for a trading day, as it was known at a moment."""

    id: int
    coach: Coach
    day: datetime.date
    author_id: str | None
    """A user’s id of Discord; None: erased."""
    posted_at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The part of a revision’s hash that its other fields lack; `verify` reads it."""

    plan: int
    guild: str
    coach: str
    day: str
    kind: str
    salt: str | None
    """Hexadecimal; None: erased."""
    text: str
    """The digest of the text; so with charts, actor and note."""
    charts: str
    actor: str
    note: str
    previous: str
    """The hash of the revision before; empty for the first."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Revision(State):
    """A state in the history of a plan."""

    proof: Proof


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A plan that was found by words."""

    plan: Plan
    html: str
    """The escaped text with `<mark>` around the words."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some of the items of a list."""

    items: tuple[T, ...]
    cursor: str | None
    """The cursor of the page after this one; None: it is the last."""
    is_complete: bool
    """False: items may be missing."""
    last_as_of: str | None = None
    """The last moment that the token may read, as `now` or `session_open`: plans are as of it where `as_of` is later.
    None: it is a page of revisions, where a later moment is refused."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of a plan, which is given as it was right after."""

    id: int
    """The place in the stream: pass the last one as `after` to go on from there."""
    plan: Plan


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Resync:
    """The changes since the last one are not all known: read the plans again, then go on."""

    id: int
    """The place in the stream from which it goes on."""
