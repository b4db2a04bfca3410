"""Rate limits, of each bucket and of an application in all, with the headers which say how they stand.

sandbox.limits.strict()         # Discord's own numbers for messages, as far as they are known
sandbox.limits.generous()       # back to many requests a bucket, for tests of something else
sandbox.limits.rates[("DELETE", "/channels/{channel_id}/messages/{message_id}")] = Rate(5, 1.0)

Discord's documentation (page "Rate limits") has the 50 requests a second of an application. It has no numbers for
buckets, and says that they change: a client must read them in the headers.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.faults import Scope

Key = tuple[str, ...]
"""Of a bucket: method, route, caller, main parameters. Of a caller: its name alone."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    requests: int
    seconds: float


GLOBAL = Rate(50, 1.0)
"""Of each application (of nobody: of the address) over all routes but those of interactions."""
GENEROUS = Rate(50, 1.0)
"""Of each bucket that has no other."""
STRICT = {
    ("POST", "/channels/{channel_id}/messages"): Rate(5, 5.0),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): Rate(5, 5.0),
}
"""What Discord's headers say of channel messages, by method and route: not documented, so not for clients to know."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of counting a request."""

    headers: dict[str, str]
    seconds: float = 0.0
    """For how long it is refused; 0: it is not."""
    scope: Scope = "user"
    """Whose limit refuses it."""


@dataclass(slots=True)
class _Window:
    used: int = 0
    ends_at: float = 0.0


@dataclass
class RateLimits:
    """Counts the requests of each bucket and of each application."""

    rates: dict[tuple[str, str], Rate] = field(default_factory=dict[tuple[str, str], Rate])
    """The rates of routes which have their own, by method and route."""
    clock: Callable[[], float] = time.time
    """The time (Unix, in seconds) by which windows end."""
    _windows: dict[Key, _Window] = field(default_factory=dict[Key, _Window], repr=False)

    def strict(self) -> None:
        """Limit channel messages as Discord does."""
        self.rates.update(STRICT)

    def generous(self) -> None:
        """Limit every bucket alike, and none tightly."""
        self.rates.clear()

    def count(self, bucket: Key, caller: Key | None) -> Counted:
        """Count a request in its bucket and, unless None, among all of its caller's."""
        now = self.clock()
        if caller is not None:
            everything = self._window(caller, GLOBAL, now)
            if everything.used > GLOBAL.requests:
                return Counted({}, everything.ends_at - now, "global")
        rate = self.rates.get((bucket[0], bucket[1]), GENEROUS)
        window = self._window(bucket, rate, now)
        left = window.ends_at - now
        headers = headers_of(bucket, rate, max(0, rate.requests - window.used), window.ends_at, left)
        return Counted(headers, left if window.used > rate.requests else 0.0)

    def exhausted(self, bucket: Key, seconds: float) -> dict[str, str]:
        """The headers of a bucket that has nothing left for so long."""
        rate = self.rates.get((bucket[0], bucket[1]), GENEROUS)
        return headers_of(bucket, rate, 0, self.clock() + seconds, seconds)

    def _window(self, key: Key, rate: Rate, now: float) -> _Window:
        """The window of a key as it is now, with one request more."""
        window = self._windows.setdefault(key, _Window())
        if now >= window.ends_at:
            window.used, window.ends_at = 0, now + rate.seconds
        window.used += 1
        return window


def headers_of(bucket: Key, rate: Rate, remaining: int, ends_at: float, left: float) -> dict[str, str]:
    """The headers of a bucket; `ends_at` is a Unix time, `left` seconds."""
    return {
        "X-RateLimit-Limit": str(rate.requests),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": f"{ends_at:.3f}",
        "X-RateLimit-Reset-After": f"{max(left, 0.001):.3f}",
        "X-RateLimit-Bucket": hashlib.md5(" ".join(bucket[:2]).encode(), usedforsecurity=False).hexdigest(),
    }
