"""The stream of changes over many connections."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final, TypeAlias

import httpx

from coachbook_client import documents
from coachbook_client.answers import Answer
from coachbook_client.attempts import Pauses, is_passing
from coachbook_client.errors import UnreadableError
from coachbook_client.events import Event, EventReader
from coachbook_client.values import Change, Resync

PATH: Final = "v1/changes"
_EVENTS: Final = "text/event-stream"

News: TypeAlias = Change | Resync


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
            UnreadableError: it is another page.
        """
        if response.status_code != HTTPStatus.OK:
            return False
        if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() != _EVENTS:
            raise UnreadableError("The answer is no stream of changes. Check the address.", status=HTTPStatus.OK)
        self._reader = EventReader(self._reader.last_id)
        return True

    def read(self, part: bytes) -> Iterator[News]:
        """Yield the news that end in these bytes.

        Raises:
            UnreadableError: they are none of Coachbook.
        """
        self._pauses.reset()
        for event in self._reader.read(part):
            if news := self._news_of(event):
                yield news

    def refuse(self, answer: Answer) -> None:
        """Take note of an answer without a stream.

        Raises:
            CoachbookError: another connection would have the same answer.
        """
        if not is_passing(answer.status):
            raise answer.error
        self._refusal = answer

    def pause(self) -> float:
        """Return the seconds until the next connection."""
        if self._reader.retry is not None:
            self._pauses.first = self._reader.retry
        return self._pauses.next(self._refusal)

    def _news_of(self, event: Event) -> News | None:
        if event.name == "change":
            return documents.read(Change, event.data)
        if event.name == "resync":
            return Resync(id=self._place())
        return None

    def _place(self) -> int:
        try:
            return int(self._reader.last_id)
        except ValueError as error:
            raise UnreadableError("The stream of changes has an id that is no number.") from error
