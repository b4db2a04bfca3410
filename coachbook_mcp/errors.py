"""Failures as language models read them: without a token, and never as an answer about plans."""

import logging
from typing import Final

from coachbook_client import CoachbookError, InvalidError, RateLimitedError, UnauthorizedError, UnavailableError
from coachbook_mcp.fences import Fence, visible

_UNKNOWN: Final = "This is a failure: it does not mean that there is no plan."
_FAILED: Final = f"The server failed; its log says why. {_UNKNOWN}"
_UNREADABLE: Final = "The API did not answer as expected. Whoever runs this server has to check its address."
_ADVICE: Final = (
    (UnauthorizedError, "The API refused the token. Whoever runs this server has to set COACHBOOK_TOKEN."),
    (RateLimitedError, "There were too many requests. Try again in a minute."),
    (UnavailableError, "The API can’t answer now. Try again in a minute."),
    (InvalidError, "The API refused the request. Change the arguments."),
)

_log = logging.getLogger(__name__)


class QuestionError(Exception):
    """A request that can’t be read; the message says why."""


def failure_text(error: Exception) -> str:
    """Return the text of a failure; the API’s own words are fenced, as they can have names of coaches."""
    if isinstance(error, QuestionError):
        return str(error)
    if not isinstance(error, CoachbookError):
        _log.error("a request failed", exc_info=error)
        return _FAILED
    advice = next((text for kind, text in _ADVICE if isinstance(error, kind)), _UNREADABLE)
    detail = visible(str(error))
    fence = Fence()
    return f"{advice} {_UNKNOWN}\n{fence.rule}\n{fence.closed(detail)}"
