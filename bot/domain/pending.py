"""Changes that are queued until the database can be written, and the results of their replay."""

import dataclasses
import datetime
import enum
from collections.abc import Sequence
from typing import Self

from bot.domain.commands import AddCharts, EditPlan, PostPlan, Request, Submit
from bot.domain.values import (
    Actor,
    Attachment,
    Chart,
    DraftKind,
    Merged,
    OperationId,
    Plan,
    PlanOfDay,
    RejectedPicture,
    Submission,
)


@dataclasses.dataclass(frozen=True, slots=True)
class DatabaseId:
    """The identity of a database, by path and name: it may be moved or replaced."""

    path: str
    name: str | None
    """Its own name; None: it was not open yet."""

    def is_of(self, other: "DatabaseId") -> bool:
        """Return whether both may be of the same database."""
        return self.path == other.path or (self.name is not None and self.name == other.name)


@dataclasses.dataclass(frozen=True, slots=True)
class PendingOperation:
    """A queued change."""

    operation: OperationId
    actor: Actor
    sent_at: datetime.datetime
    request: Request
    database: DatabaseId | None = None
    """The database that could not be written; None: not known."""
    downloaded: dict[str, Chart] = dataclasses.field(default_factory=dict)
    """Pictures that were downloaded meanwhile, by link: links expire within a day."""

    @property
    def submission(self) -> Submission | None:
        """The submission to return to its author, with its pictures; None: it has none."""
        match self.request:
            case Submit(submission=submission):
                return submission
            case PostPlan(text=text, coach=coach, day=day, draft=draft):
                return Submission(DraftKind.POST, text, coach=coach, day=day, draft_id=draft)
            case EditPlan(plan=PlanOfDay(coach=coach, day=day), text=str(text), draft=draft):
                return Submission(DraftKind.POST, text, coach=coach, day=day, draft_id=draft)
            case EditPlan(plan=int(plan_id), text=str(text), seen=seen, draft=draft):
                return Submission(DraftKind.EDIT, text, plan_id=plan_id, seen=seen, draft_id=draft)
            case AddCharts(plan=PlanOfDay(coach=coach, day=day), received=received, draft=None):
                return Submission(DraftKind.POST, "", coach=coach, day=day, pictures=received.pictures)
            case AddCharts(received=received, draft=None):
                return Submission(DraftKind.POST, "", pictures=received.pictures)
            case _:
                return None

    @property
    def text(self) -> str | None:
        """The text to return to its author, if any."""
        return self.submission and self.submission.text

    @property
    def pictures(self) -> tuple[Chart | Attachment, ...]:
        """Its pictures: stored ones, and ones still to be fetched."""
        match self.request:
            case Submit(submission):
                return submission.pictures
            case AddCharts(received=received):
                return received.pictures
            case _:
                return ()

    @property
    def draft(self) -> Submission | None:
        """The draft that it becomes if it is refused; None: it has no text, and no pictures but those of a draft."""
        return self.submission if self.text or self.pictures else None

    def with_pictures(self, pictures: Sequence[Chart | Attachment]) -> Self:
        """Return the same change with these pictures."""
        match self.request:
            case Submit(submission):
                changed = dataclasses.replace(submission, pictures=tuple(pictures))
                return dataclasses.replace(self, request=Submit(changed))
            case AddCharts(received=received) as request:
                changed = dataclasses.replace(received, pictures=tuple(pictures))
                return dataclasses.replace(self, request=dataclasses.replace(request, received=changed))
            case _:
                return self


class Durability(enum.Enum):
    """The safety of a change until it is saved."""

    FILE = enum.auto()
    """On disk: survives a restart."""
    MEMORY = enum.auto()
    """Lost when the bot stops."""
    NOWHERE = enum.auto()
    """Not queued, as the queue is full."""


@dataclasses.dataclass(frozen=True, slots=True)
class ReplayResult:
    """The result of replaying a change."""

    pending: PendingOperation
    plan: Plan | None = None
    """Its current state; None: the change was refused."""
    left_out: tuple[RejectedPicture, ...] = ()
    refusal: str | None = None
    """The message of the refusal."""
    is_draft: bool = False
    """True: the refused text, or the refused pictures, are saved as a draft."""
    merged: Merged | None = None
    """The changes that an edit was merged with, if any."""
    awaited: int = 0
    """Number of pictures of its draft that are still to be downloaded, and are added to the plan then."""

    @property
    def is_lost(self) -> bool:
        """True: the change was refused, and no draft has its text or pictures."""
        return bool(self.refusal and self.pending.draft and not self.is_draft)
