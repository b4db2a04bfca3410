"""Refusals and failures with the user's own text and buttons to continue."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, Final

import hikari

from bot.domain.days import long_day, short_day
from bot.domain.errors import PlanChangedError, RefusalError, TemplateChangedError, UndoOutdatedError
from bot.domain.values import MAX_CHARTS, BeginsWith, Draft, Plan, PlanId, RejectedPicture, Template
from bot.replies import layout
from bot.replies.custom_ids import route_id
from bot.replies.layout import Button, Reply
from bot.replies.phrases import PART, ago, count_of_charts, left_out_lines, who
from bot.replies.returned import add_texts

_MAX_REFUSAL: Final = 1500
_OTHER_DAY: Final = "Other day\N{HORIZONTAL ELLIPSIS}"


def refusal(
    message: str,
    *,
    left_out: Sequence[RejectedPicture] = (),
    yours: str | None = None,
    current: str | None = None,
    buttons: Sequence[Button] = (),
) -> Reply:
    """Return a refusal: `message` has what happened and what to do.

    `yours` is the user's own text, which is returned; `current` is the plan's text, shown beside it.
    """
    message = "\n".join([layout.cut(message, _MAX_REFUSAL), *left_out_lines(left_out)])
    block = layout.container(layout.REFUSED, message)
    texts = [("Current text", "current-text.txt", current), ("Your text", "your-text.txt", yours)]
    given = [(title, name, text) for title, name, text in texts if text]
    components: list[Any] = [block, *add_texts(block, given, PART - layout.units(message))]
    if buttons:
        components.append(layout.row(*buttons))
    return layout.private(components)


def refusal_words(error: RefusalError) -> str:
    """Return a refusal's message as markdown; of a changed plan or template with who changed it and when."""
    words = layout.escape(str(error))
    changed = error.plan if isinstance(error, UndoOutdatedError) else _changed(error)
    return f"{words}\nChanged by {who(changed.changed_by)}, {ago(changed.changed_at)}." if changed else words


def current_text(error: Exception) -> str | None:
    """Return the text of the plan or template that was changed after the user opened it; None: it was not that."""
    changed = _changed(error)
    return changed and changed.text


def failed(reference: str) -> str:
    """Say that something failed that is no refusal; the log has it by the reference."""
    return (
        "Something went wrong on our side. Try again in a moment. If it happens again, tell the bot’s operators "
        f"this reference: {reference}."
    )


def not_shown(reference: str) -> str:
    """Say that Discord rejected an answer; the log has it by the reference."""
    return (
        f"Discord rejected the answer (reference {reference}). If you posted or changed something, it is saved: "
        "see it with /plan show."
    )


def command_disabled() -> str:
    """Say that a command's plugin is not loaded."""
    return "This command is currently disabled. Ask the bot’s operators."


def no_longer_valid(what: str) -> str:
    """Say that a button, form or command was changed, or made up."""
    return f"This {what} is no longer valid. Type / and choose the command again, such as /plan show."


def draft_buttons(draft: Draft) -> list[Button]:
    """Return the button to edit a refused text that is saved as a draft."""
    style = hikari.ButtonStyle.PRIMARY
    return [layout.button("Edit and resend", route_id("plans.resume", draft.id), style)]


def add_again(draft: Draft, plan_id: PlanId) -> Button:
    """Return the button that adds the pictures of a draft to the plan once more."""
    return layout.button("Try again", route_id("plans.add_charts", draft.id, plan_id), hikari.ButtonStyle.PRIMARY)


def which_day_buttons(days: Iterable[tuple[datetime.date, str]]) -> list[Button]:
    """Return a button for each of the two days that words can mean."""
    return [layout.button(long_day(day), route) for day, route in days]


def closed_day_buttons(draft: Draft, day: datetime.date, following: datetime.date) -> list[Button]:
    """Return buttons to post a draft for a closed day, for the next session, or for yet another day."""
    anyway = route_id("plans.post_anyway", draft.id, day)
    return [
        layout.button(f"Post for {short_day(following)}", post_on(draft, following), hikari.ButtonStyle.PRIMARY),
        layout.button("Post anyway", anyway),
        layout.button(_OTHER_DAY, route_id("plans.resume", draft.id)),
    ]


def post_on(draft: Draft, day: datetime.date) -> str:
    """Return the route that posts a draft for a day."""
    return route_id("plans.post_on", draft.id, day)


def change_on(draft: Draft, day: datetime.date) -> str:
    """Return the route that changes the plan of a day by a draft."""
    return route_id("plans.change_on", draft.id, day)


def form_ready(draft: Draft) -> Reply:
    """Return the button for a form that could not be opened at once."""
    words = layout.container(layout.LIVE, "That took a moment. The form is ready now.")
    button = layout.button("Open the form", route_id("plans.resume", draft.id), hikari.ButtonStyle.PRIMARY)
    return layout.private([words, layout.row(button)])


def gone_buttons(draft: Draft) -> list[Button]:
    """Return the button to post the edit of a deleted plan."""
    style = hikari.ButtonStyle.PRIMARY
    return [layout.button("Post as new", route_id("plans.resume_post", draft.id), style)]


def exists_buttons(plan: Plan, draft: Draft | None) -> list[Button]:
    """Return buttons to edit the existing plan, or to use the draft in it."""
    style = hikari.ButtonStyle.PRIMARY
    edit = layout.button("Edit that plan", route_id("plans.open_edit", plan.id), style)
    return [edit, *_use_buttons(plan, draft)] if draft else [edit]


def other_day_buttons(
    plan: Plan, draft: Draft | None, following: datetime.date | None, begins_with: BeginsWith | None
) -> list[Button]:
    """Return the button for a form to post for another day than the plan's: with the draft, or for the next session."""
    if draft:
        return [layout.button(_OTHER_DAY, route_id("plans.resume", draft.id))]
    if following is None:
        return []
    target = (plan.coach.key, following)
    match begins_with:
        case None:
            route = route_id("plans.write_for", *target)
        case BeginsWith(template_id=None):
            route = route_id("plans.begin_with_last", *target)
        case BeginsWith():
            route = route_id("plans.begin", begins_with.template_id, *target)
    return [layout.button(_OTHER_DAY, route)]


def deleted_history_button(plan: Plan) -> Button:
    """Return the button to the history of a deleted plan, which has its text."""
    return layout.button("Its history", route_id("history.show", plan.id, 1))


def pictures_not_saved(count: int) -> str:
    """Say that the pictures beside a text that is returned are saved nowhere."""
    verb, them = ("is", "it") if count == 1 else ("are", "them")
    return f"Your {count_of_charts(count)} {verb} not saved either: attach {them} again."


def saved_as_draft(draft: Draft) -> str:
    """Say that the text and pictures are saved as a draft."""
    what = (
        f"text and {count_of_charts(len(draft.pictures))}" if draft.has_text else count_of_charts(len(draft.pictures))
    )
    is_plural = draft.has_text or len(draft.pictures) > 1
    return f"Your {what} {'are' if is_plural else 'is'} saved as a draft. Continue here, or later with /plan drafts."


def changed_buttons(plan: Plan, draft: Draft | None) -> list[Button]:
    """Return buttons for a plan that was changed after the user opened it."""
    showing = layout.button("Show current", route_id("plans.open", plan.id))
    if draft is None:
        return [showing]
    again = route_id("plans.resume_edit", draft.id, plan.revision)
    editing = layout.button("Edit my text", again, hikari.ButtonStyle.PRIMARY)
    return [editing if draft.has_text else showing, *_use_buttons(plan, draft)]


def _use_buttons(plan: Plan, draft: Draft) -> list[Button]:
    """Return buttons to use a draft in the plan; each names what it replaces."""
    new, old = len(draft.pictures), len(plan.charts)
    seen = (draft.id, plan.id, plan.revision)
    if not new:
        return [layout.button("Replace text", route_id("plans.use", *seen))]
    buttons = list[Button]()
    if new + old <= MAX_CHARTS:
        adding, mine = ("Add chart", "chart") if new == 1 else (f"Add {new} charts", "charts")
        buttons.append(layout.button(adding, route_id("plans.add_charts", draft.id, plan.id)))
        if draft.has_text:
            buttons.append(layout.button(f"Replace text, add {mine}", route_id("plans.use", *seen)))
    if old:
        replacing = f"Replace text and {count_of_charts(old)}" if draft.has_text else f"Replace {count_of_charts(old)}"
        buttons.append(layout.button(replacing, route_id("plans.replace", *seen), hikari.ButtonStyle.DANGER))
    return buttons


def _changed(error: Exception) -> Plan | Template | None:
    match error:
        case PlanChangedError():
            return error.plan
        case TemplateChangedError():
            return error.template
        case _:
            return None
