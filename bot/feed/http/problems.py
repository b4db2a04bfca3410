"""Failures as programs read them: `application/problem+json` (RFC 9457)."""

import random
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

from bot.domain import errors
from bot.feed.http.encoding import encoded
from bot.feed.http.tags import NO_STORE
from bot.service.sessions import COMPUTED_SECONDS

RETRY_SECONDS: Final = 5
REQUEST_ID: Final = "X-Request-Id"
MEDIA_TYPE: Final = "application/problem+json"

_STATUSES: Final[Mapping[type[errors.RefusalError], HTTPStatus]] = {
    errors.BeforeFirstError: HTTPStatus.NOT_FOUND,
    errors.DatabaseUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ExportChangedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.MomentError: HTTPStatus.BAD_REQUEST,
    errors.MomentUnsavedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NoSearchWordError: HTTPStatus.BAD_REQUEST,
    errors.PlanGoneError: HTTPStatus.NOT_FOUND,
    errors.ReadersUncheckedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SessionsMissingError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StoppingError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.UnknownCoachError: HTTPStatus.BAD_REQUEST,
}


class ProblemError(Exception):
    """A request that can't be answered as asked."""

    def __init__(
        self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None, **members: object
    ) -> None:
        """Say why; `members` are further members of the answer."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    @classmethod
    def of(cls, refusal: errors.RefusalError) -> "ProblemError":
        """Return the problem that a refusal of the service is."""
        status = next((status for kind, status in _STATUSES.items() if isinstance(refusal, kind)), HTTPStatus.FORBIDDEN)
        if status is not HTTPStatus.SERVICE_UNAVAILABLE:
            return cls(status, str(refusal))
        is_computed = isinstance(refusal, errors.SessionsMissingError)
        return cls.passing(str(refusal), COMPUTED_SECONDS if is_computed else RETRY_SECONDS)

    @classmethod
    def passing(cls, detail: str, seconds: int = RETRY_SECONDS) -> "ProblemError":
        """Return the problem of a failure that passes, probably in so many seconds."""
        return cls(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": str(seconds)})

    @classmethod
    def too_many(cls, detail: str, seconds: int = RETRY_SECONDS) -> "ProblemError":
        """Return the problem of one request too many, which may be sent again after so many seconds."""
        return cls(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": str(seconds)})

    def response(self, request_id: str) -> Response:
        """Return the answer."""
        members: dict[str, Any] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
            "request_id": request_id,
            **self.members,
        }
        headers = {**NO_STORE, REQUEST_ID: request_id, **self.headers}
        return Response(encoded(members), int(self.status), headers, media_type=MEDIA_TYPE)


def new_request_id() -> str:
    """Return an id; it is to be unique, and no secret."""
    return f"{random.getrandbits(64):016x}"


def invalid(detail: str) -> ProblemError:
    """Return the problem of a parameter that can't be read."""
    return ProblemError(HTTPStatus.BAD_REQUEST, detail)
