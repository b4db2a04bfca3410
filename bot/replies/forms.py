"""Forms for texts."""

from collections.abc import Sequence

from bot.domain.days import short_day
from bot.domain.values import MAX_CAPTION_LENGTH, Chart, Draft, Plan, PostTarget
from bot.replies import layout
from bot.replies.custom_ids import Modal, fresh_route_id


def post_modal(target: PostTarget, limit: int, draft: Draft | None = None) -> Modal:
    """Return an empty form for the plan of a coach and day; the draft has its pictures."""
    plain = fresh_route_id("plans.post", target.coach.key, target.day.isoformat())
    return Modal(
        layout.cut(f"{short_day(target.day)}: {target.coach.name}", layout.MODAL_TITLE),
        fresh_route_id("plans.post_draft", draft.id) if draft else plain,
        [layout.text_input("text", "Plan", "", limit=limit)],
    )


def edit_modal(plan: Plan, limit: int) -> Modal:
    """Return a form with the plan's current text."""
    return Modal(
        layout.cut(f"Edit {short_day(plan.day)}: {plan.coach.name}", layout.MODAL_TITLE),
        fresh_route_id("plans.edit", plan.id, plan.revision),
        [layout.text_input("text", "Plan", plan.text, limit=limit)],
    )


def caption_modal(plan: Plan, chart: Chart) -> Modal:
    """Return a form with the chart's current caption."""
    return Modal(
        layout.cut(f"Caption {chart.filename}", layout.MODAL_TITLE),
        fresh_route_id("charts.caption", plan.id, chart.mark),
        [layout.text_input("text", "Caption", chart.caption or "", limit=MAX_CAPTION_LENGTH, required=False)],
    )


def draft_modal(draft: Draft) -> Modal:
    """Return a form with a draft's text, to post or to edit a plan."""
    return draft_post_modal(draft) if draft.seen is None else draft_edit_modal(draft, draft.seen)


def draft_edit_modal(draft: Draft, seen: int) -> Modal:
    """Return a form with the text of a refused edit; the author has seen revision `seen`."""
    custom_id = fresh_route_id("plans.edit_kept", draft.plan_id or 0, seen, draft.id)
    return Modal("Edit plan", custom_id, [layout.text_input("text", "Plan", draft.text)])


def draft_post_modal(draft: Draft, coaches: Sequence[str] = ()) -> Modal:
    """Return a form with a draft's text to post, as one of the coaches with these keys."""
    text = layout.text_input("text", "Plan", draft.text, required=draft.has_text or not draft.pictures)
    label = layout.cut(f"Coach: {', '.join(coaches)}" if len(coaches) > 1 else "Coach", layout.INPUT_LABEL)
    coach = layout.text_input("coach", label, draft.coach or "", limit=100, required=False)
    day = layout.text_input("day", "Day", draft.day or "", limit=100, required=False)
    return Modal("Post plan", fresh_route_id("plans.post_kept", draft.id), [text, coach, day])
