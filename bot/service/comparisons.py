"""Revisions of a plan compared, and the changes that a reader has not seen."""

import datetime

from bot.domain import diff
from bot.domain.diff import Line, Skipped
from bot.domain.errors import NoRevisionError, SameRevisionError
from bot.domain.sessions import Session
from bot.domain.values import ChangedCharts, Comparison, Plan, PlanId, PlanSnapshot, ReadMarker, Revision, Since, UserId
from bot.service.records import stored_revisions
from bot.service.records.chart_changes import chart_changes


def numbered(plan: Plan, number: int) -> Revision:
    """Return a revision of the plan.

    Raises:
        NoRevisionError: the plan has no such revision.
    """
    revision = stored_revisions.numbered(plan.id, number)
    if revision is None:
        raise NoRevisionError(plan, number)
    return revision


def compare(plan: Plan, first: int | None, last: int | None) -> Comparison:
    """Return the changes from one revision to another; None: the last two.

    Raises:
        NoRevisionError: the plan has no such revision.
        SameRevisionError: the two are one.
    """
    last = plan.revision if last is None else last
    first = max(last - 1, 1) if first is None else first
    if first == last:
        raise SameRevisionError(plan, first)
    before, after = numbered(plan, first), numbered(plan, last)
    return Comparison(plan, before, after, lines_of(before, after), _makers(plan.id, first, last))


def lines_of(before: Revision, after: Revision) -> tuple[Line | Skipped, ...]:
    """Return the changes of the text; none where one was erased: nobody knows what it said."""
    if before.is_erased or after.is_erased:
        return ()
    return diff.compare(before.text or "", after.text or "")


def changed_charts(before: Revision | None, after: Revision) -> tuple[ChangedCharts, ...]:
    """Return the changes of the charts since the revision before, None: there is none; none where they were erased."""
    if after.text is None or (before and before.text is None):
        return ()
    return chart_changes(before.charts if before else (), after.charts)


def snapshot(
    plan: Plan, revision: Revision, moment: datetime.datetime | None = None, *, may_revert: bool
) -> PlanSnapshot:
    """Return the plan as the revision left it."""
    later = stored_revisions.numbered(plan.id, revision.number + 1)
    return PlanSnapshot(plan, revision, later and later.at, moment, may_revert)


def unseen(plan: Plan, opened: ReadMarker | None, session: Session | None) -> tuple[int, Since, datetime.datetime]:
    """Return the revision before the changes to show, and the moment since which these were made.

    `session` is that of the plan's day; None: it has none, or that is not known.
    """
    if opened and opened.revision < plan.revision:
        return opened.revision, Since.OPENED, opened.opened_at
    if session:
        at_open = stored_revisions.at(plan.id, session.opens_at)
        if at_open is None and plan.lineage[0] < plan.revision:
            return plan.lineage[0], Since.POSTED, plan.posted_at
        if at_open and at_open.number < plan.revision:
            return at_open.number, Since.SESSION_OPEN, session.opens_at
    return _before_last_change(plan), Since.LAST_CHANGE, plan.changed_at


def changed_at(plan: Plan) -> datetime.datetime:
    """Return the time of the plan's last change that still has an effect."""
    last = plan.lineage[-1]
    return plan.changed_at if last == plan.revision else numbered(plan, last).at


def _before_last_change(plan: Plan) -> int:
    """Return the revision before the last change that still has an effect, or else before the last one of all."""
    if plan.changes and not plan.deleted_at:
        return plan.lineage[-2]
    return max(plan.revision - 1, 1)


def _makers(plan_id: PlanId, first: int, last: int) -> tuple[UserId | None, ...]:
    """Return who made the changes between two revisions, in either order."""
    return stored_revisions.makers(plan_id, min(first, last) + 1, max(first, last))
