"""Fields of modals that hikari lacks: what is sent, and what is read of a submitted modal."""

from typing import Any

from bot.discord import modal_fields
from bot.discord.modal_fields import submitted_in
from bot.domain.values import Attachment, Suggestion
from bot.replies.modals import SelectField, TextField, UploadField

TEXT = TextField("text", "Plan", "Long", "2 charts will be added.")
COACH = SelectField("coach", "Coach", [Suggestion("d: Coach D", "d"), Suggestion("i: Coach I", "i")], "i")
FILES = UploadField("files", "Charts", "Up to 8.", 8)
FIELDS = (TEXT, COACH, FILES)


def label(component: dict[str, Any]) -> dict[str, Any]:
    return {"type": 18, "id": 1, "component": {"id": 2, **component}}


def file(file_id: str, **more: Any) -> dict[str, dict[str, Any]]:
    return {file_id: {"id": file_id, "filename": f"{file_id}.png", "size": 7, "url": f"https://cdn/{file_id}", **more}}


def test_the_fields_are_sent_in_labels():
    text, coach, files = (each.build()[0] for each in modal_fields.components(FIELDS))

    assert (text["type"], text["label"], text["description"]) == (18, "Plan", "2 charts will be added.")
    assert text["component"] == {
        "type": 4,
        "custom_id": "text",
        "style": 2,
        "required": True,
        "min_length": 1,
        "max_length": 4000,
        "value": "Long",
    }
    assert "description" not in coach
    assert [each["default"] for each in coach["component"]["options"]] == [False, True]
    assert files["component"] == {
        "type": 19,
        "custom_id": "files",
        "min_values": 0,
        "max_values": 8,
        "required": False,
    }


def test_without_the_raw_event_choices_are_texts_and_no_files_are_taken():
    text, coach = (each.build()[0] for each in modal_fields.rows(FIELDS))

    assert (text["type"], text["components"][0]["label"], text["components"][0]["style"]) == (1, "Plan", 2)
    [typed] = coach["components"]
    assert (typed["label"], typed["value"], typed["required"], typed["style"]) == ("Coach", "i", False, 1)


def test_texts_choices_and_files_are_read_from_labels():
    components = [
        label({"type": 4, "custom_id": "text", "value": "Long"}),
        label({"type": 3, "custom_id": "coach", "values": ["i"]}),
        label({"type": 3, "custom_id": "day", "values": []}),
        label({"type": 19, "custom_id": "files", "values": ["2", "1", "not there"]}),
        label({"type": 23, "custom_id": "later", "value": True}),
        {"type": 10, "id": 9},
    ]
    attachments = {**file("1"), **file("2", title="börse", description="NQ", flags=8)}

    submitted = submitted_in({"components": components, "resolved": {"attachments": attachments}})

    assert submitted.values == {"text": "Long", "coach": "i"}
    assert submitted.files == (
        Attachment("https://cdn/2", "börse.png", 7, "NQ", is_spoiler=True),
        Attachment("https://cdn/1", "1.png", 7, None, is_spoiler=False),
    )


def test_the_rows_of_older_forms_are_read():
    row = {"type": 1, "id": 1, "components": [{"type": 4, "id": 2, "custom_id": "text", "value": "Long"}]}

    assert submitted_in({"components": [row]}).values == {"text": "Long"}
