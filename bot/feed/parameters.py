"""The parameters of requests: their descriptions, and how each is read."""

import base64
import binascii
import dataclasses
import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request

from bot.domain.as_of import UnknownAsOfError, parse_as_of
from bot.domain.values import PlanId, StateCursor
from bot.feed.problems import invalid

MAX_LENGTH: Final = 200
"""Characters of a value."""
PAGE: Final = 50
MAX_PAGE: Final = 100
TOKEN: Final = "token"  # noqa: S105 - the name of a parameter
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a request."""

    name: str
    description: str
    schema: Mapping[str, object]
    read: Callable[[str], Any]
    """Returns the value; raises a ValueError that says what is expected."""
    default: Any = None
    is_required: bool = False
    place: str = "query"
    """`query` or `path`."""


def read_all(request: Request, parameters: Sequence[Parameter], ignored: frozenset[str]) -> dict[str, Any]:
    """Return the values of the parameters; those that are not given have their defaults.

    Raises:
        ProblemError: one is unknown, doubled, missing or wrong.
    """
    given = request.query_params.multi_items()
    names = [name for name, _ in given if name not in ignored]
    known = [each.name for each in parameters if each.place == "query"]
    for name in names:
        if name not in known:
            allowed = ", ".join(known) or "none"
            raise invalid(f"There is no parameter “{name[:50]}” here. The parameters are: {allowed}.")
        if names.count(name) > 1:
            raise invalid(f"The parameter {name} is given twice. Give it once.")
    values = dict(given) | {name: str(value) for name, value in request.path_params.items()}
    return {each.name: _value(each, values.get(each.name)) for each in parameters}


def _value(parameter: Parameter, given: str | None) -> Any:  # noqa: ANN401 - of any type
    if given is None:
        if parameter.is_required:
            raise invalid(f"The parameter {parameter.name} is missing. {parameter.description}")
        return parameter.default
    if not given.strip() or len(given) > MAX_LENGTH:
        raise invalid(f"The parameter {parameter.name} has 1 to {MAX_LENGTH} characters. {parameter.description}")
    try:
        return parameter.read(given)
    except ValueError as error:
        raise invalid(f"The parameter {parameter.name} can’t be read. {error}") from error


def cursor_of(place: StateCursor) -> str:
    """Return the cursor of a place in a list of plans."""
    return base64.urlsafe_b64encode(f"{place.day} {place.plan_id}".encode()).decode().rstrip("=")


def _day(text: str) -> datetime.date:
    if not _DAY.fullmatch(text):
        raise ValueError("Write a day as 2026-11-23.")
    return datetime.date.fromisoformat(text)


def _cursor(text: str) -> StateCursor:
    try:
        day, _, plan_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").partition(" ")
        return StateCursor(_day(day), PlanId(_number(plan_id)))
    except (ValueError, binascii.Error) as error:
        raise ValueError("Use the value of “next” in the page before.") from error


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError("Write a whole number of at most 18 digits.")
    return int(text)


def _page_size(text: str) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= MAX_PAGE:
        raise ValueError(f"Write a whole number from 1 to {MAX_PAGE}.")
    return int(text)


def _sha256(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise ValueError("Write 64 hexadecimal digits in lower case.")
    return text


def _as_of(text: str) -> Any:  # noqa: ANN401 - an AsOf, which is a union
    try:
        return parse_as_of(text)
    except UnknownAsOfError as error:
        raise ValueError(str(error)) from error


_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH}
_DATE: Final = {"type": "string", "format": "date"}

COACH = Parameter("coach", "A coach’s key: d, D or coach_d.", _TEXT, str)
COACH_REQUIRED = dataclasses.replace(COACH, is_required=True)
COACH_ID = dataclasses.replace(COACH, name="coach_id", is_required=True, place="path")
DATE = Parameter("date", "A trading day, such as 2026-11-23; today if it is left out.", _DATE, _day)
FROM = Parameter("from", "The first trading day.", _DATE, _day)
TO = Parameter("to", "The last trading day.", _DATE, _day)
CURSOR = Parameter("cursor", "The value of “next” in the page before.", _TEXT, _cursor)
HITS_CURSOR = Parameter("cursor", "The value of “next” in the page before.", _TEXT, _number)
LIMIT = Parameter(
    "limit", "Items on a page.", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE}, _page_size, default=PAGE
)
WORDS = Parameter("q", "Words of a text; the last may be a beginning.", _TEXT, str, is_required=True)
AS_OF = Parameter(
    "as_of",
    "The moment: now, session_open, session_close, a time of the plan’s day such as 09:25, or 2026-11-23T14:25:00Z.",
    _TEXT,
    _as_of,
)
PLAN_ID = Parameter("id", "A plan’s id.", {"type": "integer"}, _number, is_required=True, place="path")
SHA256 = Parameter(
    "sha256", "The SHA-256 of a picture.", {"type": "string", "pattern": "^[0-9a-f]{64}$"}, _sha256, None, True, "path"
)
