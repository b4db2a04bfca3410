"""A plan's history: lists of revisions, single revisions, and comparisons of two."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, Final

import hikari
from hikari.impl import ContainerComponentBuilder, FileComponentBuilder

from bot.domain.counts import count_of
from bot.domain.values import (
    REVISIONS_ON_PAGE,
    ChangedCharts,
    ChangeKind,
    ChartFile,
    Comparison,
    HistoryPage,
    ListedRevision,
    Plan,
    PlanSnapshot,
    Revision,
)
from bot.replies import changes, layout
from bot.replies.charts import chart_line, show_captions, show_charts, units_below
from bot.replies.custom_ids import route_id
from bot.replies.layout import Button, Reply
from bot.replies.parts import split
from bot.replies.phrases import (
    ERASED,
    PART,
    PREVIEW,
    UNKNOWN,
    ago,
    clock,
    count_of_charts,
    named,
    people,
    quoted,
    shown_hash,
)

DIFF_PART: Final = 3000
"""Units of a comparison in one message; leaves room for the heading and the charts' names."""
_SHORT_NAME: Final = 40
_NOTE: Final = 70
"""Characters of a note in a list of ten revisions; an export has all of it."""
_OF_CHARTS: Final = frozenset(
    {ChangeKind.CHART_ADDED, ChangeKind.CHART_REMOVED, ChangeKind.CHART_MOVED, ChangeKind.CHART_CAPTIONED}
)
_MAX_NAMES: Final = 3
"""Names of the charts of one change in a list; an export has all."""


def history(page: HistoryPage) -> Reply:
    """Return a page of a plan's revisions, with a menu to view one, and buttons to compare and to turn the page."""
    plan = page.plan
    block = layout.container(
        layout.GONE if plan.deleted_at else layout.LIVE,
        f"### {named(plan)}: {count_of(plan.revision, 'revision')}{_where(page)}",
        _lines(page),
    )
    choices = [(_choice(each), str(each.revision.number)) for each in page.revisions]
    components: list[Any] = [
        block,
        layout.row(layout.select(route_id("history.choose", plan.id), "View a revision", choices)),
    ]
    if page.others:
        others = [(_other(each), str(each.id)) for each in page.others]
        components.append(layout.row(layout.select(route_id("history.other"), "Other plans that day", others)))
    buttons = layout.page_buttons(
        "Newer", "Older", page.number, page.pages, lambda to: route_id("history.page", plan.id, to)
    )
    if plan.revision > 1:
        buttons.append(_compare_button("What changed last", plan, plan.revision - 1, plan.revision))
    if buttons:
        components.append(layout.row(*buttons))
    return layout.private(components)


def snapshot(shown: PlanSnapshot, charts: Sequence[ChartFile] = (), part: int = 1) -> Reply:
    """Return one revision of a plan, with buttons to compare it and to revert to it."""
    plan, revision = shown.plan, shown.revision
    parts = split(revision.text or "", DIFF_PART - units_below(revision.charts))
    part = min(max(part, 1), len(parts))
    block = layout.container(
        layout.LIVE if shown.until is None and not plan.deleted_at else layout.GONE,
        f"### {named(plan)}: #{revision.number} of {plan.revision}\n-# {_current_from(shown)}",
        ERASED if revision.is_erased else parts[part - 1],
    )
    show_charts(block, charts)
    show_captions(block, charts)
    block.add_separator(divider=True)
    block.add_text_display(f"-# {_footer(revision)}")
    components: list[Any] = [block, layout.row(*_revision_buttons(shown))]
    if part < len(parts):
        further = route_id("history.revision", plan.id, revision.number, part + 1)
        block.add_component(layout.row(layout.button("Show more", further)))
    return layout.private(components)


def comparison(compared: Comparison, charts: Sequence[ChartFile] = (), number: int = 1) -> Reply:
    """Return a page of the changes between two revisions; `charts` were added or removed."""
    plan, before, after = compared.plan, compared.before, compared.after
    pages = comparison_pages(compared)
    number = min(max(number, 1), len(pages))
    where = f", page {number} of {len(pages)}" if len(pages) > 1 else ""
    block = layout.container(
        layout.LIVE,
        f"### {named(plan)}: #{before.number} to #{after.number}{where}\n-# {_changed_by(compared)}",
    )
    if pages[number - 1]:
        block.add_text_display(pages[number - 1])
    if number == 1:
        _show_changed_charts(block, compared, charts)
    components: list[Any] = [block]
    if len(pages) > 1:
        whole = hikari.Bytes(changes.plain(compared.lines).encode(), "changes.txt", mimetype="text/plain")
        components.append(FileComponentBuilder(file=whole))
    components.append(layout.row(*_comparison_page_buttons(compared, number, len(pages))))
    return layout.private(components)


def comparison_pages(compared: Comparison) -> list[str]:
    """Return the changes of the text, marked, in parts of a message each; at least one."""
    if not compared.lines:
        return [_erased(compared.erased) if compared.erased else "The text is the same."]
    pages: list[str] = []
    page, size = list[str](), sum(layout.units(line) + 1 for line in _chart_lines(compared))
    for line in changes.marked(compared.lines):
        if size + layout.units(line) + 1 > DIFF_PART:
            pages.append("\n".join(page))
            page, size = [], 0
        page.append(line)
        size += layout.units(line) + 1
    return [*pages, "\n".join(page)]


def ask_revert(compared: Comparison, charts: Sequence[ChartFile] = ()) -> Reply:
    """Show what a revert would change, and ask for confirmation; `after` is the old revision."""
    reply = comparison(compared, charts)
    plan, old = compared.plan, compared.after
    yes = layout.button(
        f"Revert to #{old.number}",
        route_id("history.take_back", plan.id, old.number, plan.revision),
        hikari.ButtonStyle.DANGER,
    )
    no = layout.button("Cancel", route_id("plans.keep", plan.id))
    return layout.private([*reply["components"][:-1], layout.row(yes, no)])


def changes_button(plan: Plan) -> list[Button]:
    """Return the button to what changed on a plan, with the number of changes since the post; none: no button."""
    if not plan.changes:
        return []
    return [layout.button(f"What changed ({plan.changes:,})", route_id("history.changes", plan.id))]


def which_moment_buttons(plan: Plan, moments: Iterable[tuple[str, datetime.datetime]]) -> list[Button]:
    """Return a button for each of the moments that a time can mean."""
    return [layout.button(label, route_id("history.at", plan.id, int(moment.timestamp()))) for label, moment in moments]


def changed_charts(compared: Comparison) -> list[ChartFile]:
    """Return the charts that were added or removed between the two, with their numbers and without files."""
    if not compared.knows_charts:
        return []
    before, after = (_numbered(revision) for revision in (compared.before, compared.after))
    return [
        *(each for sha256, each in after.items() if sha256 not in before),
        *(each for sha256, each in before.items() if sha256 not in after),
    ]


def _erased(revisions: Sequence[Revision]) -> str:
    """Say which of the compared texts were erased."""
    numbers = " and ".join(f"#{each.number}" for each in revisions)
    return f"*The texts of {numbers} were erased.*" if len(revisions) > 1 else f"*The text of {numbers} was erased.*"


def _numbered(revision: Revision) -> dict[str, ChartFile]:
    return {chart.sha256: ChartFile(number, chart, None) for number, chart in enumerate(revision.charts, 1)}


def _show_changed_charts(block: ContainerComponentBuilder, compared: Comparison, charts: Sequence[ChartFile]) -> None:
    if lines := _chart_lines(compared):
        block.add_text_display("\n".join(lines))
    there = {chart.sha256 for chart in compared.after.charts}
    show_charts(block, [each for each in charts if each.chart.sha256 in there])
    show_charts(block, [each for each in charts if each.chart.sha256 not in there])


def _chart_lines(compared: Comparison) -> list[str]:
    """Return lines about charts that were added or removed, or whose order or captions changed."""
    if compared.before.charts == compared.after.charts or not compared.knows_charts:
        return []
    changed, there = changed_charts(compared), {chart.sha256 for chart in compared.after.charts}
    if not changed:
        now = _numbered(compared.after).values()
        return ["**Charts, in their new order with captions**", *map(_short_line, now)]
    added = [_short_line(each) for each in changed if each.chart.sha256 in there]
    removed = [_short_line(each) for each in changed if each.chart.sha256 not in there]
    return [*(["**Charts added**", *added] if added else []), *(["**Charts removed**", *removed] if removed else [])]


def _short_line(file: ChartFile) -> str:
    return chart_line(file, _SHORT_NAME)


def _revision_buttons(shown: PlanSnapshot) -> list[Button]:
    plan, number = shown.plan, shown.revision.number
    buttons: list[Button] = []
    if number > 1:
        buttons.append(_compare_button("What it changed", plan, number - 1, number))
    if number < plan.revision:
        buttons.append(_compare_button("What changed since", plan, number, plan.revision))
        if shown.may_revert:
            buttons.append(
                layout.button("Revert to this\N{HORIZONTAL ELLIPSIS}", route_id("history.ask", plan.id, number))
            )
    buttons.append(layout.button("All revisions", route_id("history.show", plan.id, _page_of(plan, number))))
    return buttons


def _comparison_page_buttons(compared: Comparison, number: int, pages: int) -> list[Button]:
    plan, first, last = compared.plan, compared.before.number, compared.after.number
    page_buttons = layout.page_buttons(
        "Previous", "Next", number, pages, lambda to: route_id("history.compare", plan.id, first, last, to)
    )
    return [*page_buttons, layout.button("All revisions", route_id("history.show", plan.id, _page_of(plan, last)))]


def _page_of(plan: Plan, number: int) -> int:
    return (plan.revision - number) // REVISIONS_ON_PAGE + 1


def _compare_button(label: str, plan: Plan, first: int, last: int) -> Button:
    return layout.button(label, route_id("history.compare", plan.id, first, last, 1))


def _lines(page: HistoryPage) -> str:
    """Return a line for each revision, with the names of charts if there is room."""
    named_charts = "\n".join(_line(page.plan, each) for each in page.revisions)
    if layout.units(named_charts) <= PART:
        return named_charts
    return "\n".join(_line(page.plan, each, names=False) for each in page.revisions)


def _line(plan: Plan, listed: ListedRevision, *, names: bool = True) -> str:
    """Return one short line: what was done, by whom, when, how much of the text changed, and which charts."""
    revision = listed.revision
    size = [f"+{listed.added}" if listed.added else "", f"\N{MINUS SIGN}{listed.removed}" if listed.removed else ""]
    text = [f"{' '.join(filter(None, size))} characters"] if any(size) else []
    charts = [] if revision.kind in _OF_CHARTS else [_charts(each, names=names) for each in listed.charts]
    changed = "".join(f" · {each}" for each in (*text, *charts))
    note = layout.preview(revision.note or "", _NOTE)
    noted = quoted(plan.coach.guild_id, revision.source) if revision.source else note
    note = f" ({noted})" if noted else ""
    is_newest = revision.number == plan.revision
    when = ago(revision.at) if is_newest else clock(revision.at, plan.changed_at)
    done = _done(listed, names=names)
    return f"**#{revision.number}** {done[0].upper()}{done[1:]}{note} by {_who(revision)}, {when}{changed}"


def _done(listed: ListedRevision, *, names: bool) -> str:
    """Return what a revision did; if that was a change of charts, with these: `chart 2 (nq-60m.png) removed`."""
    if listed.charts and listed.revision.kind in _OF_CHARTS:
        return ", ".join(_charts(each, names=names) for each in listed.charts)
    return listed.revision.kind.words


def _charts(changed: ChangedCharts, *, names: bool) -> str:
    """Return the charts and their change: `chart 2 (nq-60m.png) removed`, `2 charts added (a.png, b.png)`."""
    count = f"{count_of_charts(len(changed.charts))} {changed.change}"
    if not names:
        return count
    shown = [layout.preview(each.chart.filename, _SHORT_NAME) for each in changed.charts[:_MAX_NAMES]]
    if len(changed.charts) == 1:
        return f"chart {changed.charts[0].number} ({shown[0]}) {changed.change}"
    others = f" and {len(changed.charts) - len(shown)} more" if len(changed.charts) > len(shown) else ""
    return f"{count} ({', '.join(shown)}{others})"


def _choice(listed: ListedRevision) -> str:
    return f"#{listed.revision.number}: {_done(listed, names=False)}"


def _other(plan: Plan) -> str:
    state = "deleted" if plan.deleted_at else "live"
    shown = "its text was erased" if plan.is_erased else layout.cut(plan.text.strip(), PREVIEW)
    return f"{state}: {shown}"


def _current_from(shown: PlanSnapshot) -> str:
    asked = f"The plan as of {layout.timestamp(shown.moment)}. " if shown.moment else ""
    since = shown.revision.at
    if shown.until is None:
        return f"{asked}Current since {layout.timestamp(since)}."
    return f"{asked}Current from {clock(since, shown.until)} to {ago(shown.until)}."


def _footer(revision: Revision) -> str:
    done = revision.kind.words.capitalize()
    when = layout.timestamp(revision.at)
    return f"{done} by {_who(revision)}, {when} (#{revision.number} {shown_hash(revision.hash)})"


def _changed_by(compared: Comparison) -> str:
    """Return the authors of the later revision, or of all revisions between."""
    first, last = sorted((compared.before.number, compared.after.number))
    if last - first <= 1 or not compared.actors:
        return _footer(compared.after)
    return f"#{first + 1} to #{last} by {people(compared.actors)} ({shown_hash(compared.after.hash)})"


def _who(revision: Revision) -> str:
    if revision.actor_id is not None:
        return f"<@{revision.actor_id}>"
    return "someone whose name was erased" if revision.text is None else UNKNOWN


def _where(page: HistoryPage) -> str:
    return f", page {page.number} of {page.pages}" if page.pages > 1 else ""
