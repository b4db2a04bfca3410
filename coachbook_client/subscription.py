"""The stream of changes over many connections."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import httpx

from coachbook_client import documents
from coachbook_client.answers import Answer, media_type
from coachbook_client.attempts import Pauses, is_passing
from coachbook_client.errors import UnreadableError, foreign
from coachbook_client.events import Event, EventReader
from coachbook_client.values import Change, Resync

PATH: Final = "v1/changes"
_EVENTS: Final = "text/event-stream"
_LONGEST_PAUSE: Final = 300.0
"""Seconds, also where `Retry-After` asks for more."""

_log = logging.getLogger(__name__)


class Subscription:
    """The place in the stream, and the pauses between connections."""

    def __init__(self, after: int | None) -> None:
        """Take the id of the last change that is known; None: the stream begins with one to go on from."""
        self._reader = EventReader("" if after is None else str(after))
        self._pauses = Pauses()
        self._refusal: Answer | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers of the next connection."""
        self._refusal = None
        place = {"Last-Event-ID": self._reader.last_id} if self._reader.last_id else {}
        return {"Accept": _EVENTS, "Cache-Control": "no-store", **place}

    def begin(self, response: httpx.Response) -> bool:
        """Return whether the answer is the stream; else it is to be given to `refuse`.

        Raises:
            UnreadableError: the answer is not a stream of changes.
        """
        if response.status_code != HTTPStatus.OK:
            return False
        if media_type(response.headers) != _EVENTS:
            raise UnreadableError(foreign("it is not a stream of changes"), status=HTTPStatus.OK)
        self._reader = EventReader(self._reader.last_id)
        return True

    def read(self, part: bytes) -> Iterator[Change | Resync]:
        """Yield the changes whose events end in these bytes.

        Raises:
            UnreadableError: an event is not from Coachbook.
        """
        self._pauses.reset()
        for event in self._reader.read(part):
            if change := self._change_of(event):
                yield change

    def refuse(self, answer: Answer) -> None:
        """Take note of an answer without a stream.

        Raises:
            CoachbookError: another connection would have the same answer.
        """
        if not is_passing(answer.status):
            raise answer.error
        self._refusal = answer

    def pause(self) -> float:
        """Return the seconds until the next connection; no answer and no wrong clock makes it stop for long."""
        if self._reader.retry is not None:
            self._pauses.first = self._reader.retry
        seconds = min(_LONGEST_PAUSE, self._pauses.next(self._refusal))
        _log.info("the connection for changes was lost; the next attempt is in %.1f s", seconds)
        return seconds

    def _change_of(self, event: Event) -> Change | Resync | None:
        if event.name == "change":
            return documents.read(Change, event.data)
        if event.name == "resync":
            return Resync(id=self._place())
        return None

    def _place(self) -> int:
        try:
            return int(self._reader.last_id)
        except ValueError as error:
            raise UnreadableError(foreign("an event’s id is not a number")) from error
