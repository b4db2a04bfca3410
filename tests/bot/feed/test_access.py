"""Who may read, and hostile requests."""

import asyncio
import dataclasses
import time

from bot.domain.commands import AddCharts
from bot.domain.values import GuildId, Received, View
from bot.feed.application import DESCRIPTION
from storage.store import Store
from tests.bot.feed.programs import Answer, Program
from tests.bot.feed.serving import serving
from tests.bot.feed.views import Views
from tests.service.scene import DANA, MAX, Services, fresh

STATUSES = (
    ("/v1/plans/x", 400), (f"/v1/plans/{'9' * 300}", 400), ("/v1/plans/-1", 400), ("/v1/plans/1;drop", 400),
     ("/v1/charts/..%2f..%2fbook.db", 404), (f"/v1/charts/{'A' * 64}", 400), ("/v1/plans/999999999999999999", 404),
     ("/v1/nothing", 404), ("/v1/plans/", 404), ("//", 404), ("/api/coach-plans/coach_zz", 400),
)  # fmt: skip
FOREIGN = (
    {"X-Forwarded-For": "10.0.0.1"}, {"X-Forwarded-Host": "a"}, {"Forwarded": "for=1"}, {"Via": "1.1 proxy"},
    {"X-Real-IP": "10.0.0.1"}, {"CF-Connecting-IP": "10.0.0.1"}, {"Host": "coach.example.com"},
    {"X-Forwarded": "for=1"}, {"X-Original-Host": "a"}, {"Origin": "https://example.com"},
    {"Sec-Fetch-Site": "cross-site"}, {"Host": "127.0.0.1.example.com:80"}, {"Host": "example.com:127.0.0.1"},
    {"Host": ""}, {"Fly-Client-IP": "1"}, {"Client-IP": "1"}, {"CDN-Loop": "a"}, {"X-Original-Forwarded-For": "a"},
)  # fmt: skip
HOSTS = ("[", "a b", "@:/", "[::1", "x:99999999", "?#", "\u00e9")


async def test_no_address_makes_the_api_fail(program: Program):
    for path, status in STATUSES:
        got = await program.get(path)
        assert got.status == status, path
        assert got.detail


async def test_only_reading_is_possible(program: Program):
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        got = await program.get("/v1/plans", method=method)
        assert (got.status, got.headers["Allow"], got.detail) == (405, "GET, HEAD", "Programs can only read: use GET.")
    assert (await program.get("/v1/plans", method="HEAD")).status == 200


async def test_a_wrong_expired_or_revoked_token_is_refused(program: Program):
    expiring, revoked = await program.with_token(days=1), await program.with_token()
    assert (await expiring.get("/v1/plans")).status == 200
    program.clock.move(days=1)
    tokens = await program.services.feed_tokens.tokens(MAX)
    await program.services.feed_tokens.revoke(MAX, tokens[-1].name)

    for token in (expiring.token, revoked.token, "cbf_wrong", "x" * 5_000):
        got = await dataclasses.replace(program, token=token).get("/v1/plans")
        assert (got.status, "unknown, has expired or was revoked" in got.detail) == (401, True)
        assert got.headers["WWW-Authenticate"].startswith("Bearer")
    for header in ("Basic abc", "Bearer", "Bearer ", ""):
        assert (await program.get("/v1/plans", {"Authorization": header})).status == 401
    two = await revoked.get(f"/api/coach-plans/all?token={revoked.token}")
    assert "More than one token" in two.detail


async def test_without_a_token_a_proxy_or_a_web_page_reads_nothing(program: Program):
    reader = await program.with_token()
    for headers in FOREIGN:
        got = await program.get("/v1/plans", headers)
        assert (got.status, "only programs on this machine" in got.detail) == (401, True), headers
        assert (await reader.get("/v1/plans", headers)).status == 200, headers


async def test_without_a_token_this_machine_reads_the_server_that_is_named_and_no_other(program: Program):
    for name in ("127.0.0.1", f"localhost:{program.port}", "LOCALHOST"):
        assert (await program.get("/v1/plans", {"Host": name})).status == 200
    async with serving(program, local_guild=0) as (_, other):
        got = await other.get("/v1/plans")
        assert (got.status, "A token is needed" in got.detail) == (401, True)
        assert (await other.get(DESCRIPTION)).status == 200


async def test_an_empty_token_in_an_address_is_none(program: Program):
    reader = await program.with_token()
    async with serving(program, local_guild=0) as (_, closed):
        assert (await program.get("/api/coach-plans/all?token=")).status == 200
        assert (await reader.get("/api/coach-plans/all?token=")).status == 200
        assert (await program.get(f"/api/coach-plans/all?token=&token={reader.token}")).status == 200
        assert "A token is needed" in (await closed.get("/api/coach-plans/all?token=")).detail


async def test_without_a_token_an_older_http_is_refused_as_proxies_speak_it(program: Program):
    reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
    writer.write(b"GET /v1/plans HTTP/1.0\r\nHost: 127.0.0.1:8080\r\n\r\n")

    got = await reader.read()

    assert b" 401 " in got.splitlines()[0]
    writer.close()


async def test_a_local_server_that_the_database_does_not_have_is_refused(program: Program):
    unknown = GuildId(987654)
    async with serving(program, local_guild=unknown) as (_, other):
        got = await other.get("/v1/plans")

    assert (got.status, "feed.local_guild" in got.detail) == (401, True)
    assert not await program.services.feed_tokens.has_guild(unknown)


async def test_wrong_tokens_keep_no_right_one_out(program: Program):
    reader = await program.with_token()
    wrong = dataclasses.replace(program, token=f"cbf_{'x' * 43}")

    got = [(await wrong.get("/v1/plans")).status for _ in range(40)]

    assert set(got) == {401}
    assert (await reader.get("/v1/plans")).status == 200
    assert (await (await program.with_token()).get("/v1/plans")).status == 200


async def test_a_token_has_a_number_of_requests_in_a_second(program: Program):
    other, rate = await program.with_token(), 20
    async with serving(await program.with_token(), rate=rate) as (_, greedy):
        answers, limited, started = list[Answer](), list[Answer](), time.monotonic()
        while not limited:  # more at once each time, until the machine is quick enough
            answers += await asyncio.gather(*(greedy.get("/v1/plans") for _ in range(rate + len(answers))))
            limited = [each for each in answers if each.status == 429]
        # so many at once, and so many in each second, however many are refused meanwhile
        assert len(answers) - len(limited) <= rate + 1 + rate * (time.monotonic() - started)
        assert (limited[0].headers["Retry-After"], limited[0].detail) == (
            "1",
            "More than 20 requests in a second. Wait a second, then ask again.",
        )
        assert (await dataclasses.replace(other, port=greedy.port).get("/v1/plans")).status == 200


async def test_the_health_has_its_form_while_the_database_is_away(program: Program, store: Store):
    reader = await program.with_token()
    await store.close()

    for asking in (program, reader, dataclasses.replace(program, token=f"cbf_{'x' * 43}")):
        got = await asking.get("/health")
        assert got.json["components"]["discord_bot"] == {"status": "unknown"}
        assert (got.status, got.json["status"]) == (503, "unhealthy")
        assert got.json["components"]["database"] == {"status": "unhealthy", "plan_count": None}
        assert (await asking.get("/v1/plans")).status == 503


async def test_no_host_makes_the_api_fail(program: Program):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    chart = program.services.keep(b"picture")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    compatible = f"/api/coach-plans/all?date=2026-11-23&token={reader.token}"

    for host in HOSTS:
        for headers in ({"Host": host}, {"Host": host, "X-Forwarded-Proto": "https"}):
            for asking, path in (
                (reader, f"/v1/plans/{plan.id}"),
                (reader, "/v1/export"),
                (program, compatible),
            ):
                assert (await asking.get(path, headers)).status in (200, 400), (host, path)


async def test_what_may_be_missing_is_never_answered_as_none(program: Program, store: Store):
    plan = await program.post("Long NQ")
    services = Services.on(store, program.clock, views=Views(View.UNKNOWN))
    paths = (f"/v1/plans/{plan.id}", f"/v1/plans/{plan.id}/revisions", f"/v1/charts/{'0' * 64}",
             "/api/coach-plans/?coach=d", "/api/coach-plans/all", "/api/coach-plans/history?coach=d")  # fmt: skip

    async with serving(program, services=services) as (_, other):
        for path in paths:
            got = await other.get(path)
            assert (got.status, got.headers["Retry-After"]) == (503, "5"), path
            assert "Discord did not answer" in got.detail
        assert (await other.get("/v1/export")).status == 503
        assert (await other.get("/v1/plans")).json == {
            "plans": [],
            "next": None,
            "is_partial": True,
            "last_as_of": "now",
        }
