"""Rules on select menus in messages and modals."""

from collections.abc import Mapping

from sandbox.rules.fields import CHANNEL_TYPES, COMPONENT_ID, CUSTOM_ID, EMOJI
from sandbox.rules.validators import (
    Check,
    Form,
    all_of,
    as_int,
    boolean,
    integer,
    listing,
    model,
    one_of,
    refuse_repeats,
    snowflake,
    text,
)

STRING, USER, ROLE, MENTIONABLE, CHANNEL = 3, 5, 6, 7, 8
MAX_OPTIONS = 25

_SHARED: dict[str, Check] = {
    "id": COMPONENT_ID,
    "custom_id": CUSTOM_ID,
    "placeholder": text(0, 150),
    "min_values": integer(0, MAX_OPTIONS),
    "max_values": integer(1, MAX_OPTIONS),
    "disabled": boolean,
    "required": boolean,
}
_OPTION = model(
    {
        "label": text(1, 100),
        "value": text(1, 100),
        "description": text(0, 100),
        "emoji": EMOJI,
        "default": boolean,
    },
    "label",
    "value",
)


def check_value_counts(form: Form) -> None:
    """Check that `min_values` is not above `max_values`."""
    if as_int(form["min_values"].value, 1) > as_int(form["max_values"].value, 1):
        message = "min_values must be less than or equal to max_values"
        form["min_values"].refuse("SELECT_COMPONENT_MIN_VALUES_EXCEED_MAX_VALUES", message)


def check_needed(form: Form) -> None:
    """Check that a field of a modal that must be filled in has no `min_values` of 0."""
    if form["required"].value is not False and form["min_values"].value == 0:
        message = "min_values must be at least 1 when required is true"
        form["min_values"].refuse("NUMBER_TYPE_MIN", message)


def check_options(form: Form) -> None:
    """Check that the options' values are unique and that there are at least `min_values`."""
    options = form["options"].items()
    values = [option["value"] for option in options]
    code = "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
    refuse_repeats(values, code, "The specified option value is already used")
    for bound in ("min_values", "max_values"):
        if as_int(form[bound].value, 1) > len(options) > 0:
            message = f"{bound} cannot be more than the number of options"
            form[bound].refuse("SELECT_COMPONENT_NOT_ENOUGH_OPTIONS", message)
    defaults = sum(option["default"].value is True for option in options)
    if defaults > as_int(form["max_values"].value, 1):
        message = "There are more default options than max_values"
        form["options"].refuse("SELECT_COMPONENT_TOO_MANY_DEFAULTS", message)


def _check_defaults(form: Form) -> None:
    count = len(form["default_values"].items())
    low, high = as_int(form["min_values"].value, 1), as_int(form["max_values"].value, 1)
    if count and not low <= count <= high:
        message = "The number of default values must be between min_values and max_values"
        form["default_values"].refuse("SELECT_COMPONENT_DEFAULT_VALUES_INVALID", message)


def _select(fields: Mapping[str, Check], *needed: str) -> Check:
    return model({**_SHARED, **fields}, "custom_id", *needed)


def _entity(*kinds: str) -> Check:
    default = model({"id": snowflake, "type": one_of(*kinds)}, "id", "type")
    fields: dict[str, Check] = {"default_values": listing(default, 0, MAX_OPTIONS)}
    if kinds == ("channel",):
        allowed = one_of(*CHANNEL_TYPES)
        fields["channel_types"] = listing(allowed, 0, len(CHANNEL_TYPES), unique=True)
    return all_of(_select(fields), check_value_counts, _check_defaults)


SELECTS: dict[int, Check] = {
    STRING: all_of(
        _select({"options": listing(_OPTION, 1, MAX_OPTIONS)}, "options"),
        check_value_counts,
        check_options,
    ),
    USER: _entity("user"),
    ROLE: _entity("role"),
    MENTIONABLE: _entity("user", "role"),
    CHANNEL: _entity("channel"),
}
"""The check of each select menu type."""
