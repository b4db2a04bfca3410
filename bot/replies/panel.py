"""The panel of a plan: what a user may do with it."""

from collections.abc import Sequence
from typing import Any, Final

import hikari

from bot.domain.counts import count_of
from bot.domain.values import MAX_CHARTS, ChartFile, Plan, PlanOptions
from bot.replies import layout
from bot.replies.charts import chart_line, chart_menus, lacking_lines, more_charts, show_charts
from bot.replies.custom_ids import route_id
from bot.replies.layout import Button, Reply
from bot.replies.phrases import count_of_charts, named

_HOW_TO_ADD: Final = "-# Add charts with Edit, /chart add, or “Add charts to plan” in a message’s Apps menu."


def plan_panel(
    options: PlanOptions, charts: Sequence[ChartFile] = (), above: Sequence[Any] = (), undo: Button | None = None
) -> Reply:
    """Return the panel of a plan, with menus for its charts if the user may change them.

    `charts` are those of the first page; `above` is about the last change, which `undo` undoes.
    """
    plan, rights = options.plan, options.rights
    color = layout.GONE if plan.deleted_at else hikari.Color(plan.coach.color)
    block = layout.container(color, f"### {named(plan)}\n-# {_summary(plan)}")
    menus = chart_menus(plan) if rights.may_edit and plan.charts else []
    if rights.may_edit:
        show_charts(block, charts)
        lines = [chart_line(ChartFile(number, chart, None)) for number, chart in enumerate(plan.charts, 1)]
        how_to_add = [_HOW_TO_ADD] if len(plan.charts) < MAX_CHARTS else []
        block.add_text_display("\n".join([*lines, *lacking_lines(charts), *how_to_add]))
    more = [more_charts(plan, 2)] if menus and len(charts) < len(plan.charts) else []
    return layout.private([*above, block, *menus, layout.row(*([undo] if undo else []), *more, *_buttons(options))])


def panel_undo_button(plan: Plan, made: int, *, is_redo: bool = False) -> Button:
    """Return the button that undoes the change which made this revision; `is_redo`: it undid another one."""
    if is_redo:
        return layout.button("Redo", route_id("charts.redo", plan.id, made))
    return layout.button("Undo", route_id("charts.undo", plan.id, made))


def _summary(plan: Plan) -> str:
    state = ["deleted"] if plan.deleted_at else []
    return ", ".join([count_of_charts(len(plan.charts)), count_of(plan.revision, "revision"), *state])


def _buttons(options: PlanOptions) -> list[Button]:
    plan, rights = options.plan, options.rights
    buttons: list[Button] = []
    if rights.may_see_history:
        buttons.append(layout.button("History", route_id("history.show", plan.id, 1)))
        buttons.append(layout.button("Export", route_id("history.export", plan.id)))
    if rights.may_delete:
        buttons.append(layout.button("Delete", route_id("plans.ask_delete", plan.id), hikari.ButtonStyle.DANGER))
    if rights.may_restore:
        buttons.append(layout.button("Restore", route_id("plans.bring_back", plan.id)))
    return buttons
