"""Rules on a client's options of a command, by the registered command."""

from collections.abc import Callable, Iterator, Mapping

from sandbox.rules.command_options import (
    BOOLEAN,
    GROUP,
    INTEGER,
    MAX_STRING_LENGTH,
    NUMBER,
    STRING,
    SUBCOMMAND,
)
from sandbox.rules.errors import Json
from sandbox.rules.validators import (
    INT53,
    Check,
    Form,
    anything,
    boolean,
    integer,
    number,
    refuse_repeats,
    required,
    snowflake,
    text,
)

ATTACHMENT = 11


def check_options(command: Json, options: Json) -> None:
    """Check the options of a command; `options` as in the interaction's data.

    Raises:
        FieldErrors: a client would not send it.
    """
    form = Form({"options": options or []})
    _check_level(form["options"], command.get("options") or [], _check_value)
    form.finish()


def check_autocomplete(command: Json, options: Json) -> None:
    """Check the options so far, one of which is being typed.

    Raises:
        FieldErrors: a client would not send it.
    """
    form = Form({"options": options or []})
    _check_level(form["options"], command.get("options") or [], _check_typed, partial=True)
    focused = [place for place in _places(form["options"]) if place["focused"].value is True]
    suggesting = {option["name"] for option in _registered(command) if option.get("autocomplete")}
    for place in focused:
        if place["name"].value not in suggesting:
            message = f"Option {place['name'].value} does not suggest anything"
            place["name"].refuse("OPTION_WITHOUT_AUTOCOMPLETE", message)
    if len(focused) != 1:
        form["options"].refuse("OPTION_FOCUS_INVALID", "One option is typed at a time")
    form.finish()


def _check_level(
    form: Form,
    registered: list[Json],
    check: Callable[[Form, Json], None],
    *,
    partial: bool = False,
) -> None:
    known = {option["name"]: option for option in registered}
    names = [place["name"] for place in form.items()]
    refuse_repeats(names, "OPTION_DUPLICATED", "Option {} was given twice")
    if any(option["type"] in (SUBCOMMAND, GROUP) for option in registered) and len(names) != 1:
        form.refuse("OPTION_SUBCOMMAND_REQUIRED", f"One of {', '.join(known)} must be chosen")
    for place in form.items():
        option = known.get(place["name"].value)
        if option is None:
            message = f'There is no option "{place["name"].value}"'
            place["name"].refuse("OPTION_NOT_FOUND", message)
        elif place["type"].value != option["type"]:
            message = f"Option {option['name']} has type {option['type']}"
            place["type"].refuse("OPTION_TYPE_INVALID", message)
        elif option["type"] in (SUBCOMMAND, GROUP):
            inner: list[Json] = option.get("options") or []
            _check_level(place["options"], inner, check, partial=partial)
        else:
            check(place["value"], option)
    given = {name.value for name in names}
    for option in registered:
        if option.get("required") and option["name"] not in given and not partial:
            required(Form(None, (*form.path, option["name"]), form.faults))


def _check_value(form: Form, option: Json) -> None:
    if form.absent:
        required(form)
        return
    check = _VALUES.get(option["type"], snowflake)
    check(form)
    if option["type"] == STRING:
        _check_bounds(form, option, "length", len)
    elif option["type"] in (INTEGER, NUMBER):
        _check_bounds(form, option, "value", float)
    allowed = [choice["value"] for choice in option.get("choices") or ()]
    if allowed and form.value not in allowed:
        form.refuse("BASE_TYPE_CHOICES", f"Value must be one of {allowed}.")


def _check_typed(form: Form, option: Json) -> None:
    """Check that the typed option has autocomplete; its partial value may be anything."""
    if form.absent:
        required(form)


def _check_bounds(form: Form, option: Json, what: str, measure: Callable[[Json], float]) -> None:
    if not isinstance(form.value, str if what == "length" else int | float):
        return
    size = measure(form.value)
    least, most = option.get(f"min_{what}"), option.get(f"max_{what}")
    if least is not None and size < least:
        code = "BASE_TYPE_MIN_LENGTH" if what == "length" else "NUMBER_TYPE_MIN"
        form.refuse(code, f"The {what} must be {least} or more.")
    if most is not None and size > most:
        code = "BASE_TYPE_MAX_LENGTH" if what == "length" else "NUMBER_TYPE_MAX"
        form.refuse(code, f"The {what} must be {most} or less.")


def _places(form: Form) -> Iterator[Form]:
    for place in form.items():
        yield place
        yield from _places(place["options"])


def _registered(option: Json) -> Iterator[Json]:
    for inner in option.get("options") or ():
        yield inner
        yield from _registered(inner)


_VALUES: Mapping[int, Check] = {
    STRING: text(1, MAX_STRING_LENGTH),
    INTEGER: integer(-INT53, INT53),
    BOOLEAN: boolean,
    NUMBER: number(-float(INT53), float(INT53)),
    ATTACHMENT: anything,
}
