"""Exports over real sockets: their lines, and their ends."""

import asyncio
import contextlib
import csv
import dataclasses
import datetime
import io
import json
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from bench.generator import FIRST_MESSAGE, Batch
from bot.domain.commands import AddCharts, DeletePlan, EditPlan
from bot.domain.values import Actor, ChangeKind, ChannelId, Received, SettingsChange, UserId, View
from bot.feed.exports import ExportLimits
from bot.feed.http.connections import ConnectionLimits
from bot.feed.http.server import FeedServer
from bot.service.feed.exports import PLANS_ON_PAGE
from bot.service.readers import NoViews
from bot.service.records import lineages, revisions
from storage.models import CardRow, CoachRow, PlanRow
from storage.store import Store
from tests.bot.feed.connecting import Streams, connected, rest_of
from tests.bot.feed.programs import Answer, Program
from tests.bot.feed.serving import serving
from tests.sandbox.raw_clients import eventually
from tests.service.erasing import erase
from tests.service.scene import CHANNEL, DANA, GUILD, MAX, MONDAY, Services, elsewhere, fresh

ODD = (
    "=1+1",
    "- NQ\n- ES",
    "@here",
    "+5",
    " =A1",
    "\uff1dA1",
    'a "b", c',
    "Ä\u2028b\u2029c\x85d",
    "x\r\ny",
    "'a",
    "“€”",
)
END = b"0\r\n\r\n"
"""The end of a complete answer in chunks."""
LARGE = "\u20ac" * 4_000
COUNT = 2 * PLANS_ON_PAGE
"""Plans with large texts: more than a page, and than a small connection holds."""
REFUSED = {
    "format=CSV": "Write jsonl or csv.",
    "revisions=yes": "Write true or false.",
    "coach=zz": "zz",
    "as_of=2027-01-01T00:00Z": "still to come",
    "limit=5": "There is no parameter",
}
SETTINGS = SettingsChange(timezone="Asia/Tokyo")


class Silent(NoViews):
    """A stand-in for Discord, which does not answer for one server any more once it was asked twice."""

    def __init__(self) -> None:
        self.asked = 0
        self.answers = asyncio.Event()

    async def of(
        self, actor: Actor, channels: Collection[ChannelId], parents: Mapping[ChannelId, ChannelId]
    ) -> Mapping[ChannelId, View]:
        self.asked += actor.guild_id == GUILD
        if actor.guild_id == GUILD and self.asked > 1:
            await self.answers.wait()
        return await super().of(actor, channels, parents)


async def add_large(store: Store, program: Program) -> None:
    """Add plans with large texts of days that are long past."""

    def insert() -> None:
        batch, coach = Batch(), CoachRow.get(CoachRow.guild == GUILD, CoachRow.key == "d")
        at = program.clock.now - datetime.timedelta(days=1)
        for number in range(1, COUNT + 1):
            day = MONDAY - datetime.timedelta(days=COUNT + 1 - number)
            plan = PlanRow(
                id=number, guild_id=GUILD, coach=coach, day=day, author_id=1, hash=revisions.NO_HASH, posted_at=at
            )
            posted = revisions.follow(plan, ChangeKind.POSTED, UserId(1), at, text=LARGE, charts=revisions.NO_CHARTS)
            plan.lineage = lineages.written(lineages.of_history([posted]))
            card = {"message_id": FIRST_MESSAGE + number, "nonce": f"{number:024x}", "done": 1, "revision": 1}
            batch.add(plan, posted, CardRow(plan=number, channel_id=CHANNEL, **card))
        batch.insert()

    await store.write(insert)


def request(program: Program, query: str = "", version: str = "1.1") -> bytes:
    """Return the request of an export."""
    head = f"GET /v1/export{query} HTTP/{version}\r\nHost: a\r\nConnection: close\r\n"
    return f"{head}Authorization: Bearer {program.token}\r\n\r\n".encode()


@contextlib.asynccontextmanager
async def begun(program: Program, sent: bytes) -> AsyncGenerator[Streams]:
    """Have an export begin, and read its first line."""
    async with connected(program, sent, is_small=True) as (reader, writer):
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        yield reader, writer


def lines_of(answer: Answer) -> list[dict[str, Any]]:
    """Return the documents, read as a program reads lines that knows nothing of JSON lines."""
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/jsonl")
    return [json.loads(line) for line in answer.body.decode().splitlines()]


def rows_of(answer: Answer) -> list[dict[str, str]]:
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.body.decode(), newline=""), strict=True))


async def test_lines_are_the_plans_of_the_list_oldest_first(program: Program):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    chart = program.services.keep(b"picture")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    await program.post("Short ES", "2026-11-24")
    deleted = await program.post("deleted", "2026-11-25")
    await program.services.plans.delete(MAX, DeletePlan(deleted.id, 1), fresh())

    answer = await reader.get("/v1/export")
    listed = await reader.get("/v1/plans")

    assert lines_of(answer) == listed.json["plans"][::-1]
    assert answer.headers["Coachbook-As-Of"] == "2026-11-22T15:00:00Z"
    assert answer.headers["Coachbook-Last-As-Of"] == "now"
    bound = await (await program.with_token("09:25")).get("/v1/export")
    assert bound.headers["Coachbook-Last-As-Of"] == "09:25"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="coachbook-20261122T150000Z.jsonl"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert len(answer.headers["X-Request-Id"]) == 16


async def test_nothing_to_export_is_an_empty_file_or_a_header(program: Program):
    reader = await program.with_token()

    for query in ("", "?as_of=2026-11-22T14:00:00Z", "?from=2026-12-01&to=2026-12-02"):
        assert lines_of(await reader.get(f"/v1/export{query}")) == []
    table = await reader.get("/v1/export?format=csv")

    assert rows_of(table) == []
    assert table.body == (
        b"coach,day,text,revision,kind,is_erased,made_at,recorded_at,hash,charts,id,author_id,posted_at\r\n"
    )
    head = await reader.get("/v1/export", method="HEAD")
    assert (head.status, head.headers["Content-Type"], head.body) == (200, "application/jsonl", b"")


async def test_a_table_has_the_same_and_no_formulas(program: Program):
    reader, texts = await program.with_token(), (*ODD, LARGE)
    posted = [
        await program.post(text, str(MONDAY + datetime.timedelta(days=number))) for number, text in enumerate(texts)
    ]
    chart = program.services.keep(b"picture")
    await program.services.charts.add(DANA, AddCharts(posted[-1].id, Received((chart,), ())), fresh())

    rows = rows_of(await reader.get("/v1/export?format=csv"))
    documents = lines_of(await reader.get("/v1/export?format=jsonl"))

    stored = [document["text"] for document in documents]
    assert len(stored) == len(texts)
    guarded = [f"'{text}" if text.lstrip()[0] in "=+-@\uff1d" else text for text in stored]
    assert [row["text"] for row in rows] == guarded
    assert sum(text != other for text, other in zip(stored, guarded, strict=True)) == 6
    for row, document in zip(rows, documents, strict=True):
        assert (row["coach"], row["charts"].split()) == ("d", [each["url"] for each in document["charts"]])
        for name in ("day", "kind", "made_at", "recorded_at", "hash", "author_id", "posted_at"):
            assert row[name] == document[name]
        assert (row["id"], row["revision"], row["is_erased"]) == (
            str(document["id"]),
            str(document["revision"]),
            "false",
        )


async def test_an_erased_text_is_marked(program: Program, store: Store):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    await program.services.plans.edit(DANA, EditPlan(plan.id, "Short NQ"), fresh())
    await store.write(erase, plan.id, 1)

    documents = lines_of(await reader.get("/v1/export?revisions=true"))
    rows = rows_of(await reader.get("/v1/export?format=csv&revisions=true"))

    assert [(each["revision"], each["text"], each["is_erased"]) for each in documents] == [
        (1, None, True),
        (2, "Short NQ", False),
    ]
    assert [(each["text"], each["is_erased"], each["charts"]) for each in rows] == [
        ("", "true", ""),
        ("Short NQ", "false", ""),
    ]


async def test_what_can_not_be_exported_is_refused_before_the_answer_begins(program: Program):
    reader = await program.with_token()
    for query, why in REFUSED.items():
        answer = await reader.get(f"/v1/export?{query}")
        assert (answer.status, why in answer.detail) == (400, True), query


async def test_other_refusals_are_ordinary_problems(program: Program, store: Store):
    reader = await program.with_token()
    async with connected(program, request(reader, version="1.0")) as (got, _):
        assert (await rest_of(got)).startswith(b"HTTP/1.1 505 ")

    await store.close()

    assert (await program.get("/v1/export", {"Authorization": "Bearer cbf_wrong"})).status == 401
    answer = await reader.get("/v1/export")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


async def test_exports_at_once_are_limited_and_a_reader_that_takes_nothing_is_closed(program: Program, store: Store):
    await add_large(store, program)
    reader, other = await program.with_token(), await program.with_token()
    async with serving(program, connections=ConnectionLimits(stuck_seconds=0.3)) as (server, served):
        async with begun(served, request(reader)), begun(served, request(reader)):
            refused = await served.get("/v1/export", {"Authorization": f"Bearer {reader.token}"})
            allowed = await served.get("/v1/export?to=2020-01-01", {"Authorization": f"Bearer {other.token}"})
            assert (refused.status, refused.headers["Retry-After"], allowed.status) == (429, "5", 200)
            assert "2 exports open already" in refused.detail
            await eventually(lambda: server.connection_count <= 1)  # that of the program that asked last
        again = await served.get("/v1/export", {"Authorization": f"Bearer {reader.token}"})
        assert len(lines_of(again)) == COUNT


def aborted(rest: bytes, lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the reasons in the log why an answer has no end, which must be incomplete and have the id of the log."""
    assert not rest.endswith(END)
    assert rest.count(b'{"id":') < COUNT
    ended = [each for each in lines if each["event"] == "answer aborted"]
    assert all(f"x-request-id: {each['request_id']}\r\n".encode() in rest for each in ended)
    assert all(each["log_level"] == "info" for each in ended)
    return [each["why"] for each in ended]


async def broken_off(program: Program, store: Store, server: FeedServer, got: asyncio.StreamReader, what: str) -> bytes:
    """Return the rest of an export in which something fails."""
    match what:
        case "database":
            await store.close()
        case "token":
            [token] = await program.services.feed_tokens.tokens(MAX)
            await program.services.feed_tokens.revoke(MAX, token.name)
        case "settings":
            await program.services.settings.change(MAX, SETTINGS)
        case _:
            await server.close()
    return await rest_of(got)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        *(("database", ["DatabaseUnreadableError"]), ("token", ["ProblemError"])),
        *(("settings", ["ExportChangedError"]), ("server", [])),
    ],
)
async def test_an_export_that_fails_in_the_middle_has_no_end_and_the_log_says_why(
    program: Program, store: Store, what: str, why: list[str], caplog: pytest.LogCaptureFixture
):
    await add_large(store, program)
    reader = await program.with_token()
    async with (
        serving(program) as (server, served),
        begun(served, request(reader)) as (got, _),
    ):
        with capture_logs() as lines:
            rest = await broken_off(program, store, server, got, what)

    assert aborted(rest, lines) == why
    assert not caplog.records


async def test_an_export_that_takes_too_long_is_ended(program: Program, store: Store, caplog: pytest.LogCaptureFixture):
    await add_large(store, program)
    limits, patient = ExportLimits(count=1, seconds=0.5), ConnectionLimits(stuck_seconds=10_000)
    async with (
        serving(await program.with_token(), exports=limits, connections=patient) as (_, reader),
        begun(reader, request(reader)) as (got, _),
    ):
        await reader.until("/v1/export?to=2020-01-01", 200)
        assert not (await rest_of(got)).endswith(END)
    assert not caplog.records


async def test_an_export_does_not_wait_while_discord_is_asked_for_another(program: Program, store: Store):
    discord = Silent()
    silent, other = await program.with_token(), await program.with_token(actor=elsewhere(MAX))
    async with serving(program, services=Services.on(store, program.clock, views=discord)) as (_, served):
        waiting = asyncio.create_task(dataclasses.replace(silent, port=served.port).get("/v1/export"))
        await eventually(lambda: discord.asked > 1)
        assert lines_of(await dataclasses.replace(other, port=served.port).get("/v1/export")) == []
        assert not waiting.done()
        discord.answers.set()
        assert lines_of(await waiting) == []


@pytest.mark.parametrize("asks", [MAX, elsewhere(MAX)], ids=["of the same server", "of another server"])
async def test_slow_readers_of_one_token_do_not_keep_another_from_exports(program: Program, store: Store, asks: Actor):
    await add_large(store, program)
    most, one, other = await program.with_token(), await program.with_token(), await program.with_token(actor=asks)
    limits, patient = ExportLimits(count=3, settled_seconds=0), ConnectionLimits(stuck_seconds=10_000)
    async with (
        serving(program, exports=limits, connections=patient) as (_, served),
        begun(served, request(most)) as (oldest, _),
        begun(served, request(most)) as (newer, _),
        begun(served, request(one)) as (last, _),
    ):
        refused = await dataclasses.replace(one, port=served.port).get("/v1/export")
        assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
        assert "3 exports open already" in refused.detail
        assert len(lines_of(await dataclasses.replace(other, port=served.port).get("/v1/export"))) in (0, COUNT)
        assert not (await rest_of(oldest)).endswith(END)
        assert [(await rest_of(each)).endswith(END) for each in (newer, last)] == [True, True]


async def test_an_export_that_just_began_gives_its_place_to_nobody(program: Program, store: Store):
    await add_large(store, program)
    reader, other = await program.with_token(), await program.with_token()
    async with (
        serving(other, exports=ExportLimits(count=2)) as (_, served),
        begun(served, request(reader)) as (first, _),
        begun(served, request(reader)) as (second, _),
    ):
        refused = await served.get("/v1/export")
        assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
        assert [(await rest_of(each)).endswith(END) for each in (first, second)] == [True, True]


async def test_a_slow_reader_gets_all_as_of_the_start(program: Program, store: Store):
    await add_large(store, program)
    last = await program.post("as of the start", "2026-11-23")
    reader = await program.with_token()
    async with begun(program, request(reader, "?from=2010-01-01")) as (got, _):
        program.clock.move(minutes=1)
        await program.services.plans.edit(DANA, EditPlan(last.id, "later"), fresh())
        await program.post("later", "2026-11-24")
        rest = await rest_of(got)

    assert rest.endswith(END)
    assert rest.count(b'{"id":') == COUNT + 1
    assert b"as of the start" in rest
    assert b"later" not in rest
