"""Bad input to each operation that the API describes."""

import dataclasses
from http import HTTPStatus
from urllib.parse import quote, unquote

import pytest

from bot.domain.commands import DeletePlan, EditPlan
from storage.store import Store
from tests.bot.feed.described import operations_of
from tests.bot.feed.programs import Program
from tests.service.scene import DANA, MAX, fresh

HUGE = 100_000_000_000_000_000_000
VALUES = ("%20", "%00", "%0A", "..%2F..%2Fetc%2Fpasswd", "1%27%20OR%20%271%27=%271", "9" * 400, "x" * 5_000, "-1", "0",
          "01", "1%0A", "+1", "1.0", "%F0%9F%92%A9", "null", "2026-02-30", "2026-11-23%0A", "0000-01-01", "9999-12-31",
          "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-23T10:00:00", "24:00", "%D9%A1", "%ED%A0%80", "%FF",
          "%", "1e3", "[]", str(HUGE), "AAAA", "1-1", "999999-1", "session_open%00", "Now", "coach_zz")  # fmt: skip

REFUSED = (401, 429)
"""For a wrong token, and for many of them."""


async def test_no_value_makes_an_operation_fail_and_what_the_schema_refuses_is_refused(program: Program):
    await program.post("21450 long")
    reader = await program.with_token()

    for each in await operations_of(program):
        for name, parameter in each.parameters.items():
            for value in VALUES:
                text = unquote(value, errors="replace")
                if parameter["in"] == "path":
                    got = await reader.get(each.address(**{name: value}))
                    allowed = (400, 404)
                else:
                    got = await reader.get(each.address(name, f"{name}={value}"))
                    allowed = (400,)
                case = (each.path, name, value, got.status)
                assert got.status in allowed or each.accepts(name, text), case
                if got.status == HTTPStatus.NOT_FOUND:
                    assert got.detail
                else:
                    each.require(got)


async def test_parameters_are_given_once_and_only_where_they_are_known(program: Program):
    reader = await program.with_token()

    for each in await operations_of(program):
        if each.is_public:
            continue
        unknown = await reader.get(each.address(query="admin=1&admin=2"))
        assert (unknown.status == 400) is not each.is_compatible, each.path
        each.require(unknown)
        for name, parameter in each.parameters.items():
            if parameter["in"] == "path":
                continue
            twice = await reader.get(each.address(name, f"{name}=1&{name}=2"))
            empty = await reader.get(each.address(name, f"{name}="))
            assert "twice" in twice.detail, (each.path, name)
            assert (empty.status != 400) is (each.is_compatible and not parameter["required"]), (each.path, name)
            each.require(empty)
            if parameter["required"]:
                assert f"The parameter {name} is missing" in (await reader.get(each.address(name))).detail


async def test_days_in_the_wrong_order_are_refused(program: Program):
    await program.post("21450 long")
    reader = await program.with_token()
    [*listing] = [each for each in await operations_of(program) if {"from", "to"} <= each.parameters.keys()]

    assert {each.path for each in listing} == {"/v1/plans", "/v1/search", "/v1/export"}
    for each in listing:
        got = await reader.get(each.address(query="from=2026-11-27&to=2026-11-23"))
        said = "from 2026-11-27 is after to 2026-11-23. Use the earlier day as from."
        assert (got.status, got.detail) == (400, said), each.path
        each.require(got)
        assert (await reader.get(each.address(query="from=2026-11-23&to=2026-11-23"))).status == 200


async def test_a_token_is_needed_and_must_be_right(program: Program):
    expired, revoked = await program.with_token(days=1), await program.with_token()
    program.clock.move(days=1)
    tokens = await program.services.feed_tokens.tokens(MAX)
    await program.services.feed_tokens.revoke(MAX, tokens[-1].name)

    for each in await operations_of(program):
        for token in (expired.token, revoked.token, "cbf_wrong"):
            got = await dataclasses.replace(program, token=token).get(each.address())
            assert (got.status in REFUSED) is not each.is_public, each.path
            each.require(got)
            in_address = await program.get(each.address(query=f"token={token}"))
            assert (in_address.status in REFUSED) is each.is_compatible


async def test_without_a_database_programs_are_told_to_come_again(program: Program, store: Store):
    reader = await program.with_token()
    await store.close()

    for each in await operations_of(program):
        got = await reader.get(each.address())
        assert (got.status == 503) is not each.is_public, each.path
        assert each.path == "/health" or "Retry-After" in got.headers or each.is_public
        each.require(got)


@pytest.mark.parametrize("as_of", [None, "session_open"])
async def test_each_operation_answers_as_described_for_what_is_there_and_what_is_gone(
    program: Program, as_of: str | None
):
    plan, reader = await program.post("21450 long"), await program.with_token(as_of)
    await program.services.plans.edit(DANA, EditPlan(plan.id, "21450 long after all"), fresh())
    deleted = await program.post("gone", "2026-11-24")
    await program.services.plans.delete(DANA, DeletePlan(deleted.id, 1), fresh())

    for each in await operations_of(program):
        for plan_id in (plan.id, deleted.id, 10**9):
            got = await reader.get(each.address(id=plan_id))
            each.require(got)
            head = await reader.get(each.address(id=plan_id), method="HEAD")
            assert (head.status, head.body) == (got.status, b"")
            if got.status == HTTPStatus.OK and "ETag" in got.headers:
                again = await reader.get(each.address(id=plan_id), {"If-None-Match": got.headers["ETag"]})
                assert again.status in (200, 304)
                each.require(again)


async def test_an_unknown_coach_is_refused_with_those_that_there_are(program: Program):
    for each in await operations_of(program):
        names = {"coach", "coach_id"} & each.parameters.keys()
        for name in names:
            given = {name: "zz"} if name == "coach_id" else {}
            got = await program.get(each.address(name, "" if given else f"{name}={quote('zz')}", **given))
            assert (got.status, "The coaches are: d (Coach D" in got.detail) == (400, True), each.path


async def test_a_search_without_a_word_is_refused(program: Program):
    got = await program.get("/v1/search?q=%22-")

    assert (got.status, "no word" in got.detail) == (400, True)
