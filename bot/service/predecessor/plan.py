"""Planning of an import: the predecessor's rows as plans with their steps, and rows that are left out."""

import collections
import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from bot.domain.counts import count_of
from bot.service.predecessor.plan_history import PlannedPlan, planned
from bot.service.predecessor.rules import InvalidRowError, Rules, row_id
from storage.predecessor import OldChart, OldEntry, OldPlan, PredecessorDatabase

Row = TypeVar("Row", OldChart, OldEntry)


@dataclasses.dataclass(frozen=True, slots=True)
class RowNote:
    """A remark about a row."""

    table: str
    id: str
    """The displayed id; for a chart or an entry its plan's."""
    why: str

    def __str__(self) -> str:
        """Return the line for the operator."""
        return f"{self.table} {self.id}: {self.why}"


@dataclasses.dataclass(frozen=True, slots=True)
class ImportPlan:
    """The plans of an import, and remarks about rows."""

    plans: tuple[PlannedPlan, ...]
    """Oldest first."""
    left_out: tuple[RowNote, ...]
    remarks: tuple[RowNote, ...]
    """Interpretations of unclear rows."""
    names: Mapping[str, int]
    """Number of changes by each name in the rows; the empty name: none is given."""
    coach_names: frozenset[str]
    """As in the rows."""

    def unmapped(self, rules: Rules) -> dict[str, int]:
        """Return the names without a known user."""
        return {name: count for name, count in sorted(self.names.items()) if rules.user_of(name) is None}

    def days(self) -> tuple[datetime.date, datetime.date] | None:
        """Return the first and the last day with a plan."""
        days = [plan.day for plan in self.plans]
        return (min(days), max(days)) if days else None

    def groups(self) -> list[tuple[PlannedPlan, ...]]:
        """Return the plans grouped by coach and day, oldest first."""
        groups: dict[tuple[str, datetime.date], list[PlannedPlan]] = {}
        for plan in self.plans:
            groups.setdefault((plan.coach, plan.day), []).append(plan)
        return [tuple(group) for group in groups.values()]

    def holds_later_texts(self) -> bool:
        """Return whether the entries seem to have the text after an edit instead of the one before."""
        edited = [plan for plan in self.plans if plan.entries]
        return len(edited) > 1 and all(plan.ends_as_it_was for plan in edited)


def import_plan(database: PredecessorDatabase, rules: Rules) -> ImportPlan:
    """Plan the import of the predecessor's rows."""
    entries, charts = _by_plan(database.entries), _by_plan(database.charts)
    twice = {each for each, count in collections.Counter(plan.id for plan in database.plans).items() if count > 1}
    plans: list[PlannedPlan] = []
    left_out: list[RowNote] = []
    for old in database.plans:
        try:
            row = _only(old, twice)
            plans.append(planned(old, entries.get(row, ()), charts.get(row, ()), rules))
        except InvalidRowError as error:
            left_out.append(RowNote("coach_plans", row_id(old.id), str(error)))
    ids = {plan.id for plan in database.plans}
    left_out += _orphans("plan_history", database.entries, ids)
    left_out += _orphans("plan_charts", database.charts, ids)
    plans = sorted(_one_live(plans), key=lambda plan: plan.posted_at)
    remarks = [RowNote("coach_plans", plan.shown_id, remark) for plan in plans for remark in plan.remarks]
    coach_names = frozenset((old.coach_name or "").strip() for old in database.plans)
    return ImportPlan(tuple(plans), tuple(left_out), tuple(remarks), _names(plans, database, ids), coach_names)


def _only(old: OldPlan, twice: Collection[str | None]) -> str:
    """Return the row's id, which must be unique."""
    if old.id is None:
        raise InvalidRowError("it has no id")
    if old.id in twice:
        raise InvalidRowError("another row has the same id")
    return old.id


def _one_live(plans: Sequence[PlannedPlan]) -> list[PlannedPlan]:
    """Return the plans, with only the last posted one live of several for a coach and day."""
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


def _names(plans: Iterable[PlannedPlan], database: PredecessorDatabase, ids: Iterable[str | None]) -> dict[str, int]:
    planned_ids = {plan.id for plan in plans}.intersection(ids)
    names = [(plan.author or "").strip() for plan in database.plans if plan.id in planned_ids]
    names += [(entry.edited_by or "").strip() for entry in database.entries if entry.plan_id in planned_ids]
    return dict(collections.Counter(names))


def _orphans(table: str, rows: Iterable[OldChart | OldEntry], ids: Iterable[str | None]) -> list[RowNote]:
    counts = collections.Counter(row.plan_id for row in rows if row.plan_id is None or row.plan_id not in ids)
    return [
        RowNote(table, f"of plan {row_id(plan_id)}", f"there is no such plan ({count_of(count, 'row')})")
        for plan_id, count in counts.items()
    ]


def _by_plan(rows: Iterable[Row]) -> dict[str, list[Row]]:
    rows_of_plan: dict[str, list[Row]] = {}
    for row in rows:
        if row.plan_id is not None:
            rows_of_plan.setdefault(row.plan_id, []).append(row)
    return rows_of_plan
