"""Server-sent events by the HTML standard, cut anywhere."""

import pytest

from coachbook_client import UnreadableError
from coachbook_client.events import MAX_EVENT, Event, EventReader

STREAM = (
    "\ufeff: hello\n"
    "event: change\nid: 1\ndata: one\n\n"
    "data:two\ndata:  and three\ndata\n\n"
    "id: 2\nretry: 1500\nretry: soon\n\n"  # no data: the id counts, and there is no event
    "event: resync\ndata: {}\nid: 3\0\nunknown: x\n:\n\n"
    "id\ndata: „ä“ \u2028 €\n\n"
    "event: change\ndata: cut"
)
EVENTS = [
    (Event("change", "one"), "1"),
    (Event("message", "two\n and three\n"), "1"),
    (Event("resync", "{}"), "2"),
    (Event("message", "„ä“ \u2028 €"), ""),
]


def read(reader: EventReader, parts: list[bytes]) -> list[tuple[Event, str]]:
    return [(event, reader.last_id) for part in parts for event in reader.read(part)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_events_are_read_however_lines_end_and_wherever_they_are_cut(end: str):
    data = STREAM.replace("\n", end).encode()

    for at in range(len(data)):
        reader = EventReader("0")
        assert read(reader, [data[:at], b"", data[at:]]) == EVENTS
        assert reader.retry == 1.5
    assert read(EventReader("0"), [bytes([each]) for each in data]) == EVENTS


def test_an_event_is_there_as_soon_as_its_line_ends():
    reader = EventReader("0")

    assert read(reader, [b"data: 1\r\r"]) == [(Event("message", "1"), "0")]
    assert read(reader, [b"\ndata: 2\r\n\r"]) == [(Event("message", "2"), "0")]


@pytest.mark.parametrize("flood", [b"data: " + b"x" * MAX_EVENT, b"data: " + b"x" * 9_999 + b"\n", b"x" * MAX_EVENT])
def test_an_endless_event_is_refused(flood: bytes):
    reader = EventReader("0")

    with pytest.raises(UnreadableError):
        read(reader, [flood] * 200)


def test_comments_without_end_are_no_event():
    reader = EventReader("0")

    assert read(reader, [b": heartbeat " + b"x" * 9_999 + b"\n"] * 200) == []
