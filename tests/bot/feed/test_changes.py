"""Changes as a stream: complete, in order, and resumed at any of them."""

import asyncio

import pytest

from bot.domain.commands import AddCharts, DeletePlan, RestorePlan
from bot.domain.values import Audience, Received, SettingsChange
from bot.service.feed.changes import MAX_BEHIND, PAGE
from storage.store import Store
from tests.bot.feed.programs import Program
from tests.bot.feed.streams import CHANGES, EVENTS, edit, followed
from tests.service.revising import make_many
from tests.service.scene import DANA, IVAN, MAX, elsewhere, fresh


async def test_every_change_is_sent_in_order_and_a_reader_goes_on_after_any_of_them(program: Program):
    await program.services.settings.change(MAX, SettingsChange(deleted_visible_to=Audience.EVERYONE))
    plan, reader = await program.post("Long NQ"), await program.with_token()
    chart = program.services.keep(b"picture")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    await edit(program, plan, "Short\r\nNQ\n\n\u2028data: x")
    shown = (await reader.get(f"/v1/plans/{plan.id}")).json
    await program.services.plans.delete(DANA, DeletePlan(plan.id, 3), fresh())
    await program.services.plans.restore(DANA, RestorePlan(plan.id), fresh())

    async with followed(reader, 0) as stream:
        events = [await stream.next() for _ in range(5)]

    posted, _, edited, deleted, restored = (each.data["plan"] for each in events if each)
    assert [each.id for each in events if each] == [1, 2, 3, 4, 5]
    assert edited == shown
    assert (posted["text"], posted["charts"], posted["kind"]) == ("Long NQ", [], "posted")
    assert (deleted["kind"], deleted["text"], deleted["charts"]) == ("deleted", None, [])
    assert (restored["kind"], restored["text"], restored["charts"]) == ("restored", edited["text"], edited["charts"])
    for place in range(5):
        async with followed(reader, place) as stream:
            assert [await stream.next() for _ in range(5 - place)] == events[place:]


async def test_changes_at_once_reach_every_reader_in_one_order(program: Program):
    first, second = await program.post("first"), await program.post("second", coach="i", actor=IVAN)
    readers = [await program.with_token() for _ in range(3)]

    async with followed(readers[0]) as one, followed(readers[1], 1) as two, followed(readers[2], 0) as three:
        await asyncio.gather(*(edit(program, plan, str(number)) for number in range(20) for plan in (first, second)))
        found = [await one.texts(40), await two.texts(41), await three.texts(42)]

    assert [place for place, _ in found[2]] == list(range(1, 43))
    assert (found[0], found[1]) == (found[2][2:], found[2][1:])


async def test_more_than_a_page_is_sent(program: Program):
    plan, reader = await program.post("alpha"), await program.with_token()
    for number in range(PAGE + 1):
        await edit(program, plan, str(number))

    async with followed(reader, 0) as stream:
        assert [place for place, _ in await stream.texts(PAGE + 2)] == list(range(1, PAGE + 3))


async def test_without_an_id_a_stream_begins_now_and_says_where(program: Program):
    plan, reader = await program.post("alpha"), await program.with_token()

    async with followed(reader) as stream:
        await edit(program, plan, "beta")
        assert await stream.texts(1) == [(2, "beta")]

    response = await program.session.get(
        f"http://127.0.0.1:{program.port}{CHANGES}", headers={**EVENTS, "Authorization": f"Bearer {reader.token}"}
    )
    assert await response.content.readuntil(b"\n\n") == b"retry: 2000\nid: 2\n\n"
    assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert (response.headers["Cache-Control"], response.headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert len(response.headers["X-Request-Id"]) == 16
    response.close()
    head = await reader.get(CHANGES, EVENTS, method="HEAD")
    assert (head.status, head.headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")


async def test_an_id_that_is_too_old_is_answered_once_with_where_to_go_on(program: Program, store: Store):
    plan, reader = await program.post("alpha"), await program.with_token()
    await make_many(store, plan, MAX_BEHIND, "text")

    async with followed(reader, 1) as stream:
        known = await stream.texts(MAX_BEHIND)
    async with followed(reader, 0) as stream:
        resync = await stream.next()
        await edit(program, plan, "beta")
        assert await stream.texts(1) == [(MAX_BEHIND + 2, "beta")]

    assert resync
    assert (resync.name, resync.id, resync.data) == ("resync", MAX_BEHIND + 1, {})
    assert known[-1] == (MAX_BEHIND + 1, f"{MAX_BEHIND - 1} text")


@pytest.mark.parametrize("unknown", [1, 3, 10**17], ids=["another server's", "the next", "huge"])
async def test_an_id_that_is_no_revision_of_the_server_is_answered_so_too(program: Program, unknown: int):
    await program.post("foreign", actor=elsewhere(MAX))
    plan, reader = await program.post("alpha"), await program.with_token()

    async with followed(reader, unknown) as stream:
        resync = await stream.next()
        await program.post("foreign too", coach="i", actor=elsewhere(MAX))
        await edit(program, plan, "beta")
        assert await stream.texts(1) == [(4, "beta")]

    assert resync
    assert (resync.name, resync.id) == ("resync", 2)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/json, Text/Event-Stream ; q=0.5", "text/event-stream"),
        ("text/event-stream;q=1.0", "text/event-stream"),
        ("text/event-stream;q=0", "application/json"),
        ("application/json, text/event-stream; Q=0.000", "application/json"),
        ("text/event-streams, */*", "application/json"),
    ],
)
async def test_a_stream_is_for_those_who_accept_one(program: Program, accept: str, form: str):
    head = await program.get(CHANGES, {"Accept": accept}, method="HEAD")
    assert (head.status, head.headers["Content-Type"].partition(";")[0]) == (200, form)
