"""Limits of the requests in a second."""

import time
from collections.abc import Hashable
from http import HTTPStatus
from typing import Final

from bot.feed.problems import ProblemError

_MAX_KEYS: Final = 10_000


class RateLimit:
    """So many requests in a second for each key; those that are refused use up nothing."""

    def __init__(self, rate: int, requests: str) -> None:
        """`requests` says what is counted."""
        self._rate = rate
        self._requests = requests
        self._left: dict[Hashable, tuple[float, float]] = {}
        """The requests that are left for each key, and when that was."""

    def require(self, key: Hashable) -> None:
        """Refuse if none is left.

        Raises:
            ProblemError: none is left.
        """
        if self._now_left(key) < 1:
            detail = f"More than {self._rate} {self._requests} in a second."
            raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": "1"})

    def count(self, key: Hashable) -> None:
        """Use up one."""
        left = self._now_left(key)
        self._left.pop(key, None)
        if len(self._left) >= _MAX_KEYS:
            del self._left[next(iter(self._left))]
        self._left[key] = (max(left - 1, 0.0), time.monotonic())

    def _now_left(self, key: Hashable) -> float:
        now = time.monotonic()
        left, since = self._left.get(key, (float(self._rate), now))
        return min(left + (now - since) * self._rate, float(self._rate))
