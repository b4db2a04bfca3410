"""The operations of the API: a path, its parameters, and the handler that answers."""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.domain.values import Actor, PointInTime
from bot.feed.access import Access
from bot.feed.links import Links
from bot.feed.parameters import AS_OF, Parameter
from bot.service.feed import FeedService


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
        return PointInTime(self.values.get(AS_OF.name), self.access.latest)


@dataclasses.dataclass(frozen=True, slots=True)
class Operation:
    """A path that programs read."""

    path: str
    summary: str
    handle: Callable[[Call], Awaitable[Response]]
    parameters: tuple[Parameter, ...] = ()
    schema: str | None = None
    """The name of its answer's schema in the description; None: a picture."""
    takes_query_token: bool = False
    """True: the token may be in the address, as programs of the predecessor need."""
    statuses: tuple[int, ...] = ()
    """Of its answers, beside 200, 304 and those that all have."""
    unreadable: Callable[[Request], Awaitable[Response]] | None = None
    """Answers while the database can't say who asks; None: with a problem."""
