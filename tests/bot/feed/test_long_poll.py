"""Changes as a long poll."""

import asyncio

from bot.service.feed.changes import MAX_BEHIND, PAGE
from storage.store import Store
from tests.bot.feed.programs import Program
from tests.bot.feed.streams import CHANGES, edit
from tests.service.revising import make_many
from tests.service.scene import MAX, elsewhere

MALFORMED = ("", " ", "x", "-1", "1.0", "1e3", "9" * 19, "9" * 400, "\u0661", "1'--", "null")


async def test_what_is_there_is_answered_at_once_and_page_by_page(program: Program):
    plan, reader = await program.post("alpha"), await program.with_token()
    for number in range(PAGE):
        await edit(program, plan, str(number))

    first = await reader.get(f"{CHANGES}?after=0&wait=60")
    second = await reader.get(f"{CHANGES}?after={first.json['next']}&wait=60")

    assert [each["id"] for each in first.json["changes"]] == list(range(1, PAGE + 1))
    assert (first.json["next"], second.json["next"]) == (PAGE, PAGE + 1)
    assert [each["plan"] for each in second.json["changes"]] == [(await reader.get(f"/v1/plans/{plan.id}")).json]
    assert first.headers["Cache-Control"] == "no-store"
    assert not first.json["resync"]


async def test_a_program_learns_where_to_go_on_and_then_waits_for_what_comes(program: Program):
    empty = await program.get(CHANGES)
    plan, reader = await program.post("alpha"), await program.with_token()
    start = await reader.get(f"{CHANGES}?wait=0")

    waiting = asyncio.create_task(reader.get(f"{CHANGES}?after={start.json['next']}&wait=60"))
    await program.post("foreign", actor=elsewhere(MAX))
    assert not waiting.done()
    await edit(program, plan, "beta")

    assert empty.json == {"changes": [], "next": 0, "resync": False}
    assert start.json == {"changes": [], "next": 1, "resync": False}
    assert [each["plan"]["text"] for each in (await waiting).json["changes"]] == ["beta"]


async def test_the_wait_ends(program: Program):
    await program.post("alpha")
    reader = await program.with_token()

    assert (await reader.get(f"{CHANGES}?after=1&wait=1")).json == {"changes": [], "next": 1, "resync": False}
    assert (await reader.get(f"{CHANGES}?after=1&wait=60", method="HEAD")).status == 200


async def test_an_unknown_or_too_old_id_is_answered_with_where_to_go_on(program: Program, store: Store):
    plan, reader = await program.post("alpha"), await program.with_token()
    await make_many(store, plan, MAX_BEHIND, "text")

    for place in (0, MAX_BEHIND + 2):
        got = await reader.get(f"{CHANGES}?after={place}&wait=60")
        assert got.json == {"changes": [], "next": MAX_BEHIND + 1, "resync": True}


async def test_a_header_goes_before_a_parameter_which_a_stream_that_is_opened_again_still_has(program: Program):
    plan, reader = await program.post("alpha"), await program.with_token()
    await edit(program, plan, "beta")

    got = await reader.get(f"{CHANGES}?after=0", {"Last-Event-ID": "1"})

    assert [each["id"] for each in got.json["changes"]] == [2]


async def test_a_malformed_id_is_refused(program: Program):
    for value in MALFORMED:
        for headers in ({}, {"Accept": "text/event-stream"}):
            got = await program.get(CHANGES, {**headers, "Last-Event-ID": value})
            assert (got.status, "Last-Event-ID" in got.detail) == (400, True), value


async def test_doubled_ids_and_too_long_waits_are_refused(program: Program):
    async with program.session.get(
        f"http://127.0.0.1:{program.port}{CHANGES}", headers=[("Last-Event-ID", "1"), ("Last-Event-ID", "2")]
    ) as response:
        assert (response.status, "twice" in (await response.json(content_type=None))["detail"]) == (400, True)
    for wait in ("61", "-1", "0.5", "999999999999999999"):
        assert "0 to 60" in (await program.get(f"{CHANGES}?after=0&wait={wait}")).detail
