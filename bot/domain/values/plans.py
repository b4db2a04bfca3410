"""Plans, and texts on their way to become one."""

import dataclasses
import datetime
import enum
from typing import TypeAlias

from bot.domain.values.actors import Actor, Suggestion
from bot.domain.values.charts import Attachment, Chart, KeptChart, RejectedPicture
from bot.domain.values.guilds import Coach
from bot.domain.values.ids import ChannelId, DraftId, GuildId, MessageId, PlanId, UserId


class ChangeKind(enum.StrEnum):
    """What made a revision."""

    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"
    RESTORED = "restored"
    CHART_ADDED = "chart_added"
    CHART_REMOVED = "chart_removed"
    CHART_MOVED = "chart_moved"
    CHART_CAPTIONED = "chart_captioned"
    TAKEN_BACK = "taken_back"

    @property
    def words(self) -> str:
        """The kind in words: `chart added`."""
        return "reverted" if self is ChangeKind.TAKEN_BACK else self.value.replace("_", " ")


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """The message in Discord that a plan was saved from."""

    channel_id: ChannelId
    message_id: MessageId
    author_id: UserId | None
    """None: a webhook wrote it, or it was forwarded, and Discord does not say whose it was."""


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """One coach's text and charts for one trading day, as they stood at `revision`."""

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
    charts: tuple[Chart, ...] = ()
    """In the coach's order."""
    source: Source | None = None
    """What it was last saved from; None: it was written for Coachbook."""


@dataclasses.dataclass(frozen=True, slots=True)
class PlanOfDay:
    """The plan of a coach for a trading day, both as somebody typed them."""

    coach: str | None
    """A key or a name; None: the only one that can be meant."""
    day: str | None
    """None: today."""


PlanRef: TypeAlias = PlanId | PlanOfDay
"""A plan that is meant: by its id, or by coach and day."""


@dataclasses.dataclass(frozen=True, slots=True)
class Rights:
    """What one may do with a plan."""

    may_edit: bool = False
    may_delete: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class EditResult:
    """What came of a change to a plan."""

    plan: Plan
    is_changed: bool
    """False: the plan was exactly so already, and no revision was made."""
    kind: ChangeKind | None = None
    """None: the interaction was delivered before, or nothing was changed."""
    chart: KeptChart | None = None
    """The chart that was removed, moved or captioned."""


@dataclasses.dataclass(frozen=True, slots=True)
class AddChartsResult:
    """What came of adding charts to a plan."""

    plan: Plan
    added: int
    """How many are new; 0: no revision was made."""
    left_out: tuple[RejectedPicture, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class ChartChoices:
    """A plan, and its charts as one chooses among them."""

    plan: Plan
    charts: tuple[Suggestion, ...]


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
    is_partial: bool = False
    """Plans in threads that could not be checked may be lacking."""


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
class Submission:
    """A text, perhaps with pictures, on its way into the book, and what it is meant for."""

    kind: DraftKind
    text: str
    """Empty: none was written yet."""
    coach: str | None = None
    """As it was asked for: a key, a name, or None for the only one."""
    day: str | None = None
    """As it was asked for, or None for today; in a draft a date, or the words if they name none."""
    plan_id: PlanId | None = None
    seen: int | None = None
    """Of an edit: the revision the writer had before their eyes."""
    draft_id: DraftId | None = None
    """The draft that it comes from."""
    pictures: tuple[Chart | Attachment, ...] = ()
    """In the coach's order: those that are kept, and those still to be fetched."""
    source: Source | None = None
    """The message that it quotes."""
    replaces_charts: bool = False
    """Of an edit: its pictures replace the plan's charts. False: they are added to them. A draft does not keep this."""

    @property
    def has_text(self) -> bool:
        """True: it has more than blanks."""
        return bool(self.text.strip())

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures that are kept."""
        return tuple(picture for picture in self.pictures if isinstance(picture, Chart))

    @property
    def plain(self) -> "Submission":
        """The same, without what a draft has beside it."""
        return Submission(**{field.name: getattr(self, field.name) for field in dataclasses.fields(Submission)})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Submission):
    """A writing that was not taken into the book, and is kept."""

    id: DraftId
    guild_id: GuildId
    user_id: UserId


@dataclasses.dataclass(frozen=True, slots=True)
class LatePictures:
    """Pictures that a plan was posted without, and is to have when they are there."""

    id: DraftId
    """Of the draft that the plan was made of."""
    actor: Actor
    """Who posted it, without their roles."""
    plan_id: PlanId
    pictures: tuple[Chart | Attachment, ...]
    """In the coach's order, with those that are kept."""
