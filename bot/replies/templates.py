"""The panel of a coach's templates, and their forms."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, Final

import hikari

from bot.domain.days import listed_day, long_day
from bot.domain.templates import PLACEHOLDERS
from bot.domain.values import MAX_FORM_LENGTH, MAX_TEMPLATE_NAME, MAX_TEMPLATES, Coach, Template, TemplatePanel
from bot.replies import layout
from bot.replies.custom_ids import fresh_route_id, route_id
from bot.replies.layout import Button, Reply
from bot.replies.modals import Modal, TextField
from bot.replies.phrases import PREVIEW, who
from bot.replies.returned import done_with

_ABOUT: Final = (
    "A template is a text to begin a plan with. These are replaced: "
    f"{', '.join(f'`{each}`' for each in PLACEHOLDERS[:-1])} and `{PLACEHOLDERS[-1]}` (the text of the last plan)."
)


def templates(
    panel: TemplatePanel, done: str | None = None, returned: str = "", *, refused: str | None = None
) -> Reply:
    """Return the panel: a button to begin a plan with each template, and menus to change them.

    First what was `done`, with the text that is `returned` to the user, or that a template of an older panel is gone.
    """
    coach, day = panel.coach.key, panel.day.isoformat()
    block = layout.container(layout.LIVE, f"### {layout.escape(panel.coach.name)}: templates")
    if panel.templates:
        block.add_text_display("\n".join(map(_line, panel.templates)))
    block.add_text_display(f"-# {_ABOUT}\n-# The buttons begin the plan for {long_day(panel.day)}.")
    components: list[Any] = [*done_with(done, returned, [block]), block] if done else [block]
    if refused:
        components.insert(0, layout.container(layout.REFUSED, refused))
    components += [layout.row(*each) for each in _rows(_beginnings(panel, day))]
    if len(panel.templates) < MAX_TEMPLATES:
        new = layout.button("New template", route_id("plans.new_template", coach, day))
        components.append(layout.row(new))
    if panel.templates:
        choices = [(each.name, str(each.id)) for each in panel.templates]
        components += [
            layout.row(layout.select(route_id("plans.open_template", coach, day), "Edit a template", choices)),
            layout.row(layout.select(route_id("plans.delete_template", coach, day), "Delete a template", choices)),
        ]
    if panel.others:
        others = [(each.name, each.key) for each in panel.others]
        components.append(layout.row(layout.select(route_id("plans.templates", day), "Another coach", others)))
    return layout.private(components)


def template_modal(coach: Coach, day: str, template: Template | None = None, limit: int = MAX_FORM_LENGTH) -> Modal:
    """Return a form for a new template, or with a template; the panel that it was opened from is for the day."""
    save = fresh_route_id("plans.save_template", template.id, template.revision, day) if template else None
    name, text = (template.name, template.text) if template else ("", "")
    return Modal(
        layout.cut(f"{'Edit' if template else 'New'} template: {coach.name}", layout.MODAL_TITLE),
        save or fresh_route_id("plans.add_template", coach.key, day),
        [
            TextField("name", "Name", name, limit=MAX_TEMPLATE_NAME),
            TextField("text", "Text", text, limit=limit),
        ],
    )


def template_saved(template: Template) -> str:
    """Say that a template was saved."""
    return f"Template saved: {layout.escape(template.name)}."


def template_deleted(template: Template) -> str:
    """Say that a template was deleted."""
    return f"Template deleted: {layout.escape(template.name)}."


def _beginnings(panel: TemplatePanel, day: str) -> Iterator[Button]:
    """Yield the buttons that open the form of a post: with the last plan, and with each template."""
    if panel.last_day:
        label = f"Start from the last plan ({listed_day(panel.last_day, panel.day)})"
        last = route_id("plans.begin_with_last", panel.coach.key, day)
        yield layout.button(label, last, hikari.ButtonStyle.PRIMARY)
    for each in panel.templates:
        yield layout.button(
            each.name, route_id("plans.begin", each.id, panel.coach.key, day), hikari.ButtonStyle.PRIMARY
        )


def _rows(buttons: Iterable[Button]) -> Iterator[tuple[Button, ...]]:
    remaining = iter(buttons)
    while row := tuple(itertools.islice(remaining, layout.BUTTONS)):
        yield row


def _line(template: Template) -> str:
    saved = f"{who(template.changed_by)}, {layout.timestamp(template.changed_at, 'R')}"
    return f"**{layout.escape(template.name)}** by {saved}: {layout.preview(template.text, PREVIEW)}"
