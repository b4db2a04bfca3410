"""Submissions, drafts, and pictures that come after their plan."""

import dataclasses
import datetime
import enum

from bot.domain.values.actors import Actor
from bot.domain.values.charts import Attachment, Chart
from bot.domain.values.guilds import Coach
from bot.domain.values.ids import DraftId, GuildId, PlanId, UserId
from bot.domain.values.limits import Usage
from bot.domain.values.plans import Source


class DraftKind(enum.StrEnum):
    """Purposes of a submission."""

    POST = "post"
    EDIT = "edit"


@dataclasses.dataclass(frozen=True, slots=True)
class Submission:
    """A text, perhaps with pictures, to post a plan or to edit one."""

    kind: DraftKind
    text: str
    """Empty: not written yet."""
    coach: str | None = None
    """A key or a name, as typed; None: the only one."""
    day: str | None = None
    """As typed, or None for today; in a draft a date if the words name one."""
    plan_id: PlanId | None = None
    seen: int | None = None
    """Of an edit: the revision that its author has seen."""
    draft_id: DraftId | None = None
    """The draft that it comes from."""
    pictures: tuple[Chart | Attachment, ...] = ()
    """In the coach's order: stored ones, and ones still to be fetched."""
    source: Source | None = None
    """The message that it is saved from."""
    replaces_charts: bool = False
    """Of an edit: its pictures replace the plan's charts. False: they are added. Not stored in a draft."""
    is_day_confirmed: bool = False
    """Of a post: its author was asked about a closed day, and wants it. Not stored in a draft."""
    adds_pictures: bool = False
    """Its pictures are added to its draft's. False: they replace them, if there are any. Not stored in a draft."""

    @property
    def has_text(self) -> bool:
        """True if it has visible characters."""
        return bool(self.text.strip())

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The stored pictures."""
        return tuple(picture for picture in self.pictures if isinstance(picture, Chart))

    def completed(self, draft: "Submission") -> "Submission":
        """Return the submission with the coach, the day and the source of its draft where it has none."""
        return dataclasses.replace(
            self, coach=self.coach or draft.coach, day=self.day or draft.day, source=self.source or draft.source
        )

    @property
    def plain(self) -> "Submission":
        """The submission without the further fields of a draft."""
        return Submission(**{field.name: getattr(self, field.name) for field in dataclasses.fields(Submission)})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Submission):
    """A stored submission."""

    id: DraftId
    guild_id: GuildId
    user_id: UserId
    saved_at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class ListedDraft:
    """A draft in its user's list."""

    draft: Draft
    coach: Coach | None
    """The coach that its words mean; None: no words, or none that mean one."""


@dataclasses.dataclass(frozen=True, slots=True)
class DraftPage:
    """The drafts of a user in a guild, newest first, and their quotas."""

    drafts: tuple[ListedDraft, ...]
    number: Usage
    mib: Usage


@dataclasses.dataclass(frozen=True, slots=True)
class LatePictures:
    """Pictures of a posted plan that are still to be fetched and added."""

    id: DraftId
    """The id of the draft that the plan was posted from."""
    actor: Actor
    """The author of the plan, without roles."""
    plan_id: PlanId
    pictures: tuple[Chart | Attachment, ...]
    """In the coach's order, with the stored ones."""
