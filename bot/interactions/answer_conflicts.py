"""Interactions that another process answered: a second one runs with the same token."""

import collections
import time
from typing import Final

import structlog

WINDOW_SECONDS: Final = 3600.0
MIN_CONFLICTS: Final = 3
"""Conflicts in the window that prove it: one or two may be answers of this process that it sent again."""

_log = structlog.get_logger(__name__)


class AnswerConflicts:
    """The interactions of the last hour that were already answered when this process answered."""

    def __init__(self) -> None:
        self._times: collections.deque[float] = collections.deque()
        """In the time of `time.monotonic`."""

    @property
    def count(self) -> int:
        """The number of conflicts, if they prove that there is another process; else 0."""
        self._forget()
        return len(self._times) if len(self._times) >= MIN_CONFLICTS else 0

    def note(self) -> None:
        """Count a conflict; the log reports another process when there are enough."""
        self._forget()
        self._times.append(time.monotonic())
        if len(self._times) == MIN_CONFLICTS:
            _log.error(
                "another process is using this bot’s token", advice="stop it, or give each process a token of its own"
            )

    def _forget(self) -> None:
        while self._times and self._times[0] < time.monotonic() - WINDOW_SECONDS:
            self._times.popleft()
