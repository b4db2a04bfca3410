"""Cards, and private messages that show one plan."""

from collections.abc import Collection, Sequence
from typing import Final

import hikari
from hikari.impl import ContainerComponentBuilder, MessageActionRowBuilder

from bot.domain.days import long_day
from bot.domain.values import CardPictures, ChartFile, Plan, PlanId, Rights
from bot.replies import layout
from bot.replies.charts import more_charts, picture, show_captions, show_charts, units_below
from bot.replies.custom_ids import route_id
from bot.replies.history import changes_button
from bot.replies.layout import Button, Reply
from bot.replies.parts import split
from bot.replies.phrases import ERASED, PART, ago, clock, half_day, named, note, preview_of, quoted, shown_hash, who

NO_RIGHTS: Final = Rights()
NO_PICTURES: Final = CardPictures()


def card(
    plan: Plan,
    pictures: CardPictures = NO_PICTURES,
    there: Collection[str] = (),
    *,
    is_changed_today: bool = False,
) -> Reply:
    """Return a plan's card, with its pictures; for a deleted plan, a note in its place.

    `there` are the names of files that the message already has.
    """
    if plan.deleted_at is not None:
        return layout.public([_deleted_card(plan)])
    block = _block(plan, pictures, there, layout.CHANGED if is_changed_today else hikari.Color(plan.coach.color))
    block.add_component(layout.row(*changes_button(plan), _edit(plan), _more(plan)))
    return layout.public([block])


def plan_view(plan: Plan, charts: Sequence[ChartFile] = (), rights: Rights = NO_RIGHTS) -> Reply:
    """Return the plan with its charts in private, with buttons for what the reader may do."""
    block = _block(plan, CardPictures(tuple(charts)), (), hikari.Color(plan.coach.color))
    refresh = layout.button("Refresh", route_id("plans.refresh", plan.id))
    edit = [_edit(plan)] if rights.may_edit else []
    block.add_component(layout.row(*changes_button(plan), refresh, *edit, _more(plan)))
    return layout.private([block])


def part(plan: Plan, number: int) -> Reply:
    """Return a later part of a plan that is longer than a message; `number` counts from 1."""
    parts = _parts(plan)
    number = min(max(number, 1), len(parts))
    title = f"-# {named(plan)} (#{plan.revision}): part {number} of {len(parts)}"
    block = layout.container(layout.LIVE, parts[number - 1], title)
    if number < len(parts):
        block.add_component(layout.row(_show_more(plan, number + 1)))
    return layout.private([block])


def ask_delete(plan: Plan) -> Reply:
    """Ask for confirmation before a plan is deleted."""
    block = layout.container(
        layout.REFUSED,
        f"### Delete {named(plan)}?",
        f"> {preview_of(plan, 300)}",
        "-# It disappears for everyone; its history is kept, and /plan restore brings it back.",
    )
    yes = layout.button("Delete", route_id("plans.delete", plan.id, plan.revision), hikari.ButtonStyle.DANGER)
    no = layout.button("Cancel", route_id("plans.keep", plan.id))
    return layout.private([block, layout.row(yes, no)])


def canceled(plan: Plan) -> Reply:
    """Say that a deletion or a revert was canceled."""
    return note(f"Canceled. {named(plan)} was not changed.")


def _block(
    plan: Plan, pictures: CardPictures, there: Collection[str], color: hikari.Color
) -> ContainerComponentBuilder:
    parts = _parts(plan)
    block = _headed(plan, pictures.coach, there, color)
    block.add_separator(divider=False)
    block.add_text_display(layout.shown(parts[0]))
    show_charts(block, pictures.charts, there)
    show_captions(block, pictures.charts, there)
    block.add_separator(divider=True)
    block.add_text_display(f"-# {_times(plan)}")
    if plan.source:
        block.add_text_display(f"-# Saved from {quoted(plan.coach.guild_id, plan.source)}")
    if more := _more_buttons(plan, pictures.charts, len(parts)):
        block.add_component(more)
    return block


def _headed(
    plan: Plan, coach: ChartFile | None, there: Collection[str], color: hikari.Color
) -> ContainerComponentBuilder:
    """Return a block with the plan's heading, beside the coach's picture if that is available."""
    thumbnail = picture(coach, there) if coach else None
    if thumbnail is None:
        return layout.container(color, _heading(plan))
    block = layout.container(color)
    block.add_component(layout.section(thumbnail, _heading(plan)))
    return block


def _deleted_card(plan: Plan) -> ContainerComponentBuilder:
    """Return the note in the place of a deleted plan."""
    block = layout.container(layout.GONE, _heading(plan), f"-# {_deleted(plan)}")
    back = layout.button("Restore", route_id("plans.bring_back", plan.id))
    past = layout.button("History", route_id("history.show", plan.id, 1))
    block.add_component(layout.row(back, past))
    return block


def card_already(plan_id: PlanId) -> Reply:
    """Say that a message is a plan's card, with a button to edit that plan."""
    edit = layout.button("Edit", route_id("plans.open_edit", plan_id))
    text = "That message is a plan’s card: it is already saved. To change the plan, choose Edit."
    return layout.private([layout.container(layout.LIVE, text), layout.row(edit)])


def _heading(plan: Plan) -> str:
    return f"## {layout.escape(plan.coach.name)}\n-# {long_day(plan.day)}{half_day(plan.early_close)}"


def _deleted(plan: Plan) -> str:
    return f"Deleted {ago(plan.changed_at)} by {who(plan.changed_by)} · {_state(plan)}"


def _more_buttons(plan: Plan, charts: Sequence[ChartFile], parts: int) -> MessageActionRowBuilder | None:
    """Return buttons for what has no room in the message."""
    more = [_show_more(plan, 2)] if parts > 1 else []
    if len(charts) < len(plan.charts):
        more.append(more_charts(plan, 2))
    return layout.row(*more) if more else None


def _edit(plan: Plan) -> Button:
    return layout.button("Edit", route_id("plans.open_edit", plan.id))


def _more(plan: Plan) -> Button:
    return layout.button("More\N{HORIZONTAL ELLIPSIS}", route_id("plans.more", plan.id))


def _parts(plan: Plan) -> Sequence[str]:
    """Return the plan's text in parts that leave room for the lines below its charts."""
    return [ERASED] if plan.is_erased else split(plan.text, PART - units_below(plan.charts))


def _times(plan: Plan) -> str:
    if not plan.changes:
        return f"Posted {ago(plan.posted_at)} by {who(plan.author_id)} · {_state(plan)}"
    posted = f"Posted {clock(plan.posted_at, plan.changed_at)} by {who(plan.author_id)}"
    by = "" if plan.changed_by == plan.author_id else f" by {who(plan.changed_by)}"
    return f"{posted} · changed {ago(plan.changed_at)}{by} · {_state(plan)}"


def _state(plan: Plan) -> str:
    return f"#{plan.revision} {shown_hash(plan.hash)}"


def _show_more(plan: Plan, number: int) -> Button:
    return layout.button("Show more", route_id("plans.part", plan.id, number))
