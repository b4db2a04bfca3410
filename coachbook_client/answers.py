"""The answers of the API, and the errors that some of them are."""

import dataclasses
import datetime
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import httpx

from coachbook_client.documents import read
from coachbook_client.errors import (
    CoachbookError,
    DeletedError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
    UnreadableError,
    foreign,
)

_ERRORS: Final[Mapping[int, type[CoachbookError]]] = {
    HTTPStatus.BAD_REQUEST: InvalidError,
    HTTPStatus.UNAUTHORIZED: UnauthorizedError,
    HTTPStatus.NOT_FOUND: NotFoundError,
}
_MISSING: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def media_type(headers: httpx.Headers) -> str:
    """Return the type of an answer’s body, without parameters."""
    return headers.get("Content-Type", "").partition(";")[0].strip().lower()


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was read to its end."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def error(self) -> CoachbookError:
        """The error that an answer without what was asked for is."""
        is_ours = self._is_ours
        problem = read(_Problem, self.body) if is_ours else _Problem(detail=foreign(f"it has status {self.status}"))
        detail, status, request_id = problem.detail[:1_000], self.status, self._request_id
        if status == HTTPStatus.GONE and problem.deleted_at:
            return DeletedError(detail, problem.deleted_at, status=status, request_id=request_id)
        return _kind_of(status, is_ours=is_ours)(detail, status=status, request_id=request_id)

    @property
    def _is_ours(self) -> bool:
        """True for a problem of the API; what it says of a plan has a header, which a wrong address lacks."""
        is_problem = media_type(self.headers) == "application/problem+json"
        return is_problem and (self.status not in _MISSING or self.headers.get("Coachbook-Plan") == "none")

    @property
    def _request_id(self) -> str | None:
        return self.headers.get("X-Request-Id", "")[:64] or None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    """The members of `application/problem+json` that are read."""

    detail: str
    deleted_at: datetime.datetime | None = None


def _kind_of(status: int, *, is_ours: bool) -> type[CoachbookError]:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnavailableError
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimitedError
    return _ERRORS.get(status, CoachbookError) if is_ours else UnreadableError
