"""Failures that are found again and again, as some ask every few seconds."""

import structlog

_log = structlog.get_logger(__name__)


class FailureLog:
    """Logs a failure once, until its reason changes or it is over."""

    def __init__(self, event: str) -> None:
        """Log the failures as this event."""
        self._event = event
        self._reasons: dict[str, str] = {}
        """By part."""

    def note(self, what: str, why: str | None) -> None:
        """Note the reason of a part's failure; None: the part is sound."""
        if why is None:
            self._reasons.pop(what, None)
        elif self._reasons.get(what) != why:
            self._reasons[what] = why
            _log.error(self._event, what=what, why=why)
