"""The paths that programs of the predecessor read."""

import datetime
import json
from urllib.parse import unquote

from bot.domain.commands import AddCharts, EditPlan
from bot.domain.values import ChangeKind, Received
from bot.feed.compatible import MAX_HISTORY
from bot.service.records import revisions
from storage.store import Store
from tests.bot.feed.programs import Program
from tests.service.erasing import erase
from tests.service.revising import make_many
from tests.service.scene import DANA, MAX, MONDAY, elsewhere, fresh

PLANS = "/api/coach-plans"


async def test_a_plan_has_all_fields_under_each_name_of_its_coach(program: Program):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    chart = program.services.keep(b"picture")
    program.clock.move(minutes=5)
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())

    answers = [await reader.get(f"{PLANS}/?coach={name}&date=2026-11-23") for name in ("d", "D", "coach_d", "COACH_D")]
    answers.append(await reader.get(f"{PLANS}?coach=d&date=2026-11-23"))
    answers.append(await reader.get(f"{PLANS}/coach_d?date=2026-11-23"))

    for each in answers:
        assert (each.status, each.headers["Coachbook-Plan"]) == (200, "present")
        assert each.json == {
            "coach": "coach_d",
            "date": "2026-11-23",
            "plan": "Long NQ",
            "charts": [f"http://127.0.0.1:{program.port}/v1/charts/{chart.sha256}"],
            "author": "1",
            "channel": None,
            "timestamp": "2026-11-22T15:05:00Z",
            "created_at": "2026-11-22T15:00:00Z",
            "edited_at": "2026-11-22T15:05:00Z",
        }
    assert (await reader.get(answers[0].json["charts"][0])).body == b"picture"


async def test_a_moment_that_is_asked_for_is_kept_on_all_paths(program: Program):
    plan, chart = await program.post("Long NQ"), program.services.keep(b"picture")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    program.clock.move(hours=1)
    await program.services.plans.edit(DANA, EditPlan(plan.id, "Short NQ"), fresh())
    bound, free = await program.with_token("08:00"), await program.with_token()
    then = "as_of=2026-11-22T15:00:00Z"

    for reader in (bound, free):
        for path in (f"?coach=d&date=2026-11-23&{then}", f"/d?date=2026-11-23&{then}"):
            known = await reader.get(PLANS + path)
            assert (known.status, known.json["plan"]) == (200, "Long NQ")
            [link] = known.json["charts"]
            assert then in unquote(link)
            assert (await reader.get(link)).body == b"picture"
        every = await reader.get(f"{PLANS}/all?date=2026-11-23&{then}")
        history = await reader.get(f"{PLANS}/history?coach=d&date=2026-11-23&{then}")
        assert every.json["coach_d"]["plan"] == "Long NQ"
        assert [each["plan"] for each in history.json["history"]] == ["Long NQ", "Long NQ"]
    before = await free.get(f"{PLANS}/?coach=d&date=2026-11-23&as_of=2026-11-22T14:59:00Z")
    later = await bound.get(f"{PLANS}/history?coach=d&date=2026-11-23&as_of=session_close")
    future = await free.get(f"{PLANS}/?coach=d&date=2026-11-23&as_of=2027-01-01T00:00:00Z")
    assert before.json["plan"].startswith("No plan")
    assert later.status == 400  # the session of Monday is still to come
    assert future.status == 400


async def test_a_moment_of_the_day_that_is_still_to_come_is_not_the_same_as_no_plan(program: Program):
    program.clock.now = datetime.datetime(2026, 11, 23, 4, 50, tzinfo=datetime.UTC)  # ten minutes before the open
    plan, reader, bound = await program.post("Long NQ"), await program.with_token(), await program.with_token("23:00")
    day, other = "2026-11-23", "2028-11-24"
    paths = (
        *(f"{PLANS}/?coach=d&date={day}", f"{PLANS}/d?date={day}", f"{PLANS}/all?date={day}"),
        *(f"{PLANS}/history?coach=d&date={day}", f"/v1/plans?coach=d&from={day}&to={day}", f"/v1/plans/{plan.id}?"),
        *(f"/v1/search?q=nq&from={day}&to={day}", f"/v1/export?from={day}&to={day}", f"{PLANS}/d?date={other}"),
    )

    for path in paths:
        for asked in ("session_open", "session_close", "23:00", "2026-11-23T05:00:00Z"):
            for each in (reader, bound):
                refused = await each.get(f"{path}&as_of={asked}")
                assert (refused.status, "is still to come" in (refused.json or {})["detail"]) == (400, True), path
    several = await reader.get(f"/v1/plans?from={day}&as_of=session_open")
    bound_now = await bound.get(f"{PLANS}/?coach=d&date={day}")
    program.clock.move(minutes=10)

    assert (several.status, several.json["plans"]) == (200, [])
    assert bound_now.json["plan"] == "Long NQ"
    for path in paths[:-1]:
        for each in (reader, bound):
            found = await each.get(f"{path}&as_of=session_open")
            assert (found.status, "Long NQ" in found.body.decode() or "/search" in path) == (200, True), path


async def test_without_a_plan_there_is_a_text_that_says_no_and_a_header(program: Program):
    none = await program.get(f"{PLANS}/?coach=d&date=2026-11-23")
    today = await program.get(f"{PLANS}/?coach=i")
    named = await program.get(f"{PLANS}/d")

    assert (none.status, none.headers["Coachbook-Plan"]) == (200, "none")
    assert (none.json["plan"], none.json["charts"]) == ("No plan available for coach_d on 2026-11-23", [])
    assert today.json["plan"] == "No plan available for coach_i on 2026-11-22"
    assert (named.status, named.detail) == (404, "No plan available for coach_d on 2026-11-22")


async def test_a_text_that_was_erased_stays_so_when_a_chart_is_added(program: Program, store: Store):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    await store.write(erase, plan.id)
    chart = program.services.keep(b"picture")
    added = await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())

    told = await reader.get(f"{PLANS}/?coach=d&date={MONDAY}")
    named = await reader.get(f"{PLANS}/d?date={MONDAY}")
    history = await reader.get(f"{PLANS}/history?coach=d&date={MONDAY}")
    item = await reader.get(f"/v1/plans/{plan.id}")
    proven = await reader.get(f"/v1/plans/{plan.id}/revisions")
    listed = await reader.get("/v1/plans")
    export = await reader.get("/v1/export?revisions=true")
    changes = await reader.get("/v1/changes?after=0")

    nothing = "No plan available for coach_d on 2026-11-23"
    assert (told.json["plan"], told.headers["Coachbook-Plan"]) == (nothing, "none")
    assert (named.status, named.detail) == (404, nothing)
    assert ([each["plan"] for each in history.json["history"]], history.headers["Coachbook-Plan"]) == (
        [None] * 2,
        "none",
    )
    last = proven.json["revisions"][-1]
    for each in (
        *(item.json, last, listed.json["plans"][0], changes.json["changes"][-1]["plan"]),
        *map(json.loads, export.body.splitlines()),
    ):
        assert (each["text"], each["is_erased"]) == (None, True)
    assert [each["sha256"] for each in item.json["charts"]] == [chart.sha256]
    assert last["proof"]["salt"]
    assert added.plan.is_erased
    assert not (await program.services.plans.edit(DANA, EditPlan(plan.id, "Short NQ"), fresh())).plan.is_erased
    assert (await reader.get(f"/v1/plans/{plan.id}")).json["is_erased"] is False


async def test_an_empty_text_that_was_imported_is_not_erased(program: Program, store: Store):
    plan = await program.post("Long NQ")
    at = program.clock.now
    await store.write(lambda: revisions.append(plan, ChangeKind.EDITED, DANA.user_id, at, text=""))

    found = await (await program.with_token()).get(f"/v1/plans/{plan.id}")

    assert (found.json["text"], found.json["is_erased"]) == ("", False)


async def test_all_coaches_are_answered_at_once_and_a_history_has_each_text(program: Program):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    await program.services.plans.edit(DANA, EditPlan(plan.id, "Short NQ"), fresh())
    await program.post("Flat", coach="i", actor=MAX)

    every = await reader.get(f"{PLANS}/all?date=2026-11-23")
    history = await reader.get(f"{PLANS}/history?coach=d&date=2026-11-23")
    nothing = await reader.get(f"{PLANS}/history?coach=s&date=2026-11-23")

    assert {coach: each["plan"] for coach, each in every.json.items()} == {
        "coach_d": "Short NQ",
        "coach_i": "Flat",
        "coach_s": "No plan available for coach_s on 2026-11-23",
    }
    assert [each["plan"] for each in history.json["history"]] == ["Long NQ", "Short NQ"]
    assert (nothing.json["history"], nothing.headers["Coachbook-Plan"]) == ([], "none")


async def test_a_long_history_is_one_answer_and_one_beyond_measure_is_refused(program: Program, store: Store):
    plan, reader = await program.post("text"), await program.with_token()
    await make_many(store, plan, 119, "x" * 4_000)
    path = f"{PLANS}/history?coach=d&date=2026-11-23"

    long = await reader.get(path)
    same = await reader.get(path, {"If-None-Match": long.headers["ETag"]})
    await make_many(store, await program.services.plans.find(MAX, plan.id), 3, "x" * (MAX_HISTORY // 3))
    beyond = await reader.get(path)

    texts = [each["plan"] for each in long.json["history"]]
    assert (texts[0], texts[1:]) == ("text", [f"{number} {'x' * 4_000}" for number in range(119)])
    assert same.status == 304
    assert (beyond.status, beyond.detail) == (
        400,
        f"The history is too long for one answer. Read it in pages: /v1/plans/{plan.id}/revisions",
    )


async def test_a_program_that_knows_nothing_of_moments_reads_what_its_token_may(program: Program):
    program.clock.now = datetime.datetime(2026, 11, 23, 4, 50, tzinfo=datetime.UTC)  # ten minutes before the open
    plan, closed = await program.post("at the open"), await program.with_token("session_open")
    program.clock.move(hours=1)
    await program.services.plans.edit(DANA, EditPlan(plan.id, "after the open"), fresh())
    chart = program.services.keep(b"late")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())

    for path in (f"{PLANS}/?coach=d", f"{PLANS}/d", f"{PLANS}/all"):
        found = (await closed.get(path)).json
        assert found.get("coach_d", found)["plan"] == "at the open"
    assert [each["plan"] for each in (await closed.get(f"{PLANS}/history?coach=d")).json["history"]] == ["at the open"]
    assert (await closed.get(f"/v1/charts/{chart.sha256}")).status == 404
    later = await closed.get(f"/v1/plans/{plan.id}?as_of=now")
    assert later.json["text"] == "at the open"
    refused = await closed.get(f"/v1/plans/{plan.id}?as_of=00:30")
    too_late = refused.detail
    assert (refused.status, "later than this token may read" in refused.detail) == (400, True)
    for path in (f"{PLANS}/?coach=d&", f"{PLANS}/d?", f"{PLANS}/all?", f"{PLANS}/history?coach=d&"):
        same, refused = await closed.get(f"{path}as_of=session_open"), await closed.get(f"{path}as_of=00:30")
        assert (same.status, refused.status, refused.detail) == (200, 400, too_late)


async def test_a_token_in_the_address_is_in_its_links_too(program: Program):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    chart = program.services.keep(b"picture")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())

    found = await program.get(f"{PLANS}/?coach=d&date={MONDAY}&token={reader.token}")
    [link] = found.json["charts"]

    assert link.endswith(f"?token={reader.token}")
    assert (await program.get(link)).body == b"picture"
    own = await program.get(f"/v1/plans?token={reader.token}")
    assert (own.status, "no parameter “token” here" in own.detail) == (400, True)


async def test_the_health_and_the_numbers_are_as_the_predecessor_had_them(program: Program):
    await program.post("Long NQ")
    reader, other = await program.with_token(), await program.with_token(actor=elsewhere(MAX))
    assert (await other.get("/health")).status == 200

    healthy, metrics = await reader.get("/health"), await reader.get("/metrics", {"Accept": "application/json"})
    program.health.components["gateway"] = "not connected to Discord"
    offline = await reader.get("/health")

    assert (healthy.status, offline.status) == (200, 503)
    assert healthy.json == {
        "status": "healthy",
        "components": {"database": {"status": "healthy", "plan_count": 1}, "discord_bot": {"status": "healthy"}},
    }
    assert offline.json["components"]["discord_bot"] == {"status": "unhealthy"}
    assert (metrics.json["plan_count"], metrics.json["requests_total"]) == (1, 2)
    for path in ("/", "/info"):
        assert f"{PLANS}/all" in (await program.get(path)).json["endpoints"]
