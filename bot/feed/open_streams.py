"""The requests that wait for changes, with limits."""

import collections
import dataclasses
from http import HTTPStatus

from bot.feed.connections import ConnectionLimits
from bot.feed.problems import RETRY_SECONDS, ProblemError


def _half_of_connections() -> int:
    return max(1, ConnectionLimits().connections // 2)


@dataclasses.dataclass(frozen=True, slots=True)
class StreamLimits:
    """Limits of the requests that wait."""

    of_token: int = 50
    in_all: int = dataclasses.field(default_factory=_half_of_connections)
    """The other half of the connections is for requests that are answered at once."""
    heartbeat_seconds: float = 15
    """Proxies close connections on which nothing is sent for 60 s."""


class OpenStreams:
    """Counts the requests that wait."""

    def __init__(self, limits: StreamLimits) -> None:
        self._limits = limits
        self._open = collections.Counter[int]()

    def enter(self, token_id: int) -> None:
        """Count one more of the token; 0: without one.

        Raises:
            ProblemError: there are too many.
        """
        if self._open[token_id] >= self._limits.of_token:
            detail = f"More than {self._limits.of_token} streams are open with this token."
            raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": str(RETRY_SECONDS)})
        if self._open.total() >= self._limits.in_all:
            raise ProblemError.passing("Too many streams are open.")
        self._open[token_id] += 1

    def leave(self, token_id: int) -> None:
        """Count one less of the token."""
        self._open[token_id] -= 1
        self._open = +self._open
