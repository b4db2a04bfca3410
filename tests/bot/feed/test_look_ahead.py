"""Answers that depend on nothing later than the moment."""

import datetime
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import pytest

from bot.domain.commands import AddCharts, DeletePlan, EditPlan
from bot.domain.sessions import DayKind, Exchange
from bot.domain.values import (
    Audience,
    ChannelId,
    DraftKind,
    MessageId,
    PlanId,
    Received,
    SettingsChange,
    Source,
    Submission,
)
from bot.service.records import sessions
from storage.store import Store
from tests.bot.feed.programs import Answer, Program
from tests.service.scene import DANA, DAY, MAX, fresh

OPEN = datetime.datetime(2026, 11, 23, 5, 0, tzinfo=datetime.UTC)
UNKNOWN = 999
LATER = 3
"""The id of the plan that is posted after the moment."""
LISTS = (
    "/v1/plans?limit=1",
    "/v1/plans?limit=2",
    "/v1/plans?limit=1&from=2026-11-23&to=2026-11-23",
    "/v1/plans?limit=1&coach=i",
    "/v1/search?q=alpha&limit=1",
    "/v1/search?q=alpha&limit=2",
    "/v1/search?q=secret&limit=1",
    "/v1/search?q=secret",
    "/v1/export?format=jsonl",
    "/v1/export?format=csv&revisions=true",
    "/v1/export?coach=i&revisions=true",
    *(f"/v1/plans/1/revisions?{page}" for page in ("limit=1", "after=1", "after=4&limit=2")),
)
ITEMS = ("/v1/plans/1", "/v1/plans/1/revisions", f"/v1/plans/{LATER}", f"/v1/plans/{LATER}/revisions")
COMPATIBLE = (
    *("/api/coach-plans/all?date=2026-11-23", "/api/coach-plans/?coach=i&date=2026-11-23"),
    *("/api/coach-plans/history?coach=d&date=2026-11-23", "/api/coach-plans/i?date=2026-11-23"),
)
LATEST = "2026-11-23T05:00:00Z"


def shown(answer: Answer) -> tuple[Any, ...]:
    """Return all of an answer but the id of the request."""
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in ("x-request-id", "date")}
    if answer.status >= HTTPStatus.BAD_REQUEST:
        members = {name: value for name, value in answer.json.items() if name != "request_id"}
        return answer.status, headers, members
    return answer.status, headers, answer.body


async def answers_of(bound: Program, free: Program, opened: datetime.datetime) -> Mapping[str, tuple[Any, ...]]:
    """Return the answers to a token that is bound to the open, and to a free one that asks for the open."""
    late = ("session_close", f"{opened + datetime.timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}")
    items = (*ITEMS, *(f"{path}?as_of={each}" for path in ITEMS for each in late))
    paths = (*LISTS, *items, *COMPATIBLE, "/health")
    at = f"as_of={opened:%Y-%m-%dT%H:%M:%SZ}"
    asked = [f"{path}{'&' if '?' in path else '?'}{at}" for path in (*LISTS, *ITEMS, *COMPATIBLE)]
    return {path: shown(await bound.get(path)) for path in paths} | {
        path: shown(await free.get(path)) for path in asked
    }


async def edit_from_message(program: Program, plan_id: PlanId) -> None:
    """Replace the text by that of a message."""
    source = Source(ChannelId(123_456), MessageId(77), DANA.user_id)
    draft = await program.services.drafts.save(DANA, Submission(DraftKind.POST, "secret message", source=source))
    await program.services.plans.edit(DANA, EditPlan(plan_id, draft.text, draft=draft.id), fresh())


@pytest.mark.parametrize(
    ("exchange", "opened"),
    [(Exchange.WEEKDAYS, OPEN), (Exchange.NYSE, OPEN + datetime.timedelta(hours=9, minutes=30))],
)
async def test_answers_are_equal_with_and_without_what_came_later(
    program: Program, store: Store, exchange: Exchange, opened: datetime.datetime
):
    await program.services.settings.change(MAX, SettingsChange(exchange=exchange))
    await store.write(sessions.store_year, Exchange.NYSE, {datetime.date(2026, 11, 26): DayKind.CLOSED})
    program.clock.now = opened - datetime.timedelta(minutes=10)
    early = await program.post("alpha early")
    await program.post("alpha of Tuesday", "2026-11-24")
    bound, free = await program.with_token("session_open"), await program.with_token()
    program.clock.now = opened + datetime.timedelta(days=2, hours=1)
    before = await answers_of(bound, free, opened)

    later = await program.post("alpha secret", coach="i", actor=MAX)
    for number in range(7):
        await program.services.plans.edit(DANA, EditPlan(early.id, f"secret {number}"), fresh())
    await edit_from_message(program, early.id)
    await program.post("alpha of another", "2026-11-24", coach="i", actor=MAX)
    await program.post("alpha of Wednesday", "2026-11-25")
    after = await answers_of(bound, free, opened)

    assert later.id == LATER
    assert before == after
    assert before["/v1/plans/1"][0] == HTTPStatus.OK
    read = await free.get(f"/api/coach-plans/?coach=d&date={DAY}")
    assert (read.json["plan"], read.json["channel"]) == ("secret message", "123456")
    metrics = await bound.get("/metrics")
    assert metrics.json["plan_count"] is None


@pytest.mark.parametrize("as_of", [None, "session_open", "09:25"])
async def test_a_plan_that_comes_later_is_answered_as_one_that_does_not_exist(program: Program, as_of: str | None):
    program.clock.now = OPEN - datetime.timedelta(minutes=10)
    await program.post("alpha")
    bound = await program.with_token(as_of)
    program.clock.now = OPEN + datetime.timedelta(hours=20)
    later = await program.post("later", coach="i", actor=MAX)
    asked = ("?as_of=session_open",) if as_of is None else ("", "?as_of=now", "?as_of=23:00", f"?as_of={LATEST}")

    for tail in ("", "/revisions"):
        for query in asked:
            found = [
                shown(await bound.get(f"/v1/plans/{plan_id}{tail}{query}")) for plan_id in (later.id, PlanId(UNKNOWN))
            ]
            assert found[0] == found[1], (tail, query)
            assert found[0][2]["detail"] == "There is no such plan at that moment."


async def test_a_plan_of_a_day_without_the_last_moment_is_answered_as_one_that_does_not_exist(program: Program):
    program.clock.now = datetime.datetime(2027, 3, 14, 12, 0, tzinfo=datetime.UTC)
    plan, bound = await program.post("alpha", "2027-03-14"), await program.with_token("02:30")  # never shown that day

    for query in ("", "?as_of=00:30"):
        found = [shown(await bound.get(f"/v1/plans/{plan_id}{query}")) for plan_id in (plan.id, PlanId(UNKNOWN))]
        assert found[0] == found[1]
    assert (await bound.get("/v1/plans")).json["plans"] == []


async def test_a_deletion_is_only_answered_once_it_happened(program: Program):
    plan, reader = await program.post("alpha"), await program.with_token()
    program.clock.move(hours=1)
    moment = program.clock.now
    program.clock.move(hours=1)
    await program.services.plans.delete(MAX, DeletePlan(plan.id, plan.revision), fresh())

    then = await reader.get(f"/v1/plans/{plan.id}?as_of={moment:%Y-%m-%dT%H:%M:%SZ}")
    assert (then.status, "deleted_at" in then.json) == (404, False)
    assert (await reader.get(f"/v1/plans/{plan.id}")).status == 410


async def test_a_link_of_the_past_leads_to_the_picture(program: Program):
    await program.services.settings.change(MAX, SettingsChange(deleted_visible_to=Audience.EVERYONE))
    plan, reader = await program.post("alpha"), await program.with_token()
    chart = program.services.keep(b"picture")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    moment = f"{program.clock.now:%Y-%m-%dT%H:%M:%SZ}"
    program.clock.move(hours=1)
    await program.services.plans.delete(MAX, DeletePlan(plan.id, 2), fresh())

    [found] = (await reader.get(f"/v1/plans/{plan.id}?as_of={moment}")).json["charts"]
    assert (await reader.get(found["url"])).body == b"picture"


@pytest.mark.parametrize("timezone", ["Asia/Tokyo", "America/New_York"])
async def test_a_year_out_of_range_is_refused(program: Program, timezone: str):
    await program.services.settings.change(MAX, SettingsChange(timezone=timezone))
    plan, reader = await program.post("alpha"), await program.with_token()

    for path in ("/v1/plans?", f"/v1/plans/{plan.id}?", "/v1/search?q=alpha&"):
        for moment in ("9999-12-31T23:59:59Z", "9998-12-31T23:59:59Z", "0001-01-01T00:00:00Z"):
            found = await reader.get(f"{path}as_of={moment}")
            assert (found.status, bool(found.detail)) == (400, True), (path, moment)
