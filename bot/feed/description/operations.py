"""The operations of the API: a path, its parameters, and the handler that answers."""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from bot.domain.values import Actor, PointInTime, StateFilter
from bot.feed.access import Access
from bot.feed.description.parameters import AS_OF, COACH, FROM, TO, Parameter
from bot.feed.http.problems import invalid
from bot.feed.links import Links
from bot.service.feed.plans import FeedService

Content: TypeAlias = Mapping[str, str | None]
"""Media types, each with the name of its schema in the description; None: bytes, or text that no schema describes."""
JSON: Final = "application/json"
ETAG: Final = "ETag"
LAST_MODIFIED: Final = "Last-Modified"
PLAN: Final = "Coachbook-Plan"
AS_OF_HEADER: Final = "Coachbook-As-Of"
LAST_AS_OF_HEADER: Final = "Coachbook-Last-As-Of"
PRESENT: Final = {PLAN: "present"}
NONE: Final = {PLAN: "none"}
T = TypeVar("T")


def as_json(schema: str) -> Content:
    """Return the content of answers in JSON."""
    return {JSON: schema}


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """A request that was admitted, with the values of its parameters."""

    request: Request
    access: Access
    values: Mapping[str, Any]
    feed: FeedService
    links: Links

    @property
    def actor(self) -> Actor:
        """The reader."""
        return self.access.actor

    @property
    def point(self) -> PointInTime:
        """The moment as of which it reads."""
        return PointInTime(self.value(AS_OF), self.access.latest)

    @property
    def filter(self) -> StateFilter:
        """The days and the coach of the plans that it reads.

        Raises:
            ProblemError: the first day is after the last.
        """
        first, last = self.value(FROM), self.value(TO)
        if first and last and first > last:
            raise invalid(f"from {first} is after to {last}. Use the earlier day as from.")
        return StateFilter(first, last, self.value(COACH))

    def value(self, parameter: Parameter[T]) -> T:
        """Return the value of a parameter of its operation."""
        return self.values[parameter.name]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A path that programs read."""

    name: str
    """Its id in the description, from which generators of clients make the names of functions."""
    path: str
    summary: str
    handle: Callable[[Call], Awaitable[Response]]
    content: Content
    """Of an answer with status 200 or 206."""
    parameters: tuple[Parameter[object], ...] = ()
    headers: tuple[str, ...] = (ETAG,)
    """Of an answer with status 200, beside those that all have; with an ETag there is an answer 304, too."""
    statuses: tuple[int, ...] = ()
    """Of its answers, beside 200 and those that all have."""
    is_compatible: bool = False
    """True: it is as programs of the predecessor ask for it, with or without a slash at the end. The token may be in
    the address, parameters that it does not know are ignored, and an empty one is left out."""
    unreadable: Callable[[Request], Awaitable[Response]] | None = None
    """Answers with 503 while the database can't say who asks; None: with a problem."""


@dataclasses.dataclass(frozen=True, slots=True)
class PublicDocument:
    """A path that everybody reads, also without a token."""

    name: str
    path: str
    summary: str
    content: Content
