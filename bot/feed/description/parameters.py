"""The parameters of requests: their descriptions, and how each is read."""

import dataclasses
import datetime
import enum
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

from starlette.requests import Request

from bot.domain.as_of import (
    NOW,
    PATTERN_OF_DAYS,
    PATTERN_OF_INSTANTS,
    PATTERN_OF_TIMES,
    Edge,
    UnknownAsOfError,
    parse_as_of,
)
from bot.domain.values import HitsCursor, PlanId, StateCursor
from bot.feed.http.problems import invalid

MAX_LENGTH: Final = 200
"""Characters of a value."""
PAGE: Final = 50
MAX_PAGE: Final = 100
MAX_WAIT: Final = 60
"""Seconds: proxies close connections on which nothing is sent for longer."""
MAX_NUMBER: Final = 10**18 - 1
FORMATS: Final = ("jsonl", "csv")
"""Of exports."""
TOKEN: Final = "token"  # noqa: S105 - the name of a parameter
_WHOLE: Final = re.compile(r"0|[1-9][0-9]*", re.ASCII)
T = TypeVar("T")
ValueT_co = TypeVar("ValueT_co", covariant=True)


class Required(enum.Enum):
    """The default of a parameter that must be given."""

    REQUIRED = enum.auto()


@dataclasses.dataclass(frozen=True, slots=True)
class Format(Generic[ValueT_co]):
    """Texts that are values of a kind."""

    schema: Mapping[str, Any]
    """Describes them, and decides which are accepted."""
    expected: str
    convert: Callable[[str], ValueT_co]
    """Returns the value; raises a ValueError for what no schema can tell, as February 30."""

    def read(self, text: str) -> ValueT_co:
        """Return the value.

        Raises:
            ValueError: the text is none; says what is expected.
        """
        if not _accepts(self.schema, text):
            raise ValueError(self.expected)
        try:
            return self.convert(text)
        except ValueError as error:
            raise ValueError(self.expected) from error


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter(Generic[ValueT_co]):
    """A parameter of a request."""

    name: str
    description: str
    format: Format[ValueT_co]
    default: ValueT_co | Required = Required.REQUIRED
    place: str = "query"
    """`query`, `path` or `header`."""
    example: str | int | None = None

    @property
    def is_required(self) -> bool:
        """True: it must be given."""
        return self.default is Required.REQUIRED


def read_all(request: Request, parameters: Sequence[Parameter[object]], *, is_compatible: bool) -> dict[str, Any]:
    """Return the values of the parameters; those that are not given have their defaults.

    `is_compatible`: unknown parameters are ignored, and empty ones are not given.

    Raises:
        ProblemError: one is unknown, doubled, missing or wrong.
    """
    known = [each.name for each in parameters if each.place == "query"]
    given = request.query_params.multi_items()
    if is_compatible:
        given = [(name, value) for name, value in given if name in known and value]
    names = [name for name, _ in given]
    for name in names:
        if name not in known:
            allowed = ", ".join(known) or "none"
            raise invalid(f"There is no parameter “{name[:50]}” here. The parameters are: {allowed}.")
        if names.count(name) > 1:
            raise invalid(f"The parameter {name} is given twice. Give it once.")
    values = dict(given) | {name: str(value) for name, value in request.path_params.items()}
    for each in (each for each in parameters if each.place == "header"):
        sent = request.headers.getlist(each.name)
        if len(sent) > 1:
            raise invalid(f"The header {each.name} is sent twice. Send it once.")
        values |= {each.name: sent[0]} if sent else {}
    return {each.name: _value(each, values.get(each.name)) for each in parameters}


def cursor_of(place: StateCursor) -> str:
    """Return the cursor of a place in a list of plans."""
    return f"{place.day.toordinal()}-{place.plan_id}"


def cursor_of_hits(place: HitsCursor) -> str:
    """Return the cursor of a place in a list of hits."""
    return "-".join(str(each) for each in (place.hit_id, place.last_revision) if each)


def _value(parameter: Parameter[T], given: str | None) -> T:
    if given is None:
        if isinstance(parameter.default, Required):
            raise invalid(f"The parameter {parameter.name} is missing. {parameter.description}")
        return parameter.default
    if not 1 <= len(given) <= MAX_LENGTH:
        raise invalid(f"The parameter {parameter.name} has 1 to {MAX_LENGTH} characters. {parameter.description}")
    try:
        return parameter.format.read(given)
    except ValueError as error:
        raise invalid(f"The parameter {parameter.name} can’t be read. {error}") from error


def _accepts(schema: Mapping[str, Any], text: str) -> bool:
    """Return whether the schema, with the few words of JSON Schema that are used here, accepts the text."""
    if "anyOf" in schema:
        return any(_accepts(each, text) for each in schema["anyOf"])
    if "enum" in schema:
        return text in schema["enum"]
    if schema["type"] == "integer":
        return bool(_WHOLE.fullmatch(text)) and schema["minimum"] <= int(text) <= schema["maximum"]
    return "pattern" not in schema or bool(re.fullmatch(schema["pattern"], text))


def _place(text: str) -> StateCursor:
    day, _, plan_id = text.partition("-")
    return StateCursor(datetime.date.fromordinal(int(day)), PlanId(int(plan_id)))


def _place_of_hits(text: str) -> HitsCursor:
    hit_id, _, last = text.partition("-")
    return HitsCursor(int(hit_id), int(last) if last else None)


def _whole(minimum: int, maximum: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": minimum, "maximum": maximum}


def _matching(pattern: str, **more: object) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^({pattern})$", **more}


def _one_of(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


def _cursor(pattern: str, convert: Callable[[str], T]) -> Parameter[T | None]:
    source = "the value of “next” in the page before."
    return Parameter("cursor", source.capitalize(), Format(_matching(pattern), f"Use {source}", convert), None)


_TEXT: Final = Format({"type": "string", "minLength": 1, "maxLength": MAX_LENGTH}, "Write a text.", str)
_DAY: Final = Format(
    _matching(PATTERN_OF_DAYS, format="date"), "Write a day as 2026-11-23.", datetime.date.fromisoformat
)
_MOMENT: Final = Format(
    {"anyOf": [_one_of(NOW, *Edge), _matching(PATTERN_OF_TIMES), _matching(PATTERN_OF_INSTANTS)]},
    str(UnknownAsOfError()),
    parse_as_of,
)
_NUMBER: Final = Format(_whole(0, MAX_NUMBER), "Write a whole number of at most 18 digits.", int)
_FLAGS: Final = {"false": False, "true": True}

COACH_REQUIRED: Final = Parameter("coach", "A coach’s key: d, D or coach_d.", _TEXT, example="d")
COACH: Final[Parameter[str | None]] = dataclasses.replace(COACH_REQUIRED, default=None)
COACH_ID: Final = dataclasses.replace(COACH_REQUIRED, name="coach_id", place="path")
DATE: Final = Parameter("date", "A trading day; today if it is left out.", _DAY, None, example="2026-11-23")
FROM: Final = Parameter("from", "The first trading day.", _DAY, None, example="2026-11-23")
TO: Final = Parameter("to", "The last trading day; never before from.", _DAY, None, example="2026-11-27")
CURSOR: Final = _cursor(r"[1-9][0-9]{5}-[1-9][0-9]{0,17}", _place)
HITS_CURSOR: Final = _cursor("[1-9][0-9]{0,17}(-[1-9][0-9]{0,17})?", _place_of_hits)
LIMIT: Final = Parameter(
    "limit", "Items on a page.", Format(_whole(1, MAX_PAGE), f"Write a whole number from 1 to {MAX_PAGE}.", int), PAGE
)
WORDS: Final = Parameter("q", "Words of a text; the last may be a beginning.", _TEXT, example="21450 long")
AS_OF: Final = Parameter(
    "as_of",
    "The moment: now, session_open, session_close, a time of the plan’s day such as 09:25, or 2026-11-23T14:25:00Z.",
    _MOMENT,
    None,
    example="2026-11-23T14:25:00Z",
)
FORMAT: Final = Parameter(
    "format",
    "JSON lines, or a table.",
    Format(_one_of(*FORMATS), f"Write {' or '.join(FORMATS)}.", str),
    FORMATS[0],
    example="csv",
)
REVISIONS: Final = Parameter(
    "revisions",
    "true: each revision until the moment, and not only the newest of each plan.",
    Format(_one_of(*_FLAGS), "Write true or false.", _FLAGS.__getitem__),
    default=False,
    example="true",
)
AFTER: Final = Parameter(
    "after",
    "The id of the last change that was read, or the value of “next”; from now on if it is left out.",
    _NUMBER,
    None,
)
NUMBER: Final = Parameter(
    "after",
    "The number of the last revision that was read, or the value of “next” in the page before; 0: from the first on.",
    _NUMBER,
    0,
)
LAST_EVENT_ID: Final = dataclasses.replace(AFTER, name="Last-Event-ID", place="header")
WAIT: Final = Parameter(
    "wait",
    "Seconds to wait for a change after one.",
    Format(_whole(0, MAX_WAIT), f"Write a whole number of seconds from 0 to {MAX_WAIT}.", int),
    0,
)
PLAN_ID: Final = Parameter(
    "id",
    "A plan’s id.",
    Format(_whole(1, MAX_NUMBER), "Write a whole number from 1, of at most 18 digits.", lambda text: PlanId(int(text))),
    place="path",
    example=1,
)
SHA256: Final = Parameter(
    "sha256",
    "The SHA-256 of a picture.",
    Format(_matching("[0-9a-f]{64}"), "Write 64 hexadecimal digits in lower case.", str),
    place="path",
    example="0" * 64,
)
