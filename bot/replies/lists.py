"""Pages of plans."""

import datetime
import itertools
from collections.abc import Sequence
from typing import Any, Final

from hikari.impl import TextSelectMenuBuilder

from bot.domain.counts import count_of
from bot.domain.days import listed_day
from bot.domain.errors.history import THREADS_UNCHECKED
from bot.domain.values import Plan, PlanFilter, PlanPage, SearchPage
from bot.replies import layout
from bot.replies.custom_ids import route_id
from bot.replies.layout import Button, Reply
from bot.replies.phrases import PART, PREVIEW, count_of_charts, half_day, note, preview_of

_UNCHECKED: Final = f"-# {THREADS_UNCHECKED}, so plans in them are not listed."


def plans(page: PlanPage) -> Reply:
    """Return a page of plans, with a menu to read one and buttons to turn the page."""
    if not page.plans:
        return note("\n".join([_nothing(page), *unchecked(page)]))
    block = layout.container(layout.LIVE, f"### {_title(page)}", *_days(page), *unchecked(page))
    components: list[Any] = [block, layout.row(menu(page.plans, page.today))]
    if page.total is None:
        components.append(layout.row(*_page_buttons(page)))
    return layout.private(components)


def todays(user_id: int, listed: Sequence[Plan]) -> Reply:
    """Return a member's plans for today, with a menu to read one."""
    if not listed:
        return note(f"<@{user_id}> has no plan for today.")
    block = layout.container(layout.LIVE, f"<@{user_id}> has {len(listed)} plans for today.")
    return layout.private([block, layout.row(menu(listed, listed[0].day))])


def unchecked(page: PlanPage | SearchPage) -> list[str]:
    """Return a line that plans may be missing, if they may."""
    return [_UNCHECKED] if page.is_partial else []


def menu(listed: Sequence[Plan], today: datetime.date) -> TextSelectMenuBuilder[Any]:
    """Return a menu to read one of the plans."""
    choices = [(f"{listed_day(plan.day, today)}: {plan.coach.name}", str(plan.id)) for plan in listed]
    return layout.select(route_id("plans.choose"), "Read a plan", choices)


def _title(page: PlanPage) -> str:
    """Return the number of plans, or else the days of the page: other pages are not counted."""
    if page.total is not None:
        return count_of(page.total, "plan")
    newest, oldest = (listed_day(page.plans[at].day, page.today) for at in (0, -1))
    return f"Plans for {newest}" if newest == oldest else f"Plans from {oldest} to {newest}"


def _days(page: PlanPage) -> list[str]:
    """Return a block of lines for each day; without the plans' beginnings where these don't fit."""
    days = [list(listed) for _, listed in itertools.groupby(page.plans, key=lambda plan: plan.day)]
    brief = ["\n".join([_day(listed[0], page.today), *map(_line, listed)]) for listed in days]
    full = ["\n".join([_day(listed[0], page.today), *map(_line_with_text, listed)]) for listed in days]
    return full if sum(map(layout.units, full)) <= PART else brief


def _day(plan: Plan, today: datetime.date) -> str:
    return f"**{listed_day(plan.day, today)}**{' (today)' if plan.day == today else ''}{half_day(plan.early_close)}"


def _line(plan: Plan) -> str:
    charts = f" · {count_of_charts(len(plan.charts))}" if plan.charts else ""
    return f"{layout.preview(plan.coach.name, 40)}{charts}"


def _line_with_text(plan: Plan) -> str:
    return f"{_line(plan)}: {preview_of(plan, PREVIEW)}"


def _page_buttons(page: PlanPage) -> list[Button]:
    """Return the buttons to the first page, and to those before and after this one."""
    shown = page.filter
    filters = (shown.day.isoformat() if shown.day else "", shown.coach or "", int(shown.mine))
    newer, older = (at.plan_id if at else 0 for at in (page.newer, page.older))
    return [
        layout.button("Newest", route_id("plans.page", *filters, 1), is_disabled=page.newer is None),
        layout.button("Newer", route_id("plans.newer", *filters, newer), is_disabled=page.newer is None),
        layout.button("Older", route_id("plans.older", *filters, older), is_disabled=page.older is None),
    ]


def _nothing(page: PlanPage) -> str:
    shown = page.filter
    if shown == PlanFilter():
        return "No plans yet."
    whose = "You have no plan" if shown.mine else "No plan"
    of_coach = " of this coach" if shown.coach else ""
    day = f" for {listed_day(shown.day, page.today)}" if shown.day else ""
    yet = "" if shown.day and shown.day < page.today else " yet"
    return f"{whose}{of_coach}{day}{yet}."
