"""Limits of the requests in a second."""

import time
from typing import Final

from bot.feed.http.problems import ProblemError

_MAX_TOKENS: Final = 10_000


class RateLimit:
    """So many requests in a second with each token; those that are refused use up nothing."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._left: dict[int, tuple[float, float]] = {}
        """The requests that are left for each token, and when that was."""

    def count(self, token_id: int) -> None:
        """Count a request with a token; 0: without one.

        Raises:
            ProblemError: none is left.
        """
        left = self._now_left(token_id)
        if left < 1:
            raise ProblemError.too_many(
                f"More than {self._rate} requests in a second. Wait a second, then ask again.", seconds=1
            )
        self._left.pop(token_id, None)
        if len(self._left) >= _MAX_TOKENS:
            del self._left[next(iter(self._left))]
        self._left[token_id] = (left - 1, time.monotonic())

    def _now_left(self, token_id: int) -> float:
        now = time.monotonic()
        left, since = self._left.get(token_id, (float(self._rate), now))
        return min(left + (now - since) * self._rate, float(self._rate))
