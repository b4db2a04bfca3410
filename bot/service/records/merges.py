"""Merges of an edit with what was changed since its author saw the plan."""

import dataclasses
from collections.abc import Sequence

from bot.domain.errors import BlankTextError, MergedTextError, PlanChangedError, TextTooLongError
from bot.domain.merge import MergeConflictError, merge
from bot.domain.values import Actor, Merged, Plan, Revision
from bot.service.records import stored_revisions
from bot.service.records.text_rules import plan_text


@dataclasses.dataclass(frozen=True, slots=True)
class Merge:
    """The text of an edit with what was changed since its author saw the plan."""

    text: str
    revisions: range = range(0)
    """From the first to the last revision whose text is part of it; empty: it is one side's text alone."""
    others: Merged | None = None
    """The changes of others among them; None: there are none."""


def merged(actor: Actor, plan: Plan, text: str, seen: int, limit: int, *, replaces_charts: bool) -> Merge:
    """Return the text of an actor who saw this revision of the plan, with later changes; `seen` 0: they saw none.

    Raises:
        PlanChangedError: they can't be merged; carries both texts.
    """
    since = stored_revisions.between(plan.id, seen, plan.revision) if seen else []
    base = since[0] if since else None
    if base is None or base.text is None or (replaces_charts and base.charts != plan.charts):
        raise PlanChangedError(plan, text)
    try:
        after = plan_text(merge(base.text, plan.text, text), limit)
    except MergeConflictError as error:
        raise PlanChangedError(plan, text) from error
    except (TextTooLongError, BlankTextError) as error:
        raise MergedTextError(plan, text, error) from error
    if after in (text, plan.text):
        return Merge(after)
    changes = _changes(since)
    by_others = [each for each in changes if each.actor_id != actor.user_id]
    makers = tuple(dict.fromkeys(each.actor_id for each in by_others))
    others = Merged(makers, by_others[-1].at) if by_others else None
    return Merge(after, range(changes[0].number, changes[-1].number + 1), others)


def _changes(revisions: Sequence[Revision]) -> list[Revision]:
    """Return those that changed the text of the first, without changes after which it was as before them again."""
    path = list[Revision]()
    for revision in revisions:
        same = next((place for place, each in enumerate(path) if each.text == revision.text), None)
        path = [*path, revision] if same is None else path[: same + 1]
    return path[1:]
