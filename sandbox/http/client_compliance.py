"""How well clients keep the rate limits they were told (page "Rate limits")."""

import collections
from collections.abc import Hashable
from dataclasses import dataclass, field

from sandbox.http.exchange import Exchange
from sandbox.http.limits import Key, RateLimits

INVALID_SECONDS = 600.0
"""For how long Discord counts an invalid request; 10,000 in that time ban the address."""

ON_THE_WAY = 0.1
"""Seconds after a 429 in which requests on other connections may have been sent before it was read."""

_INVALID = (401, 403, 429)


@dataclass(slots=True)
class _Pause:
    """A time in which nothing may be asked, as somebody was told."""

    told_at: float
    ends_at: float
    told: set[Hashable] = field(default_factory=set[Hashable])
    """The connections on which it was told: what comes on them was sent after it."""


class Manners:
    """Notes what clients do that they were told not to."""

    def __init__(self, limits: RateLimits) -> None:
        """Take the time from `limits`."""
        self.hasty: list[Exchange] = []
        self._limits = limits
        self._invalid: collections.deque[float] = collections.deque()
        self._pauses: dict[Key, _Pause] = {}

    @property
    def invalid_requests(self) -> int:
        """How many requests of the last ten minutes were answered with 401, 403 or 429 (but of scope "shared")."""
        since = self._limits.clock() - INVALID_SECONDS
        while self._invalid and self._invalid[0] <= since:
            self._invalid.popleft()
        return len(self._invalid)

    def pause(self, key: Key, seconds: float, connection: Hashable) -> None:
        """Note that a client was told, on a connection, to wait so long before it asks for this again."""
        now = self._limits.clock()
        pause = self._pauses.get(key)
        if pause is None or pause.ends_at <= now:
            pause = self._pauses[key] = _Pause(now, now)
        pause.ends_at = max(pause.ends_at, now + seconds)
        pause.told.add(connection)

    def is_hasty(self, key: Key, connection: Hashable) -> bool:
        """Whether a request that comes now was sent by one who had been told to wait longer."""
        now = self._limits.clock()
        pause = self._pauses.get(key)
        if pause is None or pause.ends_at <= now:
            return False
        return connection in pause.told or now >= pause.told_at + ON_THE_WAY

    def observe(self, exchange: Exchange) -> None:
        """Count an answer."""
        if exchange.hasty:
            self.hasty.append(exchange)
        if exchange.status in _INVALID and exchange.response_headers.get("X-RateLimit-Scope") != "shared":
            self._invalid.append(self._limits.clock())
