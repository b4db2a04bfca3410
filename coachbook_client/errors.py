"""The errors of the client.

CoachbookError
  UnavailableError      no answer, or none in time, or 5xx
    RateLimitedError    429
    IncompleteError     some of the answer may be missing
  InvalidError          400
  UnauthorizedError     401
  NotFoundError         404: there is no such plan or picture at that moment
    DeletedError        410: the plan was deleted then
  UnreadableError       an answer that is not from this API: a login page, a redirect, a cut document
  TamperedError         a revision does not fit its hash
  UnprovableError       a text that nobody can compare with its hash any more: its revision was erased
"""

import datetime


class CoachbookError(Exception):
    """Base class of the client’s errors."""

    def __init__(self, detail: str, *, status: int | None = None, request_id: str | None = None) -> None:
        """Say why; `request_id` finds the request in the bot's log."""
        reference = f" (request {request_id})" if request_id else ""
        super().__init__(f"{detail}{reference}")
        self.detail = detail
        self.status = status
        """The status of the answer; None: there was none."""
        self.request_id = request_id


class UnavailableError(CoachbookError):
    """The API can't be reached, or can't answer now. Try again later."""


class RateLimitedError(UnavailableError):
    """Too many requests with this token."""


class IncompleteError(UnavailableError):
    """Something may be missing, as Discord or the index did not answer; the rest was returned before."""


class InvalidError(CoachbookError):
    """The request can't be read: an unknown coach, or a moment that is still to come."""


class UnauthorizedError(CoachbookError):
    """The token is missing, unknown, expired or revoked."""


class NotFoundError(CoachbookError):
    """There is no such plan or picture at that moment."""


class DeletedError(NotFoundError):
    """The plan was deleted at that moment."""

    def __init__(
        self, detail: str, deleted_at: datetime.datetime, *, status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(detail, status=status, request_id=request_id)
        self.deleted_at = deleted_at


class UnreadableError(CoachbookError):
    """The answer is not from Coachbook."""


class TamperedError(CoachbookError):
    """A revision is not what its hash says."""

    def __init__(self, revision: int, why: str) -> None:
        super().__init__(f"revision {revision}: {why}")
        self.revision = revision
        self.why = why


class UnprovableError(CoachbookError):
    """A plan has a text or charts whose revision was erased, so that nobody can tell if they were altered."""

    def __init__(self, revision: int) -> None:
        super().__init__(f"revision {revision}: it was erased, so the plan’s text and charts can’t be proven")
        self.revision = revision


def foreign(why: str) -> str:
    """Return the detail of an answer that is not from this API."""
    return f"The answer is not from Coachbook: {why}. Check the address."
