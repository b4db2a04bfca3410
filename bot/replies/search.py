"""Pages of the plans that a search found."""

from typing import Any, Final

from bot.domain import markdown
from bot.domain.days import listed_day, short_date
from bot.domain.values import SearchFilter, SearchHit, SearchPage
from bot.domain.values.searching import HIT_END, HIT_START
from bot.replies import layout
from bot.replies.custom_ids import route_id
from bot.replies.layout import Button, Reply
from bot.replies.lists import unchecked
from bot.replies.phrases import ago, note

EXCERPT: Final = 200
"""Characters of a text around its first word that was searched for."""
_BEFORE: Final = 40
"""Of these, characters before that word."""
_NAME: Final = 40
_UNINDEXED: Final = "-# Older plans are still being indexed, so some are not found yet. Search again in a few minutes."


def found(page: SearchPage) -> Reply:
    """Return a page of hits, with a menu to read one of the plans and buttons to turn the page."""
    if not page.hits:
        return note("\n".join([_nothing(page.filter), *_missing(page)]))
    entries = [_entry(hit, page) for hit in page.hits]
    block = layout.container(layout.LIVE, f"### Plans with {_words(page.filter)}", *entries, *_missing(page))
    components: list[Any] = [block, layout.row(layout.select(_state(page.filter), _menu(page), _plans(page)))]
    if page.newer or page.older:
        components.append(layout.row(*_page_buttons(page)))
    return layout.private(components)


def _entry(hit: SearchHit, page: SearchPage) -> str:
    plan = hit.plan
    name = f"**{layout.preview(plan.coach.name, _NAME)}** · {listed_day(plan.day, page.today)}"
    which = "" if hit.is_current else f"An earlier text, #{hit.revision} of {plan.revision} · "
    return f"{name}\n{excerpt(hit.marked)}\n-# {which}{'Posted' if hit.revision == 1 else 'Changed'} {ago(hit.made_at)}"


def excerpt(marked: str) -> str:
    """Return a line around the first hit of a text, with all hits in it in bold and everything else literally."""
    line = " ".join(layout.covered(marked).split())
    hit = max(0, line.find(HIT_START))
    start = max(0, hit - _BEFORE)
    start = start and (line.find(" ", start, hit) + 1 or start)
    shown = ("… " if start else "") + line[start:]
    if len(shown) > EXCERPT:
        begun = shown[:EXCERPT].rstrip(f" {HIT_START}")
        shown = f"{begun}{HIT_END if _is_open(begun) else ''}…"
    literal = markdown.unlinked(shown)
    return literal.replace(HIT_START, "**").replace(HIT_END, "**")


def _menu(page: SearchPage) -> str:
    return "Read a plan" if all(hit.is_current for hit in page.hits) else "Read a plan as it is now"


def _is_open(text: str) -> bool:
    return text.rfind(HIT_START) > text.rfind(HIT_END)


def _plans(page: SearchPage) -> list[tuple[str, str]]:
    """Return the plans of the page, each once."""
    plans = {hit.plan.id: hit.plan for hit in page.hits}.values()
    return [(f"{listed_day(plan.day, page.today)}: {plan.coach.name}", str(plan.id)) for plan in plans]


def _state(shown: SearchFilter) -> str:
    """Return the `custom_id` of the menu: the search itself, which the buttons beside it repeat."""
    days = (day.isoformat() if day else "" for day in (shown.first, shown.last))
    return route_id("plans.choose_hit", shown.coach or "", *days, int(shown.include_history), shown.words)


def _page_buttons(page: SearchPage) -> list[Button]:
    newer, older = (at.hit_id if at else 0 for at in (page.newer, page.older))
    return [
        layout.button("Newer", route_id("plans.newer_hits", newer), is_disabled=page.newer is None),
        layout.button("Older", route_id("plans.older_hits", older), is_disabled=page.older is None),
    ]


def _words(shown: SearchFilter) -> str:
    return f"“{layout.escape(str(shown.words))}”"


def _nothing(shown: SearchFilter) -> str:
    of_coach = f" of the coach {shown.coach}" if shown.coach else ""
    earlier = "" if shown.include_history else " To search earlier texts too, set include_history to True."
    return f"No plan{of_coach} with {_words(shown)}{_range(shown)}.{earlier}"


def _range(shown: SearchFilter) -> str:
    """Return the days of the search: ` from Mon 2 Nov 2026 to Tue 3 Nov 2026`."""
    days = (("from", shown.first), ("to", shown.last))
    return "".join(f" {word} {short_date(day)}" for word, day in days if day)


def _missing(page: SearchPage) -> list[str]:
    """Return lines on what was not searched."""
    return [*unchecked(page), *([] if page.is_indexed else [_UNINDEXED])]
