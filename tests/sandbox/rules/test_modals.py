"""Limits of modals and of submissions: at the limit, and one past it."""

from typing import Any

import pytest

from sandbox.rules import check_modal, check_submission
from tests.sandbox.refusals import found

LENGTH = "BASE_TYPE_BAD_LENGTH"
MAX = "BASE_TYPE_MAX_LENGTH"
MIN = "BASE_TYPE_MIN_LENGTH"
NEEDED = "BASE_TYPE_REQUIRED"
CHOICES = "BASE_TYPE_CHOICES"
INPUT = "components.0.component"

Component = dict[str, Any]


def text(custom_id: str = "text", **more: Any) -> Component:
    return {"type": 4, "custom_id": custom_id, "style": 2, **more}


def label(component: Component, **more: Any) -> Component:
    return {"type": 18, "label": "Plan", "component": component, **more}


def row(*components: Component) -> Component:
    return {"type": 1, "components": list(components)}


def modal(*components: Component, **more: Any) -> Component:
    return {"custom_id": "m", "title": "Your plan", "components": list(components), **more}


def options(count: int) -> list[Component]:
    return [{"label": f"l{at}", "value": f"v{at}"} for at in range(count)]


def chooser(kind: int, count: int, **more: Any) -> Component:
    return {"type": kind, "custom_id": "pick", "options": options(count), **more}


def files(**more: Any) -> Component:
    return {"type": 19, "custom_id": "files", **more}


ACCEPTED = {
    "in a label": modal(label(text())),
    "in a row": modal(row(text(label="Plan"))),
    "title 45": modal(label(text()), title="t" * 45),
    "custom_id 100": modal(label(text("c" * 100)), custom_id="c" * 100),
    "5 components": modal(*(label(text(f"t{at}")) for at in range(5))),
    "label 45": modal(label(text(), label="l" * 45, description="d" * 100)),
    "label 45 in a row": modal(row(text(label="l" * 45))),
    "value 4000": modal(label(text(value="v" * 4000))),
    "value as long as it may be": modal(label(text(value="vv", min_length=2, max_length=2))),
    "placeholder 100": modal(label(text(placeholder="p" * 100))),
    "words": modal({"type": 10, "content": "w"}, label(text())),
    "10 files": modal(label(files(min_values=0, max_values=10, required=False))),
    "select": modal(label(chooser(3, 25))),
    "radio": modal(label(chooser(21, 2))),
    "checkboxes": modal(label(chooser(22, 10, min_values=0, max_values=10, required=False))),
    "checkbox": modal(label({"type": 23, "custom_id": "ok"})),
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(body: Component):
    assert found(check_modal, body) == []


REFUSED = {
    "title 46": (modal(label(text()), title="t" * 46), f"title: {LENGTH}"),
    "no title": (modal(label(text()), title=""), f"title: {NEEDED}"),
    "custom_id 101": (modal(label(text()), custom_id="c" * 101), f"custom_id: {LENGTH}"),
    "no components": (modal(), f"components: {LENGTH}"),
    "6 components": (modal(*(label(text(f"t{at}")) for at in range(6))), f"components: {LENGTH}"),
    "custom_id twice": (
        modal(label(text()), label(text())),
        "components.1.component.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    "input alone": (modal(text()), "components.0.type: UNION_TYPE_CHOICES"),
    "button": (modal(label({"type": 2, "style": 1})), f"{INPUT}.type: UNION_TYPE_CHOICES"),
    "label 46": (modal(label(text(), label="l" * 46)), f"components.0.label: {LENGTH}"),
    "label 46 in a row": (modal(row(text(label="l" * 46))), f"components.0.components.0.label: {LENGTH}"),
    "no label in a row": (modal(row(text())), f"components.0.components.0.label: {NEEDED}"),
    "two inputs in a row": (
        modal(row(text("a", label="a"), text("b", label="b"))),
        "components.0.components.1: COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    "description 101": (modal(label(text(), description="d" * 101)), f"components.0.description: {LENGTH}"),
    "placeholder 101": (modal(label(text(placeholder="p" * 101))), f"{INPUT}.placeholder: {MAX}"),
    "value over max_length": (modal(label(text(value="vv", max_length=1))), f"{INPUT}.value: {MAX}"),
    "value under min_length": (modal(label(text(value="v", min_length=2))), f"{INPUT}.value: {MIN}"),
    "max_length 0": (modal(label(text(max_length=0))), f"{INPUT}.max_length: NUMBER_TYPE_MIN"),
    "max_length 4001": (modal(label(text(max_length=4001))), f"{INPUT}.max_length: NUMBER_TYPE_MAX"),
    "least over most": (
        modal(label(text(min_length=2, max_length=1))),
        f"{INPUT}.min_length: TEXT_INPUT_COMPONENT_BOUNDS_INVALID",
    ),
    "style 3": (modal(label(text(style=3))), f"{INPUT}.style: {CHOICES}"),
    "11 files": (modal(label(files(max_values=11))), f"{INPUT}.max_values: NUMBER_TYPE_MAX"),
    "disabled select": (modal(label(chooser(3, 1, disabled=True))), f"{INPUT}.disabled: COMPONENT_DISABLED_IN_MODAL"),
    "files that are needed, 0 at least": (modal(label(files(min_values=0))), f"{INPUT}.min_values: NUMBER_TYPE_MIN"),
    "a choice that is needed, 0 at least": (
        modal(label(chooser(3, 2, min_values=0, required=True))),
        f"{INPUT}.min_values: NUMBER_TYPE_MIN",
    ),
    "checkboxes that are needed, 0 at least": (
        modal(label(chooser(22, 2, min_values=0))),
        f"{INPUT}.min_values: NUMBER_TYPE_MIN",
    ),
    "select in a row": (modal(row(chooser(3, 2, label="l"))), "components.0.components.0.type: UNION_TYPE_CHOICES"),
    "files in a row": (modal(row(files(label="l"))), "components.0.components.0.type: UNION_TYPE_CHOICES"),
    "26 options": (modal(label(chooser(3, 26))), f"{INPUT}.options: {LENGTH}"),
    "radio of 1": (modal(label(chooser(21, 1))), f"{INPUT}.options: {LENGTH}"),
    "radio of 11": (modal(label(chooser(21, 11))), f"{INPUT}.options: {LENGTH}"),
    "11 checkboxes": (modal(label(chooser(22, 11))), f"{INPUT}.options: {LENGTH}"),
}


@pytest.mark.parametrize(("body", "fault"), REFUSED.values(), ids=REFUSED)
def test_refused(body: Component, fault: str):
    assert found(check_modal, body) == [fault]


def test_a_value_of_4001_characters():
    assert set(found(check_modal, modal(label(text(value="v" * 4001))))) == {f"{INPUT}.value: {MAX}"}


SUBMITTED = [
    (text(), {"text": "words"}, []),
    (text(), {}, [f"text: {NEEDED}"]),
    (text(value="preset"), {}, []),
    (text(required=False), {}, []),
    (text(min_length=3, required=False), {"text": ""}, []),
    (text(min_length=3), {"text": "abc"}, []),
    (text(min_length=3), {"text": "ab"}, [f"text: {MIN}"]),
    (text(max_length=3), {"text": "abc"}, []),
    (text(max_length=3), {"text": "abcd"}, [f"text: {MAX}"]),
    (text(), {"text": "w" * 4000}, []),
    (text(), {"text": "w" * 4001}, [f"text: {MAX}"]),
    (text(), {"text": "w", "other": "w"}, ["other: COMPONENT_NOT_FOUND"]),
    (chooser(3, 2), {"pick": ["v1"]}, []),
    (chooser(3, 2), {"pick": ["v9"]}, [f"pick: {CHOICES}"]),
    (chooser(3, 2), {"pick": ["v0", "v1"]}, [f"pick: {LENGTH}"]),
    (chooser(21, 2), {"pick": "v1"}, []),
    (chooser(21, 2), {"pick": "v9"}, [f"pick: {CHOICES}"]),
    (chooser(21, 2), {}, [f"pick: {NEEDED}"]),
    (chooser(22, 2), {"pick": ["v0", "v1"]}, []),
    (chooser(22, 2, required=False), {}, []),
    (files(max_values=2), {"files": ["a", "b"]}, []),
    (files(max_values=2), {"files": ["a", "b", "c"]}, [f"files: {LENGTH}"]),
    (files(required=False, min_values=0), {}, []),
    ({"type": 5, "custom_id": "who"}, {}, [f"who: {LENGTH}"]),
    ({"type": 5, "custom_id": "who"}, {"who": ["1"]}, []),
    ({"type": 5, "custom_id": "who", "default_values": [{"id": "1", "type": "user"}]}, {}, []),
    ({"type": 23, "custom_id": "ok"}, {"ok": True}, []),
    ({"type": 23, "custom_id": "ok"}, {"ok": "yes"}, ["ok: BOOLEAN_TYPE_CONVERT"]),
]


@pytest.mark.parametrize(("component", "fields", "faults"), SUBMITTED)
def test_submission(component: Component, fields: dict[str, Any], faults: list[str]):
    assert found(check_submission, modal(label(component)), fields) == faults
