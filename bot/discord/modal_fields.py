"""Fields of modals that hikari lacks: it has no builders for labels and uploads, and drops both from a submitted modal.

So they are built here as Discord's documentation has them (Component Reference), and read from the raw event of the
gateway. Without that event a modal has texts alone. When hikari knows these fields, this module can go.
"""

import dataclasses
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any, Final

import hikari

from bot.discord.attachments import attachment_in
from bot.domain.values import Attachment
from bot.replies.layout import INPUT_TEXT, OPTION_LABEL
from bot.replies.modals import ModalField, SelectField, TextField, UploadField

HAS_RAW_EVENT: Final = hasattr(hikari, "ShardPayloadEvent")

_ROW, _SELECT, _TEXT, _LABEL, _UPLOAD = 1, 3, 4, 18, 19
_MODAL_SUBMIT: Final = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Submitted:
    """The filled-in fields of a modal."""

    values: Mapping[str, str]
    """Texts and chosen values, by the `custom_id` of their fields; a select without a choice is missing."""
    files: tuple[Attachment, ...] = ()


class SubmittedModals:
    """The filled-in fields of the modals that are being handled."""

    def __init__(self, gateway: hikari.GatewayBot) -> None:
        """Read the gateway's raw events: each comes before the interaction that hikari makes of it."""
        self._data: dict[int, Mapping[str, Any]] = {}
        if HAS_RAW_EVENT:
            gateway.subscribe(hikari.ShardPayloadEvent, self._note)

    def fields(self, interaction: hikari.ModalInteraction) -> Submitted:
        """Return the fields of a modal."""
        data = self._data.get(interaction.id)
        return submitted_in(data) if data is not None else _texts_of(interaction)

    def forget(self, interaction_id: hikari.Snowflake) -> None:
        """Forget an interaction that was handled."""
        self._data.pop(interaction_id, None)

    async def _note(self, event: hikari.ShardPayloadEvent) -> None:
        if event.name == "INTERACTION_CREATE" and event.payload["type"] == _MODAL_SUBMIT:
            self._data[int(event.payload["id"])] = event.payload["data"]


def submitted_in(data: Mapping[str, Any]) -> Submitted:
    """Return the fields in the data of a submitted modal, in labels or in rows; those of other types are left out."""
    values: dict[str, str] = {}
    files: list[Attachment] = []
    attachments = data.get("resolved", {}).get("attachments", {})
    for field in _fields_in(data["components"]):
        kind, chosen = field["type"], field.get("values", ())
        if kind == _TEXT:
            values[field["custom_id"]] = field["value"]
        elif kind == _SELECT and chosen:
            values[field["custom_id"]] = chosen[0]
        elif kind == _UPLOAD:
            files += [attachment_in(attachments[file_id]) for file_id in chosen if file_id in attachments]
    return Submitted(values, tuple(files))


def components(fields: Sequence[ModalField]) -> list[hikari.api.ComponentBuilder]:
    """Return the components of a modal with these fields."""
    return labels(fields) if HAS_RAW_EVENT else rows(fields)


def labels(fields: Sequence[ModalField]) -> list[hikari.api.ComponentBuilder]:
    """Return the fields with their labels."""
    return [_Component(_labeled(field)) for field in fields]


def rows(fields: Sequence[ModalField]) -> list[hikari.api.ComponentBuilder]:
    """Return the fields as hikari reads them: choices are texts too, and there are no uploads."""
    texts = [_as_text(field) for field in fields if not isinstance(field, UploadField)]
    inputs = [{**_text_input(each), "label": each.label} for each in texts]
    return [_Component({"type": _ROW, "components": [each]}) for each in inputs]


class _Component(hikari.api.ComponentBuilder):
    """A component as Discord's JSON."""

    def __init__(self, payload: dict[str, Any]) -> None:
        self._payload = payload

    @property
    def type(self) -> int:
        return self._payload["type"]

    @property
    def id(self) -> hikari.UndefinedType:
        return hikari.UNDEFINED

    def build(self) -> tuple[MutableMapping[str, Any], Sequence[hikari.files.Resource[Any]]]:
        return self._payload, ()


def _labeled(field: ModalField) -> dict[str, Any]:
    label = {"type": _LABEL, "label": field.label, "component": _component(field)}
    return label | ({"description": field.description} if field.description else {})


def _component(field: ModalField) -> dict[str, Any]:
    match field:
        case TextField():
            return _text_input(field)
        case SelectField(custom_id, options=options, chosen=chosen):
            listed = [{"label": each.label, "value": each.value, "default": each.value == chosen} for each in options]
            return {"type": _SELECT, "custom_id": custom_id, "options": listed}
        case UploadField(custom_id, limit=limit):
            return {"type": _UPLOAD, "custom_id": custom_id, "min_values": 0, "max_values": limit, "required": False}


def _text_input(field: TextField) -> dict[str, Any]:
    """Return a text input; with several lines if `limit` is more than a line."""
    style = hikari.TextInputStyle.PARAGRAPH if field.limit > OPTION_LABEL else hikari.TextInputStyle.SHORT
    value = field.value[:INPUT_TEXT]
    return {
        "type": _TEXT,
        "custom_id": field.custom_id,
        "style": int(style),
        "required": field.is_required,
        "min_length": int(field.is_required),
        "max_length": min(INPUT_TEXT, max(field.limit, len(value))),
        **({"value": value} if value else {}),
    }


def _as_text(field: TextField | SelectField) -> TextField:
    if isinstance(field, TextField):
        return field
    return TextField(field.custom_id, field.label, field.chosen or "", limit=OPTION_LABEL, is_required=False)


def _fields_in(submitted: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the fields in labels and rows."""
    for outer in submitted:
        yield from outer.get("components", ())
        if "component" in outer:
            yield outer["component"]


def _texts_of(interaction: hikari.ModalInteraction) -> Submitted:
    """Return the texts that hikari has read."""
    return Submitted({field.custom_id: field.value for row in interaction.components for field in row})
