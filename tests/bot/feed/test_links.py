"""Links to pictures, and pages of other sites."""

import dataclasses

import pytest

from bot.domain.commands import AddCharts
from bot.domain.values import Received
from tests.bot.feed.programs import Program
from tests.bot.feed.serving import serving
from tests.service.scene import DANA, fresh

DESK = "https://desk.example.com"


async def link_of(program: Program, path: str, **headers: str) -> str:
    answer = await program.get(path, headers)
    assert answer.status == 200, answer.body
    return answer.json["charts"][0]["url"] if "/v1/" in path else answer.json["charts"][0]


@pytest.fixture
async def path(program: Program) -> str:
    """The path of a plan with a picture."""
    plan = await program.post("Long NQ")
    chart = program.services.keep(b"picture")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    return f"/v1/plans/{plan.id}"


async def test_links_name_the_host_that_the_request_names(program: Program, path: str):
    reader = await program.with_token()
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example.com"}

    link = await link_of(reader, path, Host="coach.example.com:81", **forwarded)

    assert link.startswith("http://coach.example.com:81/v1/charts/")
    assert (await reader.get(await link_of(reader, path))).body == b"picture"


async def test_links_begin_with_the_configured_address(program: Program, path: str):
    base_url = "https://plans.example.com/desk"
    async with serving(await program.with_token(), base_url=base_url) as (_, reader):
        link = await link_of(reader, f"{path}?as_of=now", Host="?")
        compatible = f"/api/coach-plans/?coach=d&date=2026-11-23&token={reader.token}"
        of_address = await link_of(dataclasses.replace(reader, token=None), compatible)

    assert link.startswith("https://plans.example.com/desk/v1/charts/")
    assert link.endswith("?as_of=now")
    assert of_address.startswith("https://plans.example.com/desk/api/coach-plans/charts/")
    assert of_address.endswith(f"?token={reader.token}")


async def preflight(program: Program, origin: str) -> dict[str, str]:
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    answer = await program.get("/v1/plans", {"Origin": origin, **asked}, "OPTIONS")
    return {name.lower(): value for name, value in answer.headers.items() if name.lower().startswith("access-control")}


async def test_pages_of_the_configured_sites_read_with_a_token_and_without_cookies(program: Program):
    async with serving(await program.with_token(), origins=[DESK]) as (_, reader):
        allowed = await preflight(dataclasses.replace(reader, token=None), DESK)
        assert (allowed["access-control-allow-origin"], "GET" in allowed["access-control-allow-methods"]) == (
            DESK,
            True,
        )
        assert "authorization" in allowed["access-control-allow-headers"].lower()
        got = await reader.get("/v1/plans", {"Origin": DESK})
        assert (got.status, got.headers["Access-Control-Allow-Origin"]) == (200, DESK)
        assert "Coachbook-Plan" in got.headers["Access-Control-Expose-Headers"]
        for answer in (allowed, {name.lower(): value for name, value in got.headers.items()}):
            assert "access-control-allow-credentials" not in answer


async def test_pages_of_other_sites_read_nothing_and_none_reads_without_a_token(program: Program):
    async with serving(await program.with_token(), origins=[DESK]) as (_, reader):
        other = "https://evil.example.com"
        assert "access-control-allow-origin" not in await preflight(reader, other)
        assert "Access-Control-Allow-Origin" not in (await reader.get("/v1/plans", {"Origin": other})).headers
        local = dataclasses.replace(reader, token=None)
        assert (await local.get("/v1/plans")).status == 200
        assert (await local.get("/v1/plans", {"Origin": DESK})).status == 401
        assert await preflight(program, DESK) == {}
