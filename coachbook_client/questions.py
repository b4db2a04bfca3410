"""The questions that a client asks: an address, and the meaning of its answer. Nothing is sent here."""

import dataclasses
import datetime
import hashlib
import re
from collections.abc import Callable, Mapping, Set
from typing import Final, Generic, TypeVar

from coachbook_client import documents
from coachbook_client.errors import IncompleteError, InvalidError, UnreadableError, foreign
from coachbook_client.values import AsOf, Hit, Page, Plan, Revision

T = TypeVar("T")
ItemT = TypeVar("ItemT", bound=Plan | Hit)
MAX_PAGE: Final = 100
"""The most items that the API gives on a page."""
_NUMBER: Final = re.compile("[0-9]{1,18}")
_SHA256: Final = re.compile("[0-9a-f]{64}")


@dataclasses.dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """A path with its parameters, and the meaning of the answer’s bytes."""

    path: str
    parameters: Mapping[str, str]
    value_of: Callable[[bytes], T]
    cursors: Set[str] = frozenset()
    """The cursors of the list until this page."""


def after(question: Question[Page[T]], page: Page[T]) -> Question[Page[T]] | None:
    """Return the question for the page after this one; None: it was the last.

    Raises:
        IncompleteError: items of this one may be missing.
        UnreadableError: it leads to a page that was read.
    """
    if not page.is_complete:
        raise IncompleteError("Some plans may be missing: Discord or the index did not answer. Try again later.")
    if page.cursor is None:
        return None
    if page.cursor in question.cursors:
        raise UnreadableError(foreign("the page after was read before"))
    parameters = {**question.parameters, "cursor": page.cursor}
    return dataclasses.replace(question, parameters=parameters, cursors=question.cursors | {page.cursor})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Listed(Generic[T]):
    next: str | None
    is_partial: bool
    last_as_of: str

    @property
    def items(self) -> tuple[T, ...]:
        raise NotImplementedError

    @property
    def is_complete(self) -> bool:
        return not self.is_partial


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Plans(_Listed[Plan]):
    plans: tuple[Plan, ...]

    @property
    def items(self) -> tuple[Plan, ...]:
        return self.plans


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Hits(_Listed[Hit]):
    hits: tuple[Hit, ...]
    is_indexed: bool

    @property
    def items(self) -> tuple[Hit, ...]:
        return self.hits

    @property
    def is_complete(self) -> bool:
        return self.is_indexed and not self.is_partial


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Revisions:
    id: int
    revisions: tuple[Revision, ...]
    next: int | None


class Questions:
    """The questions of a client, as of its moment unless another is given."""

    def __init__(self, as_of: AsOf | None) -> None:
        """Take the moment.

        Raises:
            ValueError: the moment has no time zone.
        """
        self._as_of = _written(as_of)

    def plans(
        self,
        first: datetime.date | None,
        last: datetime.date | None,
        coach: str | None,
        as_of: AsOf | None,
        limit: int = MAX_PAGE,
        cursor: str | None = None,
    ) -> Question[Page[Plan]]:
        """Ask for a page of plans, the first without a cursor."""
        return _page_of(_Plans, "v1/plans", _place(limit, cursor) | self._filter(first, last, coach, as_of))

    def search(
        self,
        words: str,
        first: datetime.date | None,
        last: datetime.date | None,
        coach: str | None,
        as_of: AsOf | None,
        limit: int = MAX_PAGE,
        cursor: str | None = None,
    ) -> Question[Page[Hit]]:
        """Ask for a page of plans that have the words, the first without a cursor."""
        parameters = {"q": words, **_place(limit, cursor), **self._filter(first, last, coach, as_of)}
        return _page_of(_Hits, "v1/search", parameters)

    def plan(self, plan_id: int, as_of: AsOf | None) -> Question[Plan]:
        """Ask for a plan."""

        def checked(body: bytes) -> Plan:
            plan = documents.read(Plan, body)
            _require(plan_id, {plan.id})
            return plan

        return Question(f"v1/plans/{plan_id}", self._moment(as_of), checked)

    def revisions(
        self, plan_id: int, as_of: AsOf | None, limit: int = MAX_PAGE, cursor: str | None = None
    ) -> Question[Page[Revision]]:
        """Ask for a page of the revisions of a plan, the first without a cursor.

        Raises:
            InvalidError: no page has such a cursor.
        """
        if not _NUMBER.fullmatch(cursor or "0"):
            raise InvalidError("The cursor has to be that of a page of revisions.")
        after = int(cursor or 0)

        def checked(body: bytes) -> Page[Revision]:
            found = documents.read(_Revisions, body)
            numbers = [each.revision for each in found.revisions]
            if not numbers and not after:
                raise UnreadableError(foreign("it has no revisions"))
            _require(plan_id, {found.id, *(each.proof.plan for each in found.revisions)})
            if len(numbers) > limit:
                raise UnreadableError(foreign("the page is longer than asked"))
            if numbers != list(range(after + 1, after + len(numbers) + 1)):
                raise UnreadableError(foreign("a revision is missing"))
            if found.next is not None and found.next not in numbers[-1:]:
                raise UnreadableError(foreign("the page after does not follow"))
            next_cursor = None if found.next is None else str(found.next)
            return Page(items=found.revisions, cursor=next_cursor, is_complete=True)

        place = {"limit": str(limit), "after": str(after)}
        return Question(f"v1/plans/{plan_id}/revisions", place | self._moment(as_of), checked)

    def chart(self, sha256: str, as_of: AsOf | None) -> Question[bytes]:
        """Ask for a picture, whose bytes are compared with the hash.

        Raises:
            InvalidError: it can’t be a hash.
        """
        if not _SHA256.fullmatch(sha256):
            raise InvalidError("The hash of a picture has 64 hexadecimal digits, in lower case.")

        def checked(body: bytes) -> bytes:
            if hashlib.sha256(body).hexdigest() != sha256:
                raise UnreadableError("The answer is not the picture of this hash. Check the address.")
            return body

        return Question(f"v1/charts/{sha256}", self._moment(as_of), checked)

    def export(
        self,
        first: datetime.date | None,
        last: datetime.date | None,
        coach: str | None,
        as_of: AsOf | None,
        *,
        revisions: bool,
    ) -> dict[str, str]:
        """Return the parameters of an export, whose answer is read while it comes."""
        parameters = self._filter(first, last, coach, as_of) | {"format": "jsonl"}
        return parameters | {"revisions": "true"} if revisions else parameters

    def _filter(
        self, first: datetime.date | None, last: datetime.date | None, coach: str | None, as_of: AsOf | None
    ) -> dict[str, str]:
        given = {"from": _day(first), "to": _day(last), "coach": coach}
        return {name: value for name, value in given.items() if value is not None} | self._moment(as_of)

    def _moment(self, as_of: AsOf | None) -> dict[str, str]:
        written = _written(as_of) or self._as_of
        return {"as_of": written} if written else {}


def is_asked(plan: Plan, parameters: Mapping[str, str]) -> bool:
    """Return whether the plan is of the days and the coach that the parameters name: `d`, `D` or `coach_d`."""
    day, key = plan.day.isoformat(), plan.coach.key
    coach = parameters.get("coach", key).casefold()
    return parameters.get("from", day) <= day <= parameters.get("to", day) and key in {
        coach,
        coach.removeprefix("coach_"),
    }


def _day(day: datetime.date | None) -> str | None:
    """Return the day as the API reads it.

    Raises:
        TypeError: the day is of another type; the date of an instant depends on its time zone.
    """
    if day is not None and type(day) is not datetime.date:
        raise TypeError(f"A day has to be a datetime.date, and not a {type(day).__name__}.")
    return day and day.isoformat()


def _require(plan_id: int, found: Set[int]) -> None:
    if found != {plan_id}:
        raise UnreadableError(foreign("it is about another plan"))


def _place(limit: int, cursor: str | None) -> dict[str, str]:
    return {"limit": str(limit)} if cursor is None else {"limit": str(limit), "cursor": cursor}


def _page_of(kind: type[_Listed[ItemT]], path: str, parameters: Mapping[str, str]) -> Question[Page[ItemT]]:
    def page(body: bytes) -> Page[ItemT]:
        found = documents.read(kind, body)
        if len(found.items) > int(parameters["limit"]):
            raise UnreadableError(foreign("the page is longer than asked"))
        if not all(is_asked(each.plan if isinstance(each, Hit) else each, parameters) for each in found.items):
            raise UnreadableError(foreign("it is about another plan"))
        return Page(items=found.items, cursor=found.next, is_complete=found.is_complete, last_as_of=found.last_as_of)

    return Question(path, parameters, page)


def _written(as_of: AsOf | None) -> str | None:
    """Return the moment as the API reads it.

    Raises:
        ValueError: the moment has no time zone, so it is another one elsewhere.
    """
    if not isinstance(as_of, datetime.datetime):
        return as_of
    if as_of.utcoffset() is None:
        raise ValueError("as_of has no time zone. Give it one, such as datetime.UTC or ZoneInfo('America/New_York').")
    return as_of.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
