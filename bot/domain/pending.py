"""Changes that wait until the database can be written, and what came of them."""

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
    OperationId,
    Plan,
    PlanOfDay,
    RejectedPicture,
    Submission,
)


@dataclasses.dataclass(frozen=True, slots=True)
class DatabaseId:
    """The identity of a database: it may be moved, and another be put in its place."""

    path: str
    name: str | None
    """Its own; None: it was not open yet."""

    def is_of(self, other: "DatabaseId") -> bool:
        """Return whether both may mean the same database."""
        return self.path == other.path or (self.name is not None and self.name == other.name)


@dataclasses.dataclass(frozen=True, slots=True)
class PendingOperation:
    """A change that somebody asked for, and that could not be saved yet."""

    operation: OperationId
    actor: Actor
    sent_at: datetime.datetime
    request: Request
    database: DatabaseId | None = None
    """The one that could not be written; None: nobody noted that."""
    put_aside: dict[str, Chart] = dataclasses.field(default_factory=dict)
    """By link, those of its pictures that were fetched meanwhile: links end within a day."""

    @property
    def submission(self) -> Submission | None:
        """The text with what it is meant for; None: there is no text to return to its writer."""
        match self.request:
            case Submit(submission):
                return submission
            case PostPlan(text, coach, day, draft):
                return Submission(DraftKind.POST, text, coach=coach, day=day, draft_id=draft)
            case EditPlan(PlanOfDay(coach, day), str(text), draft=draft):
                return Submission(DraftKind.POST, text, coach=coach, day=day, draft_id=draft)
            case EditPlan(int(plan_id), str(text), seen, draft):
                return Submission(DraftKind.EDIT, text, plan_id=plan_id, seen=seen, draft_id=draft)
            case _:
                return None

    @property
    def text(self) -> str | None:
        """The text; None: there is none to return to its writer."""
        return self.submission and self.submission.text

    @property
    def pictures(self) -> tuple[Chart | Attachment, ...]:
        """Its pictures: stored already, or still to be fetched."""
        match self.request:
            case Submit(submission):
                return submission.pictures
            case AddCharts(received=received):
                return received.pictures
            case _:
                return ()

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
    """On a disk: it outlives the bot."""
    MEMORY = enum.auto()
    """It lasts as long as the bot runs."""
    NOWHERE = enum.auto()
    """It was not queued, as the queue is full."""


@dataclasses.dataclass(frozen=True, slots=True)
class ReplayResult:
    """The result of replaying a change."""

    pending: PendingOperation
    plan: Plan | None = None
    """As it is now; None: the change was refused."""
    left_out: tuple[RejectedPicture, ...] = ()
    refusal: str | None = None
    """Why it was refused."""
    is_draft: bool = False
    """True: what was refused is a draft now."""
