"""Signed links to files, with their time of issue and expiry."""

import datetime
import hashlib
import hmac
from collections.abc import Mapping

from sandbox.world.snowflakes import Clock

LIFE = datetime.timedelta(hours=24)
"""Lifetime of a link; Discord's last about a day."""


class LinkSigner:
    """Signs the CDN's links and verifies them."""

    def __init__(self, clock: Clock, secret: bytes) -> None:
        """Sign with `secret`; links expire by `clock`."""
        self._clock = clock
        self.secret = secret
        self.base_url = ""
        self.dead_ids: set[int] = set()
        """Ids of attachments whose links are invalid for good."""

    def sign(self, path: str) -> str:
        """Return the signed link to a path of the CDN."""
        now = self._clock()
        issued, ends = (format(int(moment.timestamp()), "x") for moment in (now, now + LIFE))
        return f"{self.base_url}{path}?ex={ends}&is={issued}&hm={self._mark(path, ends, issued)}&"

    def is_good(self, path: str, query: Mapping[str, str]) -> bool:
        """Return whether a link was signed here and has not expired."""
        ends, issued, mark = query.get("ex", ""), query.get("is", ""), query.get("hm", "")
        if not hmac.compare_digest(self._mark(path, ends, issued).encode(), mark.encode()):
            return False
        return int(ends, 16) > self._clock().timestamp()

    def forget_all(self) -> None:
        """Invalidate every link signed so far."""
        self.secret = hashlib.sha256(self.secret).digest()

    def _mark(self, path: str, ends: str, issued: str) -> str:
        return hmac.new(self.secret, f"{path}\n{ends}\n{issued}".encode(), hashlib.sha256).hexdigest()
