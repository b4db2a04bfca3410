"""Values into messages and modals: pure. What a reply may hold at most is told by `bot.layout`."""

import datetime
from collections.abc import Sequence
from typing import Any, Final

import hikari
from hikari.impl import ContainerComponentBuilder, FileComponentBuilder

from bot import layout
from bot.days import long_day, short_day
from bot.layout import Button, Reply
from bot.routes import Modal, fresh_route_id, route_id
from bot.values import ChartsAdded, Draft, KeptChart, LeftOut, Plan, PlanFilter, PlanPage, PostTarget

PART: Final = 3600
"""Units of a plan's text in one message; leaves room for the heading and the times."""
_PREVIEW: Final = 60
_LONGEST_REFUSAL: Final = 1500
_FENCE: Final = "```"
_MISSING_LINE: Final = 120
"""Units at most in the line about charts that can't be shown."""
_MOST_DIGITS: Final = 10


def card(plan: Plan, charts: Sequence[KeptChart] = ()) -> Reply:
    """The plan with its charts, for everyone to read."""
    return layout.public([_card(plan, charts)])


def reading(plan: Plan, charts: Sequence[KeptChart] = ()) -> Reply:
    """The plan with its charts, for the one who asked."""
    return layout.private([_card(plan, charts)])


def part(plan: Plan, number: int) -> Reply:
    """A further part of a plan that is longer than a message; `number` counts from 1."""
    parts = _parts(plan)
    number = min(max(number, 1), len(parts))
    title = f"-# {_named(plan)}, revision {plan.revision}: part {number} of {len(parts)}"
    block = layout.container(layout.LIVE, parts[number - 1], title)
    if number < len(parts):
        block.add_component(layout.row(_further(plan, number + 1)))
    return layout.private([block])


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
        return note(f"{_named(plan)} has no charts. Those who may edit it add some with /chart add.")
    block = layout.container(layout.LIVE, f"### {_named(plan)}: {_which(plan, charts)}")
    _show(block, charts)
    block.add_text_display("\n".join([*(_chart_line(each) for each in charts), *_missing(charts)]))
    if number < len(chart_pages(plan)):
        block.add_component(layout.row(_more_charts(plan, number + 1)))
    return layout.private([block])


def receiving(done: int, total: int) -> Reply:
    """How far the work on several pictures is."""
    return note(f"{done} of {total} charts looked at\N{HORIZONTAL ELLIPSIS}")


def posted(plan: Plan, left_out: Sequence[LeftOut]) -> Reply:
    """The receipt of a post with pictures."""
    return _receipt(f"Posted: {_named(plan)}, with {_count(len(plan.charts))}.", left_out)


def charts_added(change: ChartsAdded) -> Reply:
    """The receipt of new charts."""
    return _receipt(f"Added {_count(change.added)} to {_named(change.plan)}.", change.left_out)


def note(text: str) -> Reply:
    """A few words for the one who acted."""
    return layout.private([layout.container(layout.LIVE, text)])


def unchanged(plan: Plan) -> Reply:
    """A word to the one who tried to change what was so already."""
    return note(f"Nothing to change: {_named(plan)} is exactly that already.")


def plans(page: PlanPage) -> Reply:
    """A page of plans, with a way to open each and to turn the page."""
    if not page.plans:
        return note(_nothing(page.filter))
    block = layout.container(layout.LIVE, f"### {_title(page)}", _lines(page))
    choices = [(f"{short_day(plan.day)}: {plan.coach.name}", str(plan.id)) for plan in page.plans]
    components: list[Any] = [
        block,
        layout.row(layout.select(route_id("plans.choose"), "Read a plan", choices)),
    ]
    if page.pages > 1:
        components.append(layout.row(*_turners(page)))
    return layout.private(components)


def ask_delete(plan: Plan) -> Reply:
    """Ask whether the plan is really to go."""
    block = layout.container(
        layout.REFUSED,
        f"### Delete {_named(plan)}?",
        f"> {layout.escape(layout.cut(plan.text, 300))}",
        "-# Readers will not find it any more. Its history is kept, and /plan restore brings it back.",
    )
    yes = layout.button("Delete it", route_id("plans.delete", plan.id, plan.revision), hikari.ButtonStyle.DANGER)
    no = layout.button("Keep it", route_id("plans.keep", plan.id))
    return layout.private([block, layout.row(yes, no)])


def kept(plan: Plan) -> Reply:
    """The plan was not deleted after all."""
    return note(f"Kept: {_named(plan)} is as it was.")


def deleted(plan: Plan) -> Reply:
    """The receipt of a deletion."""
    return note(f"Deleted: {_named(plan)}. To bring it back, use /plan restore.")


def deletion(plan: Plan) -> Reply:
    """Tells everyone that a plan was deleted, and by whom."""
    text = f"{_named(plan)} was deleted by <@{plan.deleted_by}>."
    return layout.public([layout.container(layout.GONE, text)])


def post_modal(target: PostTarget, limit: int, draft: Draft | None = None) -> Modal:
    """An empty form for the plan of a coach and a day that were checked before; the draft has its pictures."""
    plain = fresh_route_id("plans.post", target.coach.key, target.day.isoformat())
    return Modal(
        layout.cut(f"{short_day(target.day)}: {target.coach.name}", layout.MODAL_TITLE),
        fresh_route_id("plans.post_draft", draft.id) if draft else plain,
        [layout.text_input("text", "Plan", "", limit=limit)],
    )


def edit_modal(plan: Plan, limit: int) -> Modal:
    """A form filled with what the plan says now."""
    return Modal(
        layout.cut(f"Edit {short_day(plan.day)}: {plan.coach.name}", layout.MODAL_TITLE),
        fresh_route_id("plans.edit", plan.id, plan.revision),
        [layout.text_input("text", "Plan", plan.text, limit=limit)],
    )


def kept_modal(draft: Draft) -> Modal:
    """A form filled with a text that was refused, for what it was meant for."""
    return kept_post_modal(draft) if draft.seen is None else kept_edit_modal(draft, draft.seen)


def kept_edit_modal(draft: Draft, seen: int) -> Modal:
    """A form filled with an edit that was refused; its writer has revision `seen` before their eyes."""
    custom_id = fresh_route_id("plans.edit_kept", draft.plan_id or 0, seen, draft.id)
    return Modal("Edit the plan", custom_id, [layout.text_input("text", "Plan", draft.text)])


def kept_post_modal(draft: Draft) -> Modal:
    """A form filled with a text that was refused, to be posted."""
    text = layout.text_input("text", "Plan", draft.text)
    coach = layout.text_input("coach", "Coach", draft.coach or "", limit=100, required=False)
    day = layout.text_input("day", "Day", draft.day or "", limit=100, required=False)
    return Modal("Post the plan", fresh_route_id("plans.post_kept", draft.id), [text, coach, day])


def refusal(
    message: str,
    *,
    yours: str | None = None,
    current: str | None = None,
    buttons: Sequence[Button] = (),
) -> Reply:
    """What can't be done and what to do.

    `yours`, the user's own text, is given back, and `current`, what the book says, stands beside it.
    """
    message = layout.cut(message, _LONGEST_REFUSAL)
    block = layout.container(layout.REFUSED, message)
    components: list[Any] = [block]
    texts = [("In the book", "in-the-book.txt", current), ("Your text", "your-text.txt", yours)]
    blocks = [f"**{title}**\n{_FENCE}\n{text}\n{_FENCE}" for title, _, text in texts if text]
    if _can_be_fenced(yours, current) and layout.units("".join([message, *blocks])) <= PART:
        for text in blocks:
            block.add_text_display(text)
    else:
        components += [
            FileComponentBuilder(file=hikari.Bytes(text.encode(), name, mimetype="text/plain"))
            for _, name, text in texts
            if text
        ]
    if buttons:
        components.append(layout.row(*buttons))
    return layout.private(components)


def draft_buttons(draft: Draft) -> list[Button]:
    """The way on from a text that was refused and kept."""
    style = hikari.ButtonStyle.PRIMARY
    return [layout.button("Edit and send again", route_id("plans.resume", draft.id), style)]


def drafts(kept: Sequence[Draft]) -> Reply:
    """The texts that were kept for one who acts, with a way to go on with each."""
    if not kept:
        return note("No text of yours is waiting: all that you have sent is in the book.")
    lines = "\n".join(f"{number}. {_draft_line(draft)}" for number, draft in enumerate(kept, 1))
    title = "### Texts of yours that are not in the book\nThey were refused, and are kept for a while."
    choices = [(f"{number}. {_draft_line(draft)}", str(draft.id)) for number, draft in enumerate(kept, 1)]
    menu = layout.select(route_id("plans.choose_draft"), "Go on with a text", choices)
    return layout.private([layout.container(layout.LIVE, title, layout.cut(lines, PART)), layout.row(menu)])


def gone_buttons(draft: Draft) -> list[Button]:
    """The way on from an edit of a plan that is gone."""
    style = hikari.ButtonStyle.PRIMARY
    return [layout.button("Post it as a new plan", route_id("plans.resume_post", draft.id), style)]


def exists_buttons(plan: Plan, draft: Draft | None) -> list[Button]:
    """The ways on when the day has a plan already."""
    style = hikari.ButtonStyle.PRIMARY
    ways = [layout.button("Edit that plan", route_id("plans.open_edit", plan.id), style)]
    if draft is not None:
        ways.append(_use(draft.id, plan, "Replace it with my text"))
    return ways


def changed_buttons(plan: Plan, draft: Draft | None) -> list[Button]:
    """The ways on when the plan has moved on since the one who acts saw it."""
    if draft is None:
        return [layout.button("Show it as it is now", route_id("plans.open", plan.id))]
    again = route_id("plans.resume_edit", draft.id, plan.revision)
    return [
        layout.button("Edit mine again", again, hikari.ButtonStyle.PRIMARY),
        _use(draft.id, plan, "Save mine over it"),
    ]


def _card(plan: Plan, charts: Sequence[KeptChart]) -> ContainerComponentBuilder:
    parts = _parts(plan)
    heading = f"## {layout.escape(plan.coach.name)}\n{long_day(plan.day)}"
    block = layout.container(layout.GONE if plan.deleted_at else layout.LIVE, heading, parts[0])
    _show(block, charts)
    below = [*(_chart_line(each) for each in charts if each.chart.caption), *_missing(charts)]
    if below:
        block.add_text_display("\n".join(below))
    block.add_separator(divider=True)
    block.add_text_display(f"-# {_times(plan)}")
    further = [_further(plan, 2)] if len(parts) > 1 else []
    if len(charts) < len(plan.charts):
        further.append(_more_charts(plan, 2))
    if further:
        block.add_component(layout.row(*further))
    return block


def _parts(plan: Plan) -> list[str]:
    """The plan's text in parts that leave room for what is said below its charts."""
    captions = [_chart_line(KeptChart(_MOST_DIGITS, chart, None)) for chart in plan.charts if chart.caption]
    below = sum(layout.units(caption) + 1 for caption in captions) + (_MISSING_LINE if plan.charts else 0)
    return layout.split(plan.text, PART - below)


def _show(block: ContainerComponentBuilder, charts: Sequence[KeptChart]) -> None:
    pictures = [
        (hikari.File(each.path, _upload_name(each)), each.chart.caption or each.chart.filename)
        for each in charts
        if each.path
    ]
    if pictures:
        block.add_component(layout.gallery(pictures))


def _upload_name(kept: KeptChart) -> str:
    """A name that Discord leaves alone, with the ending by which it tells the type."""
    return f"chart-{kept.number}.{kept.chart.media_type.partition('/')[2]}"


def _chart_line(kept: KeptChart) -> str:
    return f"{kept.number}. {layout.escape(kept.chart.caption or kept.chart.filename)}"


def _missing(charts: Sequence[KeptChart]) -> list[str]:
    """A line about the charts whose files are missing or were altered, if there are any."""
    numbers = [str(each.number) for each in charts if each.path is None]
    if not numbers:
        return []
    which = f"Chart {numbers[0]}" if len(numbers) == 1 else f"Charts {', '.join(numbers[:-1])} and {numbers[-1]}"
    return [f"{which} can't be shown: the bytes are missing or were altered."]


def _which(plan: Plan, charts: Sequence[KeptChart]) -> str:
    if len(charts) == len(plan.charts):
        return _count(len(charts))
    return f"charts {charts[0].number} to {charts[-1].number} of {len(plan.charts)}"


def _count(charts: int) -> str:
    return f"{charts} chart" + ("s" if charts != 1 else "")


def _receipt(done: str, left_out: Sequence[LeftOut]) -> Reply:
    lines = [f"- {layout.escape(each.filename)} {layout.escape(each.why)}." for each in left_out]
    return note("\n".join([done, *(["Not taken:", *lines] if lines else [])]))


def _times(plan: Plan) -> str:
    posted = f"Posted {layout.timestamp(plan.posted_at)} by <@{plan.author_id}>"
    if plan.revision == 1:
        return posted
    changed = f"changed {layout.timestamp(plan.changed_at)} by <@{plan.changed_by}>"
    return f"{posted}, {changed}, revision {plan.revision}"


def _further(plan: Plan, number: int) -> Button:
    return layout.button("Read on", route_id("plans.part", plan.id, number))


def _more_charts(plan: Plan, page: int) -> Button:
    return layout.button("More charts", route_id("charts.page", plan.id, page))


def _use(draft_id: int, plan: Plan, label: str) -> Button:
    return layout.button(label, route_id("plans.use", draft_id, plan.id, plan.revision))


def _named(plan: Plan) -> str:
    return f"{layout.escape(plan.coach.name)}\N{RIGHT SINGLE QUOTATION MARK}s plan for {long_day(plan.day)}"


def _title(page: PlanPage) -> str:
    count = f"{page.total} plan" + ("s" if page.total != 1 else "")
    where = f", page {page.number} of {page.pages}" if page.pages > 1 else ""
    return count + where


def _lines(page: PlanPage) -> str:
    lines = [_line(plan, page.today) for plan in page.plans]
    previews = [layout.escape(layout.cut(plan.text.strip(), _PREVIEW)) for plan in page.plans]
    full = "\n".join(f"{line}: {preview}" for line, preview in zip(lines, previews, strict=True))
    return full if layout.units(full) <= PART else "\n".join(lines)


def _line(plan: Plan, today: datetime.date) -> str:
    day = f"**{short_day(plan.day)}**" + (" (today)" if plan.day == today else "")
    charts = f", {_count(len(plan.charts))}" if plan.charts else ""
    return f"{day} {layout.escape(layout.cut(plan.coach.name, 40))}{charts}"


def _draft_line(draft: Draft) -> str:
    day = f"for {draft.day}: " if draft.day else ""
    text = layout.escape(layout.cut(draft.text.strip(), _PREVIEW)) or "no text yet"
    return day + text + (f", {_count(len(draft.pictures))}" if draft.pictures else "")


def _turners(page: PlanPage) -> list[Button]:
    turns = (("Newer", page.number - 1), ("Older", page.number + 1))
    return [
        layout.button(label, _page_id(page.filter, number), is_disabled=not 1 <= number <= page.pages)
        for label, number in turns
    ]


def _page_id(shown: PlanFilter, number: int) -> str:
    day = shown.day.isoformat() if shown.day else ""
    return route_id("plans.page", day, shown.coach or "", int(shown.mine), number)


def _nothing(shown: PlanFilter) -> str:
    if shown == PlanFilter():
        return "There are no plans yet. A coach posts one with /plan post."
    day = f" for {long_day(shown.day)}" if shown.day else ""
    return f"No plan{day} fits that. See all with /plan list, or post one with /plan post."


def _can_be_fenced(*texts: str | None) -> bool:
    return not any(_FENCE in text for text in texts if text)
