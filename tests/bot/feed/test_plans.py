"""The API's own part, over real sockets."""

import dataclasses
import datetime

import pytest

from bot.domain.commands import AddCharts, DeletePlan, EditPlan, RemoveChart
from bot.domain.sessions import DayKind, Exchange
from bot.domain.values import Received, SettingsChange
from bot.service.records import sessions
from bot.service.records.stored_revisions import ENOUGH_TEXT
from storage.store import Store
from tests.bot.feed.programs import Program
from tests.bot.feed.streams import edit, followed
from tests.service.held_writes import edit_held
from tests.service.revising import make_many
from tests.service.scene import DANA, MAX, MONDAY, elsewhere, fresh


async def test_a_plan_is_read_with_its_revisions_and_only_sent_again_when_it_changed(program: Program):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    program.clock.move(minutes=1)
    edited = (await program.services.plans.edit(DANA, EditPlan(plan.id, "Short NQ"), fresh())).plan

    first = await reader.get(f"/v1/plans/{plan.id}")
    again = await reader.get(f"/v1/plans/{plan.id}", {"If-None-Match": first.headers["ETag"]})
    then = await reader.get(f"/v1/plans/{plan.id}?as_of=2026-11-22T15:00:30Z")
    revisions = await reader.get(f"/v1/plans/{plan.id}/revisions")

    assert first.status == 200
    assert first.json == {
        "id": plan.id,
        "coach": {"key": "d", "name": "Coach D (Day Trading)"},
        "day": "2026-11-23",
        "author_id": "1",
        "posted_at": "2026-11-22T15:00:00Z",
        "revision": 2,
        "kind": "edited",
        "text": "Short NQ",
        "is_erased": False,
        "charts": [],
        "made_at": "2026-11-22T15:01:00Z",
        "recorded_at": "2026-11-22T15:01:00Z",
        "hash": edited.hash,
    }
    assert first.headers["Last-Modified"] == "Sun, 22 Nov 2026 15:01:00 GMT"
    assert (first.headers["Coachbook-Plan"], then.headers["Coachbook-As-Of"]) == ("present", "2026-11-22T15:00:30Z")
    assert (again.status, again.body) == (304, b"")
    assert (then.json["revision"], then.json["text"], then.json["hash"]) == (1, "Long NQ", plan.hash)
    assert [each["text"] for each in revisions.json["revisions"]] == ["Long NQ", "Short NQ"]


async def test_a_history_is_read_in_pages_each_with_its_own_tag(program: Program):
    plan, reader = await program.post("text 1"), await program.with_token()
    path = f"/v1/plans/{plan.id}/revisions"
    for number in range(2, 6):
        program.clock.move(minutes=1)
        await program.services.plans.edit(DANA, EditPlan(plan.id, f"text {number}"), fresh())
    whole = await reader.get(path)

    pages = [await reader.get(f"{path}?limit=2")]
    while pages[-1].json["next"]:
        pages.append(await reader.get(f"{path}?limit=2&after={pages[-1].json['next']}"))
    then = [
        await reader.get(f"{path}?limit=2&after={after}&as_of=2026-11-22T15:02:30Z") for after in (0, 2, 3, 10**18 - 1)
    ]
    program.clock.move(minutes=1)
    await program.services.plans.edit(DANA, EditPlan(plan.id, "text 6"), fresh())
    again = [
        await reader.get(f"{path}?limit=2&after={after}", {"If-None-Match": page.headers["ETag"]})
        for after, page in zip((0, 2, 4), pages, strict=True)
    ]

    assert [[each["text"] for each in page.json["revisions"]] for page in pages] == [
        ["text 1", "text 2"],
        ["text 3", "text 4"],
        ["text 5"],
    ]
    assert [each for page in pages for each in page.json["revisions"]] == whole.json["revisions"]
    assert [(page.json["id"], page.json["next"]) for page in pages] == [(plan.id, 2), (plan.id, 4), (plan.id, None)]
    assert {page.headers["Last-Modified"] for page in pages} == {"Sun, 22 Nov 2026 15:04:00 GMT"}
    assert [[each["revision"] for each in page.json["revisions"]] for page in then] == [[1, 2], [3], [], []]
    assert [page.json["next"] for page in then] == [2, None, None, None]
    assert {page.headers["Coachbook-As-Of"] for page in then} == {"2026-11-22T15:02:30Z"}
    assert [page.status for page in again] == [304, 304, 200]
    assert [each["text"] for each in again[-1].json["revisions"]] == ["text 5", "text 6"]


async def test_a_page_of_a_long_history_is_short_and_none_is_lost(program: Program, store: Store):
    plan, reader = await program.post("text"), await program.with_token()
    await make_many(store, plan, 150, "\u20ac" * 4_000)
    path, after, found = f"/v1/plans/{plan.id}/revisions", 0, list[int]()

    while after is not None:
        page = await reader.get(f"{path}?limit=100&after={after}")
        found += (each["revision"] for each in page.json["revisions"])
        after = page.json["next"]
        assert (page.status, len(page.body) < 1.1 * ENOUGH_TEXT) == (200, True)

    assert found == list(range(1, 152))


async def test_a_list_goes_on_from_a_cursor(program: Program):
    reader = await program.with_token()
    for number in range(3):
        await program.post(f"NQ {number}", str(MONDAY + datetime.timedelta(days=number)))

    for path, items in (
        ("/v1/plans?from=2026-11-23&to=2026-11-25&coach=coach_d&", "plans"),
        ("/v1/search?q=nq&", "hits"),
    ):
        first = await reader.get(f"{path}limit=2")
        second = await reader.get(f"{path}limit=2&cursor={first.json['next']}")
        found = [each.get("plan", each)["text"] for page in (first, second) for each in page.json[items]]
        assert found == ["NQ 2", "NQ 1", "NQ 0"]
        assert second.json["next"] is None


async def test_a_search_loses_no_plan_that_is_edited_between_two_pages(program: Program):
    reader = await program.with_token()
    days = [str(MONDAY + datetime.timedelta(days=number)) for number in range(4)]
    plans = [await program.post(f"NQ {number}", day) for number, day in enumerate(days)]
    path = "/v1/search?q=nq&limit=2"
    first, same = await reader.get(path), await reader.get(path)

    program.clock.move(minutes=1)
    await program.services.plans.edit(DANA, EditPlan(plans[0].id, "NQ again"), fresh())
    second = await reader.get(f"{path}&cursor={first.json['next']}")
    wrong = [await reader.get(f"{path}&cursor={each}") for each in ("4-", "4-0", "0-4", "4-4-4", f"4-{10**18}")]

    found = [each["plan"]["text"] for page in (first, second) for each in page.json["hits"]]
    assert found == ["NQ 3", "NQ 2", "NQ 1", "NQ 0"]
    assert (second.json["next"], same.headers["ETag"]) == (None, first.headers["ETag"])
    assert {each.status for each in wrong} == {400}


async def test_a_hit_is_marked_and_its_text_is_no_markup(program: Program):
    await program.post("<b>Short</b> NQ & ES")

    found = await (await program.with_token()).get("/v1/search?q=nq")

    assert found.json["hits"][0]["html"] == "&lt;b&gt;Short&lt;/b&gt; <mark>NQ</mark> &amp; ES"


async def test_a_deleted_plan_is_gone_with_the_time(program: Program):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    program.clock.move(minutes=5)
    await program.services.plans.delete(DANA, DeletePlan(plan.id, plan.revision), fresh())

    for path in (f"/v1/plans/{plan.id}", f"/v1/plans/{plan.id}/revisions"):
        gone = await reader.get(path)
        assert (gone.status, gone.json["deleted_at"]) == (410, "2026-11-22T15:05:00Z")
        assert gone.detail == "The plan of d for 2026-11-23 was deleted at 2026-11-22T15:05:00Z."
    assert (await reader.get("/v1/plans")).json["plans"] == []


async def test_a_year_whose_sessions_are_not_known_yet_is_no_year_without_plans(program: Program, store: Store):
    await program.services.settings.change(MAX, SettingsChange(exchange=Exchange.NYSE))
    bound, free = await program.with_token("session_open"), await program.with_token()
    program.clock.move(days=2)
    await program.post("Long NQ", "2026-11-25")
    program.clock.move(days=2)
    paths = (
        *("/v1/plans", "/v1/search?q=long", "/v1/export", "/v1/plans/1", "/v1/changes?after=0"),
        *("/api/coach-plans/?coach=d&date=2026-11-25", "/api/coach-plans/all?date=2026-11-25"),
    )

    for path in paths:
        unknown = await bound.get(path)
        assert (unknown.status, unknown.headers["Retry-After"]) == (503, "15"), path
    asked = await free.get("/v1/plans?as_of=session_open")
    assert (asked.status, asked.detail) == (503, "The sessions of NYSE (New York) in 2026 are not known yet.")
    assert (await free.get("/v1/plans")).status == 200

    await store.write(sessions.store_year, Exchange.NYSE, {MONDAY + datetime.timedelta(3): DayKind.CLOSED})
    for path in paths:
        assert (await bound.get(path)).status == 200, path


async def test_a_day_that_has_not_begun_needs_no_session(program: Program, store: Store):
    await program.services.settings.change(MAX, SettingsChange(exchange=Exchange.NYSE))
    await store.write(sessions.store_year, Exchange.NYSE, {MONDAY + datetime.timedelta(3): DayKind.CLOSED})
    await program.post("Long NQ")
    bound, free = await program.with_token("session_open"), await program.with_token()

    async with followed(bound, 0) as stream:
        assert await stream.texts(1) == [(1, "Long NQ")]
        far = await program.post("Long ES", "2029-11-23")
        assert [each["id"] for each in (await bound.get("/v1/plans")).json["plans"]] == [far.id, 1]
        for path in (f"/v1/plans/{far.id}", "/v1/search?q=es", "/api/coach-plans/?coach=d&date=2029-11-23"):
            assert b"Long ES" in (await bound.get(path)).body, path
        assert len((await bound.get("/v1/export")).body.splitlines()) == 2
        assert await stream.texts(1) == [(2, "Long ES")]
        await program.services.plans.delete(DANA, DeletePlan(far.id, 1), fresh())
        await program.post("Long YM", "2029-11-23")
        await edit(program, await program.post("Short NQ", "2026-11-24"), "Short ES")
        assert await stream.texts(4) == [(3, None), (4, "Long YM"), (5, "Short NQ"), (6, "Short ES")]

    asked = await free.get("/v1/plans/3?as_of=session_open")
    assert (asked.status, asked.detail) == (400, "The session of Fri 23 Nov 2029 is still to come.")
    program.clock.move(days=3)
    for reader, query in ((free, "?as_of=session_open"), (free, "?as_of=session_close"), (bound, "?to=2026-12-31")):
        listed = await reader.get(f"/v1/plans{query}")
        assert (listed.status, {each["day"] for each in listed.json["plans"]}) == (200, {"2026-11-24", "2026-11-23"})


@pytest.mark.parametrize("as_of", ["23:59", "session_open"])
async def test_the_last_day_of_the_calendar_is_still_to_come(program: Program, as_of: str):
    await program.post("Long NQ")
    reader = await program.with_token()

    day = "from=9999-12-31&to=9999-12-31"
    for path in (f"/v1/plans?{day}", f"/v1/export?{day}", "/api/coach-plans/?coach=d&date=9999-12-31"):
        got = await reader.get(f"{path}&as_of={as_of}")
        assert (got.status, b"of Fri 31 Dec 9999 is still to come." in got.body) == (400, True), path


@pytest.mark.parametrize(
    ("begun", "status"), [(-1, 200), (0, 503)], ids=["the day has begun nowhere", "it has begun in Kiritimati"]
)
async def test_a_session_is_needed_once_its_day_has_begun_anywhere(program: Program, begun: int, status: int):
    await program.services.settings.change(MAX, SettingsChange(exchange=Exchange.NYSE))
    bound = await program.with_token("session_open")
    program.clock.now = datetime.datetime(2026, 11, 24, 10, 0, begun and 59, tzinfo=datetime.UTC)
    program.clock.move(minutes=begun)
    await program.post("Long NQ", "2026-11-25")

    for path in ("/v1/plans", "/v1/export", "/v1/changes?after=0"):
        assert (await bound.get(path)).status == status, path


async def test_a_moment_whose_changes_are_being_saved_is_asked_again_later(program: Program, store: Store):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    program.clock.move(minutes=1)
    path = f"/v1/plans/{plan.id}?as_of=2026-11-22T15:01:30Z"

    async with edit_held(store, plan, program.clock, "Short NQ"):
        program.clock.move(minutes=1)
        unsaved = await reader.get(path)
        assert (unsaved.status, unsaved.headers["Retry-After"]) == (503, "5")
        assert unsaved.detail.startswith("Changes of that moment are still being saved.")
        assert (await reader.get(f"/v1/plans/{plan.id}")).json["text"] == "Long NQ"

    assert (await reader.get(path)).json["text"] == "Short NQ"


async def test_a_picture_that_was_removed_is_read_also_if_its_hash_is_the_name_of_another(program: Program):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    removed = program.services.keep(b"removed")
    named = dataclasses.replace(program.services.keep(b"other"), filename=f"{removed.sha256}.png")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((removed,), ())), fresh())
    await program.services.charts.remove(DANA, RemoveChart(plan.id, "1"), fresh())
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((named,), ())), fresh())

    assert (await reader.get(f"/v1/charts/{removed.sha256}")).body == b"removed"


async def test_a_picture_is_read_whole_and_in_parts(program: Program):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    chart = program.services.keep(b"0123456789")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    [shown] = (await reader.get(f"/v1/plans/{plan.id}")).json["charts"]

    whole = await reader.get(shown["url"])
    part = await reader.get(shown["url"], {"Range": "bytes=2-4"})
    same = await reader.get(shown["url"], {"Range": "bytes=2-4", "If-Range": part.headers["ETag"]})
    other = await reader.get(shown["url"], {"Range": "bytes=2-4", "If-Range": '"other"'})
    beyond = await reader.get(shown["url"], {"Range": "bytes=99-"})
    again = await reader.get(shown["url"], {"If-None-Match": whole.headers["ETag"]})

    assert (whole.status, whole.body, whole.headers["Content-Type"]) == (200, b"0123456789", "image/png")
    assert (part.status, part.body) == (206, b"234")
    assert (same.status, other.status, other.body) == (206, 200, whole.body)
    assert "Last-Modified" not in whole.headers  # the file may be stored again, later than the moment
    assert (beyond.status, beyond.body, again.status) == (200, whole.body, 304)
    for wrong in ("bytes=x", "lines=1-2", "nothing", "bytes="):
        assert (await reader.get(shown["url"], {"Range": wrong})).status == 200
    for tags in ("*", f"W/{whole.headers['ETag']}", f'"other", {whole.headers["ETag"]}'):
        assert (await reader.get(shown["url"], {"If-None-Match": tags})).status == 304
    before = await (await program.with_token(as_of="00:00")).get(shown["url"])  # of Monday, which is still to come
    assert before.status == 200
    missing = await reader.get(f"/v1/charts/{'0' * 64}")
    assert (missing.status, missing.detail) == (404, "There is no such picture.")
    program.services.files.folder.path_for(chart.sha256).unlink()
    lost = await reader.get(shown["url"])
    assert (lost.status, lost.headers["Coachbook-Plan"]) == (404, "none")


async def test_a_picture_that_the_program_has_is_not_read_and_one_that_is_damaged_is_told(program: Program):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    chart = program.services.keep(b"0123456789")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    path, file = f"/v1/charts/{chart.sha256}", program.services.files.folder.path_for(chart.sha256)
    tag = (await reader.get(path)).headers["ETag"]

    async def statuses() -> tuple[int, ...]:
        """Return how the picture is answered to programs that have it, have anything, and have another."""
        return tuple([(await reader.get(path, {"If-None-Match": each})).status for each in (tag, "*", '"other"')])

    assert await statuses() == (304, 304, 200)
    file.write_bytes(b"0123456780")
    assert await statuses() == (304, 404, 404)  # a file that was read would be refused
    file.write_bytes(b"012345678")
    assert await statuses() == (404, 404, 404)
    file.unlink()
    assert await statuses() == (404, 404, 404)
    file.mkdir()
    assert await statuses() == (404, 404, 404)


async def test_a_missing_plan_is_told_from_a_wrong_address(program: Program):
    await program.post("Long NQ")
    reader = await program.with_token()

    for path in ("/v1/plans/9", "/v1/plans/9/revisions", f"/v1/charts/{'0' * 64}"):
        right, wrong = await reader.get(path), await reader.get(f"/v1{path}")
        assert (right.status, right.headers.get("Coachbook-Plan")) == (404, "none"), path
        assert (wrong.status, wrong.headers.get("Coachbook-Plan")) == (404, None), path
    described = (await reader.get("/v1/openapi.json")).json["components"]["responses"]
    for status in ("404", "410"):
        assert "Coachbook-Plan" in described[status]["headers"]


async def test_another_server_is_not_read(program: Program):
    plan = await program.post("secret")
    foreign = await program.with_token(actor=elsewhere(MAX))

    assert (await foreign.get(f"/v1/plans/{plan.id}")).status == 404
    assert (await foreign.get("/v1/plans")).json["plans"] == []
    assert (await foreign.get("/v1/search?q=secret")).json["hits"] == []


async def test_a_plan_that_changes_between_two_pages_is_listed_once_and_at_a_moment_as_it_was(program: Program):
    reader = await program.with_token()
    plans = [await program.post(f"NQ {number}", str(MONDAY + datetime.timedelta(days=number))) for number in range(3)]
    moment = f"{program.clock.now:%Y-%m-%dT%H:%M:%SZ}"
    first = (await reader.get("/v1/plans?limit=1")).json
    then = (await reader.get(f"/v1/plans?limit=1&as_of={moment}")).json
    program.clock.move(minutes=1)
    for plan in plans[1:]:
        await program.services.plans.edit(DANA, EditPlan(plan.id, f"changed {plan.text}"), fresh())
    await program.services.plans.delete(DANA, DeletePlan(plans[0].id, 1), fresh())

    second = (await reader.get(f"/v1/plans?cursor={first['next']}")).json
    still = (await reader.get(f"/v1/plans?cursor={then['next']}&as_of={moment}")).json

    assert [each["text"] for each in (*first["plans"], *second["plans"])] == ["NQ 2", "changed NQ 1"]
    assert [each["text"] for each in (*then["plans"], *still["plans"])][:2] == ["NQ 2", "NQ 1"]
    assert second["next"] is None


async def test_a_clock_that_was_put_back_hides_no_plan(program: Program):
    plan, reader = await program.post("Long NQ", "2026-11-22"), await program.with_token()
    program.clock.move(hours=-1)

    one, listed = await reader.get(f"/v1/plans/{plan.id}"), await reader.get("/v1/plans")
    compatible, hits = await reader.get("/api/coach-plans/?coach=d"), await reader.get("/v1/search?q=nq")

    assert one.json["text"] == compatible.json["plan"] == "Long NQ"
    assert one.headers["Coachbook-As-Of"] == one.json["made_at"]
    assert [each["id"] for each in listed.json["plans"]] == [hits.json["hits"][0]["plan"]["id"]] == [plan.id]
    assert (await reader.get(f"/v1/plans?as_of={one.json['made_at']}")).status == 400
