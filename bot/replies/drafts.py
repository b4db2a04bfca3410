"""A user's drafts."""

import datetime
from typing import Any, Final

import hikari

from bot.domain.days import listed_day
from bot.domain.values import Draft, DraftKind, DraftPage, ListedDraft
from bot.replies import layout
from bot.replies.custom_ids import route_id
from bot.replies.layout import Reply
from bot.replies.phrases import PREVIEW, count_of_charts, fitting
from bot.replies.returned import done_with

_NAME: Final = 40
"""Characters of a coach's name, or of words that name no day or coach."""


def drafts(page: DraftPage, days: int, discarded: Draft | None = None, *, refused: str | None = None) -> Reply:
    """Return a user's drafts, with menus to continue or discard one, and a warning when they are nearly full.

    They are deleted after so many `days`. The text of one that was `discarded` just now is returned; `refused` says
    that one of an older list is gone.
    """
    components = _listed(page, days) if page.drafts else [layout.container(layout.LIVE, "You have no drafts.")]
    above = done_with(_discarded(discarded), discarded.text, components) if discarded else []
    refusal = [layout.container(layout.REFUSED, refused)] if refused else []
    return layout.private([*refusal, *above, *components])


def ask_discard(draft: Draft) -> Reply:
    """Ask for confirmation before a draft with pictures is discarded."""
    what = count_of_charts(len(draft.pictures))
    block = layout.container(layout.LIVE, f"Discard the draft with its {what}? Pictures can’t be brought back.")
    if draft.text.strip():
        block.add_text_display(layout.preview(draft.text, PREVIEW))
    discarding = layout.button("Discard", route_id("plans.discard", draft.id), hikari.ButtonStyle.DANGER)
    return layout.private([block, layout.row(discarding, layout.button("Cancel", route_id("plans.drafts")))])


def _discarded(draft: Draft) -> str:
    """Say it with the number of pictures, which may not be those that its user was asked about."""
    return (
        f"Draft discarded, with its {count_of_charts(len(draft.pictures))}." if draft.pictures else "Draft discarded."
    )


def _listed(page: DraftPage, days: int) -> list[Any]:
    lines = [_line(number, each) for number, each in enumerate(page.drafts, 1)]
    shown = fitting(lines[: layout.OPTIONS])
    choices = [(_choice(number, each), str(each.draft.id)) for number, each in enumerate(page.drafts, 1)][: len(shown)]
    block = layout.container(layout.LIVE, f"### Your drafts (kept for {days} days)", "\n".join(shown))
    if len(shown) < len(lines):
        block.add_text_display(f"These are the newest {len(shown)}. Send or discard some to see the others.")
    for usage, what in ((page.number, "drafts"), (page.mib, "MiB")):
        if usage.is_nearly_full:
            block.add_text_display(
                f"You have used {usage.used:,} of {usage.limit:,} {what}. "
                + (
                    "They are full, so new drafts are refused. Send or discard some."
                    if usage.is_full
                    else "When they are full, new drafts are refused."
                )
            )
    continuing = layout.select(route_id("plans.choose_draft"), "Continue a draft", choices)
    discarding = layout.select(route_id("plans.discard_draft"), "Discard a draft", choices)
    return [block, layout.row(continuing), layout.row(discarding)]


def _line(number: int, listed: ListedDraft) -> str:
    """Return the day, the coach, the number of pictures and the age of a draft, and the beginning of its text."""
    draft = listed.draft
    facts = [layout.escape(each) for each in _facts(listed)]
    if draft.pictures:
        facts.append(count_of_charts(len(draft.pictures)))
    facts.append(layout.timestamp(draft.saved_at, "R"))
    return f"{number}. {' · '.join(facts)}: {layout.preview(draft.text, PREVIEW) or 'no text yet'}"


def _choice(number: int, listed: ListedDraft) -> str:
    return f"{number}. {' · '.join([*_facts(listed), ' '.join(listed.draft.text.split()) or 'no text yet'])}"


def _facts(listed: ListedDraft) -> list[str]:
    """Return what the draft is for: `Edit`, its day and its coach, where they are known."""
    draft = listed.draft
    coach = listed.coach.name if listed.coach else draft.coach
    facts = ("Edit" if draft.kind is DraftKind.EDIT else None, _day(draft), coach and layout.cut(coach, _NAME))
    return list(filter(None, facts))


def _day(draft: Draft) -> str | None:
    """Return the day, or the words that name none."""
    try:
        return draft.day and listed_day(datetime.date.fromisoformat(draft.day), draft.saved_at.date())
    except ValueError:
        return draft.day and layout.cut(draft.day, _NAME)
