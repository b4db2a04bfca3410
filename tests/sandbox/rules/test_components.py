"""Limits of message components: at the limit, and one past it."""

from collections.abc import Iterable
from typing import Any

import pytest

from sandbox.rules import check_message
from tests.sandbox.refusals import found

V2 = 1 << 15
MAX = "BASE_TYPE_MAX_LENGTH"
LENGTH = "BASE_TYPE_BAD_LENGTH"
NEEDED = "BASE_TYPE_REQUIRED"
IN_ROW = "components.0.components.0"

Component = dict[str, Any]


def button(custom_id: str = "go", **more: Any) -> Component:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id, **more}


def link(**more: Any) -> Component:
    return {"type": 2, "style": 5, "label": "Go", "url": "https://example.com", **more}


def row(*components: Component) -> Component:
    return {"type": 1, "components": list(components)}


def menu(custom_id: str = "pick", count: int = 1, **more: Any) -> Component:
    options = [{"label": f"l{at}", "value": f"v{at}"} for at in range(count)]
    return {"type": 3, "custom_id": custom_id, "options": options, **more}


def display(words: str = "w") -> Component:
    return {"type": 10, "content": words}


def container(*components: Component, **more: Any) -> Component:
    return {"type": 17, "components": list(components), **more}


def section(count: int, accessory: Component | None) -> Component:
    made: Component = {"type": 9, "components": [display()] * count}
    return made | ({"accessory": accessory} if accessory else {})


def gallery(count: int, **more: Any) -> Component:
    return {"type": 12, "items": [{"media": {"url": "https://example.com/a.png"}, **more}] * count}


def faults(components: Iterable[Component], flags: int = 0) -> list[str]:
    return found(check_message, {"components": list(components), "flags": flags})


LEGACY_ACCEPTED = {
    "5 rows": [row(button(f"b{at}")) for at in range(5)],
    "5 buttons": [row(*(button(f"b{at}") for at in range(5)))],
    "custom_id 1": [row(button("a"))],
    "custom_id 100": [row(button("a" * 100))],
    "label 80": [row(button(label="l" * 80))],
    "emoji alone": [row(button(label=None, emoji={"name": "🔥"}))],
    "link": [row(link())],
    "long link": [row(link(url="https://" + "a" * 504))],
    "25 options": [row(menu(count=25))],
    "placeholder": [row(menu(placeholder="p" * 150))],
    "all of them": [row(menu(count=2, min_values=0, max_values=2))],
    "user select": [row({"type": 5, "custom_id": "who", "max_values": 25})],
}


@pytest.mark.parametrize("components", LEGACY_ACCEPTED.values(), ids=LEGACY_ACCEPTED)
def test_rows_accepted(components: list[Component]):
    assert faults(components) == []


LEGACY_REFUSED = {
    "6 rows": ([row(button(f"b{at}")) for at in range(6)], f"components: {MAX}"),
    "empty row": ([row()], f"components.0.components: {LENGTH}"),
    "button without row": ([button()], "components.0.type: UNION_TYPE_CHOICES"),
    "two selects": ([row(menu("a"), menu("b"))], "components.0.components.1: COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
    "button and select": ([row(button(), menu())], "components.0.components.1: COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
    "custom_id 101": ([row(button("a" * 101))], f"{IN_ROW}.custom_id: {LENGTH}"),
    "custom_id 0": ([row(button(""))], f"{IN_ROW}.custom_id: {NEEDED}"),
    "no custom_id": (
        [row({"type": 2, "style": 1, "label": "a"})],
        f"{IN_ROW}.custom_id: BUTTON_COMPONENT_CUSTOM_ID_REQUIRED",
    ),
    "custom_id twice": (
        [row(button(), button())],
        "components.0.components.1.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    "twice over rows": (
        [row(button()), row(button())],
        "components.1.components.0.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    "label 81": ([row(button(label="l" * 81))], f"{IN_ROW}.label: {MAX}"),
    "no label": ([row(button(label=""))], f"{IN_ROW}.label: {NEEDED}"),
    "no such style": ([row(button(style=7))], f"{IN_ROW}.style: BASE_TYPE_CHOICES"),
    "button with url": ([row(button(url="https://x.example"))], f"{IN_ROW}.url: BUTTON_COMPONENT_CUSTOM_ID_AND_URL"),
    "link with custom_id": ([row(link(custom_id="a"))], f"{IN_ROW}.custom_id: BUTTON_COMPONENT_CUSTOM_ID_AND_URL"),
    "link to nowhere": ([row(link(url=None))], f"{IN_ROW}.url: BUTTON_COMPONENT_URL_REQUIRED"),
    "link 513": ([row(link(url="https://" + "a" * 505))], f"{IN_ROW}.url: {LENGTH}"),
    "link by ftp": ([row(link(url="ftp://x"))], f"{IN_ROW}.url: URL_TYPE_INVALID_SCHEME"),
    "26 options": ([row(menu(count=26))], f"{IN_ROW}.options: {LENGTH}"),
    "no options": ([row(menu(count=0))], f"{IN_ROW}.options: {LENGTH}"),
    "placeholder 151": ([row(menu(placeholder="p" * 151))], f"{IN_ROW}.placeholder: {MAX}"),
    "more than there are": ([row(menu(max_values=2))], f"{IN_ROW}.max_values: SELECT_COMPONENT_NOT_ENOUGH_OPTIONS"),
    "max_values 26": ([row({"type": 5, "custom_id": "a", "max_values": 26})], f"{IN_ROW}.max_values: NUMBER_TYPE_MAX"),
    "least over most": (
        [row({"type": 5, "custom_id": "a", "min_values": 2})],
        f"{IN_ROW}.min_values: SELECT_COMPONENT_MIN_VALUES_EXCEED_MAX_VALUES",
    ),
    "value twice": (
        [row(menu(options=[{"label": "a", "value": "v"}, {"label": "b", "value": "v"}]))],
        f"{IN_ROW}.options.1.value: SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
    ),
    "option label 101": (
        [row(menu(options=[{"label": "a" * 101, "value": "v"}]))],
        f"{IN_ROW}.options.0.label: {LENGTH}",
    ),
    "option description 101": (
        [row(menu(options=[{"label": "a", "value": "v", "description": "d" * 101}]))],
        f"{IN_ROW}.options.0.description: {MAX}",
    ),
    "premium": ([row({"type": 2, "style": 6, "sku_id": "1"})], "0"),
    "text input": ([row({"type": 4, "custom_id": "a", "style": 1})], f"{IN_ROW}.type: UNION_TYPE_CHOICES"),
}


@pytest.mark.parametrize(("components", "fault"), LEGACY_REFUSED.values(), ids=LEGACY_REFUSED)
def test_rows_refused(components: list[Component], fault: str):
    assert faults(components) == [fault]


def test_a_sixth_button_is_too_wide():
    assert faults([row(*(button(f"b{at}") for at in range(6)))]) == [
        f"components.0.components: {LENGTH}",
        "components.0.components.5: COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ]


ACCEPTED = {
    "40 components": [display()] * 40,
    "40 with those inside": [container(*[display()] * 39)],
    "4000 characters": [display("w" * 2000)] * 2,
    "gallery of 10": [gallery(10)],
    "description 1024": [gallery(1, description="d" * 1024)],
    "section of 3": [section(3, button())],
    "thumbnail": [section(1, {"type": 11, "media": {"url": "https://example.com/a.png"}})],
    "separator": [{"type": 14, "divider": True, "spacing": 2}],
    "accent": [container(display(), accent_color=0xFFFFFF, spoiler=True)],
    "row in a container": [container(row(button()))],
}


@pytest.mark.parametrize("components", ACCEPTED.values(), ids=ACCEPTED)
def test_v2_accepted(components: list[Component]):
    assert faults(components, V2) == []


REFUSED = {
    "41 with those inside": (
        [container(*[display()] * 20), *[display()] * 20],
        "components: COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ),
    "accessories count": (
        [*[section(1, button(f"b{at}")) for at in range(13)], display(), display()],
        "components: COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ),
    "4001 characters": ([display("w" * 4000), display()], "components: COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"),
    "4001 over containers": (
        [container(display("w" * 4000)), container(display())],
        "components: COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    ),
    "no words": ([display("")], f"components.0.content: {NEEDED}"),
    "gallery of none": ([gallery(0)], f"components.0.items: {LENGTH}"),
    "gallery of 11": ([gallery(11)], f"components.0.items: {LENGTH}"),
    "description 1025": ([gallery(1, description="d" * 1025)], f"components.0.items.0.description: {LENGTH}"),
    "section of 4": ([section(4, button())], f"components.0.components: {LENGTH}"),
    "no accessory": ([section(1, None)], f"components.0.accessory: {NEEDED}"),
    "text as accessory": ([section(1, display())], "components.0.accessory.type: UNION_TYPE_CHOICES"),
    "thumbnail alone": (
        [{"type": 11, "media": {"url": "https://example.com/a.png"}}],
        "components.0.type: UNION_TYPE_CHOICES",
    ),
    "container in a container": ([container(container(display()))], f"{IN_ROW}.type: UNION_TYPE_CHOICES"),
    "empty container": ([container()], f"components.0.components: {LENGTH}"),
    "accent": ([container(display(), accent_color=0x1000000)], "components.0.accent_color: NUMBER_TYPE_MAX"),
    "spacing 3": ([{"type": 14, "spacing": 3}], "components.0.spacing: BASE_TYPE_CHOICES"),
    "file from the web": (
        [{"type": 13, "file": {"url": "https://example.com/a.pdf"}}],
        "components.0.file.url: URL_TYPE_INVALID_SCHEME",
    ),
    "id twice": ([display() | {"id": 3}, display() | {"id": 3}], "components.1.id: COMPONENT_ID_DUPLICATED"),
    "label outside a modal": ([{"type": 18, "label": "a"}], "components.0.type: UNION_TYPE_CHOICES"),
}


@pytest.mark.parametrize(("components", "fault"), REFUSED.values(), ids=REFUSED)
def test_v2_refused(components: list[Component], fault: str):
    assert faults(components, V2) == [fault]


def test_41_components_at_the_top():
    assert faults([display()] * 41, V2) == [
        f"components: {MAX}",
        "components: COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ]


def test_one_text_of_4001_characters():
    assert f"components.0.content: {LENGTH}" in faults([display("w" * 4001)], V2)


def test_a_file_shows_what_was_uploaded():
    body = {"flags": V2, "components": [{"type": 13, "file": {"url": "attachment://a.pdf"}}]}

    assert found(check_message, body, {"0": "a.pdf"}) == []
