"""The plans of today in one message, and the changes that a reader has not seen."""

from collections.abc import Sequence
from typing import Any, Final

from hikari.impl import MessageActionRowBuilder, SectionComponentBuilder, TextDisplayComponentBuilder

from bot.domain.counts import count_of
from bot.domain.days import short_day
from bot.domain.values import Changes, ChartFile, Plan, PlanPage, Since, TodayPage
from bot.replies import layout
from bot.replies.custom_ids import fresh_route_id, route_id
from bot.replies.history import comparison
from bot.replies.layout import Button, Reply
from bot.replies.lists import unchecked
from bot.replies.phrases import PART, PREVIEW, ago, count_of_charts, fitting, half_day, note, preview_of

_SHORT_LIST: Final = 10
"""Plans with a button of their own: a section with one is 3 of a message's 40 components."""
_NAME: Final = 40
_COMING: Final = 120
"""Units of the names of coaches beside the next session; a menu has the others."""


def today(shown: TodayPage) -> Reply:
    """Return a page of today's plans, with buttons or menus to open them and to see what changed."""
    page = shown.page
    day = short_day(page.today)
    if not page.plans:
        closed = f"This server has no session today, {day}: no plans."
        nothing = closed if shown.is_closed else f"No plans for today, {day}, yet."
        return note("\n".join([nothing, *_next_session(shown), *unchecked(page)]))
    block = layout.container(layout.LIVE, _heading(shown), *_next_session(shown), *unchecked(page))
    components: list[Any] = [block]
    if page.total is not None and page.total <= _SHORT_LIST - bool(shown.coming):
        for plan in page.plans:
            block.add_component(_section(shown, plan))
    else:
        block.add_text_display(_lines(shown))
        components.append(layout.row(layout.select(route_id("plans.choose"), "Read a plan", _names(page.plans))))
    if changed := [plan for plan in page.plans if shown.has_changes(plan)]:
        components.append(_what_changed(changed))
    if shown.coming:
        menu = layout.select(fresh_route_id("plans.choose"), "Read a plan of the next session", _names(shown.coming))
        components.append(layout.row(menu))
    if page.total is None:
        components.append(_page_buttons(page))
    return layout.private(components)


def what_changed(changes: Changes, charts: Sequence[ChartFile] = ()) -> Reply:
    """Return the changes of a plan, and the moment since which these were made; `charts` were added or removed."""
    plan = changes.comparison.plan
    seen = f"Nothing changed since you opened it, {ago(changes.seen_at)}. " if changes.seen_at else ""
    *blocks, buttons = comparison(changes.comparison, charts)["components"]
    if not plan.deleted_at:
        buttons.add_component(_open_button(plan))
    return layout.private([TextDisplayComponentBuilder(content=f"{seen}{_since(changes)}"), *blocks, buttons])


def _heading(shown: TodayPage) -> str:
    """Return the day, and how many plans it has; of several pages also the number of this one."""
    page = shown.page
    first = page.plans[0]
    day = short_day(first.day)
    closed = ", closed" if shown.is_closed else ""
    title = f"### Today, {day}{closed}" if first.day == page.today else f"### Next session, {day}"
    title = f"{title}{half_day(first.early_close)}"
    if shown.number is None:
        return f"{title}: {count_of(len(page.plans), 'plan')}"
    place = f"Page {shown.number.number} of {shown.number.pages} · {count_of(shown.number.plans, 'plan')}"
    return f"{title}\n-# {place}"


def _next_session(shown: TodayPage) -> list[str]:
    """Return a line with the next session and who has a plan for it, once that of today is over.

    If its plans are shown, there is none.
    """
    following = shown.next_session
    if following is None or any(plan.day == following for plan in shown.page.plans):
        return []
    names = fitting([layout.preview(plan.coach.name, _NAME) for plan in shown.coming], _COMING)
    more = " and others" if len(names) < len(shown.coming) else ""
    plans = f" · plans of {', '.join(names)}{more}" if names else ""
    return [f"-# Next session: {short_day(following)}{half_day(shown.next_close)}{plans}"]


def _since(changes: Changes) -> str:
    compared = changes.comparison
    what = "Changed and changed back" if compared.is_same and not compared.plan.deleted_at else "Changes"
    match changes.since:
        case Since.OPENED:
            return f"{what} since you opened it, {ago(changes.at)}:"
        case Since.SESSION_OPEN:
            return f"{what} since the session opened, {ago(changes.at)}:"
        case Since.POSTED:
            return f"{what} since it was posted, {ago(changes.at)}:"
        case Since.LAST_CHANGE:
            return "This is the last change:"


def _section(shown: TodayPage, plan: Plan) -> SectionComponentBuilder:
    return SectionComponentBuilder(accessory=_open_button(plan)).add_text_display(_entry(shown, plan))


def _open_button(plan: Plan) -> Button:
    return layout.button("Open", route_id("plans.open", plan.id))


def _lines(shown: TodayPage) -> str:
    full = "\n".join(_entry(shown, plan) for plan in shown.page.plans)
    if layout.units(full) + sum(map(layout.units, _next_session(shown))) <= PART:
        return full
    return "\n".join(_entry(shown, plan, has_text=False) for plan in shown.page.plans)


def _entry(shown: TodayPage, plan: Plan, *, has_text: bool = True) -> str:
    charts = f" · {count_of_charts(len(plan.charts))}" if plan.charts else ""
    name = f"**{layout.preview(plan.coach.name, _NAME)}**"
    text = [preview_of(plan, PREVIEW)] if has_text else []
    return "\n".join([name, *text, f"-# {_times(shown, plan)}{charts}"])


def _times(shown: TodayPage, plan: Plan) -> str:
    if plan.id in shown.opened and shown.has_changes(plan):
        return f"**Changed since you opened it** · {ago(plan.changed_at)}"
    return f"Posted {ago(plan.posted_at)}" if not plan.changes else f"Changed {ago(plan.changed_at)}"


def _what_changed(plans: Sequence[Plan]) -> MessageActionRowBuilder:
    """Return a button for each of a few plans, or a menu."""
    if len(plans) > layout.BUTTONS:
        return layout.row(layout.select(route_id("history.choose_changes"), "What changed", _names(plans)))
    return layout.row(
        *(layout.button(f"What changed: {each.coach.name}", route_id("history.changes", each.id)) for each in plans)
    )


def _names(plans: Sequence[Plan]) -> list[tuple[str, str]]:
    """Return the plans of one day as options of a menu."""
    return [(plan.coach.name, str(plan.id)) for plan in plans]


def _page_buttons(page: PlanPage) -> MessageActionRowBuilder:
    before, after = (at.plan_id if at else 0 for at in (page.newer, page.older))
    return layout.row(
        layout.button("Previous", route_id("plans.today_newer", before), is_disabled=page.newer is None),
        layout.button("Next", route_id("plans.today_older", after), is_disabled=page.older is None),
    )
