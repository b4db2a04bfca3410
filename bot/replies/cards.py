"""A plan as its readers see it, and what is said of one plan."""

from collections.abc import Sequence

import hikari
from hikari.impl import ContainerComponentBuilder

from bot import layout
from bot.days import long_day
from bot.layout import Button, Reply
from bot.replies.charts import more_charts, show_captions, show_charts, units_below
from bot.replies.history import changed_times
from bot.replies.words import PART, named, note, quoted, shown_hash
from bot.routes import route_id
from bot.values import KeptChart, Plan


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
    title = f"-# {named(plan)}, revision {plan.revision}: part {number} of {len(parts)}"
    block = layout.container(layout.LIVE, parts[number - 1], title)
    if number < len(parts):
        block.add_component(layout.row(_further(plan, number + 1)))
    return layout.private([block])


def unchanged(plan: Plan) -> Reply:
    """A word to the one who tried to change what was so already."""
    return note(f"Nothing to change: {named(plan)} is exactly that already.")


def ask_delete(plan: Plan) -> Reply:
    """Ask whether the plan is really to go."""
    block = layout.container(
        layout.REFUSED,
        f"### Delete {named(plan)}?",
        f"> {layout.escape(layout.cut(plan.text, 300))}",
        "-# Readers will not find it any more. Its history is kept, and /plan restore brings it back.",
    )
    yes = layout.button("Delete it", route_id("plans.delete", plan.id, plan.revision), hikari.ButtonStyle.DANGER)
    no = layout.button("Keep it", route_id("plans.keep", plan.id))
    return layout.private([block, layout.row(yes, no)])


def kept(plan: Plan) -> Reply:
    """The plan was not deleted after all."""
    return note(f"Kept: {named(plan)} is as it was.")


def deleted(plan: Plan) -> Reply:
    """The receipt of a deletion."""
    return note(f"Deleted: {named(plan)}. To bring it back, use /plan restore.")


def deletion(plan: Plan) -> Reply:
    """Tells everyone that a plan was deleted, and by whom."""
    text = f"{named(plan)} was deleted by <@{plan.deleted_by}>."
    return layout.public([layout.container(layout.GONE, text)])


def _card(plan: Plan, charts: Sequence[KeptChart]) -> ContainerComponentBuilder:
    parts = _parts(plan)
    heading = f"## {layout.escape(plan.coach.name)}\n{long_day(plan.day)}"
    block = layout.container(layout.GONE if plan.deleted_at else layout.LIVE, heading, parts[0])
    show_charts(block, charts)
    show_captions(block, charts)
    block.add_separator(divider=True)
    block.add_text_display(f"-# {_times(plan)}")
    if plan.source:
        block.add_text_display(f"-# Saved from {quoted(plan.coach.guild_id, plan.source)}")
    further = [_further(plan, 2)] if len(parts) > 1 else []
    if len(charts) < len(plan.charts):
        further.append(more_charts(plan, 2))
    further.append(changed_times(plan))
    block.add_component(layout.row(*further))
    return block


def _parts(plan: Plan) -> list[str]:
    """The plan's text in parts that leave room for what is said below its charts."""
    return layout.split(plan.text, PART - units_below(plan.charts))


def _times(plan: Plan) -> str:
    posted = f"Posted {layout.timestamp(plan.posted_at)} by <@{plan.author_id}>"
    if plan.revision == 1:
        return f"{posted}, {shown_hash(plan.hash)}"
    changed = f"changed {layout.timestamp(plan.changed_at)} by <@{plan.changed_by}>"
    return f"{posted}, {changed}, revision {plan.revision}, {shown_hash(plan.hash)}"


def _further(plan: Plan, number: int) -> Button:
    return layout.button("Read on", route_id("plans.part", plan.id, number))
