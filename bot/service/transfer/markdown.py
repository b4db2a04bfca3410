"""Plans with their histories as Markdown, for readers."""

import datetime
import re
import zoneinfo
from collections.abc import Callable, Iterator

from bot.domain.days import long_day
from bot.domain.values import SHORT_HASH, ChangeKind
from bot.domain.zones import zone_of
from bot.service.records.erasure import is_erased
from bot.service.transfer.journal import ChartPart, PlanLine, RevisionLine
from bot.service.transfer.stored import StoredJournal

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_FENCES = re.compile("`{3,}")


def markdown(journal: StoredJournal, timezone: str, place: Callable[[ChartPart], str] | None = None) -> Iterator[str]:
    """Yield a heading, and each plan, by day and coach, with its revisions in a table; times in `timezone`.

    `place` returns the path of a chart's picture.
    """
    names = {coach.key: coach.name for coach in journal.coaches}
    zone = zone_of(timezone)
    yield f"# Plans\n\nTimes are those of {timezone}. Verify the hashes with the JSON lines.\n"
    for plan in sorted(journal.plans, key=lambda plan: (plan.day, plan.coach, plan.plan)):
        history = journal.revisions.of_plan(plan.plan)
        yield "".join(f"\n{line}" for line in _plan(plan, names[plan.coach], history, zone, place))


def _plan(
    plan: PlanLine,
    name: str,
    history: list[RevisionLine],
    timezone: zoneinfo.ZoneInfo,
    place: Callable[[ChartPart], str] | None,
) -> Iterator[str]:
    last = history[-1]
    deleted = " (deleted)" if last.kind is ChangeKind.DELETED else ""
    yield f"## {long_day(datetime.date.fromisoformat(plan.day))}: {_plain(name)}{deleted}"
    yield ""
    yield from ["*This text was erased.*"] if is_erased([each.text for each in history]) else _fenced(last.text or "")
    yield ""
    for number, chart in enumerate(last.charts, 1):
        title = _plain(chart.caption or chart.filename)
        yield f"{number}. {_shown(chart, title, place)}"
    if last.charts:
        yield ""
    yield "| revision | what | when | who | hash |"
    yield "|---|---|---|---|---|"
    for revision in history:
        yield _row(revision, timezone)
    yield ""


def _shown(chart: ChartPart, title: str, place: Callable[[ChartPart], str] | None) -> str:
    """Return the picture, or for a spoiler a link to it; only the title without `place`."""
    if chart.spoiler:
        title += " (spoiler)"
    if place is None:
        return title
    return f"[{title}]({place(chart)})" if chart.spoiler else f"![{title}]({place(chart)})"


def _row(revision: RevisionLine, timezone: zoneinfo.ZoneInfo) -> str:
    moment = datetime.datetime.fromisoformat(revision.at).astimezone(timezone)
    what = revision.kind.words + (f" ({_plain(revision.note)})" if revision.note else "")
    unnamed = "erased" if revision.erased_at else "not known"
    who = f"user {revision.actor}" if revision.actor else unnamed
    shown = revision.hash[:SHORT_HASH]
    return f"| {revision.revision} | {what} | {moment:%Y-%m-%d %H:%M:%S} | {who} | `{shown}` |"


def _fenced(text: str) -> Iterator[str]:
    """Yield the text as a code block that it can't end."""
    fence = max(("```", *(f"{run}`" for run in _FENCES.findall(text))), key=len)
    yield from (fence, text, fence)


def _plain(text: str) -> str:
    """Return the text on one line, with Markdown escaped."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))
