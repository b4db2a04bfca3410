"""Limits of messages: at the limit, and one past it."""

from typing import Any

import pytest

from sandbox.rules import check_message, check_message_edit
from tests.sandbox.refusals import found

V2 = 1 << 15
EPHEMERAL = 64
MAX = "BASE_TYPE_MAX_LENGTH"
LENGTH = "BASE_TYPE_BAD_LENGTH"
NEEDED = "BASE_TYPE_REQUIRED"
EMPTY = "50006"
LEGACY = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"


def embed(**more: Any) -> dict[str, Any]:
    return {"embeds": [{"description": "d", **more}]}


def mentions(**more: Any) -> dict[str, Any]:
    return {"content": "x", "allowed_mentions": more}


def display(words: str = "words") -> dict[str, Any]:
    return {"type": 10, "content": words}


ACCEPTED = {
    "content": {"content": "c" * 2000},
    "astral content": {"content": "😀" * 2000},
    "10 embeds": {"embeds": [{"title": "t"}] * 10},
    "long title": embed(title="t" * 256),
    "long description": embed(description="d" * 4096),
    "25 fields": embed(fields=[{"name": "n", "value": "v"}] * 25),
    "long field": embed(fields=[{"name": "n" * 256, "value": "v" * 1024}]),
    "long footer": embed(footer={"text": "f" * 2048}),
    "long author": embed(author={"name": "a" * 256}),
    "color": embed(color=0xFFFFFF),
    "6000 in sum": {"embeds": [{"description": "d" * 3000}] * 2},
    "nonce": {"content": "x", "nonce": "n" * 25, "enforce_nonce": True},
    "flags": {"content": "x", "flags": 4 | 4096},
    "100 users": mentions(users=[str(at) for at in range(100)]),
    "v2": {"flags": V2, "components": [display()]},
    "components only": {
        "components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "a", "custom_id": "a"}]}]
    },
    "reply": {"content": "x", "message_reference": {"message_id": "1"}},
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(body: dict[str, Any]):
    assert found(check_message, body) == []


REFUSED = {
    "long content": ({"content": "c" * 2001}, f"content: {MAX}"),
    "content is no string": ({"content": {}}, "content: STRING_TYPE_CONVERT"),
    "nothing": ({}, EMPTY),
    "blank": ({"content": " \n"}, EMPTY),
    "empty embed": ({"embeds": [{}]}, EMPTY),
    "v2 without components": ({"flags": V2}, EMPTY),
    "11 embeds": ({"embeds": [{"title": "t"}] * 11}, f"embeds: {MAX}"),
    "long title": (embed(title="t" * 257), f"embeds.0.title: {MAX}"),
    "long description": (embed(description="d" * 4097), f"embeds.0.description: {MAX}"),
    "26 fields": (embed(fields=[{"name": "n", "value": "v"}] * 26), f"embeds.0.fields: {MAX}"),
    "long field name": (embed(fields=[{"name": "n" * 257, "value": "v"}]), f"embeds.0.fields.0.name: {LENGTH}"),
    "long field value": (embed(fields=[{"name": "n", "value": "v" * 1025}]), f"embeds.0.fields.0.value: {LENGTH}"),
    "blank field value": (embed(fields=[{"name": "n", "value": " "}]), f"embeds.0.fields.0.value: {NEEDED}"),
    "long footer": (embed(footer={"text": "f" * 2049}), f"embeds.0.footer.text: {LENGTH}"),
    "long author": (embed(author={"name": "a" * 257}), f"embeds.0.author.name: {LENGTH}"),
    "color": (embed(color=0x1000000), "embeds.0.color: NUMBER_TYPE_MAX"),
    "scheme": (embed(url="ftp://x"), "embeds.0.url: URL_TYPE_INVALID_SCHEME"),
    "6001 in sum": (
        {"embeds": [{"description": "d" * 3000}, {"description": "d" * 3001}]},
        "embeds: MAX_EMBED_SIZE_EXCEEDED",
    ),
    "long nonce": ({"content": "x", "nonce": "n" * 26}, "nonce: NONCE_TYPE_TOO_LONG"),
    "enforced without nonce": ({"content": "x", "enforce_nonce": True}, f"nonce: {NEEDED}"),
    "ephemeral in a channel": ({"content": "x", "flags": EPHEMERAL}, "flags: MESSAGE_FLAGS_INVALID"),
    "loading": ({"content": "x", "flags": 128}, "flags: MESSAGE_FLAGS_INVALID"),
    "101 users": (mentions(users=[str(at) for at in range(101)]), f"allowed_mentions.users: {MAX}"),
    "101 roles": (mentions(roles=[str(at) for at in range(101)]), f"allowed_mentions.roles: {MAX}"),
    "no such mention": (mentions(parse=["all"]), "allowed_mentions.parse.0: BASE_TYPE_CHOICES"),
    "parsed and named": (
        mentions(parse=["users"], users=["1"]),
        "allowed_mentions: MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
    "v2 with content": ({"flags": V2, "content": "x", "components": [display()]}, f"content: {LEGACY}"),
    "v2 with embeds": ({"flags": V2, "components": [display()], **embed()}, f"embeds: {LEGACY}"),
    "v2 component without the flag": ({"components": [display()]}, "components.0.type: UNION_TYPE_CHOICES"),
    "poll": ({"poll": {"question": {}}}, "0"),
    "stickers": ({"sticker_ids": ["1"]}, "0"),
    "forward": ({"message_reference": {"type": 1, "message_id": "1"}}, "0"),
    "reply to nothing": ({"content": "x", "message_reference": {}}, f"message_reference.message_id: {NEEDED}"),
}


@pytest.mark.parametrize(("body", "fault"), REFUSED.values(), ids=REFUSED)
def test_refused(body: dict[str, Any], fault: str):
    assert found(check_message, body) == [fault]


def test_an_answer_may_be_for_one_person_only():
    assert found(check_message, {"content": "x", "flags": EPHEMERAL}, ephemeral=True) == []


def test_a_file_alone_is_a_message():
    assert found(check_message, {}, {"0": "a.png"}) == []


def test_ten_files_are_the_most():
    files = {str(at): f"{at}.png" for at in range(11)}

    assert found(check_message, {}, {key: files[key] for key in list(files)[:10]}) == []
    assert found(check_message, {}, files) == [f"attachments: {MAX}"]


def test_an_attachment_names_an_uploaded_file():
    body = {"content": "x", "attachments": [{"id": 1}]}

    assert found(check_message, body, {"1": "a.png"}) == []
    assert found(check_message, body, {"0": "a.png"}) == ["attachments.0.id: ATTACHMENT_NOT_FOUND"]


@pytest.mark.parametrize(("size", "faults"), [(1024, []), (1025, [f"attachments.0.description: {MAX}"])])
def test_description_of_an_attachment(size: int, faults: list[str]):
    body = {"attachments": [{"id": 0, "description": "d" * size}]}

    assert found(check_message, body, {"0": "a.png"}) == faults


def gallery(*addresses: str) -> dict[str, Any]:
    return {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": each}} for each in addresses]}]}


def test_a_component_shows_an_uploaded_file():
    assert found(check_message, gallery("attachment://a.png"), {"0": "a.png"}) == []
    assert found(check_message, gallery("attachment://my_a.png"), {"0": "my a.png"}) == []


def test_a_component_cannot_show_what_was_not_uploaded():
    missing = "components.0.items.0.media.url: UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"

    assert found(check_message, gallery("attachment://a.png")) == [missing]


def test_with_components_every_file_is_shown():
    files = {"0": "a.png", "1": "b.png"}

    assert found(check_message, gallery("attachment://a.png"), files) == ["attachments.1: ATTACHMENT_NOT_REFERENCED"]


PLAIN = {"content": "before", "flags": 0, "embeds": [], "components": [], "attachments": []}
SHOWN = PLAIN | {"content": "", "flags": V2, "components": [display()]}


@pytest.mark.parametrize(
    ("changes", "before", "faults"),
    [
        ({"content": "after"}, PLAIN, []),
        ({"content": ""}, PLAIN, [EMPTY]),
        ({"content": None, "embeds": [{"title": "t"}]}, PLAIN, []),
        ({"content": "c" * 2001}, PLAIN, [f"content: {MAX}"]),
        ({"flags": 4}, PLAIN, []),
        ({"flags": EPHEMERAL}, PLAIN, ["flags: MESSAGE_FLAGS_INVALID"]),
        ({"flags": EPHEMERAL}, PLAIN | {"flags": EPHEMERAL}, []),
        ({"flags": V2, "components": [display()]}, PLAIN, [f"content: {LEGACY}"]),
        ({"flags": V2, "content": None, "components": [display()]}, PLAIN, []),
        ({"components": [display("new")]}, SHOWN, []),
        ({"content": "x"}, SHOWN, [f"content: {LEGACY}"]),
        ({"flags": 0}, SHOWN, ["flags: MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG"]),
        ({"components": []}, SHOWN, [EMPTY]),
    ],
)
def test_edit(changes: dict[str, Any], before: dict[str, Any], faults: list[str]):
    assert found(check_message_edit, changes, before) == faults


def test_an_edit_keeps_files_that_are_there():
    before = PLAIN | {"attachments": [{"id": "7", "filename": "a.png"}]}

    assert found(check_message_edit, {"attachments": [{"id": "7"}]}, before) == []
    assert found(check_message_edit, {"attachments": [{"id": "8"}]}, before) == [
        "attachments.0.id: ATTACHMENT_NOT_FOUND"
    ]
    assert found(check_message_edit, {"content": "", "attachments": []}, before) == [EMPTY]


MISSING = "components.0.items.0.media.url: UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
CARD: dict[str, Any] = PLAIN | {
    "content": "",
    "flags": V2,
    "components": [{"type": 12, "items": [{"media": {"url": "https://cdn/a.png", "attachment_id": "7"}}]}],
    "attachments": [{"id": "7", "filename": "a.png"}],
}
"""A card with a picture, as Discord shows it."""
A, B = gallery("attachment://a.png"), gallery("attachment://b.png")
BOTH = gallery("attachment://a.png", "attachment://b.png")
NONE = {"components": [display()]}
AMBIGUOUS = "0"


@pytest.mark.parametrize(
    ("changes", "uploads", "faults"),
    [
        (A, {}, []),
        (A | {"attachments": [{"id": "7"}]}, {}, []),
        (A | {"attachments": []}, {}, [MISSING]),
        (A | {"attachments": None}, {}, [MISSING]),
        (B, {}, [MISSING]),
        ({"attachments": [{"id": "7"}]}, {}, []),
        ({"attachments": []}, {}, [MISSING]),
        (NONE | {"attachments": []}, {}, []),
        (NONE, {}, []),
        (BOTH | {"attachments": [{"id": "7"}, {"id": 0}]}, {"0": "b.png"}, []),
        (BOTH | {"attachments": [{"id": 0}]}, {"0": "b.png"}, [MISSING]),
        (B | {"attachments": [{"id": 0}]}, {"0": "b.png"}, []),
        (B | {"attachments": [{"id": "7"}]}, {"0": "b.png"}, [MISSING]),
        (B, {"0": "b.png"}, []),
        (BOTH, {"0": "b.png"}, [MISSING]),
        (A | {"attachments": [{"id": 0}]}, {"0": "a.png"}, []),
        (A | {"attachments": [{"id": "7"}, {"id": 0}]}, {"0": "a.png"}, [AMBIGUOUS]),
    ],
)
def test_edit_of_a_card_with_a_picture(changes: dict[str, Any], uploads: dict[str, str], faults: list[str]):
    assert found(check_message_edit, changes, CARD, uploads) == faults


def test_which_of_two_files_of_one_name_is_meant_is_not_known():
    assert found(check_message, A, {"0": "a.png", "1": "a.png"}) == [AMBIGUOUS]
    assert found(check_message, {}, {"0": "a.png", "1": "a.png"}) == []


def test_kept_and_new_files_are_ten_at_most():
    before = PLAIN | {"attachments": [{"id": str(at), "filename": f"{at}.png"} for at in range(100, 109)]}
    keep = [{"id": str(at)} for at in range(100, 109)]
    uploads = {"0": "a.png", "1": "b.png"}

    assert found(check_message_edit, {"attachments": [*keep, {"id": 0}]}, before, uploads) == []
    assert f"attachments: {MAX}" in found(
        check_message_edit, {"attachments": [*keep, {"id": 0}, {"id": 1}]}, before, uploads
    )
    assert found(check_message_edit, {}, before, uploads) == []


def test_a_file_that_is_not_in_the_list_is_nothing_to_show():
    before = PLAIN | {"content": "", "attachments": [{"id": "7", "filename": "a.png"}]}

    assert found(check_message_edit, {"attachments": []}, before, {"0": "b.png"}) == [EMPTY]
