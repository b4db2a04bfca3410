"""All plans in one answer, which is read while it comes."""

import contextlib
from collections.abc import Generator, Iterator, Mapping
from http import HTTPStatus
from typing import Final

import httpx

from coachbook_client import documents
from coachbook_client.answers import media_type
from coachbook_client.errors import UnavailableError, UnreadableError, foreign
from coachbook_client.questions import is_asked
from coachbook_client.values import Plan

PATH: Final = "v1/export"
MAX_LINE: Final = 1024 * 1024
"""Bytes; a longer line is not from Coachbook."""
_LINES: Final = "application/jsonl"
_ENDS: Final = ("Content-Length", "Transfer-Encoding")
"""One of them shows that an answer came to its end."""


class Export:
    """The lines of an export, from bytes that are cut anywhere."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        """Take the parameters of the question."""
        self._parameters = parameters
        self._rest = b""

    def begin(self, response: httpx.Response) -> bool:
        """Return whether the answer is an export; else it is an error.

        Raises:
            UnreadableError: the answer is not an export, or a proxy removed its end.
        """
        if response.status_code != HTTPStatus.OK:
            return False
        if media_type(response.headers) != _LINES or not any(name in response.headers for name in _ENDS):
            raise UnreadableError(foreign("it is not an export"), status=HTTPStatus.OK)
        return True

    def read(self, part: bytes) -> Iterator[Plan]:
        """Yield the plans whose lines end in these bytes.

        Raises:
            UnreadableError: a line is not a plan from Coachbook, or one that was not asked for.
        """
        *lines, self._rest = (self._rest + part).split(b"\n")
        for line in lines:
            plan = documents.read(Plan, line)
            if not is_asked(plan, self._parameters):
                raise UnreadableError(foreign("it is about another plan"))
            yield plan
        if len(self._rest) > MAX_LINE:
            raise UnreadableError(foreign("a line is too long"))

    def end(self) -> None:
        """Check that the last line was whole.

        Raises:
            UnreadableError: the last line was cut.
        """
        if self._rest:
            raise UnreadableError("The export ends within a line.")


@contextlib.contextmanager
def aborts_as_errors() -> Generator[None]:
    """Raise an error where the connection breaks.

    Raises:
        UnavailableError: the connection broke.
    """
    try:
        yield
    except httpx.RequestError as error:
        why = f"The export was aborted ({error or type(error).__name__}). Discard what you have, and start again."
        raise UnavailableError(why) from error
