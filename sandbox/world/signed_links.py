"""Signed links to files: they carry when they were made and when they end, and can't be forged."""

import datetime
import hashlib
import hmac
from collections.abc import Mapping

from sandbox.world.snowflakes import Clock

LIFE = datetime.timedelta(hours=24)
"""How long a link works; Discord's links do for about a day."""


class LinkSigner:
    """Signs the links of the CDN, and says whether one still works."""

    def __init__(self, clock: Clock, secret: bytes) -> None:
        """Sign with `secret`; links end by `clock`."""
        self._clock = clock
        self.secret = secret
        self.base_url = ""
        self.dead_ids: set[int] = set()
        """Attachments whose links were made dead for good."""

    def sign(self, path: str) -> str:
        """The whole link to a path of the CDN."""
        now = self._clock()
        issued, ends = (format(int(moment.timestamp()), "x") for moment in (now, now + LIFE))
        return f"{self.base_url}{path}?ex={ends}&is={issued}&hm={self._mark(path, ends, issued)}&"

    def is_good(self, path: str, query: Mapping[str, str]) -> bool:
        """Whether a link was signed here and has not ended."""
        ends, issued, mark = query.get("ex", ""), query.get("is", ""), query.get("hm", "")
        if not hmac.compare_digest(self._mark(path, ends, issued).encode(), mark.encode()):
            return False
        return int(ends, 16) > self._clock().timestamp()

    def forget_all(self) -> None:
        """Make every link signed until now dead."""
        self.secret = hashlib.sha256(self.secret).digest()

    def _mark(self, path: str, ends: str, issued: str) -> str:
        return hmac.new(self.secret, f"{path}\n{ends}\n{issued}".encode(), hashlib.sha256).hexdigest()
