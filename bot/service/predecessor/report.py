"""Reports for the operator before and after an import of the predecessor's data."""

import collections
from collections.abc import Iterator, Sequence

from bot.domain.counts import count_of
from bot.service.predecessor.migration import MigrationPlan, MigrationResult
from bot.service.predecessor.plan import ImportPlan, RowNote
from bot.service.predecessor.rules import Rules
from storage.shown_text import quoted


def before(import_plan: ImportPlan, migration_plan: MigrationPlan, rules: Rules, max_rows: int) -> Iterator[str]:
    """Yield the lines about the data and the planned import."""
    days = import_plan.days()
    span = f", for the days {days[0]} to {days[1]}" if days else ""
    yield f"plans to import: {len(import_plan.plans):,}{span}; times are in {rules.timezone.key}"
    yield f"new: {len(migration_plan.plans):,}; already in the database: {migration_plan.known:,}"
    coaches = collections.Counter(plan.coach for plan in import_plan.plans)
    for key, count in sorted(coaches.items()):
        new = ", a new coach: only managers can post as it until you assign someone"
        yield f"coach {key}: {count_of(count, 'plan')}{new if key in migration_plan.new_coaches else ''}"
    for name in sorted(rules.coaches.keys() - import_plan.coach_names):
        yield f"coach {quoted(name)}: named by --coach, and not in the file"
    names = sorted(import_plan.names.items())
    for name, count in names[:max_rows]:
        user_id = rules.user_of(name)
        whose = f"user {user_id}" if user_id else "unknown"
        yield f"author {quoted(name) if name else 'without a name'}: {whose}, {count_of(count, 'text')}"
    if len(names) > max_rows:
        yield f"and {count_of(len(names) - max_rows, 'author')} more: see them with --rows {len(names)}"
    for name in sorted(rules.users.keys() - import_plan.names.keys()):
        yield f"author {quoted(name)}: named by --map, and not in the file"
    yield f"links to charts: {migration_plan.links:,}"
    if import_plan.holds_later_texts():
        yield (
            "Check before you continue: the newest entry of each plan in plan_history has the plan's current text. "
            "Entries are imported as the text before an edit; in this file they may be the text after it."
        )
    yield from _rows("left out", (*import_plan.left_out, *migration_plan.left_out), max_rows)
    yield from _rows("imported with a note", (*import_plan.remarks, *migration_plan.remarks), max_rows)


def after(result: MigrationResult, max_rows: int) -> Iterator[str]:
    """Yield the lines about the result."""
    yield f"imported: {count_of(result.plans, 'plan')}, {count_of(result.charts, 'chart')}"
    yield from _rows("charts that could not be downloaded", result.missing, max_rows)
    yield from _rows("not imported yet: run this again, or use --without-unreachable", result.waiting, max_rows)


def _rows(what: str, rows: Sequence[RowNote], max_rows: int) -> Iterator[str]:
    if rows:
        yield f"{what}: {len(rows):,}"
        yield from (f"  {row}" for row in rows[:max_rows])
    if len(rows) > max_rows:
        yield f"  and {len(rows) - max_rows:,} more: see them with --rows {len(rows)}"
