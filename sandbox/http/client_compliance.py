"""Clients' compliance with rate limits (page "Rate limits")."""

import collections
from collections.abc import Hashable
from dataclasses import dataclass, field

from sandbox.http.exchange import Exchange
from sandbox.http.limits import Key, RateLimits

INVALID_SECONDS = 600.0
"""Discord's window for counting invalid requests; 10,000 within it ban the address."""

IN_FLIGHT_SECONDS = 0.1
"""Seconds after a 429 in which requests on other connections may have been sent before the client read it."""

_INVALID = (401, 403, 429)


@dataclass(slots=True)
class _Pause:
    """A period in which clients may not send requests, from a 429's `retry_after`."""

    starts_at: float
    ends_at: float
    connections: set[Hashable] = field(default_factory=set[Hashable])
    """The connections that received the 429: any later request on them was sent after it."""


class ClientCompliance:
    """Records clients' violations of rate limits."""

    def __init__(self, limits: RateLimits) -> None:
        """Use the clock of `limits`."""
        self.early_requests: list[Exchange] = []
        self._limits = limits
        self._invalid: collections.deque[float] = collections.deque()
        self._pauses: dict[Key, _Pause] = {}

    @property
    def invalid_requests(self) -> int:
        """Number of 401, 403 and 429 responses (not of scope "shared") in the last ten minutes."""
        since = self._limits.clock() - INVALID_SECONDS
        while self._invalid and self._invalid[0] <= since:
            self._invalid.popleft()
        return len(self._invalid)

    def pause(self, key: Key, seconds: float, connection: Hashable) -> None:
        """Record a `retry_after` that was sent on a connection."""
        now = self._limits.clock()
        pause = self._pauses.get(key)
        if pause is None or pause.ends_at <= now:
            pause = self._pauses[key] = _Pause(now, now)
        pause.ends_at = max(pause.ends_at, now + seconds)
        pause.connections.add(connection)

    def is_too_early(self, key: Key, connection: Hashable) -> bool:
        """Return whether a request received now was sent before a `retry_after` had passed."""
        now = self._limits.clock()
        pause = self._pauses.get(key)
        if pause is None or pause.ends_at <= now:
            return False
        return connection in pause.connections or now >= pause.starts_at + IN_FLIGHT_SECONDS

    def observe(self, exchange: Exchange) -> None:
        """Count a response."""
        if exchange.too_early:
            self.early_requests.append(exchange)
        if exchange.status in _INVALID and exchange.response_headers.get("X-RateLimit-Scope") != "shared":
            self._invalid.append(self._limits.clock())
