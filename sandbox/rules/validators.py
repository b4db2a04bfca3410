"""Checks on the values in a request body, small ones from which the rules are put together.

A check looks at one place of a body and notes what Discord would find wrong there. A field that
is absent or null is checked only by `model`, which knows which of its fields are required.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, cast

from sandbox.rules.errors import FieldErrors, Json, Path

INT53 = 2**53 - 1
"""The greatest integer that Discord's JSON may carry as a number, in either direction."""

_SNOWFLAKE = re.compile(r"0|[1-9][0-9]{0,19}")
_DIGITS = re.compile(r"-?[0-9]{1,20}")


class Form:
    """One place of a body: the value there, the path to it, and the faults of the whole body."""

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
        """A field or an item of this value; its value is None when there is none."""
        return Form(_inside(self.value, name), (*self.path, str(name)), self.faults)

    @property
    def absent(self) -> bool:
        """Whether there is nothing here."""
        return self.value is None

    def items(self) -> list["Form"]:
        """The places in this list, in order; none when it is no list."""
        return [self[place] for place in range(len(self.value))] if _is_list(self.value) else []

    def refuse(self, code: str, message: str) -> None:
        """Note a fault here."""
        found = self.faults.setdefault(self.path, [])
        if (code, message) not in found:
            found.append((code, message))

    def run(self, *checks: "Check") -> None:
        """Note what each check finds here."""
        for check in checks:
            check(self)

    def finish(self) -> None:
        """Raise what was found in the whole body.

        Raises:
            FieldErrors: anything was found.
        """
        if self.faults:
            raise FieldErrors(self.faults)


Check: TypeAlias = Callable[[Form], None]


def all_of(*checks: Check) -> Check:
    """A check that is several checks, one after the other."""

    def check(form: Form) -> None:
        form.run(*checks)

    return check


def text(minimum: int, maximum: int, pattern: str | None = None) -> Check:
    """A string; `minimum` and `maximum` are code points. With a minimum, blanks are not enough."""
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
    """An integer, as a number or a string of digits."""

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
    """A number with or without decimals."""

    def check(form: Form) -> None:
        value = form.value
        if not isinstance(value, int | float) or isinstance(value, bool):
            form.refuse("NUMBER_TYPE_COERCE", f'Value "{value}" is not float.')
        else:
            _refuse_range(form, "float", value, minimum, maximum)

    return check


def boolean(form: Form) -> None:
    """True or false."""
    if not isinstance(form.value, bool):
        form.refuse("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def snowflake(form: Form) -> None:
    """An id: a string of digits (Discord forgives a number)."""
    value = form.value
    if isinstance(value, bool) or not _SNOWFLAKE.fullmatch(str(value)) or int(value) >= 2**64:
        form.refuse("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')


def one_of(*allowed: int | str) -> Check:
    """One of a few values."""
    listed = ", ".join(str(value) for value in allowed)

    def check(form: Form) -> None:
        if isinstance(form.value, bool) or form.value not in allowed:
            form.refuse("BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")

    return check


def url(maximum: int, *schemes: str) -> Check:
    """An address with one of the schemes."""
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
    """A list of so many items, each checked."""

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
    """An object: its known fields are checked, the needed ones must be there."""

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
    """An object whose field `type` says which check it is for."""
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
    """An object with some of the keys, each value checked."""
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
    """Any value: said of fields that Discord reads but sets no limit to."""


def required(form: Form) -> None:
    """Refuses what must be there and is not."""
    form.refuse("BASE_TYPE_REQUIRED", "This field is required")


def refuse_repeats(places: Iterable[Form], code: str, message: str) -> None:
    """Refuses each place whose value stood at an earlier one."""
    seen: list[Json] = []
    for place in places:
        if place.absent:
            continue
        if place.value in seen:
            place.refuse(code, message.format(place.value))
        seen.append(place.value)


def as_int(value: Json, default: int = 0) -> int:
    """The integer that a field means; `default` when it means none."""
    if isinstance(value, int):
        return int(value)
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else default


def is_object(value: Json) -> bool:
    """Whether this is a JSON object."""
    return isinstance(value, dict)


def as_object(value: Json) -> dict[str, Json]:
    """The fields of an object; none when it is no object."""
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
