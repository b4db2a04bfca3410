"""Exports, whole and aborted."""

import datetime
import json
from typing import Any

import pytest

from coachbook_client import CoachbookError, RateLimitedError, UnavailableError, UnreadableError
from coachbook_client.exports import MAX_LINE
from tests.coachbook_client.conftest import Asker
from tests.coachbook_client.raw_server import answer, answering, plan, problem

LINES = [json.dumps(plan(id=number, text=f"NQ \u2028 {number}"), ensure_ascii=False).encode() for number in range(9)]
DAYS = (datetime.date(2026, 11, 23), datetime.date(2026, 11, 24))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\nConnection: close\r\n"


def chunked(data: bytes, size: int) -> bytes:
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks


async def test_an_export_is_read_line_by_line(asker: Asker):
    whole = b"".join(line + b"\n" for line in LINES)
    for size in (1, 7, 100_000):
        async with answering(chunked(whole, size) + b"0\r\n\r\n") as server:
            found = await asker.ask(server, "export", coach="d", as_of="09:25", revisions=True)
        assert [each.text for each in found] == [f"NQ \u2028 {number}" for number in range(9)]
        assert server.paths == ["/v1/export?coach=d&as_of=09%3A25&format=jsonl&revisions=true"]
    async with answering(answer(200, b"", "application/jsonl")) as server:
        assert await asker.ask(server, "export") == []


@pytest.mark.parametrize(
    "changed", [{"day": "2026-11-22"}, {"day": "2026-11-25"}, {"coach": {"key": "zz", "name": "Z"}}]
)
async def test_a_plan_that_was_not_asked_for_is_an_error(asker: Asker, changed: dict[str, object]):
    asked: dict[str, Any] = {"first": DAYS[0], "last": DAYS[1], "coach": "coach_D"}
    fitting, other = (json.dumps(plan(**each)).encode() + b"\n" for each in ({}, changed))
    async with answering(
        *(answer(200, fitting + each, "application/jsonl") for each in (fitting, other, other))
    ) as server:
        assert len(await asker.ask(server, "export", **asked)) == 2
        with pytest.raises(UnreadableError, match="another plan"):
            await asker.ask(server, "export", **asked, revisions=True)
        assert len(await asker.ask(server, "export")) == 2


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (chunked(LINES[0] + b"\n", 99), UnavailableError),
        (answer(200, LINES[0] + b"\n", "application/jsonl")[:-1], UnavailableError),
        (HEAD + b"\r\n" + LINES[0] + b"\n", UnreadableError),
        (answer(200, LINES[0], "application/jsonl"), UnreadableError),
        (answer(200, LINES[0] + b"\n{}\n", "application/jsonl"), UnreadableError),
        (answer(200, b"x" * (MAX_LINE + 1), "application/jsonl"), UnreadableError),
        (answer(200, b"", "text/html"), UnreadableError),
        (problem(429), RateLimitedError),
        (problem(505), UnavailableError),
    ],
)
async def test_an_export_that_is_not_whole_is_an_error(asker: Asker, reply: bytes, error: type[CoachbookError]):
    async with answering(reply) as server:
        with pytest.raises(error):
            await asker.ask(server, "export")

    assert len(server.heads) == 1
