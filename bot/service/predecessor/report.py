"""What the operator reads before and after the predecessor's data are taken in."""

import collections
from collections.abc import Iterator, Sequence

from bot.service.predecessor.migration import Moved, Standing
from bot.service.predecessor.plan import About, Outline
from bot.service.predecessor.plan_history import Rules
from storage.shown_text import shown


def before(outline: Outline, standing: Standing, rules: Rules, most_rows: int) -> Iterator[str]:
    """What there is, what comes of it, and what does not."""
    days = outline.days()
    span = f", for the days {days[0]} to {days[1]}" if days else ""
    yield f"plans to import: {len(outline.plans):,}{span}; times are in {rules.timezone.key}"
    yield f"new: {len(standing.plans):,}; already in the database: {standing.known:,}"
    coaches = collections.Counter(plan.coach for plan in outline.plans)
    for key, count in sorted(coaches.items()):
        new = ", a new coach: only managers can post as it until you assign someone"
        yield f"coach {key}: {_count(count, 'plan')}{new if key in standing.new_coaches else ''}"
    for name in sorted(rules.coaches.keys() - outline.coach_names):
        yield f"coach {shown(name)}: named by --coach, and not in the file"
    names = sorted(outline.names.items())
    for name, count in names[:most_rows]:
        user_id = rules.user_of(name)
        whose = f"user {user_id}" if user_id else "unknown"
        yield f"author {shown(name) if name else 'without a name'}: {whose}, {_count(count, 'text')}"
    if len(names) > most_rows:
        yield f"and {_count(len(names) - most_rows, 'author')} more: see them with --rows {len(names)}"
    for name in sorted(rules.users.keys() - outline.names.keys()):
        yield f"author {shown(name)}: named by --map, and not in the file"
    yield f"links to charts: {standing.links:,}"
    if outline.holds_later_texts():
        yield (
            "Check before you continue: the newest entry of each plan in plan_history has the plan's current text. "
            "Entries are imported as the text before an edit; in this file they may be the text after it."
        )
    yield from _rows("left out", (*outline.left_out, *standing.left_out), most_rows)
    yield from _rows("imported with a note", (*outline.remarks, *standing.remarks), most_rows)


def after(moved: Moved, most_rows: int) -> Iterator[str]:
    """What was done."""
    yield f"imported: {_count(moved.plans, 'plan')}, {_count(moved.charts, 'chart')}"
    yield from _rows("charts that could not be downloaded", moved.missing, most_rows)
    yield from _rows("not imported yet: run this again, or use --without-unreachable", moved.waiting, most_rows)


def _rows(what: str, rows: Sequence[About], most: int) -> Iterator[str]:
    if rows:
        yield f"{what}: {len(rows):,}"
        yield from (f"  {row}" for row in rows[:most])
    if len(rows) > most:
        yield f"  and {len(rows) - most:,} more: see them with --rows {len(rows)}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("s" if number != 1 else "")
