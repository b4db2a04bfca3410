"""Plans, read from the real server over real sockets."""

import datetime
import random

import pytest

from bot.domain.commands import AddCharts, DeletePlan, EditPlan
from bot.domain.values import Received
from coachbook_client import (
    AsyncClient,
    Client,
    Coach,
    DeletedError,
    InvalidError,
    NotFoundError,
    Plan,
    UnauthorizedError,
    UnreadableError,
    verify,
)
from storage.store import Store
from tests.bot.feed.programs import Program
from tests.coachbook_client.conftest import Asker
from tests.service.revising import make_many
from tests.service.scene import DANA, MONDAY, SUNDAY_MORNING, fresh

MINUTE = datetime.timedelta(minutes=1)


async def test_a_plan_is_read_as_of_a_moment(program: Program, asker: Asker):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    program.clock.move(minutes=1)
    edited = (await program.services.plans.edit(DANA, EditPlan(plan.id, "Short NQ"), fresh())).plan
    first = SUNDAY_MORNING.astimezone(datetime.timezone(datetime.timedelta(hours=-5)))

    assert await asker.ask(reader, "plan", plan.id) == Plan(
        id=plan.id,
        coach=Coach(key="d", name="Coach D (Day Trading)"),
        day=MONDAY,
        author_id="1",
        posted_at=SUNDAY_MORNING,
        revision=2,
        kind="edited",
        text="Short NQ",
        is_erased=False,
        charts=(),
        made_at=SUNDAY_MORNING + MINUTE,
        recorded_at=SUNDAY_MORNING + MINUTE,
        hash=edited.hash,
    )
    assert (await asker.ask(reader, "plan", plan.id, as_of=first)).text == "Long NQ"
    assert (await asker.ask(reader, "plan_of", "coach_d", MONDAY, as_of=first)).text == "Long NQ"
    bound = {"as_of": first}
    assert (await asker.ask(reader, "plan_of", "d", MONDAY, options=bound)).text == "Long NQ"
    assert (await asker.ask(reader, "plan_of", "d", MONDAY, as_of="now", options=bound)).text == "Short NQ"
    assert [each.text for each in await asker.ask(reader, "revisions", plan.id)] == ["Long NQ", "Short NQ"]


async def test_single_pages_go_on_from_a_cursor(program: Program, asker: Asker):
    reader = await program.with_token()
    for number in range(3):
        await program.post(f"NQ {number}", str(MONDAY + datetime.timedelta(days=number)))

    for method, words in (("plans_page", ()), ("search_page", ("nq",))):
        first = await asker.ask(reader, method, *words, coach="d", limit=2)
        second = await asker.ask(reader, method, *words, coach="d", limit=2, cursor=first.cursor)
        found = [each if isinstance(each, Plan) else each.plan for page in (first, second) for each in page.items]
        assert [each.text for each in found] == ["NQ 2", "NQ 1", "NQ 0"]
        assert (len(first.items), second.cursor, second.is_complete) == (2, None, True)


async def test_a_bound_token_reads_no_plan_of_a_day_as_of_a_later_moment(program: Program, asker: Asker):
    program.clock.move(days=1, hours=-11)  # 11 PM of Sunday in New York; the session of Monday opens at midnight
    await program.post("Long NQ")
    program.clock.move(hours=3)
    bound = await program.with_token("session_open")

    with pytest.raises(InvalidError, match="later than this token may read"):
        await asker.ask(bound, "plan_of", "d", MONDAY, as_of="01:00")
    assert (await asker.ask(bound, "plan_of", "d", MONDAY, as_of="session_open")).text == "Long NQ"
    for method, words in (("plans_page", ()), ("search_page", ("nq",))):
        page = await asker.ask(bound, method, *words, as_of="01:00")
        free = await asker.ask(await program.with_token(), method, *words)
        assert (len(page.items), page.last_as_of, free.last_as_of) == (1, "session_open", "now")


async def test_a_history_is_read_over_all_its_pages(program: Program, store: Store, asker: Asker):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    await make_many(store, plan, 240, "NQ")

    found = await asker.ask(reader, "revisions", plan.id)
    first = await asker.ask(reader, "revisions_page", plan.id, limit=2)
    second = await asker.ask(reader, "revisions_page", plan.id, limit=2, cursor=first.cursor)
    beyond = await asker.ask(reader, "revisions_page", plan.id, cursor="241")

    assert [each.revision for each in found] == list(range(1, 242))
    verify(found, await asker.ask(reader, "plan", plan.id))
    assert (first.items + second.items, first.cursor, second.cursor) == (found[:4], "2", "4")
    assert (beyond.items, beyond.cursor) == ((), None)


async def test_no_plan_is_none_and_each_error_is_its_own(program: Program, asker: Asker):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    program.clock.move(minutes=5)
    await program.services.plans.delete(DANA, DeletePlan(plan.id, plan.revision), fresh())

    assert await asker.ask(reader, "plan_of", "d", MONDAY) is None
    assert await asker.ask(reader, "plan_of", "i", MONDAY) is None
    with pytest.raises(DeletedError) as deleted:
        await asker.ask(reader, "plan", plan.id)
    assert (deleted.value.status, deleted.value.deleted_at) == (410, SUNDAY_MORNING + 5 * MINUTE)
    with pytest.raises(NotFoundError) as unknown:
        await asker.ask(reader, "plan", 999)
    assert not isinstance(unknown.value, DeletedError)
    assert unknown.value.detail == "There is no such plan at that moment."
    assert f"(request {unknown.value.request_id})" in str(unknown.value)
    with pytest.raises(InvalidError, match="to come"):
        await asker.ask(reader, "plans", as_of=SUNDAY_MORNING + datetime.timedelta(days=9))
    with pytest.raises(InvalidError, match="Coach D"):
        await asker.ask(reader, "plan_of", "nobody", MONDAY)
    with pytest.raises(UnauthorizedError):
        await asker.ask(reader, "plan", plan.id, options={"token": "cbf_wrong"})
    with pytest.raises(NotFoundError):
        await asker.ask(reader, "chart", "0" * 64)
    for wrong in ("../plans?x=1", "0" * 63, f"{'0' * 64}\n", f"{'0' * 64}/x", "A" * 64, ""):
        with pytest.raises(InvalidError):
            await asker.ask(reader, "chart", wrong)


@pytest.mark.parametrize("path", ["/v1", "/x", "/api/coach-plans"])
async def test_a_wrong_path_in_the_address_is_no_missing_plan(program: Program, path: str):
    plan, reader = await program.post("Long NQ"), await program.with_token()

    async with AsyncClient(f"http://127.0.0.1:{reader.port}{path}", reader.token) as client:
        for asked in (client.plan(plan.id), client.plan_of("d", MONDAY), client.revisions(1), client.chart("0" * 64)):
            with pytest.raises(UnreadableError, match="Check the address"):
                await asked


async def test_lists_are_read_over_all_their_pages(program: Program):
    days = [MONDAY + datetime.timedelta(days=number) for number in range(101)]
    for day in days:
        await program.post(f"NQ {day}", str(day))
    reader = await program.with_token()

    for asker in (Asker(Client), Asker(AsyncClient)):
        found = await asker.ask(reader, "plans")
        some = await asker.ask(reader, "plans", first=days[3], last=days[4], coach="d")
        hits = await asker.ask(reader, "search", "nq")
        assert [each.day for each in found] == days[::-1]
        assert [each.day for each in some] == [days[4], days[3]]
        assert [hit.plan.day for hit in hits] == days[::-1]
        assert hits[0].html == f"<mark>NQ</mark> {days[-1]}"


async def test_a_picture_is_read_by_its_hash_and_checked(program: Program, asker: Asker):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    chart = program.services.keep(b"0123456789")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    [shown] = (await asker.ask(reader, "plan", plan.id)).charts

    assert (shown.sha256, shown.size) == (chart.sha256, 10)
    assert await asker.ask(reader, "chart", shown.sha256) == b"0123456789"
    program.services.files.folder.path_for(chart.sha256).unlink()
    with pytest.raises(NotFoundError):
        await asker.ask(reader, "chart", shown.sha256)


async def test_a_day_without_a_zone_is_refused_before_anything_is_sent(program: Program, asker: Asker):
    naive = datetime.datetime(2026, 11, 22, 15)  # noqa: DTZ001 - the mistake

    with pytest.raises(ValueError, match="as_of has no time zone"):
        await asker.ask(program, "plans", as_of=naive)
    with pytest.raises(ValueError, match="as_of has no time zone"):
        await asker.ask(program, "plans", options={"as_of": naive})


@pytest.mark.parametrize("day", ["2026-11-23", SUNDAY_MORNING])
async def test_a_day_that_is_not_a_date_is_refused_before_anything_is_sent(program: Program, asker: Asker, day: object):
    with pytest.raises(TypeError, match=r"datetime\.date"):
        await asker.ask(program, "plan_of", "d", day)


@pytest.mark.parametrize("seed", range(2))
async def test_histories_of_the_real_server_are_proven(program: Program, asker: Asker, seed: int):
    dice = random.Random(seed)  # noqa: S311 - no secret
    plan, reader = await program.post("Long NQ"), await program.with_token()
    for number in range(6):
        program.clock.move(seconds=dice.choice((0.5, 1, 90_000)))
        if dice.random() < 0.5:
            text = f"„{number}“ \u2028 \x7f \U0001f4c8 {'x' * dice.randrange(50)}"
            await program.services.plans.edit(DANA, EditPlan(plan.id, text), fresh())
        else:
            chart = program.services.keep(bytes([seed, number]), dice.choice(("a.png", "SPOILER_ä\u20ac.png")))
            await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())

    revisions = await asker.ask(reader, "revisions", plan.id)

    assert len(revisions) == 7
    verify(revisions, await asker.ask(reader, "plan", plan.id))
