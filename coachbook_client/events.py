"""Server-sent events, read as the HTML standard says (9.2.6, "Interpreting an event stream")."""

import codecs
import dataclasses
import re
from collections.abc import Iterator
from typing import Final

from coachbook_client.errors import UnreadableError, foreign

MAX_EVENT: Final = 1024 * 1024
"""Characters; a longer event is not from Coachbook."""
_LINE_END: Final = re.compile("\r\n|\r|\n")


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """An event of a stream."""

    name: str
    data: str


class EventReader:
    """The events of one connection, from bytes that are cut anywhere."""

    def __init__(self, last_id: str) -> None:
        self.last_id = last_id
        """The id from which to go on after this event."""
        self.retry: float | None = None
        """The seconds to wait before the next connection; None: the server does not say."""
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._rest = ""
        self._ended_in_return = False
        self._id, self._name, self._data = last_id, "", list[str]()
        self._size = 0

    def read(self, part: bytes) -> Iterator[Event]:
        """Yield the events that end in these bytes.

        Raises:
            UnreadableError: an event is too long.
        """
        text = self._decoder.decode(part)
        if text and self._ended_in_return:
            text = text.removeprefix("\n")
            self._ended_in_return = False
        self._ended_in_return = self._ended_in_return or text.endswith("\r")
        *lines, self._rest = _LINE_END.split(self._rest + text)
        for line in lines:
            if line:
                self._read_line(line)
            elif event := self._ended():
                yield event
        if self._size + len(self._rest) > MAX_EVENT:
            raise UnreadableError(foreign("an event is too long"))

    def _read_line(self, line: str) -> None:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field == "data":
            self._data.append(value)
            self._size += len(value)
        elif field == "id" and "\0" not in value:
            self._id = value
        elif field == "retry" and value.isascii() and value.isdecimal():
            self.retry = int(value[:9]) / 1_000

    def _ended(self) -> Event | None:
        """Return the event that an empty line ends; None: it has no data."""
        self.last_id = self._id
        event = Event(self._name or "message", "\n".join(self._data)) if self._data else None
        self._name, self._data, self._size = "", [], 0
        return event
