"""Attachments over edits: retained by id, removed, added, shown by components."""

from typing import Any

import pytest

from sandbox.server import Sandbox
from sandbox.world.entities import Command, CommandKind, MessageFlag
from tests.sandbox.conftest import Room
from tests.sandbox.raw_clients import Rest

V2 = int(MessageFlag.COMPONENTS_V2)
NOT_FOUND = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"


@pytest.fixture
def path(room: Room) -> str:
    return f"/channels/{room.channel.id}/messages"


def card(*names: str) -> dict[str, Any]:
    """Return the body of a card that shows these files."""
    text = {"type": 10, "content": "the plan"}
    items = [{"media": {"url": f"attachment://{name}"}} for name in names]
    return {"flags": V2, "components": [text, {"type": 12, "items": items}] if items else [text]}


def media(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the media of a message's gallery."""
    return [item["media"] for each in message["components"] for item in each.get("items", ())]


def names(message: dict[str, Any]) -> list[str]:
    """Return the names of the files in a message's gallery."""
    return [each["url"].partition("?")[0].rpartition("/")[2] for each in media(message)]


async def post(rest: Rest, path: str, *files: str) -> dict[str, Any]:
    """Post a card with these files."""
    status, made = await rest.upload("POST", path, card(*files), *((name, name.encode()) for name in files))
    assert status == 200, made
    return made


def code(body: dict[str, Any]) -> str:
    """Return the code of an error's only invalid field."""
    found = body["errors"]
    while "_errors" not in found:
        (found,) = found.values()
    return found["_errors"][0]["code"]


async def test_kept_file_is_shown_by_its_name(rest: Rest, path: str) -> None:
    made = await post(rest, path, "a.png")
    kept = media(made)[0]["attachment_id"]

    for attachments in ({}, {"attachments": [{"id": kept, "filename": "a.png"}]}):
        status, edited = await rest("PATCH", f"{path}/{made['id']}", card("a.png") | attachments)

        assert status == 200
        assert (names(edited), media(edited)[0]["attachment_id"]) == (["a.png"], kept)


async def test_dropped_file_is_not_shown_again(rest: Rest, sandbox: Sandbox, path: str) -> None:
    made = await post(rest, path, "a.png", "b.png")
    kept = media(made)[1]["attachment_id"]

    status, refused = await rest("PATCH", f"{path}/{made['id']}", card("a.png") | {"attachments": [{"id": kept}]})

    assert (status, refused["code"], code(refused)) == (400, 50035, NOT_FOUND)
    assert len(sandbox.world.messages[int(made["id"])].attachments) == 2


async def test_file_that_unchanged_components_show_is_not_dropped(rest: Rest, path: str) -> None:
    made = await post(rest, path, "a.png")

    status, refused = await rest("PATCH", f"{path}/{made['id']}", {"attachments": []})

    assert (status, code(refused)) == (400, NOT_FOUND)


async def test_one_is_kept_and_one_is_added(rest: Rest, sandbox: Sandbox, path: str) -> None:
    made = await post(rest, path, "a.png", "b.png")
    kept = media(made)[0]["attachment_id"]
    body = card("new.png", "a.png") | {"attachments": [{"id": kept}, {"id": 0, "filename": "new.png"}]}

    status, edited = await rest.upload("PATCH", f"{path}/{made['id']}", body, ("new.png", b"new"))

    assert (status, names(edited)) == (200, ["new.png", "a.png"])
    held = sandbox.world.messages[int(made["id"])].attachments
    assert [each.filename for each in held] == ["a.png", "new.png"]
    assert sandbox.world.files[held[1].id] == b"new"


async def test_new_files_without_a_list_replace_the_old_ones(rest: Rest, sandbox: Sandbox, path: str) -> None:
    _, made = await rest.upload("POST", path, {"content": "x"}, ("a.png", b"a"))

    _, edited = await rest.upload("PATCH", f"{path}/{made['id']}", {}, ("b.png", b"b"))

    assert [each["filename"] for each in edited["attachments"]] == ["b.png"]


async def test_new_file_that_is_not_in_the_list_is_not_added(rest: Rest, path: str) -> None:
    _, made = await rest.upload("POST", path, {"content": "x"}, ("a.png", b"a"))
    kept = made["attachments"][0]["id"]

    _, edited = await rest.upload(
        "PATCH", f"{path}/{made['id']}", {"attachments": [{"id": kept, "description": "chart"}]}, ("b.png", b"b")
    )

    assert [(each["filename"], each["description"]) for each in edited["attachments"]] == [("a.png", "chart")]


async def test_two_files_of_one_name_are_two_files(rest: Rest, sandbox: Sandbox, path: str) -> None:
    _, made = await rest.upload("POST", path, {"content": "x"}, ("a.png", b"1"), ("a.png", b"2"))
    first, second = made["attachments"]
    assert first["id"] != second["id"]

    _, edited = await rest("PATCH", f"{path}/{made['id']}", {"attachments": [{"id": second["id"]}]})

    assert [each["id"] for each in edited["attachments"]] == [second["id"]]
    assert sandbox.world.files[int(second["id"])] == b"2"


async def test_reference_to_one_of_two_names_alike_is_not_faked(rest: Rest, sandbox: Sandbox, path: str) -> None:
    status, _ = await rest.upload("POST", path, card("a.png"), ("a.png", b"1"), ("a.png", b"2"))

    assert status == 501
    assert sandbox.unknown == ["0: The sandbox does not know which of 2 files called a.png is meant"]


async def test_new_file_takes_the_name_of_one_that_is_dropped(rest: Rest, sandbox: Sandbox, path: str) -> None:
    made = await post(rest, path, "a.png")
    body = card("a.png") | {"attachments": [{"id": 0, "filename": "a.png"}]}

    status, edited = await rest.upload("PATCH", f"{path}/{made['id']}", body, ("a.png", b"new"))

    assert status == 200
    (held,) = sandbox.world.messages[int(made["id"])].attachments
    assert (media(edited)[0]["attachment_id"], sandbox.world.files[held.id]) == (str(held.id), b"new")


async def test_card_is_left_without_files(rest: Rest, sandbox: Sandbox, path: str) -> None:
    made = await post(rest, path, "a.png")

    status, edited = await rest("PATCH", f"{path}/{made['id']}", card() | {"attachments": []})

    assert (status, names(edited), edited["attachments"]) == (200, [], [])
    assert sandbox.world.messages[int(made["id"])].attachments == []


async def test_deferred_answer_gets_the_files_of_its_list(rest: Rest, sandbox: Sandbox, room: Room) -> None:
    command = Command(1, room.application.id, None, CommandKind.SLASH, "plan", 1, {"name": "plan"})
    used = await sandbox.interactions.invoke_command(room.dana, room.channel, command)
    await rest("POST", f"/interactions/{used.id}/{used.token}/callback", {"type": 5})
    body = {"content": "x", "attachments": [{"id": 1}]}

    _, filled = await rest.upload(
        "PATCH",
        f"/webhooks/{room.application.id}/{used.token}/messages/@original",
        body,
        ("a.png", b"a"),
        ("b.png", b"b"),
    )

    assert [each["filename"] for each in filled["attachments"]] == ["b.png"]
