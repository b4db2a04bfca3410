"""Many streams, slow ones, and their end."""

import asyncio
import contextlib
import dataclasses
import gc
import shutil
import threading
from pathlib import Path

import aiohttp
import pytest

from bot.domain.errors import UnsavedError
from bot.feed.changes import StreamLimits
from bot.feed.http.connections import ConnectionLimits
from storage.executors import READERS
from storage.resilient_store import ResilientStore
from storage.store import Store
from tests.bot.feed.connecting import connected
from tests.bot.feed.programs import Program
from tests.bot.feed.serving import serving
from tests.bot.feed.streams import BEAT, CHANGES, EVENTS, edit, followed
from tests.processes import DEADLINE
from tests.sandbox.raw_clients import eventually
from tests.service.revising import make_many
from tests.service.scene import MAX, Services, elsewhere


def request_of(reader: Program, accept: str) -> bytes:
    """A request that waits."""
    lines = (f"GET {CHANGES}?after=1&wait=60 HTTP/1.1", "Host: a", f"Authorization: Bearer {reader.token}")
    return "\r\n".join((*lines, f"Accept: {accept}", "", "")).encode()


@pytest.mark.parametrize(
    ("limits", "status"),
    [(StreamLimits(count_of_token=2), 429), (StreamLimits(count=2), 503)],
    ids=["of a token", "in all"],
)
async def test_one_stream_too_many_is_refused_and_all_else_is_answered(
    program: Program, limits: StreamLimits, status: int
):
    plan = await program.post("alpha")
    async with serving(await program.with_token(), streams=limits) as (_, reader):
        other = dataclasses.replace(await program.with_token(), port=reader.port)
        async with followed(reader) as first, followed(reader):
            for headers in (EVENTS, {}):
                refused = await reader.get(f"{CHANGES}?after=1&wait=60", headers)
                assert (refused.status, refused.headers["Retry-After"], bool(refused.detail)) == (status, "5", True)
            waiting = await other.get(f"{CHANGES}?after=0&wait=60")
            assert waiting.status == (200 if limits.count_of_token == 2 else status)
            assert (await reader.get(f"{CHANGES}?after=0")).status == 200
            assert (await reader.get("/v1/plans")).status == 200
            await edit(program, plan, "beta")
            assert await first.texts(1) == [(2, "beta")]
        await reader.until(f"{CHANGES}?after=0&wait=60", 200)


async def test_streams_and_polls_of_one_server_leave_some_to_another(program: Program):
    plan = await program.post("alpha")
    limits, foreign = StreamLimits(count=3, settled_seconds=0), await program.with_token(actor=elsewhere(MAX))
    async with serving(await program.with_token(), streams=limits) as (_, reader):
        other = dataclasses.replace(foreign, port=reader.port)
        async with followed(reader) as first:
            polls = [asyncio.create_task(reader.until(f"{CHANGES}?after=1&wait=60", 200)) for _ in range(2)]
            await reader.until(f"{CHANGES}?after=0&wait=60", 503)
            async with followed(other):
                with pytest.raises(aiohttp.ClientPayloadError):
                    await first.next()
                assert (await reader.get(CHANGES, EVENTS)).status == 503
                polled = await other.get(f"{CHANGES}?after=0&wait=1")
                assert (polled.status, [each.done() for each in polls]) == (503, [False, False])
            await edit(program, plan, "beta")
            assert [len((await each).json["changes"]) for each in polls] == [1, 1]


async def test_a_poll_that_gives_its_place_to_another_is_answered(program: Program):
    await program.post("alpha")
    limits, foreign = StreamLimits(count=2, settled_seconds=0), await program.with_token(actor=elsewhere(MAX))
    async with serving(await program.with_token(), streams=limits) as (_, reader):
        polls = [asyncio.create_task(reader.until(f"{CHANGES}?after=1&wait=60", 200)) for _ in range(2)]
        await reader.until(f"{CHANGES}?after=0&wait=60", 503)
        async with followed(dataclasses.replace(foreign, port=reader.port)):
            done, waiting = await asyncio.wait(polls, return_when="FIRST_COMPLETED", timeout=DEADLINE)
            assert [(await each).json for each in done] == [{"changes": [], "next": 1, "resync": False}]
            [other] = waiting
            other.cancel()


@pytest.mark.parametrize("accept", ["*/*", EVENTS["Accept"]], ids=["poll", "stream"])
async def test_a_program_that_is_gone_waits_no_longer(program: Program, accept: str):
    await program.post("alpha")
    async with serving(await program.with_token(), streams=StreamLimits(count_of_token=1)) as (_, reader):
        async with asyncio.timeout(DEADLINE):
            status = 200
            while status == 200:  # else that request was refused, as this one waited
                async with connected(reader, request_of(reader, accept)):
                    status = (await reader.get(f"{CHANGES}?after=0&wait=60")).status
        assert status == 429
        await reader.until(f"{CHANGES}?after=0&wait=60", 200)


async def test_a_page_that_nobody_waits_for_any_longer_may_fail(
    program: Program, store: Store, caplog: pytest.LogCaptureFixture
):
    await program.post("alpha")
    reader, answered = await program.with_token(), threading.Event()
    [token] = await program.services.feed_tokens.tokens(MAX)
    async with serving(reader) as (server, served):
        async with followed(served):
            others = [asyncio.create_task(store.read(answered.wait)) for _ in range(READERS)]
            await eventually(lambda: store.reading == READERS)
            await program.services.feed_tokens.revoke(MAX, token.name)
            await eventually(lambda: store.reading > READERS)  # by the stream, which looks up its token
        await eventually(lambda: not server.connection_count)
        answered.set()
        await asyncio.gather(*others)
    gc.collect()
    assert not caplog.records


async def test_every_one_of_many_streams_gets_a_change_and_the_rest_is_answered_meanwhile(program: Program):
    plan = await program.post("alpha")
    async with (
        serving(await program.with_token(), streams=StreamLimits(count_of_token=200)) as (_, reader),
        contextlib.AsyncExitStack() as opened,
    ):
        streams = [await opened.enter_async_context(followed(reader, 1)) for _ in range(40)]
        await asyncio.gather(*(edit(program, plan, str(number)) for number in range(3)))
        assert (await reader.get("/v1/plans")).status == 200
        found = [await each.texts(3) for each in streams]

    assert found == [found[0]] * 40


async def test_a_stream_that_waits_is_not_idle(program: Program):
    plan = await program.post("alpha")
    limits = ConnectionLimits(idle_seconds=0.05, stuck_seconds=0.05)
    async with (
        serving(await program.with_token(), streams=BEAT, connections=limits) as (_, reader),
        followed(reader) as stream,
    ):
        for _ in range(10):
            await stream.response.content.readuntil(b":\n\n")
        await edit(program, plan, "beta")
        assert await stream.texts(1) == [(2, "beta")]


async def test_a_reader_that_takes_nothing_is_closed(program: Program, store: Store):
    plan = await program.post("alpha")
    await make_many(store, plan, 50, "\u20ac" * 3_900)
    async with (
        serving(await program.with_token(), connections=ConnectionLimits(stuck_seconds=0.2)) as (server, reader),
        connected(reader, request_of(reader, EVENTS["Accept"]), is_small=True),
    ):
        await eventually(lambda: server.connection_count)
        await eventually(lambda: not server.connection_count)


async def test_a_closed_port_ends_streams_and_polls(program: Program, caplog: pytest.LogCaptureFixture):
    await program.post("alpha")
    async with serving(await program.with_token()) as (server, reader), followed(reader) as stream:
        waiting = asyncio.create_task(reader.get(f"{CHANGES}?after=1&wait=60"))
        await eventually(lambda: server.connection_count == 2)
        await server.close()
        with pytest.raises(aiohttp.ClientPayloadError):
            await stream.next()
        with pytest.raises(aiohttp.ClientError):
            await waiting
    assert not caplog.records


async def test_nothing_is_lost_while_the_database_is_away(program: Program, store: Store, tmp_path: Path):
    await store.close()
    away, resilient = tmp_path / "away.db", ResilientStore.serve(store.path)
    services = Services.on(resilient, program.clock)
    async with serving(program, streams=BEAT, services=services) as (_, served):
        plan, reader = await served.post("alpha"), await served.with_token()
        async with followed(reader) as stream:
            store.path.rename(away)
            await resilient.probe()
            with pytest.raises(UnsavedError):
                await edit(served, plan, "lost")
            assert (await reader.get(CHANGES)).status == 503
            for _ in range(3):
                await stream.response.content.readuntil(b":\n\n")
            away.rename(store.path)
            await resilient.recover()
            resilient.resume()
            await edit(served, plan, "beta")
            assert await stream.texts(1) == [(2, "beta")]
    await resilient.close()


async def test_a_stream_says_that_another_file_took_the_place_of_the_database_and_ends(
    program: Program, store: Store, tmp_path: Path
):
    plan, reader = await program.post("alpha"), await program.with_token()
    await store.close()
    backup = shutil.copy(store.path, tmp_path / "backup.db")
    resilient = ResilientStore.serve(store.path)
    async with serving(reader, streams=BEAT, services=Services.on(resilient, program.clock)) as (_, served):
        await edit(served, plan, "lost")
        async with followed(served, 1) as stream:
            assert await stream.texts(1) == [(2, "lost")]
            read = resilient.times.reads
            waiting = asyncio.create_task(served.get(f"{CHANGES}?after=2&wait=60"))
            await eventually(lambda: resilient.times.reads >= read + 2)  # where to begin, and that there is nothing
            for tail in ("", "-wal", "-shm"):
                store.path.with_name(f"{store.path.name}{tail}").unlink()
            await resilient.probe()
            shutil.move(backup, store.path)
            await resilient.recover()
            resilient.resume()
            resync = await stream.next()
            assert await stream.next() is None
        assert resync
        assert (resync.name, resync.id, resync.data) == ("resync", 1, {})
        async with followed(served, resync.id) as stream:
            await edit(served, plan, "other")
            assert await stream.texts(1) == [(2, "other")]
        assert (await waiting).json == {"changes": [], "next": 2, "resync": True}
    await resilient.close()
