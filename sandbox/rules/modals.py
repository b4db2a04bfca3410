"""Rules on modals, and on a client's submissions.

Numbers: Discord's documentation, "Interaction Callback: Modal" and "Component Reference", and the
schemas *ForModalRequest of the OpenAPI description.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias, cast

from sandbox.rules.components import walk
from sandbox.rules.errors import Json
from sandbox.rules.fields import COMPONENT_ID, CUSTOM_ID, TEXT_DISPLAY
from sandbox.rules.selects import SELECTS, check_needed, check_options, check_value_counts
from sandbox.rules.validators import (
    Check,
    Form,
    all_of,
    as_int,
    boolean,
    by_type,
    integer,
    listing,
    model,
    one_of,
    refuse_repeats,
    required,
    text,
)

ROW, TEXT_INPUT, TEXT, LABEL, FILE_UPLOAD = 1, 4, 10, 18, 19
RADIO, CHECKBOX_GROUP, CHECKBOX = 21, 22, 23

MAX_INPUT_LENGTH = 4000
MAX_COMPONENTS = 5
MAX_FILES = 10

Filled: TypeAlias = str | bool | Sequence[object]
"""A filled-in value: text, a boolean, or chosen values or files."""


def check_modal(modal: Json) -> None:
    """Check the modal in a callback of type 9.

    Raises:
        FieldErrors: Discord would reject it.
    """
    form = Form(modal)
    form.run(_MODAL)
    custom_ids = [place["custom_id"] for place in walk(form["components"])]
    message = "Component custom id cannot be duplicated"
    refuse_repeats(custom_ids, "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    form.finish()


def fields_of(modal: Json) -> Iterator[tuple[Json, str]]:
    """Yield the fields of a modal that can be filled in, with their labels."""
    for outer in modal["components"]:
        if outer["type"] == ROW:
            yield from ((inner, str(inner.get("label"))) for inner in outer["components"])
        elif outer["type"] == LABEL:
            yield outer["component"], str(outer["label"])


def preset(field: Json) -> Json:
    """Return the preset value of a modal's field; None: a radio group without a default."""
    if field["type"] == TEXT_INPUT:
        return field.get("value") or ""
    if field["type"] == CHECKBOX:
        return bool(field.get("default"))
    chosen = [option["value"] for option in field.get("options") or () if option.get("default")]
    if field["type"] == RADIO:
        return next(iter(chosen), None)
    return chosen + [each["id"] for each in field.get("default_values") or ()]


def check_submission(modal: Json, fields: Mapping[str, Filled]) -> None:
    """Check a submission by custom_id; omitted fields have their preset values.

    Raises:
        FieldErrors: a client would not send it.
    """
    known = {field["custom_id"]: field for field, _ in fields_of(modal)}
    form = Form(dict(fields))
    for custom_id in fields:
        if custom_id not in known:
            form[custom_id].refuse("COMPONENT_NOT_FOUND", "There is no such field in this modal")
    for custom_id, field in known.items():
        _check_filled(form[custom_id], field)
    form.finish()


def _check_filled(form: Form, field: Json) -> None:
    kind = field["type"]
    if kind == CHECKBOX:
        if not form.absent:
            boolean(form)
    elif kind == TEXT_INPUT:
        _check_text(form, field)
    elif kind == RADIO:
        _check_radio(form, field)
    else:
        _check_chosen(form, field)


def _check_text(form: Form, field: Json) -> None:
    words: Json = preset(field) if form.absent else form.value
    if not isinstance(words, str):
        form.refuse("STRING_TYPE_CONVERT", f'Could not interpret "{words}" as string.')
    elif not words:
        if field.get("required", True) is not False:
            required(form)
    elif len(words) < as_int(field.get("min_length")):
        form.refuse("BASE_TYPE_MIN_LENGTH", f"Must be {field['min_length']} or more in length.")
    elif len(words) > as_int(field.get("max_length"), MAX_INPUT_LENGTH):
        most = as_int(field.get("max_length"), MAX_INPUT_LENGTH)
        form.refuse("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


def _check_radio(form: Form, field: Json) -> None:
    if form.absent:
        if field.get("required", True) is not False and preset(field) is None:
            required(form)
    else:
        one_of(*(option["value"] for option in field["options"]))(form)


def _check_chosen(form: Form, field: Json) -> None:
    options = field.get("options") or ()
    chosen: Json = preset(field) if form.absent else form.value
    if not isinstance(chosen, list | tuple):
        form.refuse("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return
    values = list(cast("Sequence[object]", chosen))
    count = len(set(map(str, values))) if options else len(values)
    needed = field.get("required", True) is not False
    most = as_int(field.get("max_values"), len(options) if field["type"] == CHECKBOX_GROUP else 1)
    if not count and not needed:
        return
    least = max(as_int(field.get("min_values"), 1), 1 if needed else 0)
    if not least <= count <= most:
        message = f"Must be between {least} and {most} in length."
        form.refuse("BASE_TYPE_BAD_LENGTH", message)
    allowed = [option["value"] for option in options]
    if options and any(value not in allowed for value in values):
        form.refuse("BASE_TYPE_CHOICES", f"Value must be one of {allowed}.")


def _check_text_input(form: Form) -> None:
    low = as_int(form["min_length"].value)
    high = as_int(form["max_length"].value, MAX_INPUT_LENGTH)
    if low > high:
        message = "min_length must be less than or equal to max_length"
        form["min_length"].refuse("TEXT_INPUT_COMPONENT_BOUNDS_INVALID", message)
    value = form["value"].value
    if isinstance(value, str) and value:
        if len(value) > high:
            message = f"Must be {high} or fewer in length."
            form["value"].refuse("BASE_TYPE_MAX_LENGTH", message)
        elif len(value) < low:
            form["value"].refuse("BASE_TYPE_MIN_LENGTH", f"Must be {low} or more in length.")


def _check_own_label(form: Form) -> None:
    """Check that a text input in an action row has a label and is alone."""
    places = form["components"].items()
    for place in places:
        if place["label"].absent:
            required(place["label"])
    if len(places) > 1:
        message = "The specified component exceeds the maximum width"
        places[-1].refuse("COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)


def _check_disabled(form: Form) -> None:
    if form["disabled"].value is True:
        message = "Components in a modal cannot be disabled"
        form["disabled"].refuse("COMPONENT_DISABLED_IN_MODAL", message)


def _check_one_default(form: Form) -> None:
    defaults = [place["default"].value for place in form["options"].items()]
    if defaults.count(True) > 1:
        message = "Only one option can be the default"
        form["options"].refuse("RADIO_GROUP_TOO_MANY_DEFAULTS", message)


def _check_group(form: Form) -> None:
    """Check a checkbox group; without `max_values` all of its options can be chosen."""
    if form["max_values"].absent:
        values = [option["value"] for option in form["options"].items()]
        code = "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
        refuse_repeats(values, code, "The specified option value is already used")
    else:
        form.run(check_value_counts, check_options)


def _field(fields: Mapping[str, Check], *needed: str) -> Check:
    shared: dict[str, Check] = {"id": COMPONENT_ID, "custom_id": CUSTOM_ID}
    return model({**shared, **fields}, "custom_id", *needed)


_OPTION = model(
    {
        "label": text(1, 100),
        "value": text(1, 100),
        "description": text(0, 100),
        "default": boolean,
    },
    "label",
    "value",
)
_COUNTS: dict[str, Check] = {
    "min_values": integer(0, MAX_FILES),
    "max_values": integer(1, MAX_FILES),
    "required": boolean,
}
_TEXT_INPUT = all_of(
    _field(
        {
            "style": one_of(1, 2),
            "label": text(1, 45),
            "min_length": integer(0, MAX_INPUT_LENGTH),
            "max_length": integer(1, MAX_INPUT_LENGTH),
            "required": boolean,
            "value": text(0, MAX_INPUT_LENGTH),
            "placeholder": text(0, 100),
        },
        "style",
    ),
    _check_text_input,
)
_IN_LABEL: dict[int, Check] = {
    TEXT_INPUT: _TEXT_INPUT,
    **{kind: all_of(check, check_needed, _check_disabled) for kind, check in SELECTS.items()},
    FILE_UPLOAD: all_of(_field(_COUNTS), check_needed, check_value_counts),
    RADIO: all_of(
        _field({"options": listing(_OPTION, 2, 10), "required": boolean}, "options"),
        _check_one_default,
    ),
    CHECKBOX_GROUP: all_of(
        _field({"options": listing(_OPTION, 1, 10), **_COUNTS}, "options"), check_needed, _check_group
    ),
    CHECKBOX: _field({"default": boolean}),
}
_LABEL = model(
    {
        "id": COMPONENT_ID,
        "label": text(1, 45),
        "description": text(1, 100),
        "component": by_type(_IN_LABEL),
    },
    "label",
    "component",
)
_ROW = all_of(
    model({"components": listing(by_type({TEXT_INPUT: _TEXT_INPUT}), 1, 5)}, "components"),
    _check_own_label,
)
_MODAL = model(
    {
        "custom_id": CUSTOM_ID,
        "title": text(1, 45),
        "components": listing(by_type({ROW: _ROW, TEXT: TEXT_DISPLAY, LABEL: _LABEL}), 1, MAX_COMPONENTS),
    },
    "custom_id",
    "title",
    "components",
)
