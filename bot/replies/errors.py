"""What can't be done, and what was written and kept: with the ways on."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, Final

import hikari
from hikari.impl import FileComponentBuilder

from bot.domain.days import long_day
from bot.domain.values import MAX_CHARTS, Draft, LeftOut, Plan, Usage
from bot.replies import layout
from bot.replies.custom_ids import route_id
from bot.replies.layout import Button, Reply
from bot.replies.phrases import PART, PREVIEW, count_of_charts, left_out_lines, note

_LONGEST_REFUSAL: Final = 1500
_FENCE: Final = "```"


def refusal(
    message: str,
    *,
    left_out: Sequence[LeftOut] = (),
    yours: str | None = None,
    current: str | None = None,
    buttons: Sequence[Button] = (),
) -> Reply:
    """What can't be done and what to do.

    `yours`, the user's own text, is given back, and `current`, what the book says, stands beside it.
    """
    message = "\n".join([layout.cut(message, _LONGEST_REFUSAL), *left_out_lines(left_out)])
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


def no_longer_valid(what: str) -> str:
    """Say that a button, form or command was changed, or made up."""
    return f"This {what} is no longer valid. Type / and choose the command again, such as /plan show."


def draft_buttons(draft: Draft) -> list[Button]:
    """The way on from a text that was refused and kept."""
    style = hikari.ButtonStyle.PRIMARY
    return [layout.button("Edit and send again", route_id("plans.resume", draft.id), style)]


def which_day_buttons(days: Iterable[tuple[datetime.date, str]]) -> list[Button]:
    """The two days that words can mean, each with the route that it leads to."""
    return [layout.button(long_day(day), route) for day, route in days]


def post_on(draft: Draft, day: datetime.date) -> str:
    """The route of a draft that is to be posted for a day."""
    return route_id("plans.post_on", draft.id, day)


def change_on(draft: Draft, day: datetime.date) -> str:
    """The route of a draft that is to change the plan of a day."""
    return route_id("plans.change_on", draft.id, day)


def form_ready(draft: Draft) -> Reply:
    """The way to a form that could not be opened at once."""
    words = layout.container(layout.LIVE, "That took a moment. Go on with the form.")
    button = layout.button("Open the form", route_id("plans.resume", draft.id), hikari.ButtonStyle.PRIMARY)
    return layout.private([words, layout.row(button)])


def drafts(kept: Sequence[Draft], usages: Sequence[Usage] = ()) -> Reply:
    """The texts that were kept for one who acts, with a way to go on with each, and how much room is left.

    `usages` are of drafts and of their MiB.
    """
    if not kept:
        return note("No text of yours is waiting: all that you have sent is in the book.")
    lines = "\n".join(f"{number}. {_draft_line(draft)}" for number, draft in enumerate(kept, 1))
    title = "### Yours, and not in the book\nRefused, or not finished: kept for a while."
    choices = [(f"{number}. {_draft_line(draft)}", str(draft.id)) for number, draft in enumerate(kept, 1)]
    menu = layout.select(route_id("plans.choose_draft"), "Go on with a text", choices)
    discarding = layout.select(route_id("plans.discard_draft"), "Discard a draft", choices)
    block = layout.container(layout.LIVE, title, layout.cut(lines, PART))
    if len(kept) > layout.OPTIONS:
        block.add_text_display(
            f"The newest {layout.OPTIONS} can be chosen. Send or discard some, and the others can be chosen too."
        )
    for usage, what in zip(usages, ("drafts", "MiB"), strict=False):
        if usage.is_nearly_full:
            block.add_text_display(
                f"You use {usage.used:,} of {usage.most:,} {what}. When they are full, new ones are refused."
            )
    return layout.private([block, layout.row(menu), layout.row(discarding)])


def discarded(draft: Draft) -> Reply:
    """A draft was removed; its text is given back."""
    return refusal("The draft is discarded.", yours=draft.text)


def gone_buttons(draft: Draft) -> list[Button]:
    """The way on from an edit of a plan that is gone."""
    style = hikari.ButtonStyle.PRIMARY
    return [layout.button("Post it as a new plan", route_id("plans.resume_post", draft.id), style)]


def exists_buttons(plan: Plan, draft: Draft | None) -> list[Button]:
    """The ways on when there is a plan already: to it, or for what the draft has into it."""
    style = hikari.ButtonStyle.PRIMARY
    ways = [layout.button("Edit that plan", route_id("plans.open_edit", plan.id), style)]
    return [*ways, *_ways_into(plan, draft)] if draft else ways


def charts_kept(draft: Draft) -> str:
    """Say that the draft has the pictures, and where it is found."""
    what = (
        f"text and {count_of_charts(len(draft.pictures))}" if draft.has_text else count_of_charts(len(draft.pictures))
    )
    is_plural = draft.has_text or len(draft.pictures) > 1
    return f"Your {what} {'are' if is_plural else 'is'} saved as a draft: go on here, or later with /plan drafts."


def changed_buttons(plan: Plan, draft: Draft | None) -> list[Button]:
    """The ways on when the plan has moved on since the one who acts saw it."""
    showing = layout.button("Show it as it is now", route_id("plans.open", plan.id))
    if draft is None:
        return [showing]
    again = route_id("plans.resume_edit", draft.id, plan.revision)
    editing = layout.button("Edit mine again", again, hikari.ButtonStyle.PRIMARY)
    return [editing if draft.has_text else showing, *_ways_into(plan, draft)]


def _ways_into(plan: Plan, draft: Draft) -> list[Button]:
    """The ways for a draft's text and pictures into the plan; what one removes is named on it."""
    new, old = len(draft.pictures), len(plan.charts)
    seen = (draft.id, plan.id, plan.revision)
    if not new:
        return [layout.button("Replace the text", route_id("plans.use", *seen))]
    ways = list[Button]()
    if new + old <= MAX_CHARTS:
        adding, mine = ("Add this chart", "chart") if new == 1 else (f"Add these {new} charts", "charts")
        ways.append(layout.button(adding, route_id("plans.add_charts", draft.id, plan.id)))
        if draft.has_text:
            ways.append(layout.button(f"Replace the text, add my {mine}", route_id("plans.use", *seen)))
    if old:
        replacing = f"Replace text and {count_of_charts(old)}" if draft.has_text else f"Replace {count_of_charts(old)}"
        ways.append(layout.button(replacing, route_id("plans.replace", *seen), hikari.ButtonStyle.DANGER))
    return ways


def _draft_line(draft: Draft) -> str:
    day = f"for {draft.day}: " if draft.day else ""
    text = layout.preview(draft.text, PREVIEW) or "no text yet"
    return day + text + (f", {count_of_charts(len(draft.pictures))}" if draft.pictures else "")


def _can_be_fenced(*texts: str | None) -> bool:
    return not any(_FENCE in text for text in texts if text)
