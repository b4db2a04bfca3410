"""What was sent while the book could not take it, and what became of it."""

import dataclasses
import datetime
import enum
from typing import Any, TypeAlias

from bot.domain.values.actors import Actor
from bot.domain.values.charts import Attachment, Chart, LeftOut
from bot.domain.values.ids import OperationId
from bot.domain.values.plans import Plan, Submission


@dataclasses.dataclass(frozen=True, slots=True)
class Act:
    """An act of a service that can be carried out later, once."""

    name: str
    """The class and its method: `PlanService.delete`."""
    arguments: dict[str, Any]
    """All but the one who acts, as the method takes them."""


Request: TypeAlias = Act | Submission
"""What somebody asked for: an act, or something written that is to become a plan or a part of one."""


@dataclasses.dataclass(frozen=True, slots=True)
class DatabaseId:
    """By what a book is known again: it may be moved, and another be put in its place."""

    path: str
    name: str | None
    """Its own; None: it was not open yet."""

    def is_of(self, other: "DatabaseId") -> bool:
        """Whether both may mean the same book."""
        return self.path == other.path or (self.name is not None and self.name == other.name)


@dataclasses.dataclass(frozen=True, slots=True)
class PendingOperation:
    """What somebody asked for, and the book could not take."""

    operation: OperationId
    actor: Actor
    sent_at: datetime.datetime
    asked: Request
    book: DatabaseId | None = None
    """The one that could not take it; None: nobody noted that."""
    put_aside: dict[str, Chart] = dataclasses.field(default_factory=dict)
    """By link, those of its pictures that were fetched meanwhile: links end within a day."""

    @property
    def text(self) -> str | None:
        """What they wrote; None: nothing that is worth to be given back."""
        return self.asked.text if isinstance(self.asked, Submission) else self.asked.arguments.get("text")

    @property
    def pictures(self) -> tuple[Chart | Attachment, ...]:
        """What belongs to it: kept already, or still to be fetched."""
        if isinstance(self.asked, Submission):
            return self.asked.pictures
        received = self.asked.arguments.get("received")
        return received.pictures if received else ()


class Durability(enum.Enum):
    """How safe it is until the book takes it."""

    FILE = enum.auto()
    """On a disk: it outlives the bot."""
    MEMORY = enum.auto()
    """It lasts as long as the bot runs."""
    NOWHERE = enum.auto()
    """There is too much already."""


@dataclasses.dataclass(frozen=True, slots=True)
class ReplayResult:
    """What came of something that was kept, when the book could take it."""

    kept: PendingOperation
    plan: Plan | None = None
    """As it is now; None: it was refused."""
    left_out: tuple[LeftOut, ...] = ()
    refusal: str | None = None
    """Why it was refused."""
    is_draft: bool = False
    """Whether what was refused is a draft now."""
