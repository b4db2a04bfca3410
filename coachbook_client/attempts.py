"""Attempts to get an answer, until one is final."""

import dataclasses
import datetime
import email.utils
import random
import time
from http import HTTPStatus
from typing import Final

import httpx

from coachbook_client.answers import Answer
from coachbook_client.errors import UnavailableError, UnreadableError, foreign

MAX_BYTES: Final = 64 * 1024 * 1024
"""An answer that is longer is not from Coachbook."""
_PASSING: Final = frozenset(
    (
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    )
)
_FIRST_PAUSE: Final = 0.25
_LONGEST_PAUSE: Final = 30.0


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """The patience of a client."""

    timeout: float
    """Seconds to connect, and to wait for each part of an answer."""
    deadline: float
    """Seconds for an answer, with all attempts and the pauses between them."""
    retries: int
    """The most attempts after the first."""
    silence: float
    """Seconds without a heartbeat after which a stream is dead."""


class Pauses:
    """Pauses between attempts, each about twice as long as the one before."""

    def __init__(self) -> None:
        self.first = _FIRST_PAUSE
        self._count = 0

    def reset(self) -> None:
        """Begin again with the first."""
        self._count = 0

    def next(self, answer: Answer | None) -> float:
        """Return the seconds until the next attempt, at least those that the answer asks for."""
        full = min(_LONGEST_PAUSE, self.first * 2 ** min(self._count, 16))
        self._count += 1
        asked = _retry_after(answer) if answer else 0
        return asked + random.uniform(full / 2, full)  # noqa: S311 - no secret


class Attempts:
    """The attempts to get one answer."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._end = time.monotonic() + limits.deadline
        self._left = limits.retries
        self._pauses = Pauses()

    @property
    def timeout(self) -> float:
        """The seconds to wait for the next part of the answer."""
        return max(0.001, min(self._limits.timeout, self._end - time.monotonic()))

    def body(self) -> "Body":
        """Return the collector of an answer’s bytes."""
        return Body(self._end)

    def pause(self, outcome: Answer | httpx.RequestError) -> float | None:
        """Return the seconds until the next attempt; None: the outcome is final."""
        answer = outcome if isinstance(outcome, Answer) else None
        if self._left == 0 or (answer and answer.status not in _PASSING):
            return None
        self._left -= 1
        seconds = self._pauses.next(answer)
        return seconds if time.monotonic() + seconds < self._end else None


class Body:
    """The bytes of an answer, while they come."""

    def __init__(self, end: float) -> None:
        self._end = end
        self._parts = bytearray()

    def add(self, part: bytes) -> None:
        """Add bytes.

        Raises:
            httpx.ReadTimeout: the bytes come too slowly.
            UnreadableError: there are too many bytes.
        """
        self._parts += part
        if len(self._parts) > MAX_BYTES:
            raise UnreadableError(foreign("it is too long"))
        if time.monotonic() > self._end:
            raise httpx.ReadTimeout("The answer did not end in time.")

    def whole(self, response: httpx.Response) -> Answer:
        """Return the answer that they are the body of."""
        return Answer(response.status_code, response.headers, bytes(self._parts))


def final(outcome: Answer | httpx.RequestError) -> bytes:
    """Return the body of the last answer.

    Raises:
        CoachbookError: the answer is an error, or there was none.
    """
    if not isinstance(outcome, Answer):
        raise UnavailableError(f"There was no answer: {outcome or type(outcome).__name__}") from outcome
    if outcome.status != HTTPStatus.OK:
        raise outcome.error
    return outcome.body


def is_passing(status: int) -> bool:
    """Return whether another attempt may have another answer."""
    return status in _PASSING


def _retry_after(answer: Answer) -> float:
    """Return the seconds that `Retry-After` asks for; 0: none that can be read."""
    written = answer.headers.get("Retry-After", "")
    if written.isascii() and written.isdecimal():
        return float(written[:9])
    try:
        moment = email.utils.parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return 0
    if moment.tzinfo is None:
        return 0
    return max(0.0, (moment - datetime.datetime.now(datetime.UTC)).total_seconds())
