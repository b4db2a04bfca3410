"""Forms for plans and captions, and the message that opens one."""

import hikari

from bot.domain.days import short_day
from bot.domain.values import (
    MAX_CAPTION_LENGTH,
    MAX_CHARTS,
    MAX_CHOICE_LENGTH,
    Chart,
    Draft,
    Limits,
    Plan,
    PostForm,
    Suggestion,
)
from bot.replies import layout
from bot.replies.custom_ids import fresh_route_id, route_id
from bot.replies.layout import Reply
from bot.replies.modals import Modal, ModalField, SelectField, TextField, UploadField
from bot.replies.phrases import addable, count_of_charts


def write_button() -> Reply:
    """Return the message, for a channel, whose button opens an empty form."""
    button = layout.button("Post today’s plan", route_id("plans.write"), hikari.ButtonStyle.PRIMARY)
    return layout.public([layout.container(layout.LIVE, "Coaches: post your plan here."), layout.row(button)])


def post_modal(form: PostForm, limit: int, text: str = "") -> Modal:
    """Return a form for a plan, which begins with this text."""
    route = fresh_route_id("plans.post", _settled_coach(form), form.day or "")
    return Modal(_post_title(form), route, [TextField("text", "Plan", text, limit=limit), *_post_fields(form, 0)])


def draft_post_modal(draft: Draft, form: PostForm, limits: Limits) -> Modal:
    """Return a form with a draft's text to post; it says how many of the draft's pictures will be added."""
    route = fresh_route_id("plans.send_draft", draft.id, _settled_coach(form))
    is_required = draft.has_text or not draft.pictures
    text = TextField("text", "Plan", draft.text, _added(draft, limits), limits.plan_text, is_required)
    return Modal(_post_title(form), route, [text, *_post_fields(form, len(draft.pictures))])


def edit_modal(plan: Plan, limit: int) -> Modal:
    """Return a form with the plan's current text; files are added to its charts."""
    return Modal(
        layout.cut(f"Edit {short_day(plan.day)}: {plan.coach.name}", layout.MODAL_TITLE),
        fresh_route_id("plans.edit", plan.id, plan.revision),
        [TextField("text", "Plan", plan.text, limit=limit), *_upload("Add charts", len(plan.charts))],
    )


def caption_modal(plan: Plan, chart: Chart) -> Modal:
    """Return a form with the chart's current caption."""
    caption = TextField("text", "Caption", chart.caption or "", limit=MAX_CAPTION_LENGTH, is_required=False)
    return Modal(
        layout.cut(f"Caption {chart.filename}", layout.MODAL_TITLE),
        fresh_route_id("charts.caption", plan.id, chart.mark),
        [caption],
    )


def draft_edit_modal(draft: Draft, seen: int, limits: Limits) -> Modal:
    """Return a form with the text of a refused edit, which takes more pictures; its author has seen revision `seen`."""
    text = TextField("text", "Plan", draft.text, _added(draft, limits), limits.plan_text)
    return Modal(
        "Edit plan",
        fresh_route_id("plans.edit_kept", draft.plan_id or 0, seen, draft.id),
        [text, *_upload("Add charts", len(draft.pictures))],
    )


def _settled_coach(form: PostForm) -> str:
    """Return the key of the coach of a form that offers no other; empty: it is chosen in the form."""
    return "" if form.has_choice or not form.coach else form.coach.key


def _post_title(form: PostForm) -> str:
    title = "Post plan" if form.has_choice or not form.coach else f"Post plan: {form.coach.name}"
    return layout.cut(title, layout.MODAL_TITLE)


def _post_fields(form: PostForm, pictures: int) -> list[ModalField]:
    """Return the fields beside the text, three at most; the draft has so many pictures already."""
    day = SelectField("day", "Day", form.days, form.day.isoformat() if form.day else None)
    return [*_upload("Charts", pictures), *_coach_field(form), day]


def _upload(label: str, existing: int) -> list[ModalField]:
    """Return the field for pictures beside so many existing ones; empty: there is no room for more."""
    room = MAX_CHARTS - existing
    return [UploadField("files", label, f"Up to {room}: PNG, JPEG, GIF or WebP.", room)] if room > 0 else []


def _coach_field(form: PostForm) -> list[ModalField]:
    """Return the field for the coach: a text where there are more than a select shows; empty: there is no choice."""
    if not form.has_choice:
        return []
    chosen = form.coach.key if form.coach else None
    if len(form.coaches) > layout.OPTIONS:
        return [TextField("coach", "Coach", chosen or "", "Its key or its name.", limit=MAX_CHOICE_LENGTH)]
    options = [
        Suggestion(layout.cut(f"{each.key}: {each.name}", layout.OPTION_LABEL), each.key) for each in form.coaches
    ]
    return [SelectField("coach", "Coach", options, chosen)]


def _added(draft: Draft, limits: Limits) -> str:
    """Return how many charts will be added, and what can't be."""
    count, others = addable(draft.pictures, limits)
    return " ".join(filter(None, [f"{count_of_charts(count)} will be added." if count else "", others]))
