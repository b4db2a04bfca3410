"""The forms that texts are written in."""

from collections.abc import Sequence

from bot.domain.days import short_day
from bot.domain.values import MAX_CAPTION_LENGTH, Chart, Draft, Plan, PostTarget
from bot.replies import layout
from bot.replies.custom_ids import Modal, fresh_route_id


def post_modal(target: PostTarget, limit: int, draft: Draft | None = None) -> Modal:
    """An empty form for the plan of a coach and a day that were checked before; the draft has its pictures."""
    plain = fresh_route_id("plans.post", target.coach.key, target.day.isoformat())
    return Modal(
        layout.cut(f"{short_day(target.day)}: {target.coach.name}", layout.MODAL_TITLE),
        fresh_route_id("plans.post_draft", draft.id) if draft else plain,
        [layout.text_input("text", "Plan", "", limit=limit)],
    )


def edit_modal(plan: Plan, limit: int) -> Modal:
    """A form filled with what the plan says now."""
    return Modal(
        layout.cut(f"Edit {short_day(plan.day)}: {plan.coach.name}", layout.MODAL_TITLE),
        fresh_route_id("plans.edit", plan.id, plan.revision),
        [layout.text_input("text", "Plan", plan.text, limit=limit)],
    )


def caption_modal(plan: Plan, chart: Chart) -> Modal:
    """A form for the caption of a chart, filled with what it is now."""
    return Modal(
        layout.cut(f"Caption {chart.filename}", layout.MODAL_TITLE),
        fresh_route_id("charts.caption", plan.id, chart.mark),
        [layout.text_input("text", "What it shows", chart.caption or "", limit=MAX_CAPTION_LENGTH, required=False)],
    )


def kept_modal(draft: Draft) -> Modal:
    """A form filled with a text that was refused, for what it was meant for."""
    return kept_post_modal(draft) if draft.seen is None else kept_edit_modal(draft, draft.seen)


def kept_edit_modal(draft: Draft, seen: int) -> Modal:
    """A form filled with an edit that was refused; its writer has revision `seen` before their eyes."""
    custom_id = fresh_route_id("plans.edit_kept", draft.plan_id or 0, seen, draft.id)
    return Modal("Edit the plan", custom_id, [layout.text_input("text", "Plan", draft.text)])


def kept_post_modal(draft: Draft, coaches: Sequence[str] = ()) -> Modal:
    """A form filled with a text to be posted; its writer may post as the coaches with these keys."""
    text = layout.text_input("text", "Plan", draft.text, required=draft.has_text or not draft.pictures)
    label = layout.cut(f"Coach: {', '.join(coaches)}" if len(coaches) > 1 else "Coach", layout.INPUT_LABEL)
    coach = layout.text_input("coach", label, draft.coach or "", limit=100, required=False)
    day = layout.text_input("day", "Day", draft.day or "", limit=100, required=False)
    return Modal("Post the plan", fresh_route_id("plans.post_kept", draft.id), [text, coach, day])
