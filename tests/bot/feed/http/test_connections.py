"""Connections that make no progress, and the end of all."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Any, cast

import pytest
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route

from bot.domain.commands import AddCharts
from bot.domain.values import Received
from bot.feed.http.clients import client_of, is_local
from bot.feed.http.connections import ConnectionLimits
from bot.feed.http.server import FeedServer
from tests.bot.feed.connecting import connected, rest_of
from tests.bot.feed.programs import Program
from tests.bot.feed.serving import serving
from tests.processes import DEADLINE
from tests.sandbox.raw_clients import eventually
from tests.service.scene import DANA, fresh

SIZE = 16 * 2**20
BEGINNING = b"GET /v1/plans HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize("sent", [b"", BEGINNING], ids=["nothing", "half a request"])
async def test_a_connection_without_a_complete_request_is_closed(program: Program, sent: bytes):
    async with (
        serving(program, connections=ConnectionLimits(idle_seconds=0.2)) as (_, served),
        connected(served, sent) as (got, _),
    ):
        assert await rest_of(got) == b""


async def test_half_a_request_after_a_whole_one_is_closed(program: Program):
    sent = BEGINNING + b"\r\n" + BEGINNING
    async with (
        serving(program, connections=ConnectionLimits(idle_seconds=0.2)) as (_, served),
        connected(served, sent) as (got, _),
    ):
        assert (await rest_of(got)).count(b"HTTP/1.1 200") == 1


async def test_one_connection_too_many_is_closed_and_the_others_are_answered(program: Program):
    async with (
        serving(program, connections=ConnectionLimits(connections=2)) as (_, served),
        connected(served) as first,
        connected(served) as second,
        connected(served) as (third, _),
    ):
        assert await rest_of(third) == b""
        for reader, writer in (first, second):
            writer.write(BEGINNING + b"Connection: close\r\n\r\n")
            assert b"200 OK" in await rest_of(reader)


async def test_one_client_has_half_of_the_connections(program: Program):
    limits = ConnectionLimits(connections=4, is_shared=lambda _: False)
    async with (
        serving(program, connections=limits) as (_, served),
        connected(served) as (first, _),
        connected(served),
        connected(served) as (third, _),
    ):
        assert await rest_of(third) == b""
        assert not first.at_eof()


async def test_programs_of_this_machine_share_all_connections(program: Program):
    async with (
        serving(program, connections=ConnectionLimits(connections=4)) as (_, served),
        connected(served),
        connected(served),
        connected(served) as (reader, writer),
    ):
        writer.write(BEGINNING + b"Connection: close\r\n\r\n")
        assert b"200 OK" in await rest_of(reader)


def test_clients_are_counted_by_their_addresses_and_of_ipv6_by_their_networks():
    assert (client_of("192.0.2.7"), client_of("127.0.0.1")) == ("192.0.2.7", "127.0.0.1")
    assert client_of("2001:db8:1:2::7") == client_of("2001:db8:1:2:3::8") != client_of("2001:db8:1:3::7")
    assert client_of("fe80::1%eth0") == "fe80::/64"
    assert [is_local(each) for each in ("127.0.0.1", "127.9.9.9", "::1", "192.0.2.7", "::")] == [True] * 3 + [False] * 2


async def picture_of(program: Program) -> bytes:
    """Return the request of a picture that no socket's buffers hold."""
    plan = await program.post("Long NQ")
    chart = program.services.keep(bytes(SIZE))
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    token = (await program.with_token()).token
    return f"GET /v1/charts/{chart.sha256} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


async def test_a_reader_that_takes_nothing_is_closed(program: Program):
    request = await picture_of(program)
    async with (
        serving(program, connections=ConnectionLimits(stuck_seconds=0.2)) as (server, served),
        connected(served, request) as (got, _),
    ):
        assert b"200" in await got.readline()
        await eventually(lambda: not server.connection_count)
        assert len(await rest_of(got)) < SIZE


async def test_a_reader_that_takes_nothing_is_closed_though_more_is_written_all_the_time():
    async def heartbeats() -> AsyncGenerator[bytes]:
        while True:
            yield b":\n\n" if unsent() else bytes(2**14)
            await asyncio.sleep(0.01)  # few bytes: the server can hold them in memory for a long time

    def unsent() -> int:
        return connections[0].transport.get_write_buffer_size()

    class Watched(ConnectionLimits):
        def protocol(self) -> Any:
            opened = cast("Callable[..., Any]", super().protocol())

            def remembered(*arguments: object, **named: object) -> asyncio.Protocol:
                connections.append(opened(*arguments, **named))
                return connections[-1]

            return remembered

    connections: list[Any] = []
    app = Starlette(routes=[Route("/", lambda _: StreamingResponse(heartbeats()))])
    server = FeedServer(app, "127.0.0.1", 0, Watched(stuck_seconds=0.2))
    try:
        async with connected(server, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", is_small=True) as (got, _):
            assert b"200" in await got.readline()
            await eventually(lambda: not server.connection_count)
    finally:
        await server.close()


async def test_a_reader_that_takes_a_little_each_time_is_closed_at_last(program: Program):
    request, taken = await picture_of(program), 0
    async with (
        serving(program, connections=ConnectionLimits(idle_seconds=0.1, behind_seconds=0.3)) as (_, served),
        connected(served, request) as (got, _),
    ):
        async with asyncio.timeout(DEADLINE):
            with contextlib.suppress(ConnectionResetError):
                while part := await got.read(2**14):
                    taken += len(part)
                    await asyncio.sleep(0.01)  # as a program over a slow network
        assert 0 < taken < SIZE
        assert (await served.get("/v1/plans")).status == 200


async def test_what_nobody_reads_has_a_limit_of_memory(program: Program):
    request = await picture_of(program)
    async with (
        serving(program, connections=ConnectionLimits(unread_bytes=1, stuck_seconds=10_000)) as (server, served),
        connected(served, request) as (got, _),
    ):
        assert b"200" in await got.readline()
        await eventually(lambda: not server.connection_count)
        assert len(await rest_of(got)) < SIZE


async def test_a_closed_port_has_no_connection_left(program: Program):
    request = await picture_of(program)
    async with (
        serving(program) as (server, served),
        connected(served, request) as (slow, _),
        connected(served, BEGINNING) as (idle, _),
    ):
        assert b"200" in await slow.readline()
        await server.close()
        assert len(await rest_of(slow)) < SIZE
        assert await rest_of(idle) == b""


async def test_what_is_not_http_is_answered_as_a_problem(program: Program):
    async with connected(program, b"HELLO\r\n\r\n") as (got, _):
        answer = await rest_of(got)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request")
    assert b"application/problem+json" in answer
    assert b"x-request-id" in answer.lower()


async def test_every_answer_forbids_guesses_of_its_type(program: Program):
    for path in ("/info", "/v1/plans", "/v1/nothing"):
        assert (await program.get(path)).headers["X-Content-Type-Options"] == "nosniff"
    local, missing = await program.get("/v1/plans"), await program.get("/v1/plans/9")
    assert local.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert missing.headers["Cache-Control"] == "no-store"
