"""Values from the JSON of an answer: the fields of a dataclass are the members that it must have."""

import dataclasses
import datetime
import functools
import json
import types
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, cast, get_args, get_origin, get_type_hints

from coachbook_client.errors import UnreadableError, foreign

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    name: str
    kind: Any
    default: object


def read(kind: type[T], text: bytes | str) -> T:
    """Return the value of this dataclass that the text holds; members that the dataclass lacks are ignored.

    Raises:
        UnreadableError: the text is not such a document.
    """
    try:
        return cast("T", _value(kind, json.loads(text)))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(foreign(str(error))) from error


def _value(kind: Any, given: object) -> Any:  # noqa: ANN401 - of the kind
    if get_origin(kind) is types.UnionType:
        return None if given is None else _value(get_args(kind)[0], given)
    if get_origin(kind) is tuple:
        return tuple(_value(get_args(kind)[0], each) for each in cast("list[object]", _checked(list, given)))
    if dataclasses.is_dataclass(kind):
        members = cast("dict[str, object]", _checked(dict, given))
        return cast("Any", kind)(**{each.name: _member(each, members) for each in _fields(kind)})
    if kind in _TEXTS:
        return _TEXTS[kind](_checked(str, given))
    return _checked(kind, given)


def _member(field: _Field, members: Mapping[str, object]) -> object:
    if field.name not in members and field.default is not dataclasses.MISSING:
        return field.default
    try:
        return _value(field.kind, members[field.name])
    except KeyError as error:
        raise ValueError(f"{field.name} is missing") from error
    except ValueError as error:
        raise ValueError(f"{field.name}: {error}") from error


@functools.cache
def _fields(kind: Any) -> tuple[_Field, ...]:  # noqa: ANN401 - a dataclass
    hints = get_type_hints(kind)
    return tuple(_Field(each.name, hints[each.name], each.default) for each in dataclasses.fields(kind))


def _checked(kind: type[T], given: object) -> T:
    if type(given) is not kind:
        raise ValueError(f"{kind.__name__} expected, {type(given).__name__} found")
    return given


def _moment(text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment


_TEXTS: Final[Mapping[Any, Callable[[str], Any]]] = {
    datetime.date: datetime.date.fromisoformat,
    datetime.datetime: _moment,
}
