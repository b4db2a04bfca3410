"""Merges of an edit with what was changed since its author saw the plan."""

from bot.domain.errors import PlanChangedError, TextError
from bot.domain.merge import MergeConflictError, merge
from bot.domain.values import Plan
from bot.service.records import stored_revisions
from bot.service.records.text_rules import plan_text


def merged_text(plan: Plan, text: str, seen: int, limit: int, *, replaces_charts: bool) -> str:
    """Return the text of one who saw this revision of the plan, with what was changed since; `seen` 0: they saw none.

    Raises:
        PlanChangedError: they can't be merged; carries both texts.
    """
    base = stored_revisions.numbered(plan.id, seen) if seen else None
    if base is None or base.text is None or (replaces_charts and base.charts != plan.charts):
        raise PlanChangedError(plan, text)
    try:
        return plan_text(merge(base.text, plan.text, text), limit)
    except (MergeConflictError, TextError) as error:
        raise PlanChangedError(plan, text) from error
