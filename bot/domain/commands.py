"""Changes that people ask for, as values: each is executed now, or queued and replayed later.

The queue's file has them in this form (docs/mechanisms.md): a field may be added with a default, never renamed.
"""

import dataclasses
from typing import Literal, Self, TypeAlias

from bot.domain.values import DraftId, PlanRef, Received, Submission, Undone


@dataclasses.dataclass(frozen=True, slots=True)
class PostPlan:
    """Make a text, with the charts of a draft, the coach's plan for the day."""

    text: str
    coach: str | None = None
    """A key or a name, as typed; None: the only one of the actor's."""
    day: str | None = None
    """As typed; None: today."""
    draft: DraftId | None = None
    """Its draft, which is deleted."""
    rest_follows: bool = False
    """True: pictures of the draft that are still links are added later."""
    is_day_confirmed: bool = False
    """True: the actor was asked about a closed day, and wants it."""
    kind: Literal["post_plan"] = "post_plan"

    @classmethod
    def of(cls, submission: Submission, *, rest_follows: bool = False) -> Self:
        """Return the command that posts a submission, with the charts of its draft."""
        return cls(
            text=submission.text,
            coach=submission.coach,
            day=submission.day,
            draft=submission.draft_id,
            rest_follows=rest_follows,
            is_day_confirmed=submission.is_day_confirmed,
        )


@dataclasses.dataclass(frozen=True, slots=True)
class EditPlan:
    """Make a text, with the charts of a draft, the plan's next revision."""

    plan: PlanRef
    text: str | None
    """None: the text that the plan has."""
    seen: int | None = None
    """The revision that the actor has seen; None: their own last change, if it is the newest."""
    draft: DraftId | None = None
    """Its draft, which is deleted."""
    replaces_charts: bool = False
    """True: the draft's charts replace the plan's, if it has any. False: they are added to them."""
    rest_follows: bool = False
    """True: pictures of the draft that are still links are added later."""
    kind: Literal["edit_plan"] = "edit_plan"


@dataclasses.dataclass(frozen=True, slots=True)
class DeletePlan:
    """Delete a plan; it can be restored, and its day is free for another."""

    plan: PlanRef
    seen: int
    """The revision that the actor has seen."""
    kind: Literal["delete_plan"] = "delete_plan"


@dataclasses.dataclass(frozen=True, slots=True)
class RestorePlan:
    """Restore a deleted plan."""

    plan: PlanRef
    kind: Literal["restore_plan"] = "restore_plan"


@dataclasses.dataclass(frozen=True, slots=True)
class RevertPlan:
    """Make an old revision, its text and its charts, the newest one."""

    plan: PlanRef
    revision: int
    seen: int
    """The revision that the actor has seen."""
    kind: Literal["revert_plan"] = "revert_plan"


@dataclasses.dataclass(frozen=True, slots=True)
class AddCharts:
    """Add the pictures that were received to the end of a plan."""

    plan: PlanRef
    received: Received
    draft: DraftId | None = None
    """Their draft, whose pictures are removed."""
    kind: Literal["add_charts"] = "add_charts"


@dataclasses.dataclass(frozen=True, slots=True)
class RemoveChart:
    """Remove a chart from a plan; revisions that show it keep it."""

    plan: PlanRef
    chart: str
    """Its number on the plan, its mark, or its file name."""
    kind: Literal["remove_chart"] = "remove_chart"


@dataclasses.dataclass(frozen=True, slots=True)
class MoveChart:
    """Move a chart to another place on its plan."""

    plan: PlanRef
    chart: str
    """Its number on the plan, its mark, or its file name."""
    to: int
    """Counts from 1; a place past the end is the end."""
    kind: Literal["move_chart"] = "move_chart"


@dataclasses.dataclass(frozen=True, slots=True)
class CaptionChart:
    """Give a chart another caption."""

    plan: PlanRef
    chart: str
    """Its number on the plan, its mark, or its file name."""
    caption: str | None
    """None: no caption."""
    kind: Literal["caption_chart"] = "caption_chart"


@dataclasses.dataclass(frozen=True, slots=True)
class Submit:
    """Make a submission, with its pictures, a plan or a plan's next revision."""

    submission: Submission
    kind: Literal["submit"] = "submit"


@dataclasses.dataclass(frozen=True, slots=True)
class Undoing:
    """A change of a plan, and the command that undoes it."""

    undone: Undone
    command: RevertPlan | DeletePlan | RestorePlan


Command: TypeAlias = (
    PostPlan | EditPlan | DeletePlan | RestorePlan | RevertPlan | AddCharts | RemoveChart | MoveChart | CaptionChart
)
"""A change that a service executes in one transaction."""

Request: TypeAlias = Command | Submit
"""A change that can be queued: a command, or a submission whose pictures are still to be fetched."""
