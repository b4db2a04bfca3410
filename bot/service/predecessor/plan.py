"""What comes of the predecessor's rows: plans with the steps that made them, and what is left out and why."""

import collections
import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from bot.service.predecessor.plan_history import PlannedPlan, Rules, UnfitError, planned, row_id
from storage.predecessor import OldBook, OldChart, OldEntry, OldPlan

Plain = TypeVar("Plain", OldChart, OldEntry)


@dataclasses.dataclass(frozen=True, slots=True)
class About:
    """Something that is to be known of a row."""

    table: str
    id: str
    """As it is shown; of a chart or an entry its plan's."""
    why: str

    def __str__(self) -> str:
        """The line for the operator."""
        return f"{self.table} {self.id}: {self.why}"


@dataclasses.dataclass(frozen=True, slots=True)
class Outline:
    """What comes of all rows."""

    plans: tuple[PlannedPlan, ...]
    """Oldest first."""
    left_out: tuple[About, ...]
    remarks: tuple[About, ...]
    """What was taken for something that the row does not plainly say."""
    names: Mapping[str, int]
    """Each name as it stands in the rows, and how often it made something; empty: none is there."""
    coach_names: frozenset[str]
    """As they stand in the rows."""

    def unmapped(self, rules: Rules) -> dict[str, int]:
        """Those of the names that nobody said the user of."""
        return {name: count for name, count in sorted(self.names.items()) if rules.user_of(name) is None}

    def days(self) -> tuple[datetime.date, datetime.date] | None:
        """The first and the last day that there is a plan for."""
        days = [plan.day for plan in self.plans]
        return (min(days), max(days)) if days else None

    def groups(self) -> list[tuple[PlannedPlan, ...]]:
        """The plans of one coach and day together, oldest first."""
        found: dict[tuple[str, datetime.date], list[PlannedPlan]] = {}
        for plan in self.plans:
            found.setdefault((plan.coach, plan.day), []).append(plan)
        return [tuple(group) for group in found.values()]

    def holds_later_texts(self) -> bool:
        """Whether the entries look as if they held the text after an edit, not the one before."""
        edited = [plan for plan in self.plans if plan.entries]
        return len(edited) > 1 and all(plan.ends_as_it_was for plan in edited)


def outline(book: OldBook, rules: Rules) -> Outline:
    """What comes of the rows of the book."""
    entries, charts = _by_plan(book.entries), _by_plan(book.charts)
    twice = {each for each, count in collections.Counter(plan.id for plan in book.plans).items() if count > 1}
    found: list[PlannedPlan] = []
    left_out: list[About] = []
    for old in book.plans:
        try:
            row = _only(old, twice)
            found.append(planned(old, entries.get(row, ()), charts.get(row, ()), rules))
        except UnfitError as error:
            left_out.append(About("coach_plans", row_id(old.id), str(error)))
    there = {plan.id for plan in book.plans}
    left_out += _orphans("plan_history", book.entries, there)
    left_out += _orphans("plan_charts", book.charts, there)
    plans = sorted(_one_live(found), key=lambda plan: plan.posted_at)
    remarks = [About("coach_plans", plan.shown_id, remark) for plan in plans for remark in plan.remarks]
    coach_names = frozenset((old.coach_name or "").strip() for old in book.plans)
    return Outline(tuple(plans), tuple(left_out), tuple(remarks), _names(plans, book, there), coach_names)


def _only(old: OldPlan, twice: Collection[str | None]) -> str:
    """The id of a row that is the only one with it."""
    if old.id is None:
        raise UnfitError("it has no id")
    if old.id in twice:
        raise UnfitError("another row has the same id")
    return old.id


def _one_live(plans: Sequence[PlannedPlan]) -> list[PlannedPlan]:
    """The plans, where of several live ones for a coach and a day only the one posted last stays live."""
    newest: dict[tuple[str, datetime.date], PlannedPlan] = {}
    for plan in plans:
        before = newest.get((plan.coach, plan.day))
        if not plan.is_deleted and (before is None or before.posted_at <= plan.posted_at):
            newest[plan.coach, plan.day] = plan
    return [
        plan
        if plan.is_deleted or plan is newest[plan.coach, plan.day]
        else dataclasses.replace(plan, replaced_by=newest[plan.coach, plan.day].shown_id)
        for plan in plans
    ]


def _names(plans: Iterable[PlannedPlan], book: OldBook, there: Iterable[str | None]) -> dict[str, int]:
    taken = {plan.id for plan in plans}.intersection(there)
    names = [(plan.author or "").strip() for plan in book.plans if plan.id in taken]
    names += [(entry.edited_by or "").strip() for entry in book.entries if entry.plan_id in taken]
    return dict(collections.Counter(names))


def _orphans(table: str, rows: Iterable[OldChart | OldEntry], there: Iterable[str | None]) -> list[About]:
    lost = collections.Counter(row.plan_id for row in rows if row.plan_id is None or row.plan_id not in there)
    return [
        About(table, f"of plan {row_id(plan_id)}", f"there is no such plan ({count} row{'s' if count > 1 else ''})")
        for plan_id, count in lost.items()
    ]


def _by_plan(rows: Iterable[Plain]) -> dict[str, list[Plain]]:
    found: dict[str, list[Plain]] = {}
    for row in rows:
        if row.plan_id is not None:
            found.setdefault(row.plan_id, []).append(row)
    return found
