"""Composable checks of values in a request body.

A check validates one place of a body and collects Discord's errors there. An absent or null field is
checked only by `model`, which knows its required fields.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, cast

from sandbox.rules.errors import FieldErrors, Json, Path

INT53 = 2**53 - 1
"""The greatest absolute value of an integer in Discord's JSON."""

_SNOWFLAKE = re.compile(r"0|[1-9][0-9]{0,19}")
_DIGITS = re.compile(r"-?[0-9]{1,20}")


class Form:
    """One place of a body: its value, its path, and the errors of the whole body."""

    def __init__(
        self,
        value: Json,
        path: Path = (),
        faults: dict[Path, list[tuple[str, str]]] | None = None,
    ) -> None:
        self.value = value
        self.path = path
        self.faults: dict[Path, list[tuple[str, str]]] = {} if faults is None else faults

    def __getitem__(self, name: str | int) -> "Form":
        """Return the place of a field or item; its value is None if absent."""
        return Form(_inside(self.value, name), (*self.path, str(name)), self.faults)

    @property
    def absent(self) -> bool:
        """True if the value is absent or null."""
        return self.value is None

    def items(self) -> list["Form"]:
        """Return the places of this list's items, in order; empty if it is not a list."""
        return [self[place] for place in range(len(self.value))] if _is_list(self.value) else []

    def refuse(self, code: str, message: str) -> None:
        """Add an error here."""
        found = self.faults.setdefault(self.path, [])
        if (code, message) not in found:
            found.append((code, message))

    def run(self, *checks: "Check") -> None:
        """Run checks here."""
        for check in checks:
            check(self)

    def finish(self) -> None:
        """Raise the errors of the whole body.

        Raises:
            FieldErrors: there are errors.
        """
        if self.faults:
            raise FieldErrors(self.faults)


Check: TypeAlias = Callable[[Form], None]


def all_of(*checks: Check) -> Check:
    """Return a check that runs several checks in order."""

    def check(form: Form) -> None:
        form.run(*checks)

    return check


def text(minimum: int, maximum: int, pattern: str | None = None) -> Check:
    """Return a check of a string; `minimum` and `maximum` are code points. With a minimum, whitespace is not enough."""
    matches = re.compile(pattern).fullmatch if pattern else None

    def check(form: Form) -> None:
        value = form.value
        if not isinstance(value, str):
            form.refuse("STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
        elif minimum and not value.strip():
            required(form)
        elif not minimum <= len(value) <= maximum:
            _refuse_length(form, minimum, maximum)
        elif matches and not matches(value):
            form.refuse("STRING_TYPE_REGEX", "String value did not match validation regex.")

    return check


def integer(minimum: int, maximum: int) -> Check:
    """Return a check of an integer, as a number or a string of digits."""

    def check(form: Form) -> None:
        value = form.value
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            form.refuse("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        else:
            _refuse_range(form, "int", value, minimum, maximum)

    return check


def number(minimum: float, maximum: float) -> Check:
    """Return a check of a number with or without decimals."""

    def check(form: Form) -> None:
        value = form.value
        if not isinstance(value, int | float) or isinstance(value, bool):
            form.refuse("NUMBER_TYPE_COERCE", f'Value "{value}" is not float.')
        else:
            _refuse_range(form, "float", value, minimum, maximum)

    return check


def boolean(form: Form) -> None:
    """Check a boolean."""
    if not isinstance(form.value, bool):
        form.refuse("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def snowflake(form: Form) -> None:
    """Check an id: a string of digits (Discord also accepts a number)."""
    value = form.value
    if isinstance(value, bool) or not _SNOWFLAKE.fullmatch(str(value)) or int(value) >= 2**64:
        form.refuse("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')


def one_of(*allowed: int | str) -> Check:
    """Return a check that accepts only these values."""
    listed = ", ".join(str(value) for value in allowed)

    def check(form: Form) -> None:
        if isinstance(form.value, bool) or form.value not in allowed:
            form.refuse("BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")

    return check


def url(maximum: int, *schemes: str) -> Check:
    """Return a check of a URL with one of the schemes."""
    listed = ", ".join(f"'{scheme}'" for scheme in schemes)

    def check(form: Form) -> None:
        text(1, maximum)(form)
        if not isinstance(form.value, str) or not form.value.strip():
            return
        scheme, separator, rest = form.value.partition("://")
        if scheme not in schemes or not separator:
            message = f'Scheme "{scheme}" must be one of ({listed}).'
            form.refuse("URL_TYPE_INVALID_SCHEME", message)
        elif not rest or any(letter.isspace() for letter in rest):
            form.refuse("URL_TYPE_INVALID_URL", "Not a well formed URL.")

    return check


def listing(item: Check, minimum: int, maximum: int, *, unique: bool = False) -> Check:
    """Return a check of a list's length and of each item."""

    def check(form: Form) -> None:
        if not _is_list(form.value):
            form.refuse("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return
        if not minimum <= len(form.value) <= maximum:
            _refuse_length(form, minimum, maximum)
        for place in form.items():
            required(place) if place.absent else item(place)
        if unique:
            message = "The set already contains this value"
            refuse_repeats(form.items(), "SET_TYPE_ALREADY_CONTAINS_VALUE", message)

    return check


def model(fields: Mapping[str, Check], *needed: str) -> Check:
    """Return a check of an object's known and required fields."""

    def check(form: Form) -> None:
        if not is_object(form.value):
            form.refuse("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
            return
        for name in needed:
            if form[name].absent:
                required(form[name])
        for name, field in fields.items():
            if not form[name].absent:
                field(form[name])

    return check


def by_type(kinds: Mapping[int, Check]) -> Check:
    """Return a check of an object that depends on its field `type`."""
    listed = ", ".join(str(kind) for kind in kinds) + ("," if len(kinds) == 1 else "")

    def check(form: Form) -> None:
        if not is_object(form.value):
            form.refuse("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        elif form["type"].absent:
            required(form["type"])
        elif _is_kind(form["type"].value, kinds):
            kinds[int(form["type"].value)](form)
        else:
            message = f'Value of field "type" must be one of ({listed}).'
            form["type"].refuse("UNION_TYPE_CHOICES", message)

    return check


def mapping_of(value: Check, keys: Iterable[str]) -> Check:
    """Return a check of an object with some of the keys and of each value."""
    allowed = one_of(*keys)

    def check(form: Form) -> None:
        if not is_object(form.value):
            form.refuse("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            return
        for name in as_object(form.value):
            Form(name, (*form.path, name), form.faults).run(allowed)
            value(form[name])

    return check


def anything(form: Form) -> None:
    """Accept any value: for fields that Discord reads without limits."""


def required(form: Form) -> None:
    """Reject an absent value."""
    form.refuse("BASE_TYPE_REQUIRED", "This field is required")


def refuse_repeats(places: Iterable[Form], code: str, message: str) -> None:
    """Reject each place whose value repeats an earlier one."""
    seen: list[Json] = []
    for place in places:
        if place.absent:
            continue
        if place.value in seen:
            place.refuse(code, message.format(place.value))
        seen.append(place.value)


def as_int(value: Json, default: int = 0) -> int:
    """Return a field's integer value; `default` if it has none."""
    if isinstance(value, int):
        return int(value)
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else default


def is_object(value: Json) -> bool:
    """Return whether this is a JSON object."""
    return isinstance(value, dict)


def as_object(value: Json) -> dict[str, Json]:
    """Return the fields of an object; empty if it is not an object."""
    return cast("dict[str, Json]", value) if isinstance(value, dict) else {}


def _inside(value: Json, name: str | int) -> Json:
    if isinstance(name, int):
        return value[name] if _is_list(value) and name < len(value) else None
    return as_object(value).get(name)


def _is_list(value: Json) -> bool:
    return isinstance(value, list | tuple)


def _is_kind(value: Json, kinds: Mapping[int, Check]) -> bool:
    return not isinstance(value, bool) and as_int(value, -1) in kinds


def _refuse_length(form: Form, minimum: int, maximum: int) -> None:
    if minimum:
        message = f"Must be between {minimum} and {maximum} in length."
        form.refuse("BASE_TYPE_BAD_LENGTH", message)
    else:
        form.refuse("BASE_TYPE_MAX_LENGTH", f"Must be {maximum} or fewer in length.")


def _refuse_range(form: Form, kind: str, value: float, minimum: float, maximum: float) -> None:
    if value < minimum:
        message = f"{kind} value should be greater than or equal to {minimum}."
        form.refuse("NUMBER_TYPE_MIN", message)
    elif value > maximum:
        message = f"{kind} value should be less than or equal to {maximum}."
        form.refuse("NUMBER_TYPE_MAX", message)
