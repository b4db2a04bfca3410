"""Rate limits by bucket, with the headers which say how they stand (page "Rate limits")."""

import hashlib
import time
from dataclasses import dataclass

LIMIT = 50
"""Requests a window in each bucket; Discord has no fixed numbers, and 50 a second in all."""

WINDOW_SECONDS = 1.0


@dataclass(slots=True)
class _Bucket:
    used: int = 0
    ends_at: float = 0.0


class RateLimits:
    """Counts the requests of each bucket: one for each route, main parameter and caller."""

    def __init__(self) -> None:
        """Nothing counted yet."""
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def count(self, key: tuple[str, ...]) -> tuple[dict[str, str], float]:
        """Count a request: the headers of its answer, and for how many seconds it is refused (0: it is not)."""
        now = time.time()
        bucket = self._buckets.setdefault(key, _Bucket())
        if now >= bucket.ends_at:
            bucket.used, bucket.ends_at = 0, now + WINDOW_SECONDS
        bucket.used += 1
        left = bucket.ends_at - now
        headers = headers_of(key, max(0, LIMIT - bucket.used), bucket.ends_at, left)
        return headers, left if bucket.used > LIMIT else 0.0


def headers_of(key: tuple[str, ...], remaining: int, ends_at: float, left: float) -> dict[str, str]:
    """The headers of a bucket; `ends_at` is a Unix time, `left` seconds."""
    return {
        "X-RateLimit-Limit": str(LIMIT),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": f"{ends_at:.3f}",
        "X-RateLimit-Reset-After": f"{left:.3f}",
        "X-RateLimit-Bucket": hashlib.md5(" ".join(key[:2]).encode(), usedforsecurity=False).hexdigest(),
    }
