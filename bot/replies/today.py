"""The plans of today in one message."""

from collections.abc import Sequence
from typing import Any, Final

from hikari.impl import MessageActionRowBuilder, SectionComponentBuilder

from bot.domain.counts import count_of
from bot.domain.days import short_day
from bot.domain.values import Plan, PlanPage, TodayPage
from bot.replies import layout
from bot.replies.custom_ids import route_id
from bot.replies.layout import Reply
from bot.replies.lists import choices, menu, unchecked
from bot.replies.phrases import PART, PREVIEW, ago, count_of_charts, note

_SHORT_LIST: Final = 10
"""Plans with a button of their own: a section with one is 3 of a message's 40 components."""
_BUTTONS: Final = 5
"""The buttons of a row."""
_NAME: Final = 40


def today(shown: TodayPage) -> Reply:
    """Return a page of today's plans, with buttons or menus to open them and to see what changed."""
    page = shown.page
    day = short_day(page.today)
    if not page.plans:
        return note("\n".join([f"No plans for today, {day}, yet.", *unchecked(page)]))
    count = "" if page.total is None else f": {count_of(page.total, 'plan')}"
    block = layout.container(layout.LIVE, f"### Today, {day}{count}", *unchecked(page))
    components: list[Any] = [block]
    if page.total is not None and page.total <= _SHORT_LIST:
        for plan in page.plans:
            block.add_component(_section(shown, plan))
    else:
        block.add_text_display(_lines(shown))
        components.append(layout.row(menu(page.plans, page.today)))
    if changed := [plan for plan in page.plans if shown.has_changes(plan)]:
        components.append(_what_changed(changed))
    if page.total is None:
        components.append(_page_buttons(page))
    return layout.private(components)


def _section(shown: TodayPage, plan: Plan) -> SectionComponentBuilder:
    section = SectionComponentBuilder(accessory=layout.button("Open", route_id("plans.open", plan.id)))
    return section.add_text_display(f"{_line(shown, plan)}\n{layout.preview(plan.text, PREVIEW)}")


def _lines(shown: TodayPage) -> str:
    lines = [_line(shown, plan) for plan in shown.page.plans]
    previews = [layout.preview(plan.text, PREVIEW) for plan in shown.page.plans]
    full = "\n".join(f"{line}\n{preview}" for line, preview in zip(lines, previews, strict=True))
    return full if layout.units(full) <= PART else "\n".join(lines)


def _line(shown: TodayPage, plan: Plan) -> str:
    charts = f" · {count_of_charts(len(plan.charts))}" if plan.charts else ""
    return f"**{layout.preview(plan.coach.name, _NAME)}** · {_times(shown, plan)}{charts}"


def _times(shown: TodayPage, plan: Plan) -> str:
    if plan.id in shown.opened and shown.has_changes(plan):
        return f"**changed since you opened it**, {ago(plan.changed_at)}"
    return f"posted {ago(plan.posted_at)}" if plan.revision == 1 else f"changed {ago(plan.changed_at)}"


def _what_changed(plans: Sequence[Plan]) -> MessageActionRowBuilder:
    """Return a button for each of a few plans, or a menu."""
    if len(plans) > _BUTTONS:
        return layout.row(
            layout.select(route_id("history.choose_changes"), "What changed", choices(plans, plans[0].day))
        )
    return layout.row(
        *(layout.button(f"What changed: {each.coach.name}", route_id("history.changes", each.id)) for each in plans)
    )


def _page_buttons(page: PlanPage) -> MessageActionRowBuilder:
    before, after = (at.plan_id if at else 0 for at in (page.newer, page.older))
    return layout.row(
        layout.button("Previous", route_id("plans.today_newer", before), is_disabled=page.newer is None),
        layout.button("Next", route_id("plans.today_older", after), is_disabled=page.older is None),
    )
