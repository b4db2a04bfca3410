"""The stream of changes, from servers that end, cut, stall and refuse it."""

import asyncio
import contextlib

import httpx
import pytest

from coachbook_client import (
    AsyncClient,
    Change,
    Resync,
    UnauthorizedError,
    UnreadableError,
)
from coachbook_client.answers import Answer
from coachbook_client.subscription import Subscription
from tests.coachbook_client.conftest import Asker
from tests.coachbook_client.raw_server import STREAM, answer, answering, change, plan, problem

QUICK = b"retry: 1\n\n"
RESYNC = b"event: resync\nid: 9\ndata: {}\n\n"
CHUNKED = STREAM.replace(b"Connection: close", b"Transfer-Encoding: chunked")


async def test_changes_go_on_after_each_connection_from_the_last_one(asker: Asker, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO", "coachbook_client")
    async with answering(
        STREAM + QUICK + b": heartbeat\n\n" + change(4) + change(5, text="Short NQ")[:-1],
        STREAM + change(5, "\r\n", kind="deleted", text=None),
        CHUNKED + b"5\r\n: hea",
        b"",
        problem(503, Retry_After="0"),
        answer(502),
        STREAM + RESYNC + change(10),
    ) as server:
        found = await asker.ask(server, "changes", 3, take=4)

    assert [each.id for each in found] == [4, 5, 9, 10]
    assert [type(each) for each in found] == [Change, Change, Resync, Change]
    assert [found[0].plan.text, found[1].plan.text, found[1].plan.is_deleted] == ["Long NQ", None, True]
    assert server.sent("Last-Event-ID") == ["3", "4", "5", "5", "5", "5", "5"]
    assert sum("connection for changes was lost" in each for each in caplog.messages) == 6
    assert set(server.sent("Accept")) == {"text/event-stream"}


async def test_without_a_place_the_changes_from_now_on_are_read(asker: Asker):
    async with answering(b"", STREAM + b"retry: 1\nid: 7\n\n", STREAM + change(8)) as server:
        [found] = await asker.ask(server, "changes", take=1)

    assert found.id == 8
    assert server.sent("Last-Event-ID") == [None, None, "7"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (problem(401), UnauthorizedError),
        (problem(404), UnreadableError),
        (answer(200, b"<html>", "text/html"), UnreadableError),
        (answer(200, plan()), UnreadableError),
        (answer(302), UnreadableError),
        (STREAM + b"event: change\ndata: {}\n\n", UnreadableError),
        (STREAM + b"event: change\ndata: No plan\n\n", UnreadableError),
        (STREAM + b"event: resync\nid: x\ndata: {}\n\n", UnreadableError),
    ],
)
async def test_an_answer_that_another_connection_would_have_too_ends_the_changes(
    asker: Asker, reply: bytes, error: type[Exception]
):
    async with answering(STREAM + QUICK + change(4), reply) as server:
        with pytest.raises(error):
            await asker.ask(server, "changes", 3, take=2)

    assert len(server.heads) == 2


@pytest.mark.parametrize(("asked", "least"), [("60", 60), ("99999999", 300), ("Fri, 31 Dec 9999 23:59:59 GMT", 300)])
def test_a_wait_of_a_wrong_clock_does_not_end_the_changes(asked: str, least: int):
    subscription = Subscription(1)

    subscription.refuse(Answer(503, httpx.Headers({"Retry-After": asked}), b""))

    assert least <= subscription.pause() <= 300


async def test_events_that_are_not_known_are_passed_over(asker: Asker):
    async with answering(STREAM + b"event: new\ndata: {}\n\ndata: x\n\n" + change(4)) as server:
        assert [each.id for each in await asker.ask(server, "changes", 3, take=1)] == [4]


async def test_a_silent_connection_is_left(asker: Asker):
    async def silent(writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + QUICK + b": heartbeat\n\n")
        await writer.drain()
        await asyncio.Event().wait()

    async with answering(silent, STREAM + change(4)) as server:
        [found] = await asker.ask(server, "changes", 3, take=1, options={"silence": 0.1})

    assert (found.id, len(server.heads)) == (4, 2)


async def test_closing_ends_the_connection():
    ended = asyncio.Event()

    async def stay(writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + change(4))
        await writer.drain()
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b": heartbeat\n\n")
                await writer.drain()
                await asyncio.sleep(0.01)
        ended.set()

    async with answering(stay) as server, AsyncClient(f"http://127.0.0.1:{server.port}") as client:
        async with contextlib.aclosing(client.changes(3)) as changes:
            assert (await anext(changes)).id == 4
        await asyncio.wait_for(ended.wait(), 60)


async def test_a_reader_that_is_cancelled_stops():
    waiting = asyncio.Event()

    async def silent(_: asyncio.StreamWriter) -> None:
        waiting.set()
        await asyncio.Event().wait()

    async with answering(silent) as server, AsyncClient(f"http://127.0.0.1:{server.port}") as client:
        reading = asyncio.ensure_future(anext(client.changes(3)))
        await asyncio.wait_for(waiting.wait(), 60)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
