"""Rate limits per bucket and per application, with their headers.

sandbox.limits.strict()         # Discord's limits for messages, as far as they are known
sandbox.limits.generous()       # the high default limits, for tests of other things
sandbox.limits.rates[("DELETE", "/channels/{channel_id}/messages/{message_id}")] = Rate(5, 1.0)

Discord's documentation (page "Rate limits") states the 50 requests per second of an application. The limits of buckets
are undocumented and may change, so clients must read them from the headers.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.faults import Scope

Key = tuple[str, ...]
"""Key of a bucket (method, route, caller, top-level parameters) or of a caller (its name)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A number of requests per number of seconds."""

    requests: int
    seconds: float


GLOBAL = Rate(50, 1.0)
"""Global limit of each application (unauthenticated: of the address), without the interaction routes."""
GENEROUS = Rate(50, 1.0)
"""Default limit of a bucket."""
STRICT = {
    ("POST", "/channels/{channel_id}/messages"): Rate(5, 5.0),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): Rate(5, 5.0),
}
"""Limits observed in Discord's headers for channel messages; undocumented, so clients must not rely on them."""


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """Result of counting a request."""

    headers: dict[str, str]
    seconds: float = 0.0
    """Seconds until it may be retried; 0: within the limit."""
    scope: Scope = "user"
    """Scope of the exceeded limit."""


@dataclass(slots=True)
class _Window:
    used: int = 0
    ends_at: float = 0.0


@dataclass
class RateLimits:
    """Counts the requests of each bucket and of each application."""

    rates: dict[tuple[str, str], Rate] = field(default_factory=dict[tuple[str, str], Rate])
    """Limits of routes that have their own, by method and route."""
    clock: Callable[[], float] = time.time
    """Source of the time (Unix, in seconds)."""
    _windows: dict[Key, _Window] = field(default_factory=dict[Key, _Window], repr=False)

    def strict(self) -> None:
        """Limit channel messages as Discord does."""
        self.rates.update(STRICT)

    def generous(self) -> None:
        """Restore the high default limit of every bucket."""
        self.rates.clear()

    def count(self, bucket: Key, caller: Key | None) -> LimitCheck:
        """Count a request in its bucket and, unless None, among all of its caller's."""
        now = self.clock()
        if caller is not None:
            total = self._window(caller, GLOBAL, now)
            if total.used > GLOBAL.requests:
                return LimitCheck({}, total.ends_at - now, "global")
        rate = self.rates.get((bucket[0], bucket[1]), GENEROUS)
        window = self._window(bucket, rate, now)
        left = window.ends_at - now
        headers = headers_of(bucket, rate, max(0, rate.requests - window.used), window.ends_at, left)
        return LimitCheck(headers, left if window.used > rate.requests else 0.0)

    def exhausted(self, bucket: Key, seconds: float) -> dict[str, str]:
        """Return the headers of a bucket that is exhausted for this long."""
        rate = self.rates.get((bucket[0], bucket[1]), GENEROUS)
        return headers_of(bucket, rate, 0, self.clock() + seconds, seconds)

    def _window(self, key: Key, rate: Rate, now: float) -> _Window:
        """Count a request in the current window of a key and return the window."""
        window = self._windows.setdefault(key, _Window())
        if now >= window.ends_at:
            window.used, window.ends_at = 0, now + rate.seconds
        window.used += 1
        return window


def headers_of(bucket: Key, rate: Rate, remaining: int, ends_at: float, left: float) -> dict[str, str]:
    """Return the headers of a bucket; `ends_at` is a Unix time, `left` in seconds."""
    return {
        "X-RateLimit-Limit": str(rate.requests),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": f"{ends_at:.3f}",
        "X-RateLimit-Reset-After": f"{max(left, 0.001):.3f}",
        "X-RateLimit-Bucket": hashlib.md5(" ".join(bucket[:2]).encode(), usedforsecurity=False).hexdigest(),
    }
