"""A plan as its readers see it, and what is said of one plan."""

from collections.abc import Collection, Sequence
from typing import Final

import hikari
from hikari.impl import ContainerComponentBuilder, MessageActionRowBuilder

from bot.domain.days import long_day
from bot.domain.values import KeptChart, Plan, PlanId, Rights
from bot.replies import layout
from bot.replies.charts import more_charts, show_captions, show_charts, units_below
from bot.replies.custom_ids import route_id
from bot.replies.history import changed_times
from bot.replies.layout import Button, Reply
from bot.replies.parts import split
from bot.replies.phrases import PART, named, note, quoted, shown_hash, who

NO_RIGHTS: Final = Rights()


def card(plan: Plan, charts: Sequence[KeptChart] = (), there: Collection[str] = ()) -> Reply:
    """The plan with its charts, for everyone to read; of a deleted one, that it is deleted.

    `there` are the names of files that the message has already.
    """
    if plan.deleted_at is not None:
        return layout.public([_mark(plan)])
    block = _block(plan, charts, there)
    block.add_component(layout.row(changed_times(plan), *_ways_to_change(plan, Rights(may_edit=True, may_delete=True))))
    return layout.public([block])


def reading(plan: Plan, charts: Sequence[KeptChart] = (), rights: Rights = NO_RIGHTS) -> Reply:
    """The plan with its charts, for the one who asked: what they may do, and a way to see it as it is later."""
    block = _block(plan, charts)
    refresh = layout.button("Refresh", route_id("plans.refresh", plan.id))
    block.add_component(layout.row(changed_times(plan), refresh, *_ways_to_change(plan, rights)))
    return layout.private([block])


def part(plan: Plan, number: int) -> Reply:
    """A further part of a plan that is longer than a message; `number` counts from 1."""
    parts = _parts(plan)
    number = min(max(number, 1), len(parts))
    title = f"-# {named(plan)}, revision {plan.revision}: part {number} of {len(parts)}"
    block = layout.container(layout.LIVE, parts[number - 1], title)
    if number < len(parts):
        block.add_component(layout.row(_further(plan, number + 1)))
    return layout.private([block])


def ask_delete(plan: Plan) -> Reply:
    """Ask whether the plan is really to go."""
    block = layout.container(
        layout.REFUSED,
        f"### Delete {named(plan)}?",
        f"> {layout.preview(plan.text, 300)}",
        "-# Readers will not find it any more. Its history is kept, and /plan restore brings it back.",
    )
    yes = layout.button("Delete it", route_id("plans.delete", plan.id, plan.revision), hikari.ButtonStyle.DANGER)
    no = layout.button("Keep it", route_id("plans.keep", plan.id))
    return layout.private([block, layout.row(yes, no)])


def kept(plan: Plan) -> Reply:
    """The plan was not deleted after all."""
    return note(f"Kept: {named(plan)} is as it was.")


def _block(plan: Plan, charts: Sequence[KeptChart], there: Collection[str] = ()) -> ContainerComponentBuilder:
    parts = _parts(plan)
    block = layout.container(layout.LIVE, _heading(plan), parts[0])
    show_charts(block, charts, there)
    show_captions(block, charts, there)
    block.add_separator(divider=True)
    block.add_text_display(f"-# {_times(plan)}")
    if plan.source:
        block.add_text_display(f"-# Saved from {quoted(plan.coach.guild_id, plan.source)}")
    if further := _ways_on(plan, charts, len(parts)):
        block.add_component(further)
    return block


def _mark(plan: Plan) -> ContainerComponentBuilder:
    """What stands in the place of a deleted plan."""
    block = layout.container(layout.GONE, _heading(plan), f"-# {_deleted(plan)}")
    back = layout.button("Bring it back", route_id("plans.bring_back", plan.id))
    block.add_component(layout.row(changed_times(plan), back))
    return block


def card_already(plan_id: PlanId) -> Reply:
    """Say that a message is the card of a plan, with the way to change that one."""
    edit = layout.button("Edit", route_id("plans.open_edit", plan_id))
    text = "That message is the card of a plan: it is saved already. To change the plan, choose Edit."
    return layout.private([layout.container(layout.LIVE, text), layout.row(edit)])


def _heading(plan: Plan) -> str:
    return f"## {layout.escape(plan.coach.name)}\n{long_day(plan.day)}"


def _deleted(plan: Plan) -> str:
    when = layout.timestamp(plan.changed_at)
    return f"Deleted {when} by {who(plan.changed_by)}, revision {plan.revision}, {shown_hash(plan.hash)}"


def _ways_on(plan: Plan, charts: Sequence[KeptChart], parts: int) -> MessageActionRowBuilder | None:
    """The ways to what has no room in the message."""
    further = [_further(plan, 2)] if parts > 1 else []
    if len(charts) < len(plan.charts):
        further.append(more_charts(plan, 2))
    return layout.row(*further) if further else None


def _ways_to_change(plan: Plan, rights: Rights) -> list[Button]:
    ways: list[Button] = []
    if rights.may_edit:
        ways.append(layout.button("Edit", route_id("plans.open_edit", plan.id)))
        ways.append(layout.button("Charts", route_id("charts.manage", plan.id)))
    if rights.may_delete:
        ways.append(layout.button("Delete", route_id("plans.ask_delete", plan.id)))
    return ways


def _parts(plan: Plan) -> Sequence[str]:
    """The plan's text in parts that leave room for what is said below its charts."""
    return split(plan.text, PART - units_below(plan.charts))


def _times(plan: Plan) -> str:
    posted = f"Posted {layout.timestamp(plan.posted_at)} by {who(plan.author_id)}"
    if plan.revision == 1:
        return f"{posted}, {shown_hash(plan.hash)}"
    changed = f"changed {layout.timestamp(plan.changed_at)} by {who(plan.changed_by)}"
    return f"{posted}, {changed}, revision {plan.revision}, {shown_hash(plan.hash)}"


def _further(plan: Plan, number: int) -> Button:
    return layout.button("Read on", route_id("plans.part", plan.id, number))
