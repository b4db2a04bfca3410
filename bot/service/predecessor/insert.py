"""Taking the predecessor's plans into the book: which of them it has, and how the others become rows."""

import dataclasses
import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.values import LONGEST_NOTE, ChangeKind, Chart, GuildId, PlanId
from bot.service.predecessor.pictures import Link, Missing, Outcome
from bot.service.predecessor.plan_history import PlannedPlan, Step
from bot.service.records import charts as chart_rows
from bot.service.records import revisions
from bot.service.records.plans import live_plans
from storage.models import CoachRow, PlanRow, RevisionRow

_MARK = re.compile("predecessor ([0-9a-f]{16}): ")
_ROOM = 60
"""Characters that are left in a note for saying how much more there was."""

Place = tuple[str, datetime.date]
"""A coach's key, and a day."""


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """What the book has of a guild's plans."""

    marks: Mapping[str, PlanId]
    """The plans that were taken in, by their marks."""
    erased: frozenset[Place]
    """Where a plan's beginning was erased, and with it the mark, if it had one."""
    live: frozenset[Place]
    coaches: frozenset[str]


@dataclasses.dataclass(frozen=True, slots=True)
class Ready:
    """A plan that is to be taken in, with what came of its links."""

    plan: PlannedPlan
    outcomes: Mapping[Link, Outcome]


def known(guild_id: GuildId) -> Known:
    """Look up what the book has, in three queries."""
    rows = (
        RevisionRow.select(RevisionRow.note, RevisionRow.erased_at, PlanRow.id, PlanRow.day, CoachRow.key)
        .join(PlanRow)
        .join(CoachRow)
        .where((PlanRow.guild_id == guild_id) & (RevisionRow.revision == 1))
        .where(RevisionRow.note.startswith("predecessor ") | RevisionRow.erased_at.is_null(False))
    )
    marks: dict[str, PlanId] = {}
    erased: set[Place] = set()
    for row in rows:
        if found := _MARK.match(row.note or ""):
            marks[found[1]] = PlanId(row.plan.id)
        elif row.erased_at is not None:
            erased.add((row.plan.coach.key, row.plan.day))
    live = frozenset((row.coach.key, row.day) for row in live_plans(guild_id))
    coaches = frozenset(row.key for row in CoachRow.select(CoachRow.key).where(CoachRow.guild == guild_id))
    return Known(marks, frozenset(erased), live, coaches)


def is_changed(plan: PlannedPlan, plan_id: PlanId) -> bool:
    """Whether the predecessor's plan is no longer what was taken in; what Coachbook made of it since does not count."""
    history = list(RevisionRow.select().where(RevisionRow.plan == plan_id).order_by(RevisionRow.revision))
    texts = [row.text for row in history if row.kind in (ChangeKind.POSTED, ChangeKind.EDITED)]
    same = len(texts) >= len(plan.texts) and all(
        there in (None, text) for there, text in zip(texts, plan.texts, strict=False)
    )
    was_deleted = any(row.kind == ChangeKind.DELETED for row in history)
    return not same or (plan.is_deleted and not was_deleted)


def take_in(guild_id: GuildId, ready: Iterable[Ready], now: datetime.datetime) -> list[PlannedPlan]:
    """Take in those of the plans that the book has not, and give them; one act for whole coaches' days.

    Where the book has a live plan for the day, that one stays, and the other comes in as deleted.
    """
    there, taken = known(guild_id), list[PlannedPlan]()
    live = set(there.live)
    coaches = {row.key: row for row in CoachRow.select().where(CoachRow.guild == guild_id)}
    for each in sorted(ready, key=lambda each: (not each.plan.is_gone, each.plan.steps[-1].at)):
        plan = each.plan
        place = plan.coach, plan.day
        if plan.mark in there.marks or place in there.erased:
            continue
        coach = coaches.get(plan.coach) or CoachRow.create(
            guild=guild_id, key=plan.coach, name=name_of(plan.coach), created_at=now
        )
        coaches[plan.coach] = coach
        _put(each, coach, now, is_day_taken=place in live)
        if not plan.is_gone:
            live.add(place)
        taken.append(plan)
    return taken


def name_of(key: str) -> str:
    """What a coach is called whom only the predecessor knew: `Coach D`."""
    return f"Coach {' '.join(key.split('_')).title()}".strip()


def noted(parts: Sequence[str]) -> str | None:
    """The parts as a revision's note, with as many of them as it has room for; None: there are none."""
    note = ""
    for number, part in enumerate(parts):
        longer = f"{note}; {part}" if note else part
        if len(longer) > LONGEST_NOTE - _ROOM:
            return f"{note}; and {len(parts) - number:,} more, which the import reported"
        note = longer
    return note or None


def _put(ready: Ready, coach: CoachRow, now: datetime.datetime, *, is_day_taken: bool) -> None:
    """Make rows of the plan: its revisions first in memory, as only its last state may stand in the book."""
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
    last: RevisionRow | None = None
    for step, charts in steps:
        note = noted(step.notes)
        last = revisions.follow(row, last, step.kind, step.actor_id, step.at, text=step.text, charts=charts, note=note)
        last.save()
        if charts is not None:
            actor_id = revisions.ERASED if step.actor_id is None else step.actor_id
            chart_rows.put(row, charts, actor_id, last.made_at)
    row.save()


def _steps(
    ready: Ready, now: datetime.datetime, *, is_day_taken: bool
) -> Iterator[tuple[Step, tuple[Chart, ...] | None]]:
    """The steps of the plan, and how it ends here, each with all charts that stood then; None: they stayed."""
    plan, standing = ready.plan, tuple[Chart, ...]()
    missing = [link.missing(outcome.why) for link, outcome in ready.outcomes.items() if isinstance(outcome, Missing)]
    first = dataclasses.replace(plan.steps[0], notes=(*plan.steps[0].notes, *missing))
    for step in (first, *plan.steps[1:]):
        found = (ready.outcomes[link] for link in step.links)
        came = tuple(each for each in found if isinstance(each, Chart) and each not in standing)
        standing += came
        if step.kind is not ChangeKind.CHART_ADDED or came:
            yield step, standing if came else None
    if plan.replaced_by:
        yield _end(now, f"a newer plan of the coach for the day, {plan.replaced_by}, took its place"), None
    elif is_day_taken and not plan.is_deleted:
        yield _end(now, "the book had a plan of the coach for the day already"), None


def _end(now: datetime.datetime, why: str) -> Step:
    return Step(ChangeKind.DELETED, now, None, notes=(why,))
