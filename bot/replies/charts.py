"""The charts of plans, and the receipts of work on them."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import hikari
from hikari.impl import ContainerComponentBuilder

from bot.domain.days import listed_day
from bot.domain.values import (
    MAX_CHARTS,
    AddChartsResult,
    Chart,
    ChartChoices,
    Draft,
    KeptChart,
    PictureProblem,
    Plan,
    UserId,
)
from bot.replies import layout
from bot.replies.custom_ids import route_id
from bot.replies.layout import Button, Reply
from bot.replies.phrases import count_of_charts, left_out_lines, named, note

_LACKING_LINES: Final = 300
"""Units at most in the lines about charts that can't be shown."""
_WHY_NOT_SHOWN: Final = {
    PictureProblem.MISSING: "can't be shown: the stored picture is missing.",
    PictureProblem.ALTERED: "can't be shown: the stored picture was altered.",
    PictureProblem.UNREADABLE: "can't be shown right now: the picture can't be read.",
}


def chart_pages(plan: Plan) -> list[range]:
    """The numbers of the plan's charts, in groups whose files fit into one message: at least one group."""
    pages, first, size = list[range](), 1, 0
    for number, chart in enumerate(plan.charts, 1):
        if size + chart.size > layout.MESSAGE_BYTES and number > first:
            pages.append(range(first, number))
            first, size = number, 0
        size += chart.size
    return [*pages, range(first, len(plan.charts) + 1)]


def gallery(plan: Plan, charts: Sequence[KeptChart], number: int) -> Reply:
    """A page of a plan's charts, each with its name; `number` counts from 1."""
    if not charts:
        return note(f"{named(plan)} has no charts. Those who may edit it add some with /chart add.")
    block = layout.container(layout.LIVE, f"### {named(plan)}: {_which(plan, charts)}")
    show_charts(block, charts)
    block.add_text_display("\n".join([*(chart_line(each) for each in charts), *lacking_lines(charts)]))
    if number < len(chart_pages(plan)):
        block.add_component(layout.row(more_charts(plan, number + 1)))
    return layout.private([block])


def receiving(done: int, total: int) -> Reply:
    """How far the work on several pictures is."""
    return note(f"{done} of {total} charts looked at\N{HORIZONTAL ELLIPSIS}")


def text_kept() -> str:
    """Say that a draft whose charts were added still has its text."""
    return "Your text is still a draft: see /plan drafts."


def awaited(charts: int) -> str:
    """Say how many charts a plan that was posted still waits for."""
    return f"{count_of_charts(charts)} not there yet: added as one change as soon as possible."


def interrupted() -> str:
    """Say that the charts that a plan still waits for are added later: they can't be waited for here."""
    return (
        "Its other charts could not be added yet. They follow as soon as they can; if one is lost, you get a message."
    )


def late_left_out(change: AddChartsResult) -> Reply:
    """Tell the one who posted a plan which charts it does not get."""
    told = f"{named(change.plan)} was posted before all of its charts were there, and not all of them could be added."
    lines = [told, "Send these again with `/chart add`.", *left_out_lines(change.left_out)]
    return layout.public([layout.container(layout.REFUSED, "\n".join(lines))])


def late_unread(user_id: UserId) -> str:
    """For one who takes no private messages: that charts are missing."""
    return (
        f"<@{user_id}> Some charts of your plan came after it was posted and could not be added, and you take no "
        "private messages from Coachbook: look with `/plan show`, and send what is missing with `/chart add`."
    )


def ask_where(plans: Sequence[Plan], draft: Draft) -> Reply:
    """Ask to which of the plans the pictures of the draft are to be added."""
    count = count_of_charts(len(draft.pictures))
    block = layout.container(layout.LIVE, f"Which plan is to have the {count}?")
    newest = max(plan.day for plan in plans)
    choices = [(f"{listed_day(plan.day, newest)}: {plan.coach.name}", str(plan.id)) for plan in plans]
    return layout.private([block, layout.row(layout.select(route_id("actions.add_to", draft.id), "A plan", choices))])


def manage_charts(found: ChartChoices, above: Sequence[Any] = (), *, undoes: int | None = None) -> Reply:
    """The charts of a plan, with what can be done to each.

    `above` says what was done last; `undoes` is the revision that it made, if it can be undone.
    """
    plan = found.plan
    how = '-# Add some with /chart add, or with "Add charts to plan" in the Apps menu of a message that shows them.'
    title = f"### {named(plan)}: {count_of_charts(len(plan.charts))}"
    undo = [] if undoes is None else [layout.row(layout.button("Undo", route_id("charts.undo", plan.id, undoes)))]
    if not plan.charts:
        return layout.private([*above, layout.container(layout.LIVE, title, how), *undo])
    lines = [chart_line(KeptChart(number, chart, None)) for number, chart in enumerate(plan.charts, 1)]
    choices = [(each.label, each.value) for each in found.charts]
    menus = [layout.select(route_id("charts.take_off", plan.id), "Take a chart off", choices)]
    if len(choices) > 1:
        menus.append(layout.select(route_id("charts.put_first", plan.id), "Put a chart first", choices))
    menus.append(layout.select(route_id("charts.ask_caption", plan.id), "Caption a chart", choices))
    block = layout.container(layout.LIVE, title, "\n".join(lines), how)
    return layout.private([*above, block, *(layout.row(menu) for menu in menus), *undo])


def upload_name(kept: KeptChart) -> str:
    """What the chart's file is called in Discord: the same as long as its bytes are.

    It is a name that Discord leaves alone, with the ending by which it tells the type.
    """
    return f"chart-{kept.chart.sha256[:16]}.{kept.chart.media_type.partition('/')[2]}"


def show_charts(block: ContainerComponentBuilder, charts: Sequence[KeptChart], there: Collection[str] = ()) -> None:
    """Put those of the charts into the block whose bytes can be had; the message has the files `there` already."""
    shown = [each for each in charts if _is_shown(each, there)]
    if shown:
        block.add_component(layout.gallery([_picture(each, there) for each in shown]))


def show_captions(block: ContainerComponentBuilder, charts: Sequence[KeptChart], there: Collection[str] = ()) -> None:
    """Put what is said of the charts into the block: their captions, and which can't be shown."""
    below = [*(chart_line(each) for each in charts if each.chart.caption), *lacking_lines(charts, there)]
    if below:
        block.add_text_display("\n".join(below))


def units_below(charts: Sequence[Chart]) -> int:
    """Units that `show_captions` takes at most."""
    captions = [chart_line(KeptChart(MAX_CHARTS, chart, None)) for chart in charts if chart.caption]
    return sum(layout.units(caption) + 1 for caption in captions) + (_LACKING_LINES if charts else 0)


def chart_line(kept: KeptChart, longest: int | None = None) -> str:
    """The chart as a line of text, with `longest` characters of its caption or name; a spoiler's caption is hidden."""
    chart = kept.chart
    if chart.is_spoiler and chart.caption:
        return f"{kept.number}. {layout.hidden(chart.caption, longest)}"
    name = chart.caption or chart.filename
    return f"{kept.number}. {layout.escape(name) if longest is None else layout.preview(name, longest)}"


def lacking_lines(charts: Sequence[KeptChart], there: Collection[str] = ()) -> list[str]:
    """Return a line about the charts that can't be shown, for each reason that there is."""
    numbers: dict[PictureProblem, list[str]] = {}
    for each in charts:
        if each.lacking and not _is_shown(each, there):
            numbers.setdefault(each.lacking.problem, []).append(str(each.number))
    return [f"{_numbered(numbers[problem])} {why}" for problem, why in _WHY_NOT_SHOWN.items() if problem in numbers]


def more_charts(plan: Plan, page: int) -> Button:
    """The way to a further page of the charts."""
    return layout.button("More charts", route_id("charts.page", plan.id, page))


def _is_shown(kept: KeptChart, there: Collection[str]) -> bool:
    """Return whether its bytes can be had, from the disk or from the message itself."""
    return kept.path is not None or upload_name(kept) in there


def _numbered(numbers: Sequence[str]) -> str:
    return f"Chart {numbers[0]}" if len(numbers) == 1 else f"Charts {', '.join(numbers[:-1])} and {numbers[-1]}"


def _picture(kept: KeptChart, there: Collection[str]) -> layout.Picture:
    return layout.Picture(_media(kept, there), kept.chart.caption or kept.chart.filename, kept.chart.is_spoiler)


def _media(kept: KeptChart, there: Collection[str]) -> hikari.Resourceish:
    name = upload_name(kept)
    return hikari.URL(f"attachment://{name}", name) if name in there else hikari.File(kept.path or "", name)


def _which(plan: Plan, charts: Sequence[KeptChart]) -> str:
    if len(charts) == len(plan.charts):
        return count_of_charts(len(charts))
    return f"charts {charts[0].number} to {charts[-1].number} of {len(plan.charts)}"
