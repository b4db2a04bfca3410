"""Interactions that were answered by somebody else: a sign that a second process runs with the same token."""

import collections
import time
from typing import Final

import structlog

WINDOW_SECONDS: Final = 3600.0
ENOUGH: Final = 3
"""In the window: one or two may be answers of this process that were lost on their way back and sent again."""

_log = structlog.get_logger(__name__)


class AnswerConflicts:
    """The interactions of the last hour that had an answer when this process gave its own."""

    def __init__(self) -> None:
        self._times: collections.deque[float] = collections.deque()
        """On the clock that only goes forward."""

    @property
    def count(self) -> int:
        """The number of conflicts, if they are enough to tell of another process; else 0."""
        self._forget()
        return len(self._times) if len(self._times) >= ENOUGH else 0

    def note(self) -> None:
        """Count one more; the log says so when they have become enough."""
        self._forget()
        self._times.append(time.monotonic())
        if len(self._times) == ENOUGH:
            _log.error("another process answers", advice="stop it, or give each process a token of its own")

    def _forget(self) -> None:
        while self._times and self._times[0] < time.monotonic() - WINDOW_SECONDS:
            self._times.popleft()
