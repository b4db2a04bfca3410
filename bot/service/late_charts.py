"""Charts that come after their plan was posted."""

import itertools
from collections.abc import Sequence

from bot.domain.errors import DraftGoneError
from bot.domain.picture_reasons import ONE_TOO_MANY, PLAN_CHANGED, PLAN_DELETED, PLAN_REVERTED
from bot.domain.values import (
    MAX_CHARTS,
    Actor,
    AddChartsResult,
    ChangeKind,
    Chart,
    DraftId,
    LatePictures,
    Plan,
    PlanId,
    Received,
    RejectedPicture,
)
from bot.service.plan_base import PlanActs
from bot.service.records import late_pictures, operations, revisions
from bot.service.records.charts import charts_in
from bot.service.records.plans import plan_with_id
from bot.service.records.sources import note_of_late, reverted_to
from bot.service.transactions import writes
from storage.models import RevisionRow


class LateChartService(PlanActs):
    """The pictures that plans were posted, or edited, without."""

    async def expected(self) -> list[LatePictures]:
        """Return the pictures that plans were posted without and are still to have, in all guilds.

        Raises:
            DatabaseUnavailableError: the database can't be read.
        """
        return await self._read(late_pictures.expected)

    @writes
    def add(self, actor: Actor, late: DraftId, plan_id: PlanId, received: Received) -> AddChartsResult:
        """Add the pictures that came after their plan, as one revision of the one who posted it.

        The right to was theirs when they posted. What was removed meanwhile stays away. Where other charts have taken
        their place, or the plan was reverted to an earlier revision than theirs, nothing is added. Where nobody has
        added or moved any, the order is that in which they were sent.

        Raises:
            DraftGoneError: it was done already.
        """
        if not late_pictures.end(late):
            raise DraftGoneError
        number = operations.revision_of(late) or 1
        plan, history = plan_with_id(plan_id), revisions.since(plan_id, number)
        had = {chart.sha256 for each in history for chart in charts_in(each.charts)}
        new = [chart for chart in received.charts if chart.sha256 not in had]
        if why := _why_none(plan, history):
            rejected = (RejectedPicture(chart.filename, why) for chart in new)
            return AddChartsResult(plan, 0, (*received.left_out, *rejected))
        room = MAX_CHARTS - len(plan.charts)
        left_out = (
            *received.left_out,
            *(RejectedPicture(chart.filename, ONE_TOO_MANY, is_final=True) for chart in new[room:]),
        )
        if not new[:room]:
            return AddChartsResult(plan, 0, left_out)
        charts, note = _with(plan, new[:room], received), note_of_late(number)
        changed = self.change(actor, plan, ChangeKind.CHART_ADDED, None, charts=charts, note=note)
        return AddChartsResult(changed, len(new[:room]), left_out)


def _why_none(plan: Plan, history: Sequence[RevisionRow]) -> str | None:
    """Return why the plan gets no chart that comes now; None: it does."""
    if plan.deleted_at:
        return PLAN_DELETED
    if any(_has_replaced(before, now) for before, now in itertools.pairwise(history)):
        return PLAN_CHANGED
    if any(_has_undone(history[0], each) for each in history):
        return PLAN_REVERTED
    return None


def _has_replaced(before: RevisionRow, now: RevisionRow) -> bool:
    """Return whether this change put other charts in the place of the plan's: most add, or change single ones."""
    match now.kind:
        case ChangeKind.EDITED:
            return not set(charts_in(before.charts)) <= set(charts_in(now.charts))
        case ChangeKind.REVERTED:
            return now.charts != before.charts
        case _:
            return False


def _has_undone(own: RevisionRow, later: RevisionRow) -> bool:
    """Return whether this change reverted the plan to what it was before the revision whose pictures are late."""
    to = reverted_to(later.note) if later.kind == ChangeKind.REVERTED else None
    return to is not None and to < own.revision


def _with(plan: Plan, new: Sequence[Chart], received: Received) -> Sequence[Chart]:
    """Return the charts with the new ones: where they were sent, or last where the order is another meanwhile."""
    as_sent = [chart for chart in received.charts if chart in plan.charts or chart in new]
    is_as_sent = tuple(chart for chart in as_sent if chart in plan.charts) == plan.charts
    return as_sent if is_as_sent else (*plan.charts, *new)
