"""Revisions of a plan compared, and the changes that a reader has not seen."""

import datetime

from bot.domain import diff
from bot.domain.errors import NoRevisionError, SameRevisionError
from bot.domain.sessions import Session
from bot.domain.values import Comparison, Plan, PlanId, PlanSnapshot, ReadMarker, Revision, Since, UserId
from bot.service.records import stored_revisions


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
    lines = diff.compare(before.text or "", after.text or "")
    return Comparison(plan, before, after, lines, _makers(plan.id, first, last))


def snapshot(plan: Plan, revision: Revision, moment: datetime.datetime | None = None) -> PlanSnapshot:
    """Return the plan as the revision left it."""
    later = stored_revisions.numbered(plan.id, revision.number + 1)
    return PlanSnapshot(plan, revision, later and later.at, moment)


def unseen(plan: Plan, opened: ReadMarker | None, session: Session | None) -> tuple[int, Since, datetime.datetime]:
    """Return the revision before the changes to show, and the moment since which these were made.

    `session` is that of the plan's day; None: it has none, or that is not known.
    """
    if opened and opened.revision < plan.revision:
        return opened.revision, Since.OPENED, opened.opened_at
    if session:
        at_open = stored_revisions.at(plan.id, session.opens_at)
        if at_open is None:
            return 1, Since.POSTED, plan.posted_at
        if at_open.number < plan.revision:
            return at_open.number, Since.SESSION_OPEN, session.opens_at
    return max(plan.revision - 1, 1), Since.LAST_CHANGE, plan.changed_at


def _makers(plan_id: PlanId, first: int, last: int) -> tuple[UserId | None, ...]:
    """Return who made the changes between two revisions, in either order."""
    return stored_revisions.makers(plan_id, min(first, last) + 1, max(first, last))
