"""Inserting the predecessor's plans: lookup of those inserted before, and rows for the others."""

import dataclasses
import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain import import_notes
from bot.domain.values import MAX_NOTE_LENGTH, ChangeKind, Chart, GuildId, PlanId
from bot.service.predecessor.pictures import Link, MissingChart, Outcome
from bot.service.predecessor.plan_history import PlannedPlan, Step
from bot.service.records import charts as chart_rows
from bot.service.records import lineages, revisions
from bot.service.records.plans import live_plans
from storage.models import CoachRow, PlanRow, RevisionRow

_MARK = re.compile("predecessor ([0-9a-f]{16}): ")
_ROOM = 60
"""Characters reserved in a note for the number of omitted parts."""

CoachDay = tuple[str, datetime.date]
"""A coach's key, and a day."""


@dataclasses.dataclass(frozen=True, slots=True)
class ExistingPlans:
    """The guild's plans in the database."""

    marks: Mapping[str, PlanId]
    """Imported plans by their marks."""
    erased: frozenset[CoachDay]
    """Coaches and days of plans whose first revision was erased, and with it the mark, if any."""
    live: frozenset[CoachDay]
    coaches: frozenset[str]


@dataclasses.dataclass(frozen=True, slots=True)
class ReadyPlan:
    """A plan to insert, with the outcomes of its links."""

    plan: PlannedPlan
    outcomes: Mapping[Link, Outcome]


def existing_plans(guild_id: GuildId) -> ExistingPlans:
    """Look up the guild's plans, in three queries."""
    rows = (
        RevisionRow.select(RevisionRow.note, RevisionRow.erased_at, PlanRow.id, PlanRow.day, CoachRow.key)
        .join(PlanRow)
        .join(CoachRow)
        .where((PlanRow.guild_id == guild_id) & (RevisionRow.revision == 1))
        .where(RevisionRow.note.startswith("predecessor ") | RevisionRow.erased_at.is_null(False))
    )
    marks: dict[str, PlanId] = {}
    erased: set[CoachDay] = set()
    for row in rows:
        if mark := _MARK.match(row.note or ""):
            marks[mark[1]] = PlanId(row.plan.id)
        elif row.erased_at is not None:
            erased.add((row.plan.coach.key, row.plan.day))
    live_rows = live_plans(guild_id).select(PlanRow.day, CoachRow.key).join(CoachRow)
    live = frozenset((row.coach.key, row.day) for row in live_rows)
    coaches = frozenset(row.key for row in CoachRow.select(CoachRow.key).where(CoachRow.guild == guild_id))
    return ExistingPlans(marks, frozenset(erased), live, coaches)


def is_changed(plan: PlannedPlan, plan_id: PlanId) -> bool:
    """Return whether the predecessor's plan changed since its import; Coachbook's own changes don't count."""
    history = list(RevisionRow.select().where(RevisionRow.plan == plan_id).order_by(RevisionRow.revision))
    texts = [row.text for row in history if row.kind in (ChangeKind.POSTED, ChangeKind.EDITED)]
    same = len(texts) >= len(plan.texts) and all(
        stored in (None, text) for stored, text in zip(texts, plan.texts, strict=False)
    )
    was_deleted = any(row.kind == ChangeKind.DELETED for row in history)
    return not same or (plan.is_deleted and not was_deleted)


def insert(guild_id: GuildId, ready: Iterable[ReadyPlan], now: datetime.datetime) -> list[PlannedPlan]:
    """Insert the plans that are not in the database and return them; in one transaction, with whole days of coaches.

    If the database has a live plan for the day, that one is unchanged, and the other is inserted as deleted.
    """
    existing, inserted = existing_plans(guild_id), list[PlannedPlan]()
    live = set(existing.live)
    coaches = {row.key: row for row in CoachRow.select().where(CoachRow.guild == guild_id)}
    for each in sorted(ready, key=lambda each: (not each.plan.is_gone, each.plan.steps[-1].at)):
        plan = each.plan
        place = plan.coach, plan.day
        if plan.mark in existing.marks or place in existing.erased:
            continue
        coach = coaches.get(plan.coach) or CoachRow.create(
            guild=guild_id, key=plan.coach, name=name_of(plan.coach), created_at=now
        )
        coaches[plan.coach] = coach
        _put(each, coach, now, is_day_taken=place in live)
        if not plan.is_gone:
            live.add(place)
        inserted.append(plan)
    return inserted


def name_of(key: str) -> str:
    """Return the name of a coach that is only in the predecessor's data: `Coach D`."""
    return f"Coach {' '.join(key.split('_')).title()}".strip()


def noted(parts: Sequence[str]) -> str | None:
    """Join parts into a revision's note, as many as fit; None: no parts."""
    note = ""
    for number, part in enumerate(parts):
        longer = f"{note}; {part}" if note else part
        if len(longer) > MAX_NOTE_LENGTH - _ROOM:
            return f"{note}; and {len(parts) - number:,} more: see the report of the import"
        note = longer
    return note or None


def _put(ready: ReadyPlan, coach: CoachRow, now: datetime.datetime, *, is_day_taken: bool) -> None:
    """Insert the plan's rows: its revisions are built in memory first, as `coach_plans` only has the last state."""
    plan = ready.plan
    steps = list(_steps(ready, now, is_day_taken=is_day_taken))
    is_live = steps[-1][0].kind is not ChangeKind.DELETED
    row = PlanRow.create(
        guild_id=coach.guild_id,
        coach=coach,
        day=plan.day,
        text="",
        author_id=revisions.ERASED if plan.author_id is None else plan.author_id,
        revision=1,
        hash=revisions.NO_HASH,
        posted_at=plan.posted_at,
        changed_at=plan.posted_at,
        changed_by=revisions.ERASED,
        deleted_at=None if is_live else now,
        deleted_by=None if is_live else revisions.ERASED,
    )
    before, history = tuple[Chart, ...](), list[RevisionRow]()
    for step, after in steps:
        charts, note = chart_rows.written(after), noted(step.notes)
        made = revisions.follow(row, step.kind, step.actor_id, step.at, text=step.text, charts=charts, note=note)
        made.recorded_at = now
        made.save()
        history.append(made)
        actor_id = revisions.ERASED if step.actor_id is None else step.actor_id
        chart_rows.put(PlanId(row.id), before, after, actor_id, made.made_at)
        before = after
    row.lineage = lineages.written(lineages.of_history(history))
    row.save()


def _steps(ready: ReadyPlan, now: datetime.datetime, *, is_day_taken: bool) -> Iterator[tuple[Step, tuple[Chart, ...]]]:
    """Yield the plan's steps, and its end here, each with all charts of that state."""
    plan, charts = ready.plan, tuple[Chart, ...]()
    missing = [
        link.missing(outcome.why) for link, outcome in ready.outcomes.items() if isinstance(outcome, MissingChart)
    ]
    first = dataclasses.replace(plan.steps[0], notes=(*plan.steps[0].notes, *missing))
    for step in (first, *plan.steps[1:]):
        outcomes = (ready.outcomes[link] for link in step.links)
        added = tuple(each for each in outcomes if isinstance(each, Chart) and each not in charts)
        charts += added
        if step.kind is not ChangeKind.CHART_ADDED or added:
            yield step, charts
    if plan.replaced_by:
        yield _end(now, import_notes.replaced_by(plan.replaced_by)), charts
    elif is_day_taken and not plan.is_deleted:
        yield _end(now, import_notes.DAY_TAKEN), charts


def _end(now: datetime.datetime, why: str) -> Step:
    return Step(ChangeKind.DELETED, now, None, notes=(why,))
