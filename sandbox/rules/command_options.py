"""Rules on the options of an application command.

Numbers: Discord's documentation, "Application Command Option Structure", and the schemas
ApplicationCommand*Option of the OpenAPI description.
"""

from collections.abc import Callable, Mapping

from sandbox.rules.errors import Json
from sandbox.rules.fields import CHANNEL_TYPES, LOCALES
from sandbox.rules.validators import (
    INT53,
    Check,
    Form,
    all_of,
    anything,
    boolean,
    by_type,
    integer,
    listing,
    mapping_of,
    model,
    number,
    one_of,
    refuse_repeats,
    text,
)

SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)

MAX_OPTIONS = 25
MAX_STRING_LENGTH = 6000

_NAMED = {
    "name": text(1, 32),
    "name_localizations": mapping_of(text(1, 32), LOCALES),
    "description": text(1, 100),
    "description_localizations": mapping_of(text(1, 100), LOCALES),
    "required": boolean,
}

CHOICE_VALUES: Mapping[int, Check] = {
    STRING: text(1, 100),
    INTEGER: integer(-INT53, INT53),
    NUMBER: number(-float(INT53), float(INT53)),
}


def choice(option_type: int) -> Check:
    """Return the check of one choice of an option of this type."""
    fields = {
        "name": text(1, 100),
        "name_localizations": mapping_of(text(1, 100), LOCALES),
        "value": CHOICE_VALUES[option_type],
    }
    return model(fields, "name", "value")


def choices(option_type: int) -> Check:
    """Return the check of the choices of an option of this type, registered or suggested."""
    return listing(choice(option_type), 0, 25)


def check_option_list(form: Form, check_name: Callable[[Form], None]) -> None:
    """Check the options of a command: either subcommands and groups, or values, never both."""
    form.run(_TOP)
    _check_names(form, check_name)
    kinds = [_kind(place) in (SUBCOMMAND, GROUP) for place in form.items()]
    if any(kinds) and not all(kinds):
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        for place, nested in zip(form.items(), kinds, strict=True):
            if nested != kinds[0]:
                place["type"].refuse("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)


def _value(option_type: int, fields: Mapping[str, Check] | None = None) -> Check:
    checks: dict[str, Check] = {**_NAMED, **(fields or {})}
    if option_type in CHOICE_VALUES:
        checks |= {"choices": choices(option_type), "autocomplete": boolean}
    return all_of(model(checks, "name", "description"), _check_choices, _check_bounds)


def _check_choices(form: Form) -> None:
    if form["autocomplete"].value is True and form["choices"].value:
        message = "Autocomplete cannot be set on options that have choices"
        code = "APPLICATION_COMMAND_OPTIONS_CHOICES_AND_AUTOCOMPLETE"
        form["autocomplete"].refuse(code, message)
    names = [place["name"] for place in form["choices"].items()]
    code = "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS"
    refuse_repeats(names, code, "Option choice name {} already exists")


def _check_bounds(form: Form) -> None:
    for least, most in (("min_length", "max_length"), ("min_value", "max_value")):
        low, high = form[least].value, form[most].value
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            message = f"{least} must be less than or equal to {most}"
            form[least].refuse("APPLICATION_COMMAND_OPTIONS_BOUNDS_INVALID", message)


def _check_names(form: Form, check_name: Callable[[Form], None]) -> None:
    """Check names and order of the options at every level."""
    names = [place["name"] for place in form.items()]
    for name in names:
        check_name(name)
    code = "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
    refuse_repeats(names, code, "Option name {} already exists")
    optional_before = False
    for place in form.items():
        if place["required"].value is True and optional_before:
            message = "Required options must be placed before non-required options"
            place.refuse("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_before = optional_before or place["required"].value is not True
        _check_names(place["options"], check_name)


def _kind(place: Form) -> Json:
    return place["type"].value


_VALUES: Mapping[int, Check] = {
    STRING: _value(
        STRING,
        {"min_length": integer(0, MAX_STRING_LENGTH), "max_length": integer(1, MAX_STRING_LENGTH)},
    ),
    INTEGER: _value(
        INTEGER,
        {"min_value": integer(-INT53, INT53), "max_value": integer(-INT53, INT53)},
    ),
    BOOLEAN: _value(BOOLEAN),
    USER: _value(USER),
    CHANNEL: _value(
        CHANNEL,
        {"channel_types": listing(one_of(*CHANNEL_TYPES), 0, len(CHANNEL_TYPES), unique=True)},
    ),
    ROLE: _value(ROLE),
    MENTIONABLE: _value(MENTIONABLE),
    NUMBER: _value(
        NUMBER,
        {
            "min_value": number(-float(INT53), float(INT53)),
            "max_value": number(-float(INT53), float(INT53)),
        },
    ),
    ATTACHMENT: _value(ATTACHMENT),
}


def _nested(kinds: Mapping[int, Check]) -> Check:
    fields: dict[str, Check] = {
        **_NAMED,
        "options": listing(by_type(kinds), 0, MAX_OPTIONS),
        "choices": anything,
    }
    return model(fields, "name", "description")


_SUBCOMMANDS = {SUBCOMMAND: _nested(_VALUES)}
_TOP = listing(by_type({**_SUBCOMMANDS, GROUP: _nested(_SUBCOMMANDS), **_VALUES}), 0, MAX_OPTIONS)
