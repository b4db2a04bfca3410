"""The charts of plans, the panel to change them, and messages about pictures that come late."""

from collections.abc import Collection, Sequence
from typing import Final

import hikari
from hikari.impl import ContainerComponentBuilder, MessageActionRowBuilder

from bot.domain.days import listed_day
from bot.domain.values import (
    MAX_CHARTS,
    AddChartsResult,
    Chart,
    ChartFile,
    Draft,
    Limits,
    PictureProblem,
    Plan,
    RejectedPicture,
    UserId,
)
from bot.replies import layout
from bot.replies.custom_ids import route_id
from bot.replies.layout import Button, Reply
from bot.replies.phrases import addable, count_of_charts, left_out_lines, named, note

_LACKING_LINES: Final = 300
"""Units at most in the lines about charts that can’t be shown."""
_SHORT_NAME: Final = 40
"""Characters of the name of a chart without a caption, among captions."""
_WHY_NOT_SHOWN: Final = {
    PictureProblem.MISSING: "can’t be shown: the stored picture is missing.",
    PictureProblem.ALTERED: "can’t be shown: the stored picture was altered.",
    PictureProblem.UNREADABLE: "can’t be shown: the stored picture can’t be read right now.",
}


def chart_pages(plan: Plan) -> list[range]:
    """Return the numbers of the plan's charts, in groups whose files fit into one message: at least one group."""
    pages, first, size = list[range](), 1, 0
    for number, chart in enumerate(plan.charts, 1):
        if size + chart.size > layout.MESSAGE_BYTES and number > first:
            pages.append(range(first, number))
            first, size = number, 0
        size += chart.size
    return [*pages, range(first, len(plan.charts) + 1)]


def gallery(plan: Plan, charts: Sequence[ChartFile], number: int) -> Reply:
    """Return a page of a plan's charts, each with its name; `number` counts from 1."""
    if not charts:
        return note(f"{named(plan)} has no charts.")
    block = layout.container(layout.LIVE, f"### {named(plan)}: {_which(plan, charts)}")
    show_charts(block, charts)
    block.add_text_display("\n".join([*(chart_line(each) for each in charts), *lacking_lines(charts)]))
    if number < len(chart_pages(plan)):
        block.add_component(layout.row(more_charts(plan, number + 1)))
    return layout.private([block])


def receiving(done: int, total: int) -> Reply:
    """Show how many of several pictures were checked."""
    return note(f"Checking charts: {done} of {total}\N{HORIZONTAL ELLIPSIS}")


def draft_keeps_text() -> str:
    """Say that a draft whose charts were added still has its text."""
    return "Your text is still a draft. See it with /plan drafts."


def awaited(charts: int) -> str:
    """Say how many charts of a posted plan are still being downloaded."""
    return f"{count_of_charts(charts)} still downloading: added as one change when ready."


def interrupted() -> str:
    """Say that the missing charts of a posted plan are added later."""
    return "The other charts couldn’t be added yet. They are added later; you get a message if one can’t be."


def cant_be_added(left_out: Sequence[RejectedPicture]) -> Reply:
    """Say, while a form or a question is open, which of its pictures can't be added."""
    return note("\n".join([*left_out_lines(left_out), "Go on without them, or add other pictures."]))


def late_left_out(change: AddChartsResult) -> Reply:
    """Tell the user who posted a plan which charts could not be added."""
    posted = f"{named(change.plan)} was posted, but not all of its charts could be added. Send these with `/chart add`:"
    lines = [posted, *left_out_lines(change.left_out)]
    return layout.public([layout.container(layout.REFUSED, "\n".join(lines))])


def late_dm_failed(user_id: UserId) -> str:
    """Tell a user who accepts no direct messages that charts are missing."""
    return (
        f"<@{user_id}> Some charts of your plan couldn’t be added, and I couldn’t DM you. Check `/plan show`, and send "
        "missing charts with `/chart add`."
    )


def ask_where(plans: Sequence[Plan], draft: Draft, limits: Limits) -> Reply:
    """Ask which plan the pictures of a draft are for."""
    count, others = addable(draft.pictures, limits)
    question = f"Add the {count_of_charts(count)} to which plan?" if count > 1 else "Add the chart to which plan?"
    block = layout.container(layout.LIVE, "\n".join(filter(None, [question, layout.escape(others)])))
    newest = max(plan.day for plan in plans)
    choices = [(f"{listed_day(plan.day, newest)}: {plan.coach.name}", str(plan.id)) for plan in plans]
    return layout.private(
        [block, layout.row(layout.select(route_id("actions.add_to", draft.id), "Choose a plan", choices))]
    )


def chart_menus(plan: Plan) -> list[MessageActionRowBuilder]:
    """Return menus to change the charts of a plan that has some."""
    choices = [(f"{n}: {chart.caption or chart.filename}", chart.mark) for n, chart in enumerate(plan.charts, 1)]
    menus = [layout.select(route_id("charts.take_off", plan.id), "Remove a chart", choices)]
    if len(choices) > 1:
        menus.append(layout.select(route_id("charts.put_first", plan.id), "Move to first", choices))
    menus.append(layout.select(route_id("charts.ask_caption", plan.id), "Caption a chart", choices))
    return [layout.row(menu) for menu in menus]


def upload_name(file: ChartFile) -> str:
    """Return the name of the picture's file in Discord, by its bytes.

    Discord does not change such a name, and detects the type by its ending.
    """
    kind = "chart" if file.number else "coach"
    return f"{kind}-{file.chart.sha256[:16]}.{file.chart.media_type.partition('/')[2]}"


def picture(file: ChartFile, there: Collection[str] = ()) -> layout.Picture | None:
    """Return the picture for a message that has the files `there`; None: it is unavailable."""
    name = upload_name(file)
    if name not in there and file.path is None:
        return None
    media = hikari.URL(f"attachment://{name}", name) if name in there else hikari.File(file.path or "", name)
    return layout.Picture(media, file.chart.caption or file.chart.filename, file.chart.is_spoiler)


def show_charts(block: ContainerComponentBuilder, charts: Sequence[ChartFile], there: Collection[str] = ()) -> None:
    """Add the charts whose pictures are available to the block; the message already has the files `there`."""
    if shown := [each for each in (picture(chart, there) for chart in charts) if each]:
        block.add_component(layout.gallery(shown))


def show_captions(block: ContainerComponentBuilder, charts: Sequence[ChartFile], there: Collection[str] = ()) -> None:
    """Add the charts' captions to the block, and which charts can’t be shown."""
    if below := [*_captions(charts), *lacking_lines(charts, there)]:
        block.add_text_display("\n".join(below))


def units_below(charts: Sequence[Chart]) -> int:
    """Return the maximum of units that `show_captions` adds."""
    captions = _captions([ChartFile(MAX_CHARTS, chart, None) for chart in charts])
    return sum(layout.units(caption) + 1 for caption in captions) + (_LACKING_LINES if charts else 0)


def _captions(charts: Sequence[ChartFile]) -> list[str]:
    """Return a line for each of the charts, or none if none has a caption: Discord renumbers lists with gaps."""
    if not any(each.chart.caption for each in charts):
        return []
    return [chart_line(each, None if each.chart.caption else _SHORT_NAME) for each in charts]


def chart_line(file: ChartFile, max_length: int | None = None) -> str:
    """Return the chart as a line, its caption or name cut to `max_length`; a spoiler's caption is hidden."""
    chart = file.chart
    if chart.is_spoiler and chart.caption:
        return f"{file.number}. {layout.hidden(chart.caption, max_length)}"
    name = chart.caption or chart.filename
    return f"{file.number}. {layout.escape(name) if max_length is None else layout.preview(name, max_length)}"


def lacking_lines(charts: Sequence[ChartFile], there: Collection[str] = ()) -> list[str]:
    """Return a line for each reason why charts can’t be shown."""
    numbers: dict[PictureProblem, list[str]] = {}
    for each in charts:
        if each.lacking and upload_name(each) not in there:
            numbers.setdefault(each.lacking.problem, []).append(str(each.number))
    return [f"{_numbered(numbers[problem])} {why}" for problem, why in _WHY_NOT_SHOWN.items() if problem in numbers]


def more_charts(plan: Plan, page: int) -> Button:
    """Return a button for another page of the charts."""
    return layout.button("More charts", route_id("charts.page", plan.id, page))


def _numbered(numbers: Sequence[str]) -> str:
    return f"Chart {numbers[0]}" if len(numbers) == 1 else f"Charts {', '.join(numbers[:-1])} and {numbers[-1]}"


def _which(plan: Plan, charts: Sequence[ChartFile]) -> str:
    if len(charts) == len(plan.charts):
        return count_of_charts(len(charts))
    return f"charts {charts[0].number} to {charts[-1].number} of {len(plan.charts)}"
